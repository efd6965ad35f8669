"""Controls: numbers that measure no quality, which a metric must follow people better than."""

import re
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Final

import numpy as np

from sumbench.metrics.copying.fragments import SourceWords
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.sentences import words

LENGTH, DENSITY, RANDOM = "length", "density", "random"

CONTROLS: Final[Mapping[str, str]] = {
    LENGTH: "words of the summary, punctuation that stands alone left out",
    DENSITY: "mean length of the copied fragments that its words stand in (Grusky et al. 2018)",
    RANDOM: "a number drawn for each summary",
}
"""What each control is."""

_WORD: Final = re.compile(r"[^\W_]+")


def controls(
    documents: Sequence[Document], summaries: Sequence[Summary], systems: Sequence[str], seed: int
) -> dict[str, FloatArray]:
    """Return the controls as arrays of shape (documents, systems), NaN where there is no summary.

    Of several draws of a summary it is their mean. Density is left out where documents have no text.
    """
    found: dict[str, FloatArray] = {LENGTH: np.full((len(documents), len(systems)), np.nan)}
    rows = {document.id: index for index, document in enumerate(documents)}
    columns = {name: index for index, name in enumerate(systems)}
    texts: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for each in summaries:
        if each.error is None and each.document in rows and each.system in columns:
            texts[rows[each.document], columns[each.system]].append(each.text)
    for cell, drawn in texts.items():
        found[LENGTH][cell] = np.mean([length(text) for text in drawn])
    if any(document.text.strip() for document in documents):
        found[DENSITY] = np.full(found[LENGTH].shape, np.nan)
        sources = [SourceWords(_tokens(document.text)) for document in documents]
        for (row, column), drawn in texts.items():
            if sources[row].words:
                measured = [density(_tokens(text), sources[row]) for text in drawn]
                found[DENSITY][row, column] = np.mean(measured)
    drawn_at_random = stream(seed, "correlate", RANDOM).normal(size=found[LENGTH].shape)
    found[RANDOM] = np.where(np.isnan(found[LENGTH]), np.nan, drawn_at_random)
    return found


def length(text: str) -> int:
    """Count the words of a text; what holds neither a letter nor a number, as in tokenized texts, is none."""
    return words(" ".join(run for run in text.split() if _WORD.search(run)))


def density(summary: Sequence[str], source: SourceWords) -> float:
    """Return the density of a summary's words: the sum of its fragments' squared lengths over their number.

    Grusky, Naaman & Artzi 2018, "Newsroom", section 4.1. 0 for a summary without words.
    """
    return sum(fragment.length**2 for fragment in source.fragments(summary)) / max(1, len(summary))


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.lower())
