import pytest

from sumbench.rouge import CorpusScorer
from sumbench.rouge.perl import PerlRouge

REFERENCES = [
    ["The best ships sank.\nTheir crews were saved, slowly.", "Ships sinking: a crew saved."],
    ["It rained.", "Documentation of rain\n\nand of implementations"],
]
SUMMARIES = ["A crew of the best ship was saved.\nIt sank slowly.", "Raining: documented.\nImplementation of rain"]


@pytest.mark.parametrize("options", ["-n 2", "-n 2 -m", "-n 2 -s -m", "-n 2 -m -l 5"])
def test_arrays(options: str) -> None:
    """The scorer of whole corpora, given the preset's sentences, counts what the preset counts."""
    rouge = PerlRouge(options)
    names = {"ROUGE-1": "rouge1", "ROUGE-2": "rouge2", "ROUGE-L": "rougeLsum"}
    corpus = CorpusScorer(list(names.values()), analyze=rouge.sentences).score(REFERENCES, {"system": SUMMARIES})
    for name, rouge_type in names.items():
        counted = corpus.systems[rouge_type]
        for document, (summary, references) in enumerate(zip(SUMMARIES, REFERENCES, strict=True)):
            for place, pair in enumerate(rouge.counts(summary, references)[name]):
                cell = (document, 0, place)
                assert (counted.reference[cell], counted.system[cell], counted.hits[cell]) == pair[:3]
