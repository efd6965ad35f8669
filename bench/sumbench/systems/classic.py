"""Classic extractive summarizers from sumy (TextRank, LexRank, LSA and others), with our sentence splitting."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

import regex

from sumbench.languages import base
from sumbench.records import Document
from sumbench.rouge import WordTokenizer
from sumbench.rouge.tokens import CLUSTERS
from sumbench.systems.extractive import Chooser
from sumbench.systems.extractive import Extractive
from sumbench.systems.protocol import Context

if TYPE_CHECKING:
    from sumy.summarizers import AbstractSummarizer

DECIMALS = 9
"""How exactly the lengths of vectors are compared."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_MARKED_OR_UNSPACED = regex.compile(r"[\p{M}\p{Han}\p{Hiragana}\p{Katakana}\p{Line_Break=SA}]")


_UNICODE_WORDS = WordTokenizer(CLUSTERS)


class _Words:
    """The tokenizer that sumy's sentences ask for their words; a word begins with a letter.

    Words of scripts that write vowels as marks (Hindi), or put no blanks between words, are those of ROUGE: signs of
    Han and Hiragana one by one, letters of Thai and its like with their marks.
    """

    @staticmethod
    def to_words(sentence: str) -> tuple[str, ...]:
        if sentence.isascii() or not _MARKED_OR_UNSPACED.search(sentence):
            return tuple(_WORD.findall(sentence))
        return tuple(word for word in _UNICODE_WORDS.tokenize(sentence) if word[0].isalpha())


@cache
def _stemmer(language: str) -> Any:  # noqa: ANN401 - any callable from word to stem
    from sumy.nlp.stemmers import Stemmer
    from sumy.nlp.stemmers import null_stemmer

    try:
        stemmer = Stemmer(language)
        # Some say only when they are asked that they need another package (Polish: a ValueError).
        stemmer("word")
    except (LookupError, ValueError):
        return null_stemmer
    return stemmer


def has_stemmer(language: str) -> bool:
    """Tell whether sumy has a stemmer for a language, by its base code."""
    from sumy.nlp.stemmers import null_stemmer

    stemmer = _stemmer(language)
    return getattr(stemmer, "_stemmer", stemmer) is not null_stemmer


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return sumy's stop words of a language, by its base code; none where it has no list."""
    from sumy.utils import get_stop_words

    try:
        return frozenset(get_stop_words(language))
    except LookupError:
        return frozenset()


def usable_stop_words(language: str) -> int:
    """Return how many of sumy's stop words of a language are single words here: those of several signs never match."""
    return sum(len(_Words.to_words(word)) == 1 for word in stop_words(language))


def _ranked(sentences: Sequence[Any], _count: int, rating: Any, *more: Any, **named: Any) -> list[Any]:  # noqa: ANN401
    """Return all sentences, those with the highest rating first, as sumy ranks them: equal ones in their order."""
    rate = rating.__getitem__ if isinstance(rating, dict) else rating
    return sorted(sentences, key=lambda sentence: rate(sentence, *more, **named), reverse=True)


@dataclass(frozen=True, kw_only=True)
class Classic(Extractive):
    """A summarizer of sumy; stems and stop words follow the document's language, and are left out where sumy has none.

    Headings count as sentences; lines without a word are never chosen.
    """

    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "sumy", "nltk", "numpy", "regex")
    revision = 3
    most_sentences: ClassVar[int | None] = 5000
    target: ClassVar[str]

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output, Python's own sums among it.

        From 3.12 on `sum` of floats compensates for rounding: of sentences whose scores are equal but for the last
        bits another one may be first (SumBasic, in 1 of the 40 articles that ship).
        """
        described = super().fingerprint()
        return described if sys.version_info < (3, 12) else {**described, "sums": "compensated"}

    def _summarizer(self, language: str) -> "AbstractSummarizer":
        module, _, attribute = self.target.partition(":")
        summarizer = getattr(import_module(f"sumy.summarizers.{module}"), attribute)(_stemmer(language))
        summarizer.stop_words = stop_words(language)
        summarizer._get_best_sentences = _ranked  # noqa: SLF001 - sumy itself returns them in the document's order
        return summarizer

    def chooser(self, context: Context) -> Chooser:  # noqa: ARG002 - nothing to load but sumy itself
        """Return what has sumy choose sentences."""
        from sumy.models.dom import ObjectDocumentModel
        from sumy.models.dom import Paragraph
        from sumy.models.dom import Sentence

        # Imported here and now: the time it takes belongs to loading, not to the first document.
        self._summarizer("en")
        tokenizer = _Words()

        def choose(document: Document, sentences: Sequence[str]) -> list[int]:
            worded = {index: Sentence(text, tokenizer) for index, text in enumerate(sentences) if _WORD.search(text)}
            model = ObjectDocumentModel([Paragraph(worded.values())])
            ranked = self._summarizer(base(document.language))(model, len(worded))
            indices = {id(sentence): index for index, sentence in worded.items()}
            return [indices[id(sentence)] for sentence in ranked[: self.most(sentences)]]

        return choose


class TextRank(Classic):
    """TextRank: PageRank over shared words (Mihalcea and Tarau, 2004)."""

    target = "text_rank:TextRankSummarizer"


class LexRank(Classic):
    """LexRank: PageRank over tf-idf cosines (Erkan and Radev, 2004)."""

    target = "lex_rank:LexRankSummarizer"


class Lsa(Classic):
    """LSA: sentences with the longest vectors in latent semantic space (Steinberger and Jezek, 2004).

    Of sentences with vectors of one length the earlier is taken. Many share one up to the last bits, which differ from
    processor to processor, so lengths are compared to nine decimals.
    """

    target = "lsa:LsaSummarizer"
    revision = 4

    def _summarizer(self, language: str) -> "AbstractSummarizer":
        summarizer = super()._summarizer(language)
        exact = summarizer._compute_ranks  # noqa: SLF001 - sumy has no other place to say how sentences compare
        summarizer._compute_ranks = lambda *parts: [round(rank, DECIMALS) for rank in exact(*parts)]  # noqa: SLF001
        return summarizer


class Luhn(Classic):
    """Luhn: the densest clusters of significant words (Luhn, 1958)."""

    target = "luhn:LuhnSummarizer"
    most_sentences = None


class SumBasic(Classic):
    """SumBasic: frequent words first, each word's weight falling once it is used (Nenkova and Vanderwende, 2005)."""

    target = "sum_basic:SumBasicSummarizer"


class KullbackLeibler(Classic):
    """KL-Sum: the summary whose words are distributed most like the document's (Haghighi and Vanderwende, 2009)."""

    target = "kl:KLSummarizer"
    most_sentences = 1000
