"""Joins flagged tokens to spans of a text, and counts the words in them."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import trimmed
from sumbench.sentences import words

_RUN: Final = re.compile(r"\S+")


def flagged_spans(text: str, tokens: Sequence[tuple[Part, float]], threshold: float) -> list[tuple[Part, float]]:
    """Return the spans of a text's tokens of at least `threshold`, each with the highest value in it.

    Tokens that follow one another are one span, blanks around it left out.
    """
    found: list[tuple[Part, float]] = []
    for flagged, group in groupby(tokens, key=lambda token: token[1] >= threshold):
        some = list(group)
        inner = trimmed(text, Part(some[0][0].start, some[-1][0].end))
        if flagged and inner.start < inner.end:
            found.append((inner, max(value for _, value in some)))
    return found


def flagged_words(text: str, spans: Sequence[Part]) -> int:
    """Count the words of a text that spans touch, as `sumbench.sentences.words` counts them all.

    In scripts without blanks between words, where characters count, those within the spans do.
    """
    count = 0
    for match in _RUN.finditer(text):
        start, end = match.span()
        touched = [Part(max(start, part.start), min(end, part.end)) for part in spans]
        inside = [part for part in touched if part.start < part.end]
        if inside:
            count += min(words(match[0]), max(1, sum(words(part.of(text)) for part in inside)))
    return count
