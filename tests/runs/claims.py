"""Claims a run folder again and again beside others: `python -m tests.runs.claims FOLDER [CLAIMS]`.

Prints how many claims it had, and during how many of them another process held the folder, too.
"""

import sys
from pathlib import Path

from sumbench.errors import RunError
from sumbench.runs.store import RunFolder


def overlaps(folder: Path, wanted: int) -> int:
    """Claim the folder so many times; return how many of the claims overlapped with another process'."""
    held = folder / "held"
    claims = found = 0
    while claims < wanted:
        try:
            with RunFolder(folder).claimed():
                claims += 1
                try:
                    held.touch(exist_ok=False)
                except FileExistsError:
                    found += 1
                else:
                    held.unlink()
        except RunError:
            continue
    return found


if __name__ == "__main__":
    _, where, *number = sys.argv
    size = int(number[0]) if number else 25_000
    sys.stdout.write(f"{size} {overlaps(Path(where), size)}\n")
