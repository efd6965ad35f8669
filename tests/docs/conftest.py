"""A folder with the files and runs that the pages speak of."""

import json
import re
import shutil
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.executors.inline import InlineExecutor
from sumbench.executors.local import LocalExecutor
from tests.docs.pages import DOCS
from tests.docs.pages import ROOT
from tests.docs.pages import snippets

TEXTS = [f"Word{number} said this. The {number}th ship came in. It rained all day." for number in range(12)]
GOLDS = [f"The {number}th ship came in." for number in range(12)]


def _rows() -> list[dict[str, str]]:
    return [
        {"id": str(number), "document": text, "body": text, "gold": gold, "summary": gold, "bart": text[:20]}
        | {"pegasus": gold[:12]}
        for number, (text, gold) in enumerate(zip(TEXTS, GOLDS, strict=True))
    ]


def _json_lines(file: Path, rows: Iterable[Mapping[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _write(folder: Path) -> None:
    """Write the tables and folders that commands name."""
    rows = _rows()
    header = ("id", "body", "gold", "bart", "pegasus")
    table = "".join(",".join(line) + "\n" for line in (header, *([row[key] for key in header] for row in rows)))
    (folder / "articles.csv").write_text(table)
    (folder / "sheet.csv").write_text(table)
    _json_lines(folder / "refs.jsonl", [{"id": row["id"], "reference": row["gold"]} for row in rows])
    _json_lines(folder / "pegasus.jsonl", [{"id": row["id"], "prediction": row["pegasus"]} for row in rows])
    both = [{"id": row["id"], "reference": row["gold"], "prediction": row["bart"]} for row in rows]
    _json_lines(folder / "outputs.jsonl", [dict(row) for row in both])
    rated = [
        {"id": row["id"], "document": row["document"], "references": [row["gold"]]}
        | {"systems": {name: row[name] for name in ("bart", "pegasus")}}
        | {"human": {name: {"coherence": len(row[name])} for name in ("bart", "pegasus")}}
        for row in rows
    ]
    _json_lines(folder / "rated.jsonl", rated)
    (folder / "bart.txt").write_text("".join(row["bart"] + "\n" for row in rows))
    (folder / "short.txt").write_text(TEXTS[0] + "\n")
    (folder / "report.pdf").write_bytes(b"%PDF-1.7\n")
    _json_lines(folder / "twice.jsonl", [{"id": "1", "document": text, "reference": GOLDS[0]} for text in TEXTS[:2]])
    (folder / "my-articles").mkdir()
    (folder / "my-articles" / "article.txt").write_text(TEXTS[0])
    (folder / "my-articles" / "reference-1.txt").write_text(GOLDS[0])
    suite = (ROOT / "bench/sumbench/suites/default.toml").read_text()
    (folder / "mine.toml").write_text(re.sub(r'  "(minilm|smollm2-135m|oracle|lexrank|lsa|kl)",\n', "", suite))
    # What is loaded by its path in a clone.
    (folder / "bench").symlink_to(ROOT / "bench")
    for snippet in snippets(DOCS / "extending.md"):
        if named := re.match(r"# (\w+\.py)\n", snippet.text):
            (folder / named[1]).write_text(snippet.text)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it is before any page's commands; never written to after that."""
    folder = tmp_path_factory.mktemp("pages")
    _write(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SUMBENCH_CACHE", str(folder / "cache.sqlite"))
        patch.setattr(LocalExecutor, "run", lambda _, *work: InlineExecutor().run(*work))
        assert main(["run", "--systems", "lead,luhn,sumbasic", "--out", "results/run", "--limit", "16", "--quiet"]) == 0
    for name in ("before", "after", "new"):
        shutil.copytree(folder / "results" / "run", folder / "results" / name)
    return folder


@pytest.fixture
def workspace(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_process: None) -> Path:  # noqa: ARG001
    """A copy of it, which is the current folder."""
    folder = tmp_path / "pages"
    shutil.copytree(filled, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return folder
