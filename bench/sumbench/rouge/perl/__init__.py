"""ROUGE-1.5.5 in Python: equal to the original in all printed decimals, configured by its option string.

>>> from sumbench.rouge.perl import Instance, PerlRouge, report
>>> rouge = PerlRouge("-n 2 -m -c 95 -r 1000 -f A -p 0.5 -t 0")
>>> rouge.score("Ships were seen.", ["A ship was seen.", "Two ships were sighted."])["ROUGE-1"]
PerlScore(recall=0.5, precision=0.66667, f_measure=0.57143)

The same with averages and intervals, printed as the original prints them:

>>> instances = [Instance("1", {"lead": "Ships were seen."}, ["A ship was seen.", "Two ships were sighted."])]
>>> print(report(rouge.evaluate(instances), rouge.options).splitlines()[1])
lead ROUGE-1 Average_R: 0.50000 (95%-conf.int. 0.50000 - 0.50000)

What is counted, sentence by sentence:

>>> rouge.sentences("Ships were seen.")
[['ship', 'be', 'see']]
"""

from sumbench.rouge.perl.bootstrap import Averages
from sumbench.rouge.perl.bootstrap import PerlInterval
from sumbench.rouge.perl.bootstrap import average_counts
from sumbench.rouge.perl.bootstrap import average_scores
from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import PerlScore
from sumbench.rouge.perl.evaluation import Instance
from sumbench.rouge.perl.evaluation import Result
from sumbench.rouge.perl.options import Options
from sumbench.rouge.perl.options import parse_options
from sumbench.rouge.perl.report import report
from sumbench.rouge.perl.scorer import Evaluation
from sumbench.rouge.perl.scorer import PerlRouge
from sumbench.rouge.perl.scorer import Prepared

__all__ = [
    "Averages",
    "Evaluation",
    "Instance",
    "Options",
    "PerlCounts",
    "PerlInterval",
    "PerlRouge",
    "PerlScore",
    "Prepared",
    "Result",
    "average_counts",
    "average_scores",
    "parse_options",
    "report",
]
