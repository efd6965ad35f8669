"""ratings.jsonl: what people said of the summaries of a run, one rating a line."""

import math
from collections.abc import Collection
from collections.abc import Iterable
from pathlib import Path

from sumbench import files
from sumbench.errors import RunError
from sumbench.records import Rating
from sumbench.runs.lines import LineError
from sumbench.runs.lines import lines_codec

FILE = "ratings.jsonl"


def write_ratings(file: Path, ratings: Iterable[Rating]) -> None:
    """Write the ratings; where there are none, remove what an earlier session left. Raises RunError."""
    lines = [lines_codec(Rating).line(each) for each in ratings]
    if lines:
        with files.replacing(file) as content:
            content.writelines(lines)
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{file}: cannot be removed: {error.strerror}") from None


def read_ratings(file: Path, systems: Collection[str], ids: Collection[str]) -> list[Rating]:
    """Read the ratings, none where there is no file.

    Raises RunError, naming the line, for one that is damaged, or of a document or system that the run does not have.
    """
    content = files.read_bytes(file)
    if content is None:
        return []
    try:
        found = lines_codec(Rating).read_all(content)
    except LineError as fault:
        number, _, what = next(lines_codec(Rating).faults(content), (0, b"", str(fault)))
        raise RunError(f"{file}, line {number}: no rating: {what}") from None
    seen = set()
    for number, each in enumerate(found, 1):
        for what, name, known in (("system", each.system, systems), ("document", each.document, ids)):
            if name not in known:
                raise RunError(f"{file}, line {number}: {what}: {name!r} is not in the run")
        if not math.isfinite(each.rating):
            raise RunError(f"{file}, line {number}: rating: {each.rating} is no number")
        seen.add((each.document, each.system, each.quality, each.rater))
        if len(seen) < number:
            raise RunError(f"{file}, line {number}: a second rating of {each.system}'s summary of {each.document!r}")
    return found
