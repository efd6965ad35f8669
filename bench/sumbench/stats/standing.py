"""Where each system stands: plain means over the documents it summarized."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

import numpy as np

from sumbench.manifest import SystemEntry
from sumbench.records import Summary
from sumbench.run import Run
from sumbench.sentences import words
from sumbench.stats.arrays import between_draws
from sumbench.stats.arrays import by_draw
from sumbench.stats.arrays import over_draws


@dataclass(frozen=True)
class Standing:
    """One system over a whole run.

    `means` holds each metric's plain mean on its own scale, over the `scored` documents, of which each counts with
    the mean over its draws; `spread` the standard deviation between the draws' own means over the corpus, for a
    system of several `draws`. `words` is the mean length of its summaries, `seconds` the mean time that a document
    took with all its draws, `seen` the share (0 to 1) of all input tokens that it read, `cost` the mean cost of a
    document in the currency of its price; each None where it is not known. `failed` counts documents without any
    summary, `failed_draws` draws that failed of documents that have another, `cut` the documents of which it read
    less than all.
    """

    system: str
    role: str
    means: Mapping[str, float]
    scored: int
    words: float | None = None
    seconds: float | None = None
    seen: float | None = None
    cost: float | None = None
    failed: int = 0
    cut: int = 0
    draws: int = 1
    spread: Mapping[str, float] = field(default_factory=dict)
    failed_draws: int = 0


def standings(run: Run) -> list[Standing]:
    """Return the standing of every system of the run, in the order of its manifest, then of the references.

    A system that failed on every document has no means.
    """
    made: dict[str, dict[str, list[Summary]]] = defaultdict(lambda: defaultdict(list))
    for summary in run.summaries:
        made[summary.system][summary.document].append(summary)
    documents = list(dict.fromkeys(summary.document for summary in run.summaries))
    names = [entry.name for entry in run.manifest.systems]
    others = sorted({score.system for score in run.scores}.difference(names))
    scores = by_draw(run.scores, [*names, *others], documents)
    means: list[dict[str, float]] = [{} for _ in (*names, *others)]
    spreads: list[dict[str, float]] = [{} for _ in means]
    scored = np.zeros(len(means), np.int64)
    for metric, drawn in scores.items():
        values, spread = over_draws(drawn), between_draws(drawn)
        scored = np.maximum(scored, (~np.isnan(values)).sum(axis=1))
        for place, row in enumerate(values):
            if not np.isnan(row).all():
                means[place][metric] = float(row[~np.isnan(row)].mean())
            if not np.isnan(spread[place]):
                spreads[place][metric] = float(spread[place])
    rows = [
        Standing(name, "ceiling", means[place], int(scored[place]), spread=spreads[place])
        for place, name in enumerate((*names, *others))
    ]
    entered = [
        _with_summaries(replace(row, role=entry.role, draws=entry.samples), entry, list(made[entry.name].values()))
        for row, entry in zip(rows, run.manifest.systems, strict=False)
    ]
    return entered + rows[len(entered) :]


def _with_summaries(row: Standing, entry: SystemEntry, documents: Sequence[Sequence[Summary]]) -> Standing:
    """Fill in what the summaries of each document tell."""
    made = [(draws, [one for one in draws if one.error is None]) for draws in documents]
    good = [there for _, there in made if there]
    failed = len(documents) - len(good)
    if not good:
        return replace(row, failed=failed)
    times = [
        sum(one.seconds or 0.0 for one in draws) for draws in good if any(one.seconds is not None for one in draws)
    ]
    read = [(one.seen_tokens or 0, one.input_tokens) for draws in good for one in draws if one.input_tokens]
    cost = entry.telemetry.cost if entry.telemetry else None
    return replace(
        row,
        words=float(np.mean([np.mean([words(one.text) for one in draws]) for draws in good])),
        seconds=float(np.mean(times)) if times else None,
        seen=sum(seen for seen, _ in read) / sum(size for _, size in read) if read else None,
        cost=None if cost is None else cost / len(good),
        failed=failed,
        failed_draws=sum(len(draws) - len(there) for draws, there in made if there),
        cut=sum(any((one.seen_tokens or 0) < (one.input_tokens or 0) for one in draws) for draws in good),
    )
