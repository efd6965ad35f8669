"""Requests to a model: the queue that they wait in, and how a model takes them from it."""

import heapq
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LOOKAHEAD = 64
"""How many requests wait at least, while there are more to come: so many are sorted by length."""


@dataclass(frozen=True, eq=False)
class GenerationRequest:
    """A text for the model: its input tokens, the language that it is in, and what names the answer's random stream.

    Each is equal to itself alone.
    """

    ids: list[int]
    language: str
    draw: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What a model wrote: the text (one sentence a line), its tokens, and its share of the seconds it took."""

    text: str
    tokens: int
    seconds: float


class RequestQueue:
    """Requests that wait, the longest first; of those of one length, the one that came first."""

    def __init__(self, source: Iterable[GenerationRequest] = ()) -> None:
        """Let more come from the `source` while fewer than AHEAD wait."""
        self._source = iter(source)
        self._waiting: list[tuple[int, int, GenerationRequest]] = []
        self._came = 0

    def put(self, request: GenerationRequest) -> None:
        """Let a request wait."""
        heapq.heappush(self._waiting, (-len(request.ids), self._came, request))
        self._came += 1

    def take(self, least: int = 0) -> GenerationRequest | None:
        """Return the longest request, which waits no more; None where none of `least` tokens or more waits."""
        while len(self._waiting) < LOOKAHEAD and (request := next(self._source, None)):
            self.put(request)
        if not self._waiting or len(self._waiting[0][-1].ids) < least:
            return None
        return heapq.heappop(self._waiting)[-1]


class RequestIntake:
    """What a model takes requests from: a few at a time, and it is known which are under way.

    `rows` is how many may be under way at once, and `tokens` how many tokens they may have together, each request
    counted as long as the longest (None: as many as there are).
    """

    def __init__(self, queue: RequestQueue, rows: int, tokens: int | None = None) -> None:
        """Begin with nothing under way."""
        self.under_way: list[GenerationRequest] = []
        self.taken = 0
        self._queue = queue
        self._rows = rows
        self._tokens = tokens

    def fitting(self, longest: int) -> int:
        """Return how many texts may be under way at once, one at least, the longest of which has so many tokens."""
        return self._rows if self._tokens is None else max(1, min(self._rows, self._tokens // max(longest, 1)))

    def take(self, least: int = 0) -> GenerationRequest | None:
        """Return the next request, which is then under way; None where there is none of `least` tokens for now."""
        request = self._queue.take(least)
        if request is not None:
            self.under_way.append(request)
            self.taken += 1
        return request

    def batch(self, tokens: int | None = None) -> list[GenerationRequest]:
        """Take as many requests as may be under way at once, for a model that works on texts padded to one length.

        They have no more than so many `tokens` together, and the shortest has half of the longest's at least, so that
        padding is never the larger part. None are taken where there are none for now.
        """
        first = self.take()
        if first is None:
            return []
        longest = len(first.ids)
        fitting = self.fitting(longest) if tokens is None else min(self.fitting(longest), tokens // longest)
        more = (self.take((longest + 1) // 2) for _ in range(fitting - 1))
        return [first, *(request for request in more if request is not None)]


Backend = Callable[[RequestIntake], Iterator[tuple[GenerationRequest, Answer]]]
"""A model at work: takes requests until there are none for now, and yields each with its answer as soon as it is done.

An answer that is taken from it can bring further requests.
"""
