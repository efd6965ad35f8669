"""Sufficient statistics of a pair of texts in ROUGE-1.5.5, and how those of several pairs become one score."""

from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import Protocol

from sumbench.rouge.perl.text import Text


class PerlCounts(NamedTuple):
    """The sufficient statistics of one system text and one reference (or several, pooled).

    Attributes:
        reference: what the reference could have given: its n-grams, tokens or skip-bigrams; the base of recall.
        system: the same for the system text; the base of precision.
        hits: what they share.
        recall: what `-f B` chooses the best reference by.
    """

    reference: float
    system: float
    hits: float
    recall: float = 0.0


class PerlScore(NamedTuple):
    """Recall, precision and F, each from 0 to 1 and rounded to 5 decimals unless said otherwise."""

    recall: float
    precision: float
    f_measure: float


class Variant(Protocol):
    """A variant of ROUGE: what it counts in a text once, and what two texts share.

    Attributes:
        name: as the original prints it, such as `ROUGE-SU4`.
    """

    name: str

    def profile(self, text: Text) -> Any:  # noqa: ANN401 - each variant has its own
        """Return what this variant needs of `text`, be it a system's or a reference."""

    def count(self, system: Any, reference: Any) -> PerlCounts:  # noqa: ANN401
        """Return the counts of the system text and the reference with these profiles."""

    def rate(self, hits: float, base: float) -> float:
        """Return the share of `base` that was hit, 0 if there is no base."""


def share(hits: float, base: float) -> float:
    """Return hits / base, 0 if there is no base."""
    return hits / base if base else 0.0


def combine(counts: Sequence[PerlCounts], formula: str) -> PerlCounts:
    """Make one of the counts against each reference.

    Formula "A" adds them up; "B" takes those of the reference with the best recall, the first of equals.
    """
    if formula == "B":
        return max(counts, key=lambda pair: pair.recall)
    reference = system = hits = 0.0
    for pair in counts:
        reference += pair.reference
        system += pair.system
        hits += pair.hits
    return PerlCounts(reference, system, hits)


def score(counts: PerlCounts, variant: Variant, alpha: float) -> PerlScore:
    """Return recall, precision and their weighted harmonic mean, as the original prints them.

    F = PR / ((1 - alpha) P + alpha R), from the rounded P and R (C. J. van Rijsbergen, Information Retrieval, 1979,
    chapter 7); 0 if the denominator is 0.
    """
    recall = round(variant.rate(counts.hits, counts.reference), 5)
    precision = round(variant.rate(counts.hits, counts.system), 5)
    base = (1 - alpha) * precision + alpha * recall
    return PerlScore(recall, precision, round(precision * recall / base, 5) if base > 0 else 0.0)
