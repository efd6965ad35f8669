"""A disk that fills up at any moment: one line, nothing torn, and the same command completes the run later."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sumbench.cli import main

pytestmark = pytest.mark.usefixtures("in_process")

ROWS = [
    {
        "id": f"d{number}",
        "text": f"The mill number {number} closed. " + " ".join(f"w{number * 7919 % 997 + each}" for each in range(60)),
        "reference": f"Mill {number} closed.",
        "output": f"The mill {number} shut.",
    }
    for number in range(60)
]

COMMANDS = {
    "run": ("run", "--corpus", "c.jsonl", "--systems", "lead,luhn", "--no-cache", "--out", "disk/run"),
    "score": ("score", "c.jsonl", "--output-column", "output", "--out", "disk/run"),
    "stream": ("score", "c.jsonl", "--output-column", "output", "--stream", "--out", "disk/run"),
}


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a file system, not yet mounted, in the current folder, beside a corpus."""
    monkeypatch.chdir(tmp_path)
    Path("c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    Path("disk").mkdir()
    yield tmp_path / "disk"
    subprocess.run(["umount", "disk"], cwd=tmp_path, capture_output=True, check=False)


@pytest.mark.parametrize("pages", [1, 2, 4, 6, 9, 13])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_one_line_and_the_run_goes_on(
    disk: Path, command: str, pages: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever write does not fit, the command ends with 2 and says so; with more room, it completes the run."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={4 * pages}k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    arguments = [*COMMANDS[command], "--quiet"]
    code = main(arguments)
    said = capsys.readouterr().err
    assert code in {0, 2}
    if code:
        assert said.count("\n") == 1
        assert "No space left on device" in said or "is it full?" in said
    subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
    assert main(arguments) == 0
    assert main(["verify", "disk/run"]) == 0
    assert not list((disk / "run").glob(".*.part"))
