"""Checkpoints that bring their own modelling code: it is run for the one that is named, and for no other."""

import json
from pathlib import Path

import pytest

from sumbench.cli import main
from tests.generation import tiny

CORPUS = Path(__file__).parents[2] / "references"


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the code leaves where it is run; what transformers copies of the code goes to a folder beside."""
    monkeypatch.setenv("CODE_RAN", str(tmp_path / "ran"))
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    return tmp_path / "ran"


def run(folder: Path, out: Path, *flags: str) -> int:
    """Run the checkpoint over one article by the command line, and return the exit code."""
    system = f"causal,model={folder},max_new_tokens=8,max_input_tokens=64"
    where = ["--corpus", str(CORPUS), "--limit", "1", "--out", str(out), "--device", "cpu", "--no-cache", "--quiet"]
    return main(["run", "--systems", system, "--metrics", "rouge", *where, *flags])


def test_code_is_refused_in_one_line_that_names_the_flag(tmp_path: Path, mark: Path) -> None:
    """Nothing of it is run, and the system's error in the run says what to do."""
    folder = tiny.homemade(tmp_path / "homemade")
    assert run(folder, tmp_path / "out") == 3
    (system,) = json.loads((tmp_path / "out" / "run.json").read_text())["systems"]
    assert (
        f"needs code of its own, which is run only for one that is named: --trust-remote-code {folder}"
        in (system["error"])
    )
    assert not mark.exists()


def test_code_is_run_where_it_is_named_and_that_is_recorded(
    tmp_path: Path, mark: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fingerprint says so, and changes with the code; a run's folder alone makes no code run when it is gone on."""
    folder = tiny.homemade(tmp_path / "homemade")
    trusting = ["--trust-remote-code", str(folder)]
    assert run(folder, tmp_path / "out", *trusting) == 0
    assert mark.exists()
    (system,) = json.loads((tmp_path / "out" / "run.json").read_text())["systems"]
    assert system["error"] is None
    assert system["fingerprint"]["trust_remote_code"] is True
    mark.unlink()
    (tmp_path / "out" / "summaries.jsonl").write_text("")
    capsys.readouterr()
    resumed = ["run", "--resume", str(tmp_path / "out"), "--no-cache", "--quiet"]
    assert main(resumed) == 2
    assert f"ran code of its own: to run it again, give {' '.join(trusting)} again" in capsys.readouterr().err
    assert not mark.exists()
    assert main([*resumed, *trusting]) == 0
    assert mark.exists()
    code = folder / "modeling_homemade.py"
    code.write_text(code.read_text() + "\n# changed\n")
    assert run(folder, tmp_path / "out", *trusting) == 2


def test_a_name_that_no_system_has_is_refused(tmp_path: Path, mark: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a part of the name nor another name trusts a checkpoint."""
    folder = tiny.homemade(tmp_path / "homemade")
    assert run(folder, tmp_path / "out", "--trust-remote-code", folder.name) == 2
    assert (
        "--trust-remote-code homemade: no system or metric of this run has a model of that name"
        in capsys.readouterr().err
    )
    assert not mark.exists()
