"""What it takes to read tables: `python -m tests.speed.tables [--megabytes 100]`.

Writes tables of articles with a reference of a sentence each, and reads every row, each table in a process of its own:
seconds of the processor, and memory beyond that of a Python that has read a small table of the kind.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

STEP = """
import sys, time
from sumbench.corpus.rows import read_rows
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1e3
rows = sum(1 for _ in read_rows(sys.argv[2]))
before, start = peak(), time.process_time()
rows = sum(1 for _ in read_rows(sys.argv[1]))
print(f"{rows:,} rows, {time.process_time() - start:.2f} s, {peak() - before:.0f} MB")
"""

Row = dict[str, str]


def rows(megabytes: float, paragraphs: str) -> Iterator[Row]:
    """Yield rows of about so many megabytes; an article has twenty paragraphs, joined by `paragraphs`."""
    draw = np.random.default_rng(1)
    words = np.array([*(f"word{number}" for number in range(4000)), *["said,", '"yes"', "1,000"] * 9])
    lines = [" ".join(draw.choice(words, 18)) + "." for _ in range(2000)]
    size, number = 0, 0
    while size < megabytes * 1e6:
        article = paragraphs.join(lines[(number * 7 + line * 13) % 2000] for line in range(20))
        yield {"id": str(number), "document": article, "reference": lines[number % 2000]}
        size, number = size + len(article), number + 1


def write(folder: Path, megabytes: float) -> list[Path]:
    """Write the tables; return their files."""
    files = [folder / name for name in ("lines.jsonl", "quoted.csv", "quoted.tsv", "plain.tsv")]
    with files[0].open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows(megabytes, "\n"))
    for file, delimiter in zip(files[1:3], ",\t", strict=True):
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, ["id", "document", "reference"], delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows(megabytes, "\n"))
    with files[3].open("w", encoding="utf-8") as stream:
        stream.writelines("\t".join(row) + "\n" for row in [("id", "document", "reference")])
        stream.writelines("\t".join(row.values()) + "\n" for row in rows(megabytes, " "))
    return files


def main() -> None:
    """Write the tables, and print what reading each takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=100)
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "small").mkdir()
        large = write(Path(place), parser.parse_args().megabytes)
        for file, small in zip(large, write(Path(place) / "small", 0.01), strict=True):
            for _ in range(2):
                command = [sys.executable, "-c", STEP, str(file), str(small)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                print(f"{file.name:12} {file.stat().st_size / 1e6:6.1f} MB:", done.stdout, end="")


if __name__ == "__main__":
    main()
