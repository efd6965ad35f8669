"""What to do after a run: the lines on stderr that begin with `next:`."""

import shlex
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.cli import streams

if TYPE_CHECKING:
    from sumbench.jobs.finish import Finished
    from sumbench.run_record import Run

FLOOR = "lead"
"""What systems are compared with, where a run has it."""

GROUPS = 3
"""How many groups of documents a breakdown by length has."""


def print_next(finished: "Sequence[tuple[Path, Finished]]", *, resumable: bool, streamed: bool = False) -> None:
    """Print what to do next with runs in their folders: of each how to mend it, of the last how to look into it.

    `resumable` says that what failed is made again when a run goes on; of a `streamed` one no text is read.
    """
    from sumbench.jobs.requests import how_to_go_on

    mends = "makes what failed again, and that alone"
    steps = [(how_to_go_on(folder), mends) for folder, made in finished if made.failed and resumable]
    for folder, made in finished[-1:]:
        steps += _looking(folder, made.run, streamed=streamed)
    for command, what in steps:
        streams.say(f"next: {command}   # {what}")


def _looking(folder: Path, run: "Run", *, streamed: bool) -> Iterator[tuple[str, str]]:
    able = [entry.name for entry in run.manifest.systems if entry.error is None]
    if len(able) > 1:
        base = FLOOR if FLOOR in able else able[0]
        command = f"sumbench compare {shlex.quote(f'{folder}:{base}')} {shlex.quote(str(folder))}"
        yield command, f"each system against {base}"
    if able and not streamed and len(run.manifest.corpus.languages) > 1:
        yield f"sumbench compare {shlex.quote(str(folder))} --by language", "each value by language"
    elif able and run.manifest.texts and not streamed and _lengths(run) >= GROUPS:
        yield f"sumbench compare {shlex.quote(str(folder))} --by length", "short and long documents apart"


def _lengths(run: "Run") -> int:
    return len({len(document.text) for document in run.documents if document.text})
