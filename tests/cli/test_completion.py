"""Shell completion: the printed script, in bash itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from sumbench.cli import main

COMPLETE = """
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_LINE="${COMP_WORDS[*]}"
COMP_POINT=${#COMP_LINE}
how=$(complete -p sumbench)
[[ $how =~ -F\\ ([^\\ ]+) ]] || exit 9
"${BASH_REMATCH[1]}" sumbench "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""Does what bash does at a press of the tab key, with the script at $1 and the words behind it."""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash, as the command prints it."""
    file = tmp_path_factory.mktemp("completion") / "sumbench.bash"
    command = [sys.executable, "-m", "sumbench", "completion", "bash"]
    file.write_text(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return file


def test_the_script_is_valid_bash(script: Path) -> None:
    """Bash reads it without a complaint."""
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["ru"], {"run"}),
        (["co"], {"compare", "correlate", "corpora", "completion"}),
        (["run", "--sys"], {"--systems"}),
        (["run", "--correction", "n"], {"none"}),
        (["weights", "p"], {"pull", "push"}),
        (["completion", "z"], {"zsh"}),
        (["run", "--correction", "ben"], {"benjamini-hochberg"}),
        (["walk"], set()),
        (["compare", "res"], {"results"}),
        (["run", "--corpus", "art"], {"articles.csv"}),
        (["run", "min"], {"mine.toml"}),
    ],
)
def test_bash_completes_commands_flags_choices_and_paths(
    script: Path, words: list[str], completed: set[str], tmp_path: Path
) -> None:
    """What is begun is completed to all that it may become, a path to what is there."""
    (tmp_path / "results").mkdir()
    for name in ("articles.csv", "mine.toml"):
        (tmp_path / name).touch()
    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE, "bash", str(script), "sumbench", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.split()) == completed


@pytest.mark.parametrize(("shell", "marks"), [("zsh", ("#compdef sumbench",)), ("fish", ("complete", "-c sumbench"))])
def test_other_shells_have_a_script(shell: str, marks: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """It is one of that shell, and names commands and flags."""
    assert main(["completion", shell]) == 0
    shown = capsys.readouterr().out
    for mark in (*marks, "compare", "suites", "systems", "trust-remote-code"):
        assert mark in shown
