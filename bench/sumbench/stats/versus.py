"""Two sides of a comparison across runs: which pairs of systems meet, on which documents, with what result."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from sumbench.records import Summary
from sumbench.run import Run
from sumbench.seeds import stream
from sumbench.stats.arrays import FloatArray
from sumbench.stats.arrays import matrices
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import Difference
from sumbench.stats.comparison import Movement
from sumbench.stats.comparison import compare
from sumbench.stats.comparison import most_moved
from sumbench.stats.settings import Settings


@dataclass(frozen=True)
class Side:
    """A system of a run, under the label that it has in tables."""

    label: str
    run: Run
    system: str

    @property
    def draws(self) -> int:
        """How many summaries the system draws of each document."""
        return max(entry.samples for entry in self.run.manifest.systems if entry.name == self.system)

    def summary(self, document: str, metric: str) -> Summary:
        """Return the system's summary of a document, of several draws the one whose score is nearest to their mean."""
        values = {
            score.draw: score.value
            for score in self.run.scores
            if (score.document, score.system, score.metric) == (document, self.system, metric)
        }
        middle = fmean(values.values())
        draw = min(values, key=lambda draw: (abs(values[draw] - middle), draw))
        wanted = (document, self.system, draw)
        return next(one for one in self.run.summaries if (one.document, one.system, one.draw) == wanted)


@dataclass(frozen=True)
class Versus:
    """Pairs of sides (base, new) compared on the `documents` that all the runs share.

    `scores` holds for each metric an array of shape (2 x pairs, documents), base before new; `comparisons` one result
    a metric, its differences being new minus base, in the order of the pairs. `clusters` has the source of each
    document where documents share sources, None where each stands for itself.
    """

    pairs: tuple[tuple[Side, Side], ...]
    documents: tuple[str, ...]
    scores: Mapping[str, FloatArray]
    comparisons: Mapping[str, Comparison]
    settings: Settings
    clusters: tuple[str, ...] | None

    def differences(self, metric: str) -> Iterator[tuple[Side, Side, float | None, float | None, Difference]]:
        """Yield base, new, the mean of each on the documents both have, and what follows."""
        for place, (base, new) in enumerate(self.pairs):
            before, after = self.scores[metric][2 * place : 2 * place + 2]
            both = ~np.isnan(before) & ~np.isnan(after)
            means = (float(before[both].mean()), float(after[both].mean())) if both.any() else (None, None)
            yield base, new, *means, self.comparisons[metric].differences[place]

    def moved(self, metric: str, limit: int) -> Iterator[tuple[Side, Side, Movement]]:
        """Yield, pair by pair, the documents whose score moved most."""
        for place, (base, new) in enumerate(self.pairs):
            before, after = self.scores[metric][2 * place : 2 * place + 2]
            for movement in most_moved(before, after, limit):
                yield base, new, movement


def versus(pairs: Sequence[tuple[Side, Side]], metrics: Sequence[str], settings: Settings | None = None) -> Versus:
    """Compare each pair of sides under each metric; p-values are corrected over the pairs within a metric.

    The draws come from the seed of the first base's run. The documents are those that every run has.
    """
    settings = settings or Settings()
    ids = [dict.fromkeys(summary.document for summary in side.run.summaries) for pair in pairs for side in pair]
    documents = tuple(document for document in ids[0] if all(document in of_run for of_run in ids))
    scores: dict[str, list[FloatArray]] = {metric: [] for metric in metrics}
    for pair in pairs:
        for side in pair:
            of_side = matrices(side.run.scores, [side.system], documents)
            for metric in metrics:
                scores[metric].append(of_side.get(metric, np.full((1, len(documents)), np.nan))[0])
    arrays = {metric: np.stack(rows) for metric, rows in scores.items()}
    tested = [(2 * place + 1, 2 * place) for place in range(len(pairs))]
    seed = pairs[0][0].run.manifest.seed
    sources = pairs[0][0].run.manifest.corpus.clusters
    clusters = tuple(sources[document] for document in documents) if sources else None
    compared = compare(arrays, stream(seed, "versus"), pairs=tested, clusters=clusters, settings=settings)
    comparisons = {comparison.metric: comparison for comparison in compared}
    return Versus(tuple(pairs), documents, arrays, comparisons, settings, clusters)
