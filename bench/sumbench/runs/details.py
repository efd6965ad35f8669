"""details.jsonl: what metrics said of summaries beside their values, a line of JSON each."""

from collections.abc import Iterable
from pathlib import Path

from sumbench import files
from sumbench.errors import RunError
from sumbench.records import Detail
from sumbench.runs.lines import LineError
from sumbench.runs.lines import json_lines

FILE = "details.jsonl"


def write_details(file: Path, details: Iterable[Detail]) -> None:
    """Write the details; where there are none, remove what an earlier session left. Raises RunError."""
    lines = [json_lines(Detail).line(each) for each in details]
    if lines:
        with files.replacing(file) as content:
            content.writelines(lines)
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{file}: cannot be removed: {error.strerror}") from None


def read_details(file: Path) -> list[Detail]:
    """Read the details, none where there is no file; raise RunError, naming the line, for one that is damaged."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        return json_lines(Detail).read_all(content)
    except LineError as fault:
        number, _, what = next(json_lines(Detail).faults(content), (0, b"", str(fault)))
        raise RunError(f"{file}, line {number}: no detail: {what}") from None
