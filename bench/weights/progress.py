"""Progress of downloads and conversions, on stderr: a bar on a terminal, plain lines elsewhere, or nothing."""

import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

Advance = Callable[[int], None]
"""Called with the number of bytes that are done so far."""


class Progress(Protocol):
    """Something that shows how a task goes on."""

    def task(self, what: str, total: int | None = None) -> AbstractContextManager[Advance]:
        """Show `what` while the context is open; `total` is its size in bytes, None where that is not known."""


@dataclass(frozen=True)
class Silent:
    """Shows nothing."""

    @contextmanager
    def task(self, what: str, total: int | None = None) -> Iterator[Advance]:  # noqa: ARG002 - the protocol's names
        """Show nothing."""
        yield lambda done: None  # noqa: ARG005 - the protocol's signature


@dataclass(frozen=True)
class Lines:
    """A line at the beginning and one at the end, for logs."""

    @contextmanager
    def task(self, what: str, total: int | None = None) -> Iterator[Advance]:
        """Write one line before and one after."""
        size = f" ({total / 1e6:.0f} MB)" if total else ""
        sys.stderr.write(f"{what}{size} ...\n")
        sys.stderr.flush()
        start = time.monotonic()
        yield lambda done: None  # noqa: ARG005 - the protocol's signature
        sys.stderr.write(f"{what}: done in {time.monotonic() - start:.0f} s\n")
        sys.stderr.flush()


@dataclass(frozen=True)
class Bar:
    """A bar with bytes and elapsed time; a pulse where the size is not known."""

    @contextmanager
    def task(self, what: str, total: int | None = None) -> Iterator[Advance]:
        """Show the bar while the context is open."""
        from rich.console import Console
        from rich.progress import BarColumn
        from rich.progress import DownloadColumn
        from rich.progress import Progress as Display
        from rich.progress import ProgressColumn
        from rich.progress import SpinnerColumn
        from rich.progress import TextColumn
        from rich.progress import TimeElapsedColumn

        columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn()]
        if total:
            columns.append(DownloadColumn())
        with Display(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as display:
            task = display.add_task(what, total=total)
            yield lambda done: display.update(task, completed=done)
            if total:
                display.update(task, completed=total)


def on_stderr(*, quiet: bool = False) -> Progress:
    """Return what suits the terminal: nothing when `quiet`, a bar on a terminal, plain lines elsewhere."""
    if quiet:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
