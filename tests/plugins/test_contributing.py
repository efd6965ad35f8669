"""What CONTRIBUTING says of the package is right, and so are the examples for authors of plug-ins."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.plugins.conftest import Sumbench

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
EXAMPLES = (ROOT / "docs" / "extending.md").read_text("utf-8")


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A folder with the files of the examples, each called as its first line says."""
    for block in re.findall(r"^```python\n(.*?)^```", EXAMPLES, re.DOTALL | re.MULTILINE):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name is not None
        (tmp_path / name[1]).write_text(block, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("examples", "in_process")
def test_the_example_runs_as_a_file(command: Sumbench) -> None:
    """Its system, metric, corpus and format do a whole run."""
    done = command(
        *("run", "--corpus", "./own.py:fables,split=old", "--systems", "lead,./own.py:Shorten,length=3,case=upper"),
        *("--metrics", "./own.py:Wordy,most=3", "--format", "./own.py:names", "--out", "out", "--quiet"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.splitlines()) >= {"lead", "./own.py:Shorten,length=3,case=upper"}


def test_the_example_of_a_check_passes(examples: Path) -> None:
    """The tests that authors are shown pass for the system and the metric that they are shown."""
    path = os.pathsep.join([str(examples), os.environ["PYTHONPATH"]])
    code = "import test_own; test_own.test_shorten(); test_own.test_wordy()"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, check=True)


def test_the_example_of_entry_points_names_what_the_file_has(examples: Path) -> None:
    """Each of the entry points is an object of the file, in a group that is looked at."""
    (block,) = re.findall(r"^```toml\n(.*?)^```", EXAMPLES, re.DOTALL | re.MULTILINE)
    groups = tomllib.loads(block)["project"]["entry-points"]
    assert set(groups) == {"sumbench.systems", "sumbench.metrics", "sumbench.corpora", "sumbench.formats"}
    text = (examples / "own.py").read_text("utf-8")
    for target in (target for group in groups.values() for target in group.values()):
        assert re.search(rf"^(class|def) {target.removeprefix('own:')}\(", text, re.MULTILINE)


def test_each_room_is_named() -> None:
    """The table of rooms has the package's folders, all of them and no other."""
    home = ROOT / "bench" / "sumbench"
    rooms = {each.name for each in home.iterdir() if (each / "__init__.py").exists()}
    assert set(re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)) == rooms


def test_each_path_is_one() -> None:
    """What is named as a file of the repository is there."""
    for path in re.findall(r"`(bench/[\w/.]+)`", TEXT):
        assert (ROOT / path).exists(), path
