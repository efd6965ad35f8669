"""Exports, read by the programs that they are for."""

import csv
import gc
import json
import math
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import python_calamine

import sumbench
from sumbench import Run
from sumbench import RunResult
from sumbench import Score
from sumbench import Scores
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.exports import ExportSource
from sumbench.exports import score_files
from sumbench.exports.workbook import LONGEST
from sumbench.exports.workbook import cell_text
from sumbench.records import ScoreFailure
from sumbench.stats import analyse
from tests.exports.conftest import IDS
from tests.exports.conftest import ROWS

GUARDED = {f"'{name}" if name[0] in "=-@" else name for name in IDS}
SHOWN = {"=1+1", "-2", "a_x0041_b", "plain", "@end", 'ü, "quoted"\nin two lines', r"red \x1b[31m", r"\ufffe last"}


def cells(result: RunResult) -> dict[str, dict[str, Any]]:
    """Return the cells of the result table by system and column."""
    keys = [column.key for column in result.table.columns]
    rows = [row for section in result.table.sections for row in section.rows]
    return {str(row.cells[0]): dict(zip(keys, row.cells, strict=True)) for row in rows}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content))


def test_csv_has_every_score_and_a_matrix_whose_columns_have_the_mean_of_the_table(
    result: RunResult, tmp_path: Path
) -> None:
    """The long file has a row a score at full precision, and names that a spreadsheet would run are guarded."""
    files = result.export("csv", out=tmp_path / "scores")
    assert files == [str(tmp_path / "scores" / name) for name in ("scores.csv", "matrix.csv")]
    long = rows_of(Path(files[0]))
    assert [(row["metric"], int(row["draw"]), float(row["value"])) for row in long] == [
        (score.metric, score.draw, score.value) for score in result.scores
    ]
    assert {row["document"] for row in long} == GUARDED
    matrix = [row for row in rows_of(Path(files[1])) if row["metric"] == "rouge2"]
    assert [row["document"] for row in matrix] == [f"'{name}" if name[0] in "=-@" else name for name in IDS]
    for column, system in (("'=good", "=good"), ("a/poor", "a/poor")):
        mean = np.mean([float(row[column]) for row in matrix])
        assert 100 * mean == pytest.approx(cells(result)[system]["rouge2"])
    assert float(matrix[IDS.index("plain")]["a/poor"]) == 0


def test_a_score_that_failed_says_why(result: RunResult, tmp_path: Path) -> None:
    """It has an empty value and the reason."""
    failures = [ScoreFailure("plain", "=good", "rouge2", "not this one")]
    run = Run(result.manifest, result.summaries, Scores.of([Score("-2", "=good", "rouge2", 0.5)], failures), ids=IDS)
    source = ExportSource("run", result.path, run, analyse(result.run), result.table)
    first, failed = rows_of(Path(score_files.export(source, str(tmp_path))[0]))
    assert list(first.values()) == ["'-2", "'=good", "1", "rouge2", "0.5", ""]
    assert list(failed.values()) == ["plain", "'=good", "1", "rouge2", "", "not this one"]


