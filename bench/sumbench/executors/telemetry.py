"""What a system took, from its summaries and from what was measured while it was at work."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sumbench.executors.subprocess import Labour
from sumbench.manifest import Telemetry
from sumbench.records import Summary


class _Taken(NamedTuple):
    """Of each document, in the same order: the seconds and the tokens written for all its draws; of some, those read.

    What a document's draws go on from is the same text, so the tokens read count once.
    """

    seconds: list[float]
    read: list[int]
    written: list[int]


def measured(summaries: Iterable[Summary], fresh: Iterable[Summary], labour: Labour, reused: int) -> Telemetry:
    """Return the telemetry of a system: of all its `summaries`, the `fresh` ones were made by the `labour` just done.

    The cost is left open.
    """
    whole = _taken(summaries)
    now = _taken(fresh) if reused else whole
    span = labour.working_seconds
    median_seconds, p95_seconds = _quantiles(whole.seconds)
    median_input, p95_input = _quantiles(whole.read)
    median_output, p95_output = _quantiles(whole.written)

    def a_second(amount: int) -> float | None:
        return amount / span if span and now.seconds else None

    pace = a_second(len(now.seconds))
    return Telemetry(
        load_seconds=labour.load_seconds,
        working_seconds=span,
        median_seconds=median_seconds,
        p95_seconds=p95_seconds,
        median_input_tokens=median_input,
        p95_input_tokens=p95_input,
        median_output_tokens=median_output,
        p95_output_tokens=p95_output,
        documents_a_minute=None if pace is None else 60 * pace,
        input_tokens_a_second=a_second(sum(now.read)),
        output_tokens_a_second=a_second(sum(now.written)),
        memory=labour.memory,
        gpu_memory=labour.gpu_memory,
        reused=reused,
        cost=None,
    )


def _taken(summaries: Iterable[Summary]) -> _Taken:
    by_document: defaultdict[str, list[Summary]] = defaultdict(list)
    for summary in summaries:
        if summary.error is None and summary.seconds is not None:
            by_document[summary.document].append(summary)
    timed = by_document.values()
    return _Taken(
        seconds=[sum(draw.seconds or 0.0 for draw in draws) for draws in timed],
        read=[draws[0].seen_tokens for draws in timed if draws[0].seen_tokens is not None],
        written=[sum(draw.output_tokens for draw in draws) for draws in timed],
    )


def _quantiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return median and 95th percentile, None for both where there are no values."""
    return (float(np.quantile(values, 0.5)), float(np.quantile(values, 0.95))) if values else (None, None)
