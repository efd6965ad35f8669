"""Run folders of earlier versions are read, and compared with those of today."""

import shutil
import sys
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.manifest import Direction
from sumbench.runs.manifest import read_manifest
from sumbench.runs.store import read_run

pytestmark = pytest.mark.usefixtures("in_process")


OLD = Path(__file__).with_name("schema-2")


def test_a_folder_of_schema_2_is_read() -> None:
    """Its signatures become ROUGE's declared values, its documents' ids are those of its journal."""
    run = read_run(OLD)
    assert run.manifest.schema == 2
    assert [(value.name, value.scale, value.direction) for value in run.manifest.values.values() if value.main] == [
        (name, 100.0, Direction.HIGHER) for name in ("rouge1", "rouge2", "rougeL", "rougeLsum")
    ]
    assert run.manifest.ranked_by == "rouge2"
    assert len(run.ids) == run.manifest.corpus.documents == 12
    assert len(run.scores) == 12 * 4 * (11 + 1)
    assert len(run.summaries) == 11 * 12


def test_it_is_compared_with_a_run_of_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same systems write the same, whichever version made them, except where list numbers were sentences."""
    today = str(tmp_path / "run")
    systems = "random,lead,luhn,sumbasic,oracle"
    assert main(["run", "--systems", systems, "--limit", "12", "--out", today, "--quiet"]) == 0
    capsys.readouterr()
    assert main(["compare", str(OLD), today, "--metrics", "rouge2", "--format", "csv"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 5
    place = header.split(",").index("difference")
    assert all(abs(float(row.split(",")[place])) < 0.5 for row in rows)
    old, new = (
        {(each.document, each.system): each.text for each in read_run(one).summaries} for one in (OLD, Path(today))
    )
    # Headings are numbered in the one: "5. Effect on residents and trade". In the other, SumBasic has two sentences
    # that are told apart by the last bits of Python's sums.
    expected = {"10-bridge-inquiry"} | ({"03-suez-canal"} if sys.version_info >= (3, 12) else set())
    assert {document for document, system in new if new[document, system] != old[document, system]} == expected


def test_a_run_json_of_schema_3_is_read() -> None:
    """It had no budgets in words, and its metrics no notes."""
    manifest = read_manifest(OLD.with_name("schema-3.json"))
    assert (manifest.schema, manifest.sentences, manifest.words) == (3, 3, None)
    assert [metric.notes for metric in manifest.metrics] == [()]
    assert manifest.signatures["rouge2"].startswith("rouge2|f1|stem:porter-nltk|refs:jackknife|")


@pytest.mark.parametrize("arguments", [["compare", "OLD", "--by", "length"], ["score", "OLD", "--metrics", "rouge"]])
def test_what_needs_the_documents_is_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder of an earlier version has no documents, and that is said."""
    copy = tmp_path / "run"
    shutil.copytree(OLD, copy)
    assert main([str(copy) if each == "OLD" else each for each in arguments]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "holds no" in err
