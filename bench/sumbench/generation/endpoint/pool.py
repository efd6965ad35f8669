"""Many requests at once, their results handed out as they come."""

import queue
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Session = TypeVar("Session")


class _End:
    """Stands behind the last result."""


def run_concurrently(
    items: Iterable[Item],
    connect: Callable[[], AbstractAsyncContextManager[Session]],
    work: Callable[[Session, Item], Awaitable[Result]],
    limit: int,
) -> Iterator[Result]:
    """Yield the result of `work` for each item as it is done, with at most `limit` of them under way.

    All of them share the one session that `connect` opens. An event loop in a thread of its own drives them, so that
    they go on while the caller is busy with a result, and are given up when it wants no more of them. Should `work` or
    `connect` raise, the others end as well and it is raised here, in an ExceptionGroup.
    """
    from anyio.from_thread import start_blocking_portal

    done: queue.SimpleQueue[Result | _End] = queue.SimpleQueue()
    with start_blocking_portal() as portal:
        drive = portal.start_task_soon(_drive, items, connect, work, limit, done.put)
        drive.add_done_callback(lambda _: done.put(_End()))
        # Leaving early, by an exception or because the caller closes the generator, cancels what still runs.
        while not isinstance(result := done.get(), _End):
            yield result
        drive.result()


async def _drive(
    items: Iterable[Item],
    connect: Callable[[], AbstractAsyncContextManager[Session]],
    work: Callable[[Session, Item], Awaitable[Result]],
    limit: int,
    done: Callable[[Result], None],
) -> None:
    from anyio import create_task_group

    left = iter(items)

    async def one_after_the_other() -> None:
        for item in left:
            done(await work(session, item))

    async with connect() as session, create_task_group() as lines:
        for _ in range(limit):
            lines.start_soon(one_after_the_other)
