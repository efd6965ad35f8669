"""A folder with a small sound file of every kind that sumbench reads, and the commands that read them."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from sumbench import cli

ROWS = [
    {
        "id": f"d{number}",
        "text": f"The mill number {number} closed. Rain fell on the town. The mayor spoke, and “nobody” listened.",
        "reference": f"Mill {number} closed.",
        "output": f"The mill {number} shut.",
        "language": "en",
        "genre": "news" if number % 2 else "talk",
    }
    for number in range(4)
]

SUITE = """
name = "mine"
[[tasks]]
corpus = "c.jsonl"
systems = ["lead", "textrank"]
[statistics]
resamples = 200
"""


def build(home: Path) -> None:
    """Write every file into the folder, which is the current one."""
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    (home / "c.jsonl").write_text(lines)
    (home / "c.json").write_text(json.dumps({"rows": ROWS}, indent=1))
    columns = list(ROWS[0])
    for name, delimiter in (("c.csv", ","), ("c.tsv", "\t")):
        cells = [[f'"{row[key]}"' if delimiter in row[key] else row[key] for key in columns] for row in ROWS]
        (home / name).write_text("\n".join(delimiter.join(row) for row in [columns, *cells]) + "\n")
    pq.write_table(pa.Table.from_pylist(ROWS), home / "c.parquet")
    book = openpyxl.Workbook()
    for cells_of_row in [columns, *([row[key] for key in columns] for row in ROWS)]:
        book.active.append(cells_of_row)
    book.save(home / "c.xlsx")
    for row in ROWS[:2]:
        folder = home / "articles" / row["id"]
        folder.mkdir(parents=True)
        (folder / "article.txt").write_text(row["text"])
        (folder / "reference-1.txt").write_text(row["reference"])
        (folder / "about.toml").write_text('title = "A mill"\nlanguage = "en"\ngenre = "news"\n')
    (home / "refs.txt").write_text("".join(row["reference"] + "\n" for row in ROWS))
    (home / "out.txt").write_text("".join(row["output"] + "\n" for row in ROWS))
    (home / "ids.txt").write_text("d0\nd2\n")
    (home / "mine.toml").write_text(SUITE)
    (home / "prompt.txt").write_text("[system]\nBe brief.\n[user]\nSummarize in {length}:\n{document}\n")
    for name in ("run", "other"):
        assert quiet("run", "--corpus", "c.jsonl", "--systems", "lead,textrank", "--out", name) == 0


COMMANDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **{
        name: (
            ("run", "--corpus", name, "--systems", "lead", "--out", "new"),
            ("score", name, "--output-column", "output", "--out", "new"),
            ("score", name, "--stream", "--out", "new"),
            ("corpora", "check", name),
        )
        for name in ("c.jsonl", "c.json", "c.csv", "c.tsv", "c.parquet", "c.xlsx")
    },
    "articles/d0/article.txt": (("run", "--corpus", "articles", "--systems", "lead", "--out", "new"),),
    "articles/d1/reference-1.txt": (("score", "articles", "--outputs", "s=out2.txt", "--out", "new"),),
    "articles/d0/about.toml": (("corpora", "check", "articles"),),
    "refs.txt": (("score", "--references", "refs.txt", "--outputs", "s=out.txt", "--out", "new"),),
    "out.txt": (
        ("score", "c.jsonl", "--outputs", "s=out.txt", "--clean", "--out", "new"),
        ("score", "--references", "refs.txt", "--outputs", "s=out.txt", "--rouge", "-n 2 -m -a", "--out", "new"),
        ("run", "--corpus", "c.jsonl", "--systems", "outputs,path=out.txt", "--out", "new"),
    ),
    "ids.txt": (("run", "--corpus", "c.jsonl", "--ids", "ids.txt", "--systems", "lead", "--out", "new"),),
    "mine.toml": (("run", "./mine.toml", "--out", "new"), ("suites", "./mine.toml")),
    "prompt.txt": (("prompts", "./prompt.txt"), ("run", "--dry-run", "--systems", "smollm2-135m,prompt=./prompt.txt")),
    **{
        f"run/{name}": (
            ("compare", "run:lead", "other:textrank"),
            ("compare", "run", "other", "--fail-if-worse", "rouge2"),
            ("run", "--resume", "run"),
            ("verify", "run"),
            ("score", "run", "--metrics", "rouge,handling=max"),
            ("power", "run"),
        )
        for name in ("run.json", "documents.parquet", "summaries.jsonl", "scores.parquet", "checksums.sha256")
    },
}
"""By the file that is broken: the commands that read it."""


def quiet(*arguments: str) -> int:
    """Run a command without progress, and return its exit code."""
    return cli.main([*arguments, "--quiet"])


def fresh(home: Path, whole: Path) -> None:
    """Put the sound files of the folder `whole` in place of what is in `home`."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(whole, home)
