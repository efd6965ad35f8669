"""Where each system stands: plain means over the documents it summarized."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bench.records import Run
from bench.records import Summary
from bench.sentences import words

if TYPE_CHECKING:
    from bench.runs.manifest import SystemEntry


@dataclass(frozen=True)
class Standing:
    """One system over a whole run.

    `means` holds each metric's plain mean on its own scale, over the `scored` documents. `words` is the mean length
    of its summaries, `seconds` the mean time a document, `seen` the share (0 to 1) of all input tokens that it
    read, `cost` the mean cost of a summary in the currency of its price; each None where it is not known. `failed`
    counts documents without a summary, `cut` those of which it read less than all.
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


def standings(run: Run) -> list[Standing]:
    """Return the standing of every system of the run, in the order of its manifest, then of the references.

    A system that failed on every document has no means.
    """
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for score in run.scores:
        values[score.system][score.metric].append(score.value)
    made: dict[str, list[Summary]] = defaultdict(list)
    for summary in run.summaries:
        made[summary.system].append(summary)
    rows = [
        replace(
            _standing(entry.name, entry.role, values[entry.name], made[entry.name]), cost=_cost(entry, made[entry.name])
        )
        for entry in run.manifest.systems
    ]
    others = values.keys() - {row.system for row in rows}
    return rows + [_standing(name, "ceiling", values[name], []) for name in sorted(others)]


def _cost(entry: "SystemEntry", summaries: Sequence[Summary]) -> float | None:
    good = sum(summary.error is None for summary in summaries)
    return entry.telemetry.cost / good if good and entry.telemetry and entry.telemetry.cost is not None else None


def _standing(name: str, role: str, values: Mapping[str, Sequence[float]], summaries: Sequence[Summary]) -> Standing:
    means = {metric: float(np.mean(of_documents)) for metric, of_documents in values.items()}
    scored = max(map(len, values.values()), default=0)
    good = [summary for summary in summaries if summary.error is None]
    if not good:
        return Standing(name, role, means, scored, failed=len(summaries))
    times = [summary.seconds for summary in good if summary.seconds is not None]
    read = [(summary.seen_tokens, summary.input_tokens) for summary in good if summary.input_tokens]
    return Standing(
        name,
        role,
        means,
        scored,
        words=float(np.mean([words(summary.text) for summary in good])),
        seconds=float(np.mean(times)) if times else None,
        seen=sum(seen or 0 for seen, _ in read) / sum(size for _, size in read) if read else None,
        failed=len(summaries) - len(good),
        cut=sum((seen or 0) < size for seen, size in read),
    )
