"""Runs async work on many items concurrently and yields results as they complete."""

import queue
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from sumbench.generation.endpoint.throttle import Throttle

Item = TypeVar("Item")
Result = TypeVar("Result")
Session = TypeVar("Session")


class _End:
    """Marks the end of the results."""


def run_concurrently(
    items: Iterable[Item],
    connect: Callable[[], AbstractAsyncContextManager[Session]],
    work: Callable[[Session, Item], Awaitable[Result]],
    throttle: Throttle,
) -> Iterator[Result]:
    """Yield the result of `work` for each item when it is done, with at most as many in flight as `throttle` allows.

    All share the session that `connect` opens. They run in an event loop in a separate thread, so that they continue
    while the caller handles a result, and are cancelled when the caller stops iterating. If `work` or `connect` raises,
    the others are cancelled and the exception is raised here, in an ExceptionGroup.
    """
    from anyio.from_thread import start_blocking_portal

    done: queue.SimpleQueue[Result | _End] = queue.SimpleQueue()
    with start_blocking_portal() as portal:
        drive = portal.start_task_soon(_drive, items, connect, work, throttle, done.put)
        drive.add_done_callback(lambda _: done.put(_End()))
        # Leaving early, by an exception or because the caller closes the generator, cancels what still runs.
        while not isinstance(result := done.get(), _End):
            yield result
        drive.result()


async def _drive(
    items: Iterable[Item],
    connect: Callable[[], AbstractAsyncContextManager[Session]],
    work: Callable[[Session, Item], Awaitable[Result]],
    throttle: Throttle,
    done: Callable[[Result], None],
) -> None:
    from anyio import create_task_group

    left = iter(items)

    async def worker(item: Item) -> None:
        """Work on an item; then there is room for others."""
        done(await work(session, item))
        throttle.leave()
        begin()

    def begin() -> None:
        """Begin with as many of the items that are left as there is room for."""
        while throttle.free:
            for item in left:
                throttle.enter()
                workers.start_soon(worker, item)
                break
            else:
                return

    async with connect() as session, create_task_group() as workers:
        begin()
