"""Counts of one block of documents: every text against each of its references, variant by variant."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.blocks import Integers
from sumbench.rouge.blocks import TextBlock
from sumbench.rouge.counts import CountArrays
from sumbench.rouge.unions import LcsCounter
from sumbench.rouge.units import Units
from sumbench.rouge.units import group_tokens
from sumbench.rouge.units import lengthen
from sumbench.rouge.variants import ROUGE_L
from sumbench.rouge.variants import ngram_order


class Meetings(NamedTuple):
    """Which texts are scored against which references of their document.

    `texts` (documents, texts) holds the texts' numbers in the block; `met` (documents, texts, references) is True where
    a text is scored against a reference.
    """

    texts: Integers
    met: NDArray[np.bool_]


class Layout(NamedTuple):
    """Order of the texts in a block: document by document, first the references, then the systems' summaries.

    Attributes:
        documents: For each text, the number of its document.
        slots: For each text, which of its document's references it is; -1 for a summary.
        references: The numbers of the reference texts, of shape (documents, references); -1 where there is none.
        present: Where there is one.
        systems: The summaries and the references they meet: all.
        rivals: The references and those they meet: all others.
    """

    documents: Integers
    slots: Integers
    references: Integers
    present: NDArray[np.bool_]
    systems: Meetings
    rivals: Meetings

    @classmethod
    def of(cls, sizes: Sequence[tuple[int, int]]) -> "Layout":
        """Return the layout of documents with these numbers of references and summaries, the latter all the same."""
        references, summaries = np.array(sizes).T
        starts = np.cumsum(references + summaries) - references - summaries
        nth = np.arange(references.max())
        present = nth < references[:, None]
        documents = np.repeat(np.arange(len(sizes)), references + summaries)
        ordinals = np.arange(len(documents)) - starts[documents]
        texts = np.where(present, starts[:, None] + nth, -1)
        systems = (starts + references)[:, None] + np.arange(summaries[0])
        return cls(
            documents=documents,
            slots=np.where(ordinals < references[documents], ordinals, -1),
            references=texts,
            present=present,
            systems=Meetings(systems, np.repeat(present[:, None, :], summaries[0], axis=1)),
            rivals=Meetings(texts, present[:, :, None] & present[:, None, :] & ~np.eye(len(nth), dtype=np.bool_)),
        )


class BlockCounter:
    """Counts in one block; what several variants need is made once."""

    def __init__(self, flat: TextBlock, lines: TextBlock, layout: Layout) -> None:
        """Take the block's texts.

        Args:
            flat: The texts' tokens for the variants that are blind to sentences.
            lines: The texts' sentences for rougeLsum; often the same block.
            layout: The order of the texts.
        """
        self._flat = flat
        self._lines = lines
        self._layout = layout
        self._units: list[Units] = [group_tokens(flat, layout.documents)]
        self._hits: dict[int, Integers] = {}
        self._flat_lcs = LcsCounter(flat, self._units[0], layout.documents)
        if lines is flat:
            self._line_lcs = self._flat_lcs
        else:
            self._line_lcs = LcsCounter(lines, group_tokens(lines, layout.documents), layout.documents)

    def counts(self, rouge_type: str, meetings: Meetings) -> CountArrays:
        """Return the counts of one variant, of shape (documents, texts, references); 0 where no text is scored."""
        order = ngram_order(rouge_type)
        if order:
            lengths = np.maximum(self._flat.text_lengths - order + 1, 0)
            hits = self._ngram_hits(order)[meetings.texts]
        elif rouge_type == ROUGE_L:
            lengths = self._flat.text_lengths
            hits = self._lcs_hits(self._flat_lcs.hits, meetings)
        else:
            lengths = self._lines.text_lengths
            hits = self._lcs_hits(self._line_lcs.summary_hits, meetings)
        return CountArrays(
            np.where(meetings.met, hits, 0),
            np.where(meetings.met, lengths[self._layout.references][:, None, :], 0),
            np.where(meetings.met, lengths[meetings.texts][:, :, None], 0),
        )

    def _lcs_hits(self, count: Callable[[Integers, Integers], Integers], meetings: Meetings) -> Integers:
        documents, texts, references = np.nonzero(meetings.met)
        hits = np.zeros(meetings.met.shape, dtype=np.int64)
        hits[meetings.met] = count(self._layout.references[documents, references], meetings.texts[documents, texts])
        return hits

    def _ngram_hits(self, order: int) -> Integers:
        """Return the hits of all texts against all references of their document."""
        if order not in self._hits:
            while len(self._units) < order:
                self._units.append(lengthen(self._units[-1], self._units[0], len(self._units) + 1, self._flat))
            self._hits[order] = self._units[order - 1].hits(self._layout.slots)
        return self._hits[order]
