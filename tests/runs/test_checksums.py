"""A finished run is sealed: what is changed in its folder afterwards is noticed."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench import cli
from sumbench.checksums import FILE
from sumbench.runs.store import DOCUMENTS
from sumbench.runs.store import SCORES
from sumbench.runs.store import SUMMARIES


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of two systems."""
    home = tmp_path_factory.mktemp("sealed")
    for name, text in (("r", "The mill closed.\nRain fell.\n"), ("s", "The mill shut.\nIt rained.\n")):
        (home / f"{name}.txt").write_text(text)
    given = ["--references", f"{home}/r.txt", "--outputs", f"a={home}/r.txt", f"b={home}/s.txt"]
    assert cli.main(["score", *given, "--out", f"{home}/run", "--quiet"]) == 0
    return home / "run"


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_a_run_as_it_was_left_is_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`verify` finds nothing, and neither does the program that the format of the checksums is of."""
    assert cli.main(["verify", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder}: whole\n"
    subprocess.run(["sha256sum", "--check", "--strict", FILE], cwd=folder, check=True, capture_output=True)


def half_the_scores(folder: Path) -> None:
    """Take half of the scores away."""
    table = pq.read_table(folder / SCORES)
    pq.write_table(table.slice(0, table.num_rows // 2), folder / SCORES)


def another_text(folder: Path) -> None:
    """Change the text of a summary."""
    file = folder / SUMMARIES
    file.write_text(file.read_text().replace("The mill shut.", "The mill closed."))


def another_name(folder: Path) -> None:
    """Change a value of run.json that nothing else depends on."""
    content = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**content, "suite": "another"}, indent=2))


@pytest.mark.parametrize("change", [half_the_scores, another_text, another_name])
def test_what_was_changed_is_noticed(
    folder: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None]
) -> None:
    """`compare` and `score RUN` refuse a run of which something was changed; `verify` names the file."""
    change(folder)
    for command in (["compare", f"{folder}:a", f"{folder}:b"], ["verify", str(folder)]):
        assert cli.main([*command]) == 2
        said = capsys.readouterr().err
        assert "was changed after the run was finished" in said
        assert said.count("\n") == 1


def another_reference(folder: Path) -> None:
    """Change a reference."""
    table = pq.read_table(folder / DOCUMENTS).to_pylist()
    pq.write_table(pa.Table.from_pylist([{**row, "references": ["Hail."]} for row in table]), folder / DOCUMENTS)


def test_a_run_that_was_changed_is_no_corpus_and_has_no_outputs(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever takes a run's documents, references or summaries from its folder gets them as the run has left them."""
    whole = shutil.copytree(folder, tmp_path / "whole")
    another_reference(folder)
    as_references = ["score", "--references", str(folder), "--outputs", str(whole), "--out", str(tmp_path / "new")]
    as_corpus = ["run", "--corpus", str(folder), "--systems", "lead", "--out", str(tmp_path / "new")]
    other = Path(shutil.copytree(whole, tmp_path / "other"))
    another_text(other)
    as_outputs = ["score", "--references", str(whole), "--outputs", str(other), "--out", str(tmp_path / "new")]
    as_system = ["run", "--corpus", "references", "--systems", f"outputs,path={other}", "--out", str(tmp_path / "new")]
    for command in (as_references, as_corpus, as_outputs, [*as_outputs, "--stream"], as_system):
        assert cli.main([*command, "--quiet"]) == 2
        said = capsys.readouterr().err
        assert "was changed after the run was finished: `sumbench verify" in said
        assert said.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_missing_file_and_a_damaged_seal_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is gone, and lines of the checksums that are none, are said in one line each."""
    (folder / "table.md").unlink()
    assert cli.main(["verify", str(folder)]) == 2
    assert "table.md: is missing" in capsys.readouterr().err
    (folder / FILE).write_text("nonsense\n")
    assert cli.main(["verify", str(folder)]) == 2
    assert f"{FILE}, line 1: no line of checksums" in capsys.readouterr().err


def test_a_run_without_a_seal_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run of an earlier version has no checksums: it is compared as ever, and `verify` says why it cannot tell."""
    (folder / FILE).unlink()
    assert cli.main(["compare", f"{folder}:a", f"{folder}:b"]) == 0
    capsys.readouterr()
    assert cli.main(["verify", str(folder)]) == 2
    assert f"holds no {FILE}" in capsys.readouterr().err
