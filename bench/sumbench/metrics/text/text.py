"""The metric `text`: what a summary's text shows by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import Any
from typing import ClassVar

from sumbench.languages import ENGLISH
from sumbench.languages import base
from sumbench.languages import contradicts
from sumbench.languages import guess
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import sentence_parts
from sumbench.metrics.property_metric import Measure
from sumbench.metrics.property_metric import PropertyMetric
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.text.diversity import mtld
from sumbench.metrics.text.ending import is_cut_off
from sumbench.metrics.text.readability import FORMULAS
from sumbench.metrics.text.readability import readability
from sumbench.metrics.text.repetition import Repeat
from sumbench.metrics.text.repetition import repeated_share
from sumbench.metrics.text.repetition import repeats
from sumbench.metrics.words import Words
from sumbench.records import Document
from sumbench.sentences import words as count_words

ENGLISH_WORDS = frozenset(
    {
        *("the", "and", "with", "that", "from", "his", "her", "has", "have", "had", "were"),
        *("they", "which", "this", "would", "after", "about", "been", "their", "who", "will"),
    }
)
"""Frequent words that are English and hardly anything else."""

ALSO_ENGLISH = frozenset(
    {
        *("a", "an", "of", "to", "in", "for", "on", "at", "as", "by", "but", "not"),
        *("was", "is", "are", "be", "it", "he", "she"),
    }
)
"""Frequent words of English that other languages have, too: they count where some of the former are among them."""

ORDERS = MappingProxyType({"repeated_bigrams": 2, "repeated_trigrams": 3, "repeated_4grams": 4})
"""The number of words of the n-grams behind each value."""


def _fault(name: str, title: str, *, main: bool = True, optional: bool = False) -> Value:
    return Value(
        name, title, "%", 100.0, 1, direction=Direction.LOWER, main=main, table=WITHOUT_REFERENCES, optional=optional
    )


def _property(name: str, title: str, unit: str = "", *, main: bool = False, optional: bool = False) -> Value:
    return Value(
        name, title, unit, 1.0, 1, direction=Direction.NEITHER, main=main, table=WITHOUT_REFERENCES, optional=optional
    )


@dataclass(frozen=True, kw_only=True)
class TextMetric(PropertyMetric):
    """What a summary shows by itself: repetition, an end that is missing, another language, readability, diversity.

    Faults, as shares of the summaries or of what is in one: `repeated_bigrams`, `repeated_trigrams` and
    `repeated_4grams`, n-grams that came before in the summary (rep-n, Su et al. 2022); `repeated_sentences`, sentences
    that repeat an earlier one exactly or with four fifths of its word pairs; `cut_off`, summaries without a mark that
    ends the last sentence (not defined where a language sets none); `other_language`, summaries that are clearly in
    another language than the document's; `no_words`, summaries without any letter or number.

    Properties: `text_words` and `text_sentences`; `flesch`, the reading ease (English, German, Russian), and `ari`, the
    automated readability index (English); `mtld`, lexical diversity (McCarthy and Jarvis 2010), of summaries of 50
    words and more.
    """

    name: str = "text"
    declared: ClassVar[tuple[Value, ...]] = (
        _fault("repeated_bigrams", "repeated bigrams", main=False),
        _fault("repeated_trigrams", "repeated trigrams"),
        _fault("repeated_4grams", "repeated 4-grams", main=False),
        _fault("repeated_sentences", "repeated sentences"),
        _fault("cut_off", "cut off", optional=True),
        _fault("other_language", "other language"),
        _fault("no_words", "no words"),
        _property("flesch", "Flesch ease", main=True, optional=True),
        _property("ari", "ARI", optional=True),
        _property("mtld", "MTLD", "words", optional=True),
        _property("text_words", "words", "words"),
        _property("text_sentences", "sentences", "sentences"),
    )
    how: ClassVar[MappingProxyType[str, str]] = MappingProxyType(
        {
            **dict.fromkeys(ORDERS, "rep-n"),
            "repeated_sentences": f"dice:0.8|sent:sentencex-{version('sentencex')}",
            "cut_off": f"no-end-mark|regex-{version('regex')}",
            "other_language": f"py3langid-{version('py3langid')}",
            "flesch": f"{'+'.join(each.source for each in FORMULAS.values())}|sent:sentencex-{version('sentencex')}",
            "ari": f"senter-1967|sent:sentencex-{version('sentencex')}",
            "mtld": "mccarthy-2010",
            "text_sentences": f"sent:sentencex-{version('sentencex')}",
        }
    )

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:  # noqa: ARG002 - it compares with none
        """Return what the columns are."""
        repeated = "repeated trigrams: three words in a row that came before in the summary"
        ease = "Flesch ease: 0 is very hard to read, 100 very easy"
        return (f"{repeated}; cut off: its last sentence has no end mark; {ease}",)

    def prepare(self, document: Document, words: Words) -> Measure:
        """Return what measures the summaries of a document."""
        language = document.language

        def measure(text: str) -> Measured:
            found = words.of(text, language)
            values = {
                "text_words": float(count_words(text)) if found else 0.0,
                "no_words": float(not found),
                **{name: repeated_share(found, order) for name, order in ORDERS.items()},
                "other_language": 0.0,
                "repeated_sentences": 0.0,
            }
            details: dict[str, dict[str, Any]] = {}
            parts = sentence_parts(text, language)
            sentences = [part.of(text) for part in parts]
            values["text_sentences"] = float(len(sentences))
            if not found:
                return Measured(values)
            if len(sentences) > 1:
                again = repeats([words.of(sentence, language) for sentence in sentences])
                values["repeated_sentences"] = len(again) / len(sentences)
                if again:
                    details["repeated_sentences"] = _spans(text, parts, again)
            if (cut := is_cut_off(text, language)) is not None:
                values["cut_off"] = float(cut)
            if language and not (base(language) == ENGLISH and _is_english(found)):
                guessed = guess(text)
                if contradicts(guessed, language):
                    values["other_language"] = 1.0
                    details["other_language"] = {"language": guessed.language, "document": language}
            ease, grade = readability(text, len(sentences), language)
            diversity = mtld(found)
            values |= {
                name: value
                for name, value in (("flesch", ease), ("ari", grade), ("mtld", diversity))
                if value is not None
            }
            return Measured(values, details)

        return measure


def _is_english(words: Sequence[str]) -> bool:
    """Tell whether a text is in English for its frequent words alone, so that its language need not be guessed.

    That is a tenth of words that are English alone, or a quarter of frequent ones with a twentieth of these.
    """
    size = len(words)
    alone = sum(word in ENGLISH_WORDS for word in words)
    if alone >= max(2, size / 10):
        return True
    return alone >= max(1, size / 20) and alone + sum(word in ALSO_ENGLISH for word in words) >= max(3, size / 4)


def _spans(text: str, sentences: Sequence[Part], again: Sequence[Repeat]) -> dict[str, Any]:
    return {
        "spans": [
            {
                "start": sentences[each.sentence].start,
                "end": sentences[each.sentence].end,
                "text": sentences[each.sentence].of(text),
                "kind": "repeated",
                "reason": f"{'repeats' if each.exact else 'nearly repeats'} sentence {each.earlier + 1}",
            }
            for each in again
        ]
    }