@pytest.fixture(scope="module")
def workbook(result: RunResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the run."""
    pytest.importorskip("openpyxl", reason="the extra `xlsx` writes workbooks")
    (file,) = result.export("xlsx", out=tmp_path_factory.mktemp("book") / "run.xlsx")
    return Path(file)


def test_no_cell_of_a_workbook_is_a_formula(workbook: Path) -> None:
    """Text that begins with =, + , - or @ is stored as text, and control characters are escapes that XML takes."""
    with zipfile.ZipFile(workbook) as archive:
        sheets = {name: archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name}
    assert len(sheets) > 5
    for name, content in sheets.items():
        assert "<f>" not in content, name
        assert "<f " not in content, name
        assert 't="e"' not in content, name
        assert not set(content) & {"\x1b", "\ufffe"}, name


def test_another_reader_finds_the_tables_and_the_matrix_in_a_workbook(result: RunResult, workbook: Path) -> None:
    """calamine, which shares no code with the writer, reads names and figures at full precision."""
    book = python_calamine.CalamineWorkbook.from_path(workbook)
    assert book.sheet_names[0] == "results"
    header, *rows = book.get_sheet_by_name("results").to_python()
    assert len(header) == len(set(header))
    found = {row[1]: row[header.index("ROUGE-2")] for row in rows}
    for system, figures in cells(result).items():
        assert found[system] == pytest.approx(figures["rouge2"])
    header, *rows = book.get_sheet_by_name("rouge2").to_python()
    assert header[:3] == ["document", "=good", "a/poor"]
    assert {row[0] for row in rows} == SHOWN
    for column, system in ((1, "=good"), (2, "a/poor")):
        assert np.mean([row[column] for row in rows]) == pytest.approx(cells(result)[system]["rouge2"])
    notes = [row[0] for row in book.get_sheet_by_name("notes").to_python() if row]
    assert result.table.verdict[0] in notes
    assert any(str(line).startswith("signature: rouge") for line in notes)


def test_what_a_cell_cannot_hold_is_cut_visibly() -> None:
    """A text has at most what Excel takes, with an ellipsis at its end; what Excel would decode stays as it is."""
    assert len(cell_text("x" * 40_000)) == LONGEST
    assert cell_text("x" * 40_000).endswith("…")
    assert cell_text("_x0041_ \x00 \ud800") == "_x005F_x0041_ \\x00 \\ud800"


@pytest.fixture(scope="module")
def harness(result: RunResult, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, list[Any]]]:
    """Results and samples by model folder, as they were written for lm-evaluation-harness."""
    home = tmp_path_factory.mktemp("harness")
    lines = result.export("lm-eval", out=home)
    found = {}
    for results, samples in zip(lines[::2], lines[1::2], strict=True):
        content = Path(samples).read_text("utf-8").split("\n")
        found[Path(results).parent.name] = (
            json.loads(Path(results).read_text("utf-8")),
            [json.loads(line) for line in content if line],
        )
    return found


def test_the_harness_files_have_the_table_s_figures_and_every_answer(
    result: RunResult, harness: dict[str, tuple[Any, list[Any]]]
) -> None:
    """Results are on the metric's own scale with the harness' standard error; samples have answers and their scores."""
    assert set(harness) == {"=good", "a__poor"}
    for folder, (results, samples) in harness.items():
        (task,) = results["results"]
        figures = results["results"][task]
        name = results["model_name"]
        assert 100 * figures["rouge2,none"] == pytest.approx(cells(result)[name]["rouge2"])
        values = [sample["rouge2"] for sample in samples]
        assert figures["rouge2,none"] == pytest.approx(np.mean(values))
        assert figures["rouge2_stderr,none"] == pytest.approx(np.std(values, ddof=1) / math.sqrt(len(values)))
        assert results["higher_is_better"][task]["rouge2"] is True
        assert results["higher_is_better"][task]["repeated_trigrams"] is False
        assert results["n-samples"][task] == {"original": len(IDS), "effective": len(IDS)}
        assert [sample["doc"]["id"] for sample in samples] == list(IDS)
        low, high = results["sumbench"]["intervals"].get("rouge2", (0, 1))
        assert low <= figures["rouge2,none"] <= high, folder
    poor = {sample["doc"]["id"]: sample for sample in harness["a__poor"][1]}
    assert poor["-2"]["resps"] == [["It rained."]]
    assert (poor["plain"]["resps"], poor["plain"]["rouge2"]) == ([[""]], 0)
    assert poor["plain"]["error"] == "wrote nothing"


def test_the_harness_own_tools_read_its_files(harness: dict[str, tuple[Any, list[Any]]]) -> None:
    """lm-evaluation-harness prints the results as its table, and finds task and date in the files' names."""
    utils = pytest.importorskip("lm_eval.utils", reason="lm-eval is not installed: tests/speed/lm_eval.py says how")
    metrics = pytest.importorskip("lm_eval.api.metrics")
    results, samples = harness["=good"]
    (task,) = results["results"]
    (row,) = [line for line in utils.make_table(results).splitlines() if re.search(r"\|rouge2 *\|", line)]
    shown = [float(cell) for cell in row.split("|")[7:10:2]]
    assert shown == pytest.approx([results["results"][task][f"rouge2{end},none"] for end in ("", "_stderr")], abs=0.001)
    values = [sample["rouge2"] for sample in samples]
    assert metrics.mean(values) == pytest.approx(results["results"][task]["rouge2,none"])
    assert metrics.mean_stderr(values) == pytest.approx(results["results"][task]["rouge2_stderr,none"])
    assert utils.get_file_task_name(f"samples_{task}_2026-01-01T00-00-00.000000.jsonl") == task


@pytest.fixture
def mlflow_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty local store of MLflow."""
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    pytest.importorskip("mlflow", reason="the extra `mlflow` logs runs")
    return (tmp_path / "mlruns").as_uri()


def test_mlflow_has_a_run_for_the_benchmark_and_one_below_it_for_each_system(
    result: RunResult, mlflow_store: str
) -> None:
    """Its client finds parameters, figures with their intervals, tags and artefacts; a second export adds nothing."""
    from mlflow import MlflowClient

    lines = result.export("mlflow", out=mlflow_store)
    client = MlflowClient(tracking_uri=mlflow_store)
    experiment = client.get_experiment_by_name("sumbench")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    parents = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    (parent,) = parents
    children = {run.info.run_name: run for run in found if run is not parent}
    assert set(children) == {"=good", "a/poor", "references"}
    assert {run.data.tags["mlflow.parentRunId"] for run in children.values()} == {parent.info.run_id}
    assert {run.info.status for run in found} == {"FINISHED"}
    assert parent.data.params["documents"] == str(len(IDS))
    assert parent.data.tags["sumbench.signature.rouge2"] == result.manifest.signatures["rouge2"]
    assert parent.data.tags["mlflow.note.content"] == result.verdict
    assert {each.path for each in client.list_artifacts(parent.info.run_id)} == {"table.md", "report.html", "run.json"}
    good, shown = children["=good"].data.metrics, cells(result)["=good"]
    for name, key in (("rouge2", "rouge2"), ("rouge2.low", "rouge2_low"), ("rouge2.high", "rouge2_high")):
        assert good.get(name) == (pytest.approx(shown[key]) if key in shown else None)
    assert any(name.endswith(".low") for name in good)
    assert children["a/poor"].data.metrics["failed"] == 1
    assert len(lines) == 1 + len(children)
    (again,) = result.export("mlflow", out=mlflow_store)
    assert again.endswith("is there already")
    with pytest.raises(RunError, match=r"^nothing://here: the run cannot be logged here: Unsupported"):
        result.export("mlflow", out="nothing://here")


@pytest.mark.parametrize(("kind", "library", "extra"), [("xlsx", "openpyxl", "xlsx"), ("mlflow", "mlflow", "mlflow")])
def test_a_missing_library_is_named_with_its_extra(
    kind: str, library: str, extra: str, result: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=rf"pip install 'sumbench\[{extra}\]'"):
        result.export(kind)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_beside_what_is_there_and_names_it(
    result: RunResult, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a place the file has the run's name; an export of one's own is named by file and function."""
    assert main(["export", str(result.path), "--to", "model-index"]) == 0
    assert capsys.readouterr().out == "run-model-index.yaml\n"
    assert (here / "run-model-index.yaml").read_text("utf-8").startswith("model-index:\n- name: ")
    (here / "own.py").write_text(
        "def names(source, place):\n    return [*(s.system for s in source.analysis.standings)]\n"
    )
    assert main(["export", str(result.path), "--to", "./own.py:names"]) == 0
    assert capsys.readouterr().out == "=good\na/poor\nreferences\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["run", "--to", "cvs"],
            "sumbench: unknown export 'cvs': did you mean 'csv'? (sumbench export --help lists them)",
        ),
        (["nowhere", "--to", "csv"], "sumbench: nowhere/run.json: "),
        (["run", "--to", "csv", "-o", "taken"], "sumbench: --out taken: no folder can be made here: File exists"),
        (["run", "--to", "model-index", "-o", "no/such.yaml"], "sumbench: no/such.yaml: cannot be written: "),
        (["run", "--to", "xlsx", "-o", "no/such.xlsx"], "sumbench: no/such.xlsx: cannot be written: "),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(
    arguments: list[str], said: str, result: RunResult, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and nothing on stdout."""
    (here / "run").symlink_to(result.path)
    (here / "taken").touch()
    assert main(["export", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == 1
    gc.collect()


def test_a_run_without_texts_is_exported_with_ids_alone(tmp_path: Path) -> None:
    """Samples then have no document and no target, and say so."""
    scored = sumbench.score(ROWS[:2], {"s": ["Rain.", "Snow."]}, texts=False, metrics="rouge", out=tmp_path / "run")
    results, samples = scored.export("lm-eval", out=tmp_path / "harness")
    first = json.loads(Path(samples).read_text("utf-8").partition("\n")[0])
    assert (first["doc"], first["target"], first["resps"]) == ({"id": "=1+1"}, "", [["Rain."]])
    assert json.loads(Path(results).read_text("utf-8"))["sumbench"]["texts"] is False


def test_a_run_at_an_address_is_exported(result: RunResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command and by Python, as wherever else a run is named."""
    address = f"file://{result.path}"
    assert main(["export", address, "--to", "csv", "-o", str(tmp_path / "one")]) == 0
    assert "scores.csv" in capsys.readouterr().out
    sumbench.export(address, "csv", out=tmp_path / "two")
    assert (tmp_path / "one" / "scores.csv").read_bytes() == (tmp_path / "two" / "scores.csv").read_bytes()
