"""Standings: the mean scores, costs and failures of each system of a run."""

from array import array
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.scores import Scores
from sumbench.sentences import words
from sumbench.stats.arrays import between_draws
from sumbench.stats.arrays import laid_out
from sumbench.stats.arrays import over_draws
from sumbench.stats.arrays import run_by_draw


class Failure(NamedTuple):
    """The first failure of its kind: the `document`, the `reason`, and how many `others` there are."""

    document: str
    reason: str
    others: int


@dataclass(frozen=True)
class Standing:
    """One system over a whole run.

    `means` holds each value's plain mean on its own scale, over the `scored` documents (those with a score of the
    result table; a value of a further one may be of others), of which each counts with the mean over its draws, and a
    draw without a summary with 0 where higher is better; `answered_means` the same over what it did write, where that
    is another figure; `spread` the standard deviation between the draws' own means over the corpus, for a system of
    several `draws`. `words` is the mean length of its summaries, `seconds` the mean time that a document took with all
    its draws, `seen` the share (0 to 1) of all input tokens that it read, `cost` the
    mean cost of a document in the currency of its price; each None where it is not known. `documents` counts those that
    it was given, `failed` those without any summary, `failed_draws` draws that failed of documents that have another,
    `cut` the documents of which it read less than all. `failures` counts what failed by kind (empty, refusal, error),
    `failure` is the first of it, `unscored` says by the value's name which summary could not be scored first.
    """

    system: str
    role: str
    means: Mapping[str, float]
    scored: int
    words: float | None = None
    seconds: float | None = None
    seen: float | None = None
    cost: float | None = None
    documents: int = 0
    failed: int = 0
    cut: int = 0
    draws: int = 1
    answered_means: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    failed_draws: int = 0
    failure: Failure | None = None
    unscored: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def answered(self) -> float | None:
        """The share (0 to 1) of its draws of documents of which it wrote a summary; None where it was given none."""
        asked = self.documents * self.draws
        return 1 - (self.failed * self.draws + self.failed_draws) / asked if asked else None


def standings(run: Run, drawn: Mapping[str, FloatArray] | None = None) -> list[Standing]:
    """Return the standing of every system of the run, in the order of its manifest, then of the references.

    A system that could not be loaded has no means. `drawn` are the scores as `run_by_draw` lays them out for the
    systems of `names_in` and the run's documents, where that is done already.
    """
    names = names_in(run.manifest, run.score_parts())
    laid = run_by_draw(run, names, run.ids) if drawn is None else drawn
    means: dict[str, dict[str, float]] = {name: {} for name in names}
    spreads: dict[str, dict[str, float]] = {name: {} for name in names}
    scored = dict.fromkeys(names, 0)
    counted = countable(run.manifest, laid)
    for metric, by_draw in laid.items():
        for name, row, spread in zip(names, over_draws(by_draw), between_draws(by_draw), strict=True):
            there = row[~np.isnan(row)]
            scored[name] = max(scored[name], there.size if metric in counted else 0)
            if there.size:
                means[name][metric] = float(there.mean())
            if not np.isnan(spread):
                spreads[name][metric] = float(spread)
    made = tallies(run.summaries)
    answered = {name: _answered_means(run, name, means[name]) for name, tally in made.items() if tally.failed}
    failures: dict[str, dict[str, Failure]] = {}
    for part in run.score_parts():
        add_unscored(failures, part)
    return standings_of(run.manifest, means, scored, made, spreads, failures, answered)


def _answered_means(run: Run, system: str, known: Mapping[str, float]) -> dict[str, float]:
    """Return a system's means over what it did write, where they are others than the `known` ones."""
    laid = laid_out(lambda: (part.where(system=system) for part in run.score_parts()), [system], run.ids)
    means = {metric: over_draws(by_draw) for metric, by_draw in laid.items()}
    found = {metric: float(np.nanmean(row)) for metric, row in means.items() if not np.isnan(row).all()}
    return {metric: mean for metric, mean in found.items() if mean != known.get(metric)}


def countable(record: Manifest, metrics: Collection[str]) -> Collection[str]:
    """Return the values by which documents count as scored: those of the result table, all where it has none."""
    return record.in_result & set(metrics) or metrics


def names_in(record: Manifest, parts: Iterable[Scores]) -> list[str]:
    """Return the names of the systems in the manifest's order, then what else has scores: the references."""
    names = [entry.name for entry in record.systems]
    return [*names, *sorted({name for part in parts for name in part.names("system")}.difference(names))]


