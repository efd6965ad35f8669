"""Flags that several commands share, and flags that do not go together."""

import shlex
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
    assert (store.shared, store.offline, store.trusted) == ("/shared/sumbench", True, {"one/model", "two/model"})


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
