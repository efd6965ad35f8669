"""The results of the corpus scorer: counts of a whole corpus, and the scores computed from them."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.counts import CountArrays
from sumbench.rouge.counts import ScoreArrays
from sumbench.rouge.errors import RougeError
from sumbench.rouge.references import combine_references
from sumbench.rouge.references import reference_agreement


@dataclass(frozen=True, slots=True)
class CorpusCounts:
    """The counts of every summary against every reference.

    Attributes:
        systems: For each rouge type, counts of shape (documents, systems, references).
        agreement: For each rouge type, counts of shape (documents, references as summaries, references), if they were
            requested; the diagonal, where a reference meets itself, is not used.
        present: Booleans of shape (documents, references), False where a document has no such reference; the counts
            are 0 there.
    """

    systems: Mapping[str, CountArrays]
    agreement: Mapping[str, CountArrays]
    present: NDArray[np.bool_]

    def scores(self, rouge_type: str, handling: str = "jackknife") -> ScoreArrays:
        """Return the scores of all summaries, of shape (documents, systems); see `combine_references`."""
        return combine_references(self.systems[rouge_type], handling, self.present[:, None, :])

    def agreement_scores(self, rouge_type: str, handling: str = "jackknife") -> ScoreArrays:
        """Return the references' scores against one another, of shape (documents,); see `reference_agreement`."""
        return reference_agreement(self.agreement[rouge_type], handling, self.present)

    @classmethod
    def concatenate(cls, blocks: Sequence["CorpusCounts"]) -> "CorpusCounts":
        """Join blocks of documents, which may have different numbers of references.

        Raises:
            RougeError: If there is no block.
        """
        if not blocks:
            msg = "the corpus has no documents"
            raise RougeError(msg)
        width = max(block.present.shape[1] for block in blocks)
        padded = [_widen(block, width) for block in blocks]
        first = padded[0]
        return cls(
            {name: CountArrays.concatenate([block.systems[name] for block in padded]) for name in first.systems},
            {name: CountArrays.concatenate([block.agreement[name] for block in padded]) for name in first.agreement},
            np.concatenate([block.present for block in padded]),
        )


def _widen(counts: CorpusCounts, width: int) -> CorpusCounts:
    """Return the counts with room for `width` references."""
    more = width - counts.present.shape[1]
    if not more:
        return counts

    def widen(arrays: CountArrays, *axes: int) -> CountArrays:
        pads = [(0, more if axis in axes else 0) for axis in range(3)]
        return CountArrays(*(np.pad(part, pads) for part in arrays))

    return CorpusCounts(
        {name: widen(arrays, 2) for name, arrays in counts.systems.items()},
        {name: widen(arrays, 1, 2) for name, arrays in counts.agreement.items()},
        np.pad(counts.present, [(0, 0), (0, more)]),
    )
