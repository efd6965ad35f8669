"""Evaluates many texts of one or more systems as ROUGE-1.5.5 does: scores, averages, intervals."""

from array import array
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl.bootstrap import Averages
from sumbench.rouge.perl.bootstrap import Floats
from sumbench.rouge.perl.bootstrap import average_counts
from sumbench.rouge.perl.bootstrap import average_scores
from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import PerlScore
from sumbench.rouge.perl.options import Options


@dataclass(frozen=True)
class Instance:
    """One document: each system's summary of it, and the references.

    Attributes:
        identifier: unique within an evaluation; with the system's name it decides the order of the bootstrap.
        systems: the text of each system, by the system's name.
        references: one or more texts.
    """

    identifier: str
    systems: Mapping[str, str]
    references: Sequence[str]


@dataclass(frozen=True)
class Result:
    """What one variant of ROUGE gives one system.

    Attributes:
        metric: name of the variant, as the original prints it.
        identifiers: of the instances, in the byte order of `identifier.system`.
        scores: shape (instances, 3): recall, precision, F of each instance, 0 to 1, 5 decimals.
        counts: shape (instances, 3): reference, system and hit counts of each instance, its references combined.
        averages: recall, precision and F over all instances, with their intervals.
    """

    metric: str
    identifiers: tuple[str, ...]
    scores: Floats
    counts: Floats
    averages: Averages


class Tally:
    """The figures of one system, gathered instance by instance; the texts are not kept."""

    def __init__(self, system: str, options: Options) -> None:
        """Start without instances."""
        self._system = system
        self._options = options
        self._positions: dict[str, int] = {}
        self._metrics: tuple[str, ...] = ()
        self._scores = array("d")
        self._counts = array("d")

    def add(self, identifier: str, scores: Mapping[str, PerlScore], counts: Mapping[str, PerlCounts]) -> None:
        """Take the scores and the counts of an instance, by variant.

        Raises RougeError for an identifier that came before.
        """
        if identifier in self._positions:
            raise RougeError(f"system {self._system!r} has two texts for it")
        self._positions[identifier] = len(self._positions)
        self._metrics = tuple(scores)
        for value in scores.values():
            self._scores.extend(value)
        for pair in counts.values():
            self._counts.extend((pair.reference, pair.system, pair.hits))

    def results(self) -> dict[str, Result]:
        """Return the result of each variant; there must be an instance."""
        identifiers = tuple(sorted(self._positions, key=self._order))
        rows = [self._positions[identifier] for identifier in identifiers]
        shape = (len(rows), len(self._metrics), 3)
        scores = np.array(self._scores).reshape(shape)[rows]
        counts = np.array(self._counts).reshape(shape)[rows]
        by_token = self._options.by_token
        averages = average_counts(counts, self._options) if by_token else average_scores(scores, self._options)
        return {
            metric: Result(metric, identifiers, scores[:, i], counts[:, i], averages[i])
            for i, metric in enumerate(self._metrics)
        }

    def _order(self, identifier: str) -> bytes:
        return f"{identifier}.{self._system}".encode("utf-8", "surrogatepass")
