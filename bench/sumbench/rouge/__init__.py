r"""ROUGE, bit-equal to rouge_score, for single pairs and whole corpora, with a signature of its settings.

ROUGE (Lin, 2004) compares a summary with references by the words they share. This package needs nothing of sumbench and
can be used by itself. All scores are shares, 0 to 1.

**One summary.** `RougeScorer` has rouge_score's interface and its very figures, at a twentieth of the time. The modules
`rouge_scorer` and `scoring` stand in for rouge_score's, so that code written for it runs unchanged.

    >>> from sumbench.rouge import RougeScorer
    >>> scorer = RougeScorer(["rouge1", "rougeLsum"], use_stemmer=True)
    >>> score = scorer.score("The council voted.\nWork begins in May.", "The council votes in May.")
    >>> round(score["rouge1"].fmeasure, 4), round(score["rougeLsum"].recall, 4)
    (0.8333, 0.7143)

**A corpus.** `CorpusScorer` takes all systems and all references at once, works on arrays, and streams. It yields
counts; scores are made from them by the handling of references that is named, and intervals from the scores.

    >>> import numpy as np
    >>> from sumbench.rouge import CorpusScorer, bootstrap_intervals
    >>> references = [["The cat sat.", "A cat was sitting."], ["Dogs bark at night."]]
    >>> systems = {"lead": ["The cat was here.", "Dogs bark."], "other": ["Who sat?", "Cats do not bark."]}
    >>> counts = CorpusScorer(["rouge1"], use_stemmer=True, agreement=True).score(references, systems)
    >>> counts.scores("rouge1", "max").f1.round(4).tolist()
    [[0.5714, 0.4], [0.6667, 0.25]]
    >>> bootstrap_intervals(counts.scores("rouge1", "max").f1, np.random.default_rng(1)).mean.round(4).tolist()
    [0.619, 0.325]

**Other languages and the signature.** `language_tokenizer` chooses words and stemmer for a language, and `Signature`
says in one line how a figure was made, so that no two are compared that cannot be.

    >>> from sumbench.rouge import Signature, language_tokenizer
    >>> nepali = language_tokenizer("ne")
    >>> nepali.tokenize("नेपालको राजधानी")
    ['नेपाल', 'राजधानी']
    >>> signature = Signature.of("rouge1", nepali)
    >>> print(signature)
    rouge1|f1|stem:snowball-nepali|refs:jackknife|sent:newline|tok:unicode|agg:mean|v:1.0.0
    >>> signature.differences(Signature.parse("R1|f1|s:porter-nltk|r:max|n:newline|t:unicode|a:mean|v:1.0.0"))
    ['stem: snowball-nepali or porter-nltk', 'refs: jackknife or max']
"""

from sumbench.rouge.bootstrap import Intervals
from sumbench.rouge.bootstrap import bootstrap_intervals
from sumbench.rouge.bootstrap import bootstrap_means
from sumbench.rouge.corpus import CorpusScorer
from sumbench.rouge.corpus import DocumentTexts
from sumbench.rouge.counts import CountArrays
from sumbench.rouge.counts import Counts
from sumbench.rouge.counts import ScoreArrays
from sumbench.rouge.errors import RougeError
from sumbench.rouge.languages import language_tokenizer
from sumbench.rouge.letters import LostLettersWarning
from sumbench.rouge.letters import drops_letters
from sumbench.rouge.references import REFERENCE_HANDLINGS
from sumbench.rouge.references import combine_references
from sumbench.rouge.references import reference_agreement
from sumbench.rouge.results import CorpusCounts
from sumbench.rouge.scorer import RougeScorer
from sumbench.rouge.scoring import Score
from sumbench.rouge.signature import Signature
from sumbench.rouge.tokens import Tokenizer
from sumbench.rouge.tokens import WordTokenizer

__all__ = [
    "REFERENCE_HANDLINGS",
    "CorpusCounts",
    "CorpusScorer",
    "CountArrays",
    "Counts",
    "DocumentTexts",
    "Intervals",
    "LostLettersWarning",
    "RougeError",
    "RougeScorer",
    "Score",
    "ScoreArrays",
    "Signature",
    "Tokenizer",
    "WordTokenizer",
    "bootstrap_intervals",
    "bootstrap_means",
    "combine_references",
    "drops_letters",
    "language_tokenizer",
    "reference_agreement",
]
