"""A session with one server: requests with retries and a shared pause, given up on permanent failures."""

import asyncio
import logging
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from dataclasses import field
from itertools import count
from typing import Any
from typing import TypeVar

import numpy as np

from sumbench.errors import SummarizerError
from sumbench.errors import failure_reason
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.client import Client
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.errors import AbsentError
from sumbench.generation.endpoint.errors import HopelessError
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.errors import UnreachableError
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.endpoint.redaction import redacted
from sumbench.generation.endpoint.replicas import FAILURES
from sumbench.generation.endpoint.replicas import AnyClient
from sumbench.generation.endpoint.replicas import ReplicaClient
from sumbench.generation.endpoint.replicas import ReplicaPause
from sumbench.generation.endpoint.replicas import Replicas
from sumbench.generation.endpoint.retry import Pause
from sumbench.generation.endpoint.retry import back_off
from sumbench.generation.endpoint.throttle import Throttle
from sumbench.seeds import stream

UNREACHABLE_LIMIT = 3
"""After so many requests in a row without a connection to the server, the rest is given up."""

_SECRET = 8
"""The fewest characters of a key that cannot occur in a text by chance."""

Result = TypeVar("Result")


@dataclass
class ServerSession:
    """State shared by the requests to one server: the pause, failures, and the served model.

    `name` is that of the system or metric that asks, for warnings. A request is repeated up to `retries` times;
    `fallbacks` keep what the server refused of requests, `throttle` follows its pace. `served` is what the server says
    it serves. Of a server with several addresses, `replicas` are these, and `pause` is theirs.
    """

    name: str
    server: Server
    retries: int
    fallbacks: Fallbacks
    pause: Pause = field(default_factory=Pause)
    unanswered: int = 0
    lost: str = ""
    served: str = ""
    changed: bool = False
    throttle: Throttle = field(default_factory=Throttle)
    replicas: Replicas | None = None

    def __post_init__(self) -> None:
        """Let each address have its own pause, where there are several."""
        if self.replicas is not None:
            self.pause = ReplicaPause(replicas=self.replicas)

    def client(self) -> AbstractAsyncContextManager[AnyClient]:
        """Return a connection to the server."""
        return (
            Client(self.server, self.fallbacks)
            if self.replicas is None
            else ReplicaClient(self.replicas, self.fallbacks)
        )

    def check_not_lost(self) -> None:
        """Raise SummarizerError where the server is given up."""
        if self.lost:
            raise SummarizerError(f"not asked for, as the server failed before: {self.lost}")

    async def ask(
        self,
        client: AnyClient,
        turns: Turns,
        seed: int | None,
        waits: np.random.Generator,
        answer_format: Mapping[str, Any] | None = None,
    ) -> ChatCompletion:
        """Return the completion of a chat; raise SummarizerError where there is none, or it must not be kept.

        `waits` gives the jitter of the waits between attempts, `answer_format` the shape that the answer must have.
        """
        answer = await with_retries(
            lambda: client.ask(turns, seed, answer_format), self.retries, self.pause, waits, self.throttle
        )
        self.unanswered = 0
        self._compare(answer.model)
        if answer.ended:
            reason = self.server.redacted(answer.ended)
            self.fallbacks.say(f"the server ended answers for an unknown reason, and they are kept ({reason})")
        key = self.server.key
        every = answer.text + answer.reasoning
        if len(key) >= _SECRET and redacted(every, key) != every:
            raise SummarizerError("the answer repeats the key, and is not kept")
        return answer

    def reason(self, failure: Exception) -> str:
        """Return why a request failed, in one line without the key."""
        return self.server.redacted(failure_reason(failure))

    def learn(self, failure: Exception) -> None:
        """Give the server up after a permanent failure, and after several requests in a row without a connection."""
        self.unanswered = self.unanswered + 1 if isinstance(failure, UnreachableError) else 0
        if isinstance(failure, HopelessError) or self.unanswered >= UNREACHABLE_LIMIT:
            self.lost = self.lost or str(failure)

    def _compare(self, served: str) -> None:
        """Warn, once, when the served model changes: the answers are then of more than one model."""
        self.served = self.served or served
        if served != self.served and not self.changed:
            self.changed = True
            line = f"{self.name}: the server changed while it worked, from {self.served} to {served or 'nothing'}"
            logging.getLogger(__name__).warning("%s", self.server.redacted(line))


def check_server(server: Server, retries: int, seed: int) -> None:
    """Raise SummarizerError when the server is not reachable or does not accept the key."""
    (failure,) = _greeted([server], retries, seed)
    if failure is not None:
        raise SummarizerError(server.redacted(failure_reason(failure))) from None


def check_replicas(replicas: Replicas, retries: int, seed: int) -> None:
    """Greet every address; set aside those at which nobody answers, with a warning.

    Raises SummarizerError where that is none, and for one that does not accept the key, or is no such server.
    """
    found = list(zip(replicas.all, _greeted([each.server for each in replicas.all], retries, seed), strict=True))
    failed = [(replica, failure) for replica, failure in found if failure is not None]
    wrong = [each for each in failed if not isinstance(each[1], (AbsentError, PassingError))]
    for replica, failure in wrong or (failed if len(failed) == len(found) else []):
        raise SummarizerError(replica.server.redacted(failure_reason(failure)))
    for replica, failure in failed:
        replica.in_a_row, absent = FAILURES - 1, PassingError(failure_reason(failure))
        replicas.note(replica, absent)


def _greeted(servers: Sequence[Server], retries: int, seed: int) -> list[Exception | None]:
    """Return why each of the servers cannot be asked, None for one that can."""
    from anyio.from_thread import start_blocking_portal

    async def check(server: Server) -> Exception | None:
        draws = stream(seed, "endpoint", "greeting")
        try:
            async with Client(server) as client:
                await with_retries(client.check_server, retries, Pause(), draws, Throttle())
        except Exception as failure:  # noqa: BLE001 - the key must be removed from any message
            return failure
        return None

    async def check_all() -> list[Exception | None]:
        return await asyncio.gather(*map(check, servers))

    with start_blocking_portal() as portal:
        return portal.call(check_all)


async def with_retries(
    attempt: Callable[[], Awaitable[Result]],
    retries: int,
    pause: Pause,
    draws: np.random.Generator,
    throttle: Throttle,
) -> Result:
    """Return what `attempt` returns; retry it up to `retries` times while it raises PassingError.

    Each attempt first waits for the shared `pause`, which a server's own request extends. `draws` gives the jitter of
    the back-off; `throttle` learns how long answers take, and what fails. Raises what the last attempt raised.
    """
    for number in count(1):
        await pause.wait()
        begun = throttle.clock()
        try:
            answer = await attempt()
        except PassingError as failure:
            if number > retries:
                raise type(failure)(f"{failure} (after {number} attempts)") from None
            throttle.refused(begun, slows=pause.slows(failure))
            failed = throttle.clock()
            await pause.wait_after(failure.wait, back_off(number - 1, draws))
            throttle.wait(throttle.clock() - failed)
        else:
            throttle.answered(begun)
            return answer
    raise AssertionError
