"""The metric `copying`: how much of a summary is copied from its document, in what pieces, and from where."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from typing import ClassVar

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics.copying.fragments import Fragment
from sumbench.metrics.copying.fragments import SourceWords
from sumbench.metrics.copying.fragments import ngrams
from sumbench.metrics.copying.places import Places
from sumbench.metrics.property_metric import Measure
from sumbench.metrics.property_metric import PropertyMetric
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.metrics.protocol import Needs
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.words import Words
from sumbench.metrics.words import tokenizer
from sumbench.records import Document

NOTED = 10
"""Words from which on a copy is long enough to be shown with its place."""

PLACED = 2
"""Words from which on a fragment tells where it was copied from: a single word stands in many places."""

ORDERS = MappingProxyType({"novel_unigrams": 1, "novel_bigrams": 2, "novel_trigrams": 3, "novel_4grams": 4})
"""The number of words of the n-grams behind each value."""


def _property(name: str, title: str, unit: str = "", scale: float = 1.0, *, main: bool = True) -> Value:
    return Value(
        name,
        title,
        unit,
        scale,
        decimals=1,
        direction=Direction.NEITHER,
        main=main,
        table=WITHOUT_REFERENCES,
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class CopyingMetric(PropertyMetric):
    """Copying from the document: coverage, density and compression, novel n-grams, the longest copy and its place.

    With A the document's words, S the summary's and F the fragments that they share, found greedily (Grusky, Naaman
    and Artzi 2018, "Newsroom", section 4 and figure 3): `coverage` is the share of the summary's words in fragments,
    1/|S| Σ |f| (equation 1); `density` the mean length of the fragment that a word of it stands in, 1/|S| Σ |f|²
    (equation 2), in words; `compression` |A|/|S| (equation 3), document words a summary word.

    `novel_unigrams` to `novel_4grams`: the share of the summary's different n-grams that the document lacks (Narayan,
    Cohen and Lapata 2018, section 2; distinct n-grams as in Fabbri et al. 2021). `longest_copy`: the words of the
    longest fragment. `copied_from`: where in the document the words stand that are in fragments of two words and more,
    as a mean, 0 for its first word and 1 for its last.

    Words are those of ROUGE for the document's language, in small letters and not stemmed. None of the values is better
    high or low. A value is not defined for a summary without words, n-grams or such fragments.
    """

    name: str = "copying"
    declared: ClassVar[tuple[Value, ...]] = (
        _property("coverage", "coverage", "%", 100.0),
        _property("density", "density", "words"),
        _property("compression", "compression", "document words a summary word"),
        _property("novel_unigrams", "novel words", "%", 100.0, main=False),
        _property("novel_bigrams", "novel bigrams", "%", 100.0),
        _property("novel_trigrams", "novel trigrams", "%", 100.0, main=False),
        _property("novel_4grams", "novel 4-grams", "%", 100.0, main=False),
        _property("longest_copy", "longest copy", "words"),
        _property("copied_from", "copied from", "%", 100.0, main=False),
    )
    how: ClassVar[MappingProxyType[str, str]] = MappingProxyType(
        {
            **dict.fromkeys(("coverage", "density", "compression"), "grusky-2018"),
            **dict.fromkeys(ORDERS, "distinct"),
            "longest_copy": "grusky-2018",
            "copied_from": f"grusky-2018|fragments:{PLACED}+",
        }
    )
    needs: ClassVar[Needs] = Needs(references=False, source=True)

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:  # noqa: ARG002 - it compares with none
        """Return what the columns are."""
        spans = "coverage: share of a summary's words in spans that its document has; density: mean length of the span"
        return (
            f"{spans} that a word is in; compression: document words a summary word; longest copy: the longest span",
        )

    def prepare(self, document: Document, words: Words) -> Measure:
        """Return what measures the summaries of a document."""
        source = SourceWords(words.of(document.text, document.language))
        finder = tokenizer(document.language)
        places = Places(document.text, finder)

        def measure(text: str) -> Measured:
            found = words.of(text, document.language)
            fragments = source.fragments(found)
            longest = max(fragments, key=lambda each: each.length, default=None)
            details = {}
            if longest is not None and longest.length >= NOTED:
                details["longest_copy"] = _copy(places, Places(text, finder), longest)
            return Measured(measured(source, found, fragments), details)

        return measure


def measured(source: SourceWords, summary: Sequence[str], fragments: Sequence[Fragment]) -> dict[str, float]:
    """Return the values of a summary by its words and fragments; those that are not defined for it are left out."""
    size = len(summary)
    if not size:
        return {}
    values = {
        "coverage": sum(each.length for each in fragments) / size,
        "density": sum(each.length * each.length for each in fragments) / size,
        "compression": len(source.words) / size,
        "longest_copy": float(max((each.length for each in fragments), default=0)),
    }
    for name, order in ORDERS.items():
        if size >= order:
            grams = ngrams(summary, order)
            values[name] = len(grams - source.grams(order)) / len(grams)
    placed = [each for each in fragments if each.length >= PLACED]
    if placed:
        words = sum(each.length for each in placed)
        places = sum(each.length * (each.source + (each.length - 1) / 2) for each in placed)
        values["copied_from"] = places / words / (len(source.words) - 1)
    return values


def _copy(document: Places, summary: Places, longest: Fragment) -> dict[str, Any]:
    start, end = summary.span(longest.summary, longest.length)
    first, last = document.span(longest.source, longest.length)
    return {
        "spans": [
            {
                "start": start,
                "end": end,
                "text": summary.text[start:end],
                "kind": "copied",
                "reason": f"{longest.length} words as in the document",
                "source": {"start": first, "end": last, "text": document.text[first:last]},
            }
        ]
    }
