"""Generation requests, their queue (longest first), and the intake through which a back end takes them."""

import heapq
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LOOKAHEAD = 64
"""The fewest requests in the queue while the source has more: so many are sorted by length."""


@dataclass(frozen=True, eq=False)
class GenerationRequest:
    """A text for the model: its input tokens, its language, and the name of the random stream of its sampling.

    Requests compare by identity.
    """

    ids: list[int]
    language: str
    draw: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What a model wrote: the summary (one sentence a line), the number of all its tokens, its share of the seconds.

    `thought_tokens` are those of the tokens that are thoughts. `raw` is all that was written, where thoughts or what is
    wrapped around a summary were taken off it. `nothing` says why there is no summary in it; empty where there is one.
    """

    text: str
    tokens: int
    seconds: float
    thought_tokens: int = 0
    raw: str | None = None
    nothing: str = ""


class RequestQueue:
    """A priority queue of requests: the longest first, those of equal length in order of arrival."""

    def __init__(self, source: Iterable[GenerationRequest] = ()) -> None:
        """Refill from the `source` while fewer than LOOKAHEAD requests wait."""
        self._source = iter(source)
        self._waiting: list[tuple[int, int, GenerationRequest]] = []
        self._came = 0

    def put(self, request: GenerationRequest) -> None:
        """Add a request."""
        heapq.heappush(self._waiting, (-len(request.ids), self._came, request))
        self._came += 1

    def take(self, least: int = 0) -> GenerationRequest | None:
        """Remove and return the longest request; None where none of `least` tokens or more waits."""
        while len(self._waiting) < LOOKAHEAD and (request := next(self._source, None)):
            self.put(request)
        if not self._waiting or len(self._waiting[0][-1].ids) < least:
            return None
        return heapq.heappop(self._waiting)[-1]


class RequestIntake:
    """Hands requests from a queue to a back end and records which are in progress.

    `rows` is how many may be in progress at once, and `tokens` how many tokens they may have together, each request
    counted as long as the longest (None: no limit).
    """

    def __init__(self, queue: RequestQueue, rows: int, tokens: int | None = None) -> None:
        """Start with nothing in progress."""
        self.in_progress: list[GenerationRequest] = []
        self.taken = 0
        self._queue = queue
        self._rows = rows
        self._tokens = tokens

    def max_requests(self, longest: int) -> int:
        """Return how many requests may be in progress at once (at least one) if the longest has `longest` tokens."""
        return self._rows if self._tokens is None else max(1, min(self._rows, self._tokens // max(longest, 1)))

    def take(self, least: int = 0) -> GenerationRequest | None:
        """Return the next request, which is then in progress; None where none of `least` tokens waits."""
        request = self._queue.take(least)
        if request is not None:
            self.in_progress.append(request)
            self.taken += 1
        return request

    def batch(self, tokens: int | None = None) -> list[GenerationRequest]:
        """Take as many requests as may be in progress at once, for a model whose batches are padded to one length.

        They have at most `tokens` tokens together, and the shortest has at least half of the longest's, so that padding
        is never the larger part. The batch is empty where no request waits.
        """
        first = self.take()
        if first is None:
            return []
        longest = len(first.ids)
        most = self.max_requests(longest) if tokens is None else min(self.max_requests(longest), tokens // longest)
        more = (self.take((longest + 1) // 2) for _ in range(most - 1))
        return [first, *(request for request in more if request is not None)]


Backend = Callable[[RequestIntake], Iterator[tuple[GenerationRequest, Answer]]]
"""Generates with a model: takes requests until none wait, and yields each with its answer as soon as it is done.

The consumer may add requests to the queue in response to an answer.
"""
