import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import WeightsError


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The new content is there, with the usual permissions, and nothing beside it."""
    file = tmp_path / "a.txt"
    files.write_text(file, "one\nzwei ä")
    files.write_text(file, "two")
    assert file.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [file]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask


def test_what_is_left_by_an_error_changes_nothing(tmp_path: Path) -> None:
    """A writer that breaks off leaves the old file, and nothing beside it."""
    file = tmp_path / "a.txt"
    files.write_text(file, "old")

    def broken() -> None:
        with files.replacing(file) as content:
            content.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_planted_link_gets_no_content(tmp_path: Path) -> None:
    """A link in the file's place is replaced itself; what it points to stays."""
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "run.json").symlink_to(tmp_path / "mine.txt")
    files.write_text(tmp_path / "run.json", "content")
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "run.json").read_text() == "content"
    assert not (tmp_path / "run.json").is_symlink()


@pytest.mark.parametrize("error", [RunError, WeightsError])
def test_a_full_disk_is_one_line_and_leaves_the_old_file(small_disk: Path, error: type[Exception]) -> None:
    """The error is the one that the caller asked for, names the file, and no half file stays."""
    file = small_disk / "a.txt"
    files.write_text(file, "old")
    with pytest.raises(error, match=r"a\.txt: cannot be written: No space left"):
        files.write_text(file, "x" * 300_000, error)  # type: ignore[arg-type]
    assert file.read_text() == "old"
    assert list(small_disk.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(RunError, match=r"nowhere/a\.txt: cannot be written: No such file"):
        files.write_text(tmp_path / "nowhere" / "a.txt", "x")


def test_what_is_no_text_is_one_line(tmp_path: Path) -> None:
    """The name of a file that is not UTF-8 cannot be written into another: the line shows it."""
    with pytest.raises(RunError, match=r"run\.json: cannot be written: '.*my\\\\udcff.jsonl.*' is no Unicode text"):
        files.write_text(tmp_path / "run.json", '{"corpus": "my\udcff.jsonl"}')
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_up(tmp_path: Path) -> None:
    """Only files that the writer itself makes, beside the names that are given, are removed."""
    child = (
        "import os, sys; from pathlib import Path; from sumbench import files\n"
        "with files.replacing(Path(sys.argv[1])) as one, files.replacing(Path(sys.argv[2])):\n"
        " one.write(b'x'); one.flush(); os._exit(9)"
    )
    names = (str(tmp_path / name) for name in ("run.json", "other.json"))
    subprocess.run([sys.executable, "-c", child, *names], check=False)
    (tmp_path / ".run.json.mine.part").touch()
    (tmp_path / f".run.json.{'0' * 16}.part").mkdir()
    assert len(list(tmp_path.iterdir())) == 4
    files.sweep(tmp_path, ["run.json"])
    left = sorted(entry.name for entry in tmp_path.iterdir())
    assert left[0].startswith(".other.json.")
    assert left[1:] == [f".run.json.{'0' * 16}.part", ".run.json.mine.part"]


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A pipe, a device or a folder in the file's place stays what it is, and one line says what it is."""
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    # By a link: what this test is about would take the device itself away.
    device.symlink_to(os.devnull)
    for place, what in ((pipe, "a pipe"), (device, "a device"), (tmp_path, "a folder"), (Path(), "a folder")):
        with pytest.raises(RunError, match=f"cannot be written: it is {what}: name a file"):
            files.write_text(place, "content")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [device, pipe]
