"""Computes a system's telemetry (times, tokens, memory) from its summaries and its executor's events."""

from array import array
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Spent
from sumbench.manifest import AddressCounts
from sumbench.manifest import RequestCounts
from sumbench.manifest import Telemetry
from sumbench.records import Summary


@dataclass
class Expense:
    """The time and memory that an executor reported for a system, added up.

    `working_seconds` is the wall-clock time from the first document's start to the last one's end, the times between
    one process and the next left out; `memory` and `gpu_memory` are peaks (bytes). None is what was not measured.
    `error` says why the system could not be loaded, or is None; `requests` how a server was asked.
    """

    load_seconds: float = 0.0
    working_seconds: float | None = None
    memory: int | None = None
    gpu_memory: int | None = None
    error: str | None = None
    requests: RequestCounts | None = None

    def add(self, event: Loaded | LoadFailed | Spent) -> None:
        """Add an event."""
        match event:
            case Loaded(seconds):
                self.load_seconds += seconds
            case LoadFailed(reason):
                self.error = reason
            case Spent(spent, memory, gpu_memory, requests):
                self.requests = requests or self.requests
                if spent is not None:
                    self.working_seconds = (self.working_seconds or 0.0) + spent
                self.memory = _greatest(self.memory, memory)
                self.gpu_memory = _greatest(self.gpu_memory, gpu_memory)


def _greatest(one: int | None, other: int | None) -> int | None:
    return max(one or 0, other or 0) or None


class _Taken(NamedTuple):
    """Seconds, tokens read and tokens written of each document, over all its draws, as far as they are known.

    All draws of a document read the same text, so its tokens count once. `mean_thought` is how many tokens of thought a
    summary took, None where there were none.
    """

    seconds: "array[float]"
    read: "array[int]"
    written: "array[int]"
    mean_thought: float | None


def measure_telemetry(
    summaries: Iterable[Summary], fresh: Iterable[Summary], expense: Expense, reused: int
) -> Telemetry:
    """Return the telemetry of a system: of all its `summaries`, the `fresh` ones were made now at this `expense`.

    The cost is None.
    """
    whole = _taken(summaries)
    now = _taken(fresh) if reused else whole
    span = expense.working_seconds
    median_seconds, p95_seconds = _quantiles(whole.seconds)
    median_input, p95_input = _quantiles(whole.read)
    median_output, p95_output = _quantiles(whole.written)

    def a_second(amount: int) -> float | None:
        return amount / span if span and now.seconds else None

    pace = a_second(len(now.seconds))
    return Telemetry(
        load_seconds=expense.load_seconds,
        working_seconds=span,
        median_seconds=median_seconds,
        p95_seconds=p95_seconds,
        median_input_tokens=median_input,
        p95_input_tokens=p95_input,
        median_output_tokens=median_output,
        mean_thought_tokens=whole.mean_thought,
        p95_output_tokens=p95_output,
        documents_a_minute=None if pace is None else 60 * pace,
        input_tokens_a_second=a_second(sum(now.read)),
        output_tokens_a_second=a_second(sum(now.written)),
        memory=expense.memory,
        gpu_memory=expense.gpu_memory,
        reused=reused,
        cost=None,
        requests=expense.requests,
    )


def merge_telemetry(summaries: Iterable[Summary], parts: Sequence[Telemetry]) -> Telemetry:
    """Return the telemetry of a system that worked in several runs, `parts`, which made these `summaries` together.

    Loading took as long as in the slowest run, and the time of work is that of all runs together; paces are over this
    time. Memory is the greatest peak.
    """
    expense = Expense(
        load_seconds=max(part.load_seconds for part in parts),
        working_seconds=_sum(part.working_seconds for part in parts),
        memory=max((part.memory or 0 for part in parts), default=0) or None,
        gpu_memory=max((part.gpu_memory or 0 for part in parts), default=0) or None,
    )
    whole = measure_telemetry(summaries, (), expense, sum(part.reused for part in parts))
    return replace(
        whole,
        documents_a_minute=_pace(parts, "documents_a_minute"),
        input_tokens_a_second=_pace(parts, "input_tokens_a_second"),
        output_tokens_a_second=_pace(parts, "output_tokens_a_second"),
        cost=_sum(part.cost for part in parts),
        requests=_requests([part.requests for part in parts if part.requests is not None]),
    )


def _pace(parts: Sequence[Telemetry], name: str) -> float | None:
    """Return a pace over the working time of all parts; None where one does not know its own."""
    spans = [part.working_seconds for part in parts]
    paces = [getattr(part, name) for part in parts]
    known = [(span, pace) for span, pace in zip(spans, paces, strict=True) if span and pace is not None]
    return sum(span * pace for span, pace in known) / sum(span for span, _ in known) if known else None


def _requests(parts: Sequence[RequestCounts]) -> RequestCounts | None:
    if not parts:
        return None
    return RequestCounts(
        peak=max(part.peak for part in parts),
        retried=sum(part.retried for part in parts),
        waited=sum(part.waited for part in parts),
        batch=sum(part.batch for part in parts),
        addresses=_addresses(parts),
    )


def _addresses(parts: Sequence[RequestCounts]) -> dict[str, AddressCounts]:
    """Return how each address was asked in all parts."""
    names = dict.fromkeys(name for part in parts for name in part.addresses)
    every = {name: [part.addresses[name] for part in parts if name in part.addresses] for name in names}
    return {
        name: AddressCounts(
            answered=sum(each.answered for each in asked),
            failed=sum(each.failed for each in asked),
            peak=max(each.peak for each in asked),
            set_aside=sum(each.set_aside for each in asked),
        )
        for name, asked in every.items()
    }


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Return the sum of what is known, None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _taken(summaries: Iterable[Summary]) -> _Taken:
    """Go through summaries, all draws of a document in sequence, and keep numbers alone."""
    seconds, read, written, thought = array("d"), array("q"), array("q"), array("q")
    for _, draws in groupby(summaries, key=attrgetter("document")):
        good = [one for one in draws if one.error is None]
        thought.extend(one.thought_tokens for one in good)
        # Of a batch's answers the tokens are known and the seconds are not; of a text made elsewhere, neither.
        known = [one for one in good if one.seconds is not None or one.seen_tokens is not None]
        if not known:
            continue
        if known[0].seconds is not None:
            seconds.append(sum(one.seconds or 0.0 for one in known))
        if known[0].seen_tokens is not None:
            read.append(known[0].seen_tokens)
        written.append(sum(one.output_tokens for one in known))
    return _Taken(seconds, read, written, float(np.mean(thought)) if any(thought) else None)


def _quantiles(values: "array[float] | array[int]") -> tuple[float | None, float | None]:
    """Return median and 95th percentile, None for both where there are no values."""
    return (float(np.quantile(values, 0.5)), float(np.quantile(values, 0.95))) if values else (None, None)
