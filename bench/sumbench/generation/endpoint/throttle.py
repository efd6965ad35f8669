"""How many documents are under way at once: a fixed number, or one that follows the pace of the server's answers."""

import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field

from sumbench.errors import UsageError
from sumbench.manifest import RequestCounts

FIRST = 4
"""So many documents are under way at the beginning, where no number is given."""

MOST = 128
"""More are never under way of themselves at one address."""

SLOWER = 1.5
"""The server keeps its pace as long as answers take less than so many times what they took at the best."""


def check_concurrency(name: str, concurrency: object) -> None:
    """Raise UsageError, which names the system or metric `name`, unless it is a number from 1 up or auto."""
    if concurrency != "auto" and not (isinstance(concurrency, int) and concurrency >= 1):
        raise UsageError(f"{name}: concurrency={concurrency} is too few: give 1 or more, or auto")


@dataclass
class Throttle:
    """The limit of documents under way, each with one request at a time; `fixed` keeps it at one number.

    Otherwise it doubles as long as answers keep their pace, and grows by one after the server was once too busy
    (additive increase, multiplicative decrease: Chiu and Jain, 1989). It is judged over as many answers as the limit:
    where their median time is above SLOWER times the best median so far, the limit is what it was before. A request
    that the server refuses as too many (429), or that fails for a passing reason, halves it, once for all requests
    that were under way then. `most` is the highest limit. `clock` counts seconds.
    """

    fixed: int | None = None
    most: int = MOST
    clock: Callable[[], float] = time.monotonic
    limit: int = FIRST
    peak: int = 0
    retried: int = 0
    waited: float = 0.0
    _under_way: int = 0
    _steps: deque[int] = field(default_factory=deque)
    _taken: list[float] = field(default_factory=list)
    _best: float = float("inf")
    _cautious: bool = False
    _halved: float = float("-inf")

    def __post_init__(self) -> None:
        """Begin at the fixed number, or at FIRST."""
        self.limit = self.fixed or FIRST

    @property
    def free(self) -> bool:
        """Whether one more document may be under way."""
        return self._under_way < self.limit

    @property
    def counts(self) -> RequestCounts:
        """What is recorded of the requests."""
        return RequestCounts(self.peak, self.retried, self.waited)

    def enter(self) -> None:
        """Count one more document as under way."""
        self._under_way += 1
        self.peak = max(self.peak, self._under_way)

    def leave(self) -> None:
        """Count a document as done."""
        self._under_way -= 1

    def answered(self, begun: float) -> None:
        """Take note of an answer to a request that began then."""
        if self.fixed is None:
            self._taken.append(self.clock() - begun)
            if len(self._taken) >= self.limit:
                self._judge()

    def refused(self, begun: float, *, slows: bool = True) -> None:
        """Halve the limit, unless it `slows` nothing, for a request, begun then, that failed for a passing reason."""
        self.retried += 1
        if slows and self.fixed is None and begun > self._halved:
            self._halved = self.clock()
            self._cautious = True
            self._set(max(1, self.limit // 2))

    def wait(self, seconds: float) -> None:
        """Count seconds that a request waited before it was repeated."""
        self.waited += seconds

    def _judge(self) -> None:
        median = statistics.median(self._taken)
        if median <= SLOWER * self._best:
            self._best = min(self._best, median)
            self._steps.append(self.limit)
            self._set(min(self.most, self.limit + 1 if self._cautious else 2 * self.limit))
            return
        # Before was better: more requests only wait for each other there.
        self._cautious = True
        self._set(self._steps.pop() if self._steps else max(1, self.limit // 2))

    def _set(self, limit: int) -> None:
        self.limit = limit
        self._taken.clear()
