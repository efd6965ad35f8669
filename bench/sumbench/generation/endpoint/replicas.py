"""Several addresses of one served model: the least busy first; one that fails repeatedly is set aside for a while."""

import asyncio
import logging
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from dataclasses import field
from types import TracebackType
from typing import Any
from typing import Self
from typing import TypeAlias

from sumbench.errors import SummarizerError
from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint.address import server_name
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.client import Client
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.errors import BusyError
from sumbench.generation.endpoint.errors import HopelessError
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.errors import UnreachableError
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.endpoint.retry import Pause
from sumbench.manifest import AddressCounts

FAILURES = 3
"""An address that fails so many times in a row is set aside."""

ASIDE = 30.0
"""Seconds for which it is set aside first; each further time without an answer in between is twice as long."""

LONGEST_ASIDE = 300.0
"""The longest time (seconds) for which it is set aside."""


@dataclass
class Replica:
    """One address of a server, and how it does.

    `paused` is the moment until which the server itself asked to be left alone, `aside` the one until which it is
    avoided because it failed; `in_a_row` counts its failures since its last answer. `lost` says why it is given up.
    """

    server: Server
    under_way: int = 0
    peak: int = 0
    answered: int = 0
    failed: int = 0
    set_aside: int = 0
    in_a_row: int = 0
    paused: float = float("-inf")
    aside: float = float("-inf")
    lost: str = ""
    _seconds: float = 0.0

    def enter(self) -> None:
        """Count one more request as under way."""
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)

    def succeed(self) -> None:
        """Take note of an answer."""
        self.answered += 1
        self.in_a_row = 0
        self._seconds = 0.0

    def fail(self, failure: PassingError, now: float) -> float:
        """Take note of a failure; return the seconds for which the address is set aside now, 0 where it is not."""
        self.failed += 1
        if failure.wait:
            self.paused = max(self.paused, now + failure.wait)
        if isinstance(failure, BusyError):
            # It works, on other requests: it is avoided, and not given up on.
            self.aside = max(self.aside, now + retry.FIRST_WAIT)
            return 0.0
        self.in_a_row += 1
        if self.in_a_row < FAILURES:
            self.aside = max(self.aside, now + retry.FIRST_WAIT * 2 ** (self.in_a_row - 1))
            return 0.0
        if self.aside - now > retry.FIRST_WAIT * FAILURES:
            # Requests that were under way when it was set aside fail, too.
            return 0.0
        self._seconds = min(max(2 * self._seconds, ASIDE), LONGEST_ASIDE)
        self.aside = now + self._seconds
        self.set_aside += 1
        return self._seconds


@dataclass
class Replicas:
    """The addresses of a server; `name` is that of the system that asks, for warnings. `clock` counts seconds."""

    name: str
    all: Sequence[Replica]
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, name: str, servers: Sequence[Server]) -> Self:
        """Begin with addresses that were never asked."""
        return cls(name, [Replica(server) for server in servers])

    @property
    def counts(self) -> dict[str, AddressCounts]:
        """How each address was asked so far, by its host, path and query."""
        return {
            server_name(each.server.address): AddressCounts(each.answered, each.failed, each.peak, each.set_aside)
            for each in self.all
        }

    @property
    def some_free(self) -> bool:
        """Whether an address may be asked that did not just fail."""
        now = self.clock()
        return any(max(each.paused, each.aside) <= now for each in self.all if not each.lost)

    @property
    def pause(self) -> float:
        """The seconds until the first address may be asked, as far as the servers said so."""
        moments = [each.paused for each in self.all if not each.lost]
        return max(0.0, min(moments, default=0.0) - self.clock())

    def pick(self) -> Replica:
        """Return the least busy address; one that failed, the first to come back, where there is no other.

        Raises HopelessError where all are given up.
        """
        now = self.clock()
        asked = [each for each in self.all if not each.lost]
        if not asked:
            raise HopelessError(self.all[-1].lost)

        def order(replica: Replica) -> tuple[bool, float, int, int]:
            away = max(replica.paused, replica.aside)
            return away > now, away if away > now else 0.0, replica.under_way, replica.answered + replica.failed

        return min(asked, key=order)

    def note(self, replica: Replica, failure: PassingError) -> None:
        """Take note of a failure; warn where the address is set aside for it."""
        if seconds := replica.fail(failure, self.clock()):
            self.warn(replica, f"set aside for {seconds:g} s, as it failed {replica.in_a_row} times in a row", failure)

    def give_up(self, replica: Replica, failure: SummarizerError) -> bool:
        """Give an address up for good, and say so; return whether there is another one."""
        known, replica.lost = replica.lost, replica.lost or str(failure)
        left = any(not each.lost for each in self.all)
        if left and not known:
            self.warn(replica, "not asked any more", failure)
        return left

    def warn(self, replica: Replica, what: str, failure: SummarizerError) -> None:
        """Warn of what happens to an address."""
        reason = replica.server.redacted(str(failure))
        logging.getLogger(__name__).warning("%s: %s: %s: %s", self.name, replica.server.url, what, reason)


class ReplicaClient:
    """Connections to all addresses, for use as an async context manager within one event loop."""

    def __init__(self, replicas: Replicas, fallbacks: Fallbacks) -> None:
        """Prepare the connections; what one address refuses is not sent to the others, either."""
        self._replicas = replicas
        self._clients = {each.server.address: Client(each.server, fallbacks) for each in replicas.all}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the connections."""
        for client in self._clients.values():
            await self._stack.enter_async_context(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._stack.__aexit__(kind, error, traceback)

    async def ask(
        self, turns: Turns, seed: int | None = None, answer_format: Mapping[str, Any] | None = None
    ) -> ChatCompletion:
        """Ask the least busy address, as `Client.ask` does; of one that no request would pass, another one is asked."""
        while True:
            replica = self._replicas.pick()
            replica.enter()
            try:
                answer = await self._clients[replica.server.address].ask(turns, seed, answer_format)
            except PassingError as failure:
                self._replicas.note(replica, failure)
                raise
            except HopelessError as failure:
                replica.failed += 1
                if not self._replicas.give_up(replica, failure):
                    raise
            except SummarizerError:
                # It answered, that this request cannot be met.
                replica.succeed()
                raise
            else:
                replica.succeed()
                return answer
            finally:
                replica.under_way -= 1


AnyClient: TypeAlias = Client | ReplicaClient
"""Connections to a server with one address, or several."""


@dataclass
class ReplicaPause(Pause):
    """Pauses between attempts where there are several addresses: none as long as another one may be asked."""

    replicas: Replicas = field(kw_only=True)

    async def wait_after(self, asked: float | None, own: float) -> None:  # noqa: ARG002 - its address keeps what was asked
        """Wait after a failure for our `own` time (seconds), unless another address may be asked at once."""
        if not self.replicas.some_free:
            await asyncio.sleep(own)
            await self.wait()

    async def wait(self) -> None:
        """Wait until an address may be asked, as far as the servers asked for a pause."""
        if not self.replicas.some_free and (left := self.replicas.pause) > 0:
            await asyncio.sleep(left)
            await self.wait()

    def slows(self, failure: PassingError) -> bool:
        """Tell whether a failure is a sign that fewer requests should be under way."""
        return not (isinstance(failure, UnreachableError) and self.replicas.some_free)
