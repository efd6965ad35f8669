"""ROUGE."""

from bench.rouge.corpus import CorpusScorer
from bench.rouge.corpus import DocumentTexts
from bench.rouge.counts import CountArrays
from bench.rouge.counts import Counts
from bench.rouge.counts import ScoreArrays
from bench.rouge.errors import RougeError
from bench.rouge.references import REFERENCE_HANDLINGS
from bench.rouge.references import combine_references
from bench.rouge.references import reference_agreement
from bench.rouge.results import CorpusCounts
from bench.rouge.scorer import RougeScorer
from bench.rouge.scoring import Score
from bench.rouge.signature import Signature
from bench.rouge.tokens import Tokenizer
from bench.rouge.tokens import WordTokenizer
from bench.rouge.tokens import language_tokenizer

__all__ = [
    "REFERENCE_HANDLINGS",
    "CorpusCounts",
    "CorpusScorer",
    "CountArrays",
    "Counts",
    "DocumentTexts",
    "RougeError",
    "RougeScorer",
    "Score",
    "ScoreArrays",
    "Signature",
    "Tokenizer",
    "WordTokenizer",
    "combine_references",
    "language_tokenizer",
    "reference_agreement",
]
