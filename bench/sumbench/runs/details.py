"""details.jsonl: the details that metrics report beside their values, one JSON object a line."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sumbench import files
from sumbench.errors import RunError
from sumbench.records import Detail
from sumbench.runs.lines import LineError
from sumbench.runs.lines import lines_codec

FILE = "details.jsonl"


def write_details(file: Path, details: Iterable[Detail]) -> None:
    """Write the details; where there are none, remove what an earlier session left. Raises RunError."""
    with writing_details(file) as write:
        write(details)


@contextmanager
def writing_details(file: Path) -> Iterator[Callable[[Iterable[Detail]], None]]:
    """Give what writes details as they come; where none come, remove what an earlier session left. Raises RunError."""
    line = lines_codec(Detail).line
    written: list[bool] = []
    with files.replacing(file) as content:

        def write(details: Iterable[Detail]) -> None:
            for each in details:
                content.write(line(each))
                written[:] = [True]

        yield write
    if written:
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{file}: cannot be removed: {error.strerror}") from None


def read_details(file: Path) -> list[Detail]:
    """Read the details, none where there is no file; raise RunError, naming the line, for one that is damaged."""
    content = files.read_bytes(file)
    if content is None:
        return []
    try:
        return lines_codec(Detail).read_all(content)
    except LineError as fault:
        number, _, what = next(lines_codec(Detail).faults(content), (0, b"", str(fault)))
        raise RunError(f"{file}, line {number}: no detail: {what}") from None
