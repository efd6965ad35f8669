"""Compares the sides of a comparison on the documents that their runs share."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sumbench.errors import RunError
from sumbench.jobs import sides
from sumbench.jobs.sides import NamedSide
from sumbench.jobs.sides import RunSystem
from sumbench.jobs.sides import pair_sides
from sumbench.stats import Lacking
from sumbench.stats import Pair
from sumbench.stats import Settings
from sumbench.stats import Versus
from sumbench.stats import versus
from sumbench.tables.comparison import MovedDocument


@dataclass(frozen=True)
class SidesComparison:
    """A comparison of systems: the `pairs` (base and new side), and the `result` under their labels.

    `drop_failures` tells that documents without a summary were left out, instead of scored 0 where higher is better.
    """

    pairs: Sequence[tuple[RunSystem, RunSystem]]
    result: Versus
    drop_failures: bool = False

    def lacking(self, index: int, metrics: Sequence[str]) -> Lacking:
        """Return the documents without a summary, or without a score under the metrics, on each side of a pair.

        A summary without a value that is not defined for every one lacks nothing.
        """
        documents = self.result.documents
        found = []
        for offset, side in enumerate(self.pairs[index]):
            missing = set(sides.without_summary(side, documents))
            for metric in metrics:
                if self.result.values[metric].optional:
                    continue
                row = self.result.scores[metric][2 * index + offset]
                missing |= {documents[at] for at in np.flatnonzero(np.isnan(row))}
            found.append(tuple(document for document in documents if document in missing))
        base, new = found
        return Lacking(new, base, self.drop_failures)

    def moved(self, metric: str, limit: int) -> Iterator[MovedDocument]:
        """Yield, pair by pair, the documents whose score moved most, with the summaries of both sides."""
        run = self.pairs[0][0].run
        known = {document.id: document for document in run.documents} if run.manifest.texts else {}
        for number, movement in self.result.moved(metric, limit):
            base, new = self.pairs[number]
            document = self.result.documents[movement.document]
            before, after = base.summary(document, metric), new.summary(document, metric)
            pair = self.result.pairs[number]
            yield MovedDocument(pair, document, movement, before, after, known.get(document))


def compare_sides(
    named_sides: Sequence[NamedSide], metrics: Sequence[str], settings: Settings, *, drop_failures: bool = False
) -> SidesComparison:
    """Compare the sides under the metrics; raise RunError when they share no document.

    Draws, sources, floors and ceilings are those of the first run.
    """
    met = pair_sides(named_sides)
    each = [side for pair in met for side in pair]
    ids = sides.common_documents(each)
    if not ids:
        raise RunError("the runs have no document in common")
    run = each[0].run
    sources = run.manifest.corpus.clusters
    result = versus(
        [Pair(base.side, new.side) for base, new in met],
        ids,
        {metric: run.manifest.values[metric] for metric in metrics},
        sides.side_scores(each, metrics, ids, drop_failures=drop_failures),
        run.manifest.seed,
        landmarks=sides.landmark_scores(run, metrics, ids),
        clusters=[sources[document] for document in ids] if sources else None,
        settings=settings,
    )
    return SidesComparison(met, result, drop_failures)