def standings_of(  # noqa: PLR0913, PLR0917 - what a standing is made of
    record: Manifest,
    means: Mapping[str, Mapping[str, float]],
    scored: Mapping[str, int],
    made: Mapping[str, "SummaryTally"],
    spreads: Mapping[str, Mapping[str, float]] | None = None,
    failures: Mapping[str, Mapping[str, Failure]] | None = None,
    answered: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Standing]:
    """Make standings from means and counts by system, in the order of the manifest and then of the means."""
    spreads, failures, answered = spreads or {}, failures or {}, answered or {}
    rows = []
    for entry in record.systems:
        tally = made.get(entry.name, SummaryTally())
        rows.append(
            Standing(
                entry.name,
                entry.role,
                means.get(entry.name, {}),
                scored.get(entry.name, 0),
                words=tally.mean(tally.words),
                seconds=tally.seconds / tally.timed if tally.timed else None,
                seen=tally.seen / tally.input if tally.input else None,
                cost=_cost(entry, tally),
                documents=tally.documents,
                failed=tally.documents - tally.good,
                answered_means=answered.get(entry.name, {}),
                failures=dict(tally.failures),
                cut=tally.cut,
                draws=entry.samples,
                spread=spreads.get(entry.name, {}),
                failed_draws=tally.failed_draws,
                failure=tally.failure,
                unscored=failures.get(entry.name, {}),
            )
        )
    others = [name for name in means if means[name] and name not in {entry.name for entry in record.systems}]
    rows += [Standing(name, "ceiling", means[name], scored[name], spread=spreads.get(name, {})) for name in others]
    return rows


def unscored(scores: Scores) -> dict[str, dict[str, Failure]]:
    """Return by system and value's name the first summary that could not be scored, and how many others."""
    failed = np.flatnonzero(np.isnan(scores.values))
    if not failed.size:
        return {}
    (systems, names), (metrics, values), (documents, ids) = map(scores.codes, ("system", "metric", "document"))
    pairs = systems[failed].astype(np.int64) * len(values) + metrics[failed]
    _, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    found: dict[str, dict[str, Failure]] = {}
    for at, count in sorted(zip(first.tolist(), counts.tolist(), strict=True)):
        row = int(failed[at])
        reason = scores.table.column("error")[row].as_py() or "no reason was given"
        failure = Failure(ids[documents[row]], reason, count - 1)
        found.setdefault(names[systems[row]], {})[values[metrics[row]]] = failure
    return found


def add_unscored(known: dict[str, dict[str, Failure]], scores: Scores) -> None:
    """Add to what is `known`, by system and value's name, the summaries that could not be scored of some more."""
    for system, of_system in unscored(scores).items():
        so_far = known.setdefault(system, {})
        for metric, failure in of_system.items():
            first = so_far.get(metric)
            so_far[metric] = first._replace(others=first.others + failure.others + 1) if first else failure


@dataclass
class SummaryTally:
    """Sums over the summaries of a system, batch by batch; see Standing for what they are of."""

    documents: int = 0
    good: int = 0
    words: float = 0.0
    seconds: float = 0.0
    timed: int = 0
    seen: int = 0
    input: int = 0
    cut: int = 0
    failed_draws: int = 0
    failure: Failure | None = None
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return self.failure is not None

    def mean(self, total: float) -> float | None:
        """Return the mean of a sum over the documents that have a summary, None where none has."""
        return total / self.good if self.good else None

    def add(self, documents: Iterable[Sequence[Summary]]) -> None:
        """Add summaries: all draws of a document together."""
        lengths, times = array("d"), array("d")
        for draws in documents:
            self.documents += 1
            good = [one for one in draws if one.error is None]
            for failed in draws if len(good) < len(draws) else ():
                if failed.error is not None:
                    self.failures[failed.failure or "error"] += 1
                    first = self.failure or Failure(failed.document, failed.error, -1)
                    self.failure = first._replace(others=first.others + 1)
            if not good:
                continue
            self.failed_draws += len(draws) - len(good)
            counts = [words(one.text) for one in good]
            lengths.append(counts[0] if len(counts) == 1 else float(np.mean(counts)))
            known = [one.seconds for one in good if one.seconds is not None]
            if known:
                times.append(sum(known))
            read = [(one.seen_tokens or 0, one.input_tokens or 0) for one in good]
            self.seen += sum(seen for seen, size in read if size)
            self.input += sum(size for _, size in read)
            self.cut += any(seen < size for seen, size in read)
        self.good += len(lengths)
        self.words += _total(lengths)
        self.seconds += _total(times)
        self.timed += len(times)


def tallies(summaries: Iterable[Summary], into: dict[str, SummaryTally] | None = None) -> dict[str, SummaryTally]:
    """Count summaries by system; `into` holds counts of earlier documents, which are added to.

    Summaries that are not in memory are counted as they are read: all of a system, and of a document, in sequence.
    """
    found = {} if into is None else into
    if not isinstance(summaries, list | tuple):
        for system, of_system in groupby(summaries, key=attrgetter("system")):
            documents = (list(draws) for _, draws in groupby(of_system, key=attrgetter("document")))
            found.setdefault(system, SummaryTally()).add(documents)
        return found
    made: dict[str, dict[str, list[Summary]]] = {}
    for summary in summaries:
        made.setdefault(summary.system, {}).setdefault(summary.document, []).append(summary)
    for system, several in made.items():
        found.setdefault(system, SummaryTally()).add(several.values())
    return found


def _cost(entry: SystemEntry, tally: SummaryTally) -> float | None:
    cost = entry.telemetry.cost if entry.telemetry else None
    return None if cost is None else tally.mean(cost)


def _total(numbers: Sequence[float]) -> float:
    # numpy sums in pairs: of many numbers more exactly than one after the other.
    summed: FloatArray = np.array(numbers, dtype=np.float64)
    return float(summed.sum())
