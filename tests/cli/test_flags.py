"""Flags that several commands share, and flags that do not go together."""

import shlex
import sys
from pathlib import Path

import pytest

from sumbench.cli import fetching
from sumbench.cli import main
from sumbench.cli import parser
from tests.report.made import written


@pytest.mark.parametrize(
    "command",
    ["run", "score", "metrics check bertscore", "batch export", "batch import results/batch"],
)
def test_the_store_is_the_one_that_the_flags_describe(command: str) -> None:
    """Wherever weights may be fetched, the shared store, --offline and trusted code are heeded."""
    flags = "--weights-from /shared/sumbench --offline --trust-remote-code one/model --trust-remote-code two/model"
    store = fetching.store(parser().parse_args(shlex.split(f"{command} {flags}")))
    assert (store.shared, store.offline, store.trusted) == (
        "/shared/sumbench",
        True,
        frozenset({"one/model", "two/model"}),
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("run --resume {run} news", "SUITE does not go with --resume"),
        ("run --resume {run} --limit 2", "--limit does not go with --resume"),
        ("score {run} --metrics text --rouge perl", "--rouge does not go with a run"),
        ("report {folder} --rate", "--rate does not go with a folder of runs"),
        ("report {folder} --all", "--all does not go with a folder of runs"),
        ("compare {run} --by length --fail-under rouge2=99", "--fail-under does not go with --by"),
        ("compare {run}:alpha {run} --margin 2", "--margin is said of --fail-if-worse"),
        ("compare {run}:alpha {run} --fail-under rouge2=9 --undecided fail", "--undecided is said of --fail-if-worse"),
        ("compare {run}:alpha {run} --fail-if-worse rouge2 --confident", "--confident is said of --fail-under"),
        ("score {folder}/refs.jsonl --files {folder}", "--files is the folder of a suite's files"),
    ],
)
def test_what_would_be_passed_over_is_refused(
    arguments: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flag that a command would not heed is named as it was given, in one line."""
    run = written(tmp_path / "run")
    given = shlex.split(arguments.format(run=run, folder=tmp_path))
    assert main(given) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--corpus", "", "--systems", "lead"], "nothing is given behind --corpus: an argument is empty"),
        (["run", "--corpus="], "nothing is given behind --corpus: an argument is empty"),
        (["report", ""], "nothing is given: an argument is empty"),
    ],
)
def test_an_empty_value_is_refused(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that the shell does not know is no reason to take something else, but for the flag that has a use."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert says in capsys.readouterr().err
    assert parser().parse_args(["run", "--language-column", ""]).language_column == ""


def test_tables_go_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a file is in its place, one line says so."""
    run = written(tmp_path / "run")
    assert main(["compare", f"{run}:alpha", str(run), "--out", str(run / "run.json")]) == 2
    assert "no folder can be made here: File exists" in capsys.readouterr().err


def test_a_name_that_no_file_system_takes_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the user's to shorten, in one line."""
    assert main(["score", "--suite", "published-xsum", "--files", "x" * 300]) == 2
    said = capsys.readouterr().err
    # From Python 3.14 on, a file of such a name is simply not there.
    assert said.endswith(": File name too long\n") or sys.version_info >= (3, 14)
    assert said.startswith("sumbench: xxx")
    assert said.count("\n") == 1
