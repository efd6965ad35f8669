"""ratings.jsonl: what people said of the summaries of a run, one rating a line."""

import math
from collections.abc import Collection
from pathlib import Path

from sumbench.errors import RunError
from sumbench.records import Rating
from sumbench.runs.lines import lines_codec
from sumbench.runs.lines import read_lines

FILE = "ratings.jsonl"


def read_ratings(file: Path, systems: Collection[str], ids: Collection[str]) -> list[Rating]:
    """Read the ratings, none where there is no file.

    Raises RunError, naming the line, for one that is damaged, or of a document or system that the run does not have.
    """
    found = read_lines(file, lines_codec(Rating))
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
