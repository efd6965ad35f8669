"""Progress on stderr: a bar on a terminal, plain lines elsewhere, or nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sumbench.visible import visible

BYTES = "bytes"


class Advance(Protocol):
    """A callback with the amount done so far, in the task's unit, and how much of it failed, or was there before.

    What is `reused` took no time, and says nothing of the rate.
    """

    def __call__(self, done: int, failed: int = 0, reused: int = 0) -> None:
        """Show it."""


def _nothing(done: int, failed: int = 0, reused: int = 0) -> None:
    """Show nothing."""


class Progress(Protocol):
    """A way to show the progress of tasks."""

    def task(self, what: str, total: int | None = None, unit: str = BYTES) -> AbstractContextManager[Advance]:
        """Show `what` while the context is open; `total` is its size in `unit`, None where that is not known."""


@dataclass(frozen=True)
class Silent:
    """Shows nothing."""

    @contextmanager
    def task(self, what: str, total: int | None = None, unit: str = BYTES) -> Iterator[Advance]:  # noqa: ARG002
        """Show nothing."""
        yield _nothing


@dataclass(frozen=True)
class Lines:
    """A line when a task begins, one every `interval` seconds while it advances, and one when it has ended."""

    interval: float = 10.0

    @contextmanager
    def task(self, what: str, total: int | None = None, unit: str = BYTES) -> Iterator[Advance]:
        """Write the lines of one task."""
        start = last = time.monotonic()
        kept = 0
        self._write(f"{what}: {_amount(total, unit)}" if total else what)

        def advance(done: int, failed: int = 0, reused: int = 0) -> None:
            nonlocal last, kept
            kept = reused
            if time.monotonic() - last >= self.interval:
                last = time.monotonic()
                of = f" of {_amount(total, unit)}" if total else ""
                made = done - reused
                left = f", about {(last - start) * (total - done) / made:.0f} s left" if total and made else ""
                kinds = f"{_reused(reused)}{_failed(failed)}"
                self._write(f"{what}: {_amount(done, unit)}{of}{kinds}, {last - start:.0f} s{left}")

        yield advance
        if kept and kept == total:
            self._write(f"{what}: reused")
        else:
            self._write(f"{what}: done in {time.monotonic() - start:.1f} s{_reused(kept)}")

    @staticmethod
    def _write(line: str) -> None:
        sys.stderr.write(f"{visible(line)}\n")
        sys.stderr.flush()


@dataclass(frozen=True)
class Bar:
    """A bar with the amount done, the rate, the time left and elapsed; a pulse where the size is not known."""

    @contextmanager
    def task(self, what: str, total: int | None = None, unit: str = BYTES) -> Iterator[Advance]:
        """Show the bar while the context is open."""
        from rich.console import Console
        from rich.progress import BarColumn
        from rich.progress import DownloadColumn
        from rich.progress import MofNCompleteColumn
        from rich.progress import Progress as Display
        from rich.progress import ProgressColumn
        from rich.progress import SpinnerColumn
        from rich.progress import TextColumn
        from rich.progress import TimeElapsedColumn
        from rich.progress import TimeRemainingColumn

        columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn()]
        if total:
            columns.append(DownloadColumn() if unit == BYTES else MofNCompleteColumn())
            columns += [TextColumn("{task.fields[rate]}", markup=False), TimeRemainingColumn()]
        with Display(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as display:
            task = display.add_task(visible(what), total=total, rate="")
            start = time.monotonic()

            kept = 0

            def advance(done: int, failed: int = 0, reused: int = 0) -> None:
                nonlocal kept
                if reused != kept:
                    # What was there before is where the bar begins: the time left follows from the rest.
                    kept = reused
                    display.reset(task, completed=reused)
                pace = 60 * (done - reused) / max(time.monotonic() - start, 1e-9)
                rate = f"{pace:.0f} {unit}/min" if unit != BYTES else ""
                rate = "reused" if done and done == reused else f"{rate}{_reused(reused)}"
                display.update(task, completed=done, description=f"{visible(what)}{_failed(failed)}", rate=rate)

            yield advance
            display.update(task, total=total or 1, completed=total or 1)


def on_stderr(*, quiet: bool = False) -> Progress:
    """Return what suits stderr: nothing when `quiet`, a bar on a terminal, plain lines elsewhere."""
    if quiet:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()


def _amount(number: int | None, unit: str) -> str:
    return f"{(number or 0) / 1e6:.0f} MB" if unit == BYTES else f"{number} {unit}"


def _reused(number: int) -> str:
    return f", {number} reused" if number else ""


def _failed(number: int) -> str:
    return f", {number} failed" if number else ""
