"""Help: what `sumbench` says by itself, groups of flags, examples, and hints at what a mistyped word may mean."""

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from sumbench.cli import COMMANDS
from sumbench.cli import main
from sumbench.cli import parser

UNNAMED = {"positional arguments", "options"}
"""The groups that argparse makes of arguments for which none is named."""

DONE = sorted(COMMANDS)


def commands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands, or of the actions of one, by name."""
    return {
        name: command
        for action in top._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, command in action.choices.items()
    }


def with_actions(command: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield command
    for action in commands(command).values():
        yield from with_actions(action)


def test_sumbench_alone_says_what_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    """It answers on stdout, with commands that parse and others that tell more, and that is no error."""
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "which summarizer should I use on text like mine" in out
    tried = [re.split(r"\s{2,}", line.strip())[0] for line in out.splitlines() if line.startswith("  sumbench ")]
    runs = [command for command in tried if re.match("sumbench (run|compare)", command)]
    assert len(runs) == 4
    for command in runs:
        parser().parse_args(shlex.split(command)[1:])
    for command in ("systems", "suites", "corpora", "metrics", "prompts"):
        assert re.search(rf"\b{command}\b", out)
    assert "--help" in out
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.usefixtures("in_process")
def test_the_first_command_to_try_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new user copies first makes a table and a run."""
    from sumbench.cli.start import TEXT

    monkeypatch.chdir(tmp_path)
    first = next(line.strip() for line in TEXT.splitlines() if line.startswith("  sumbench run"))
    assert main(shlex.split(re.split(r"\s{2,}", first)[0])[1:]) == 0
    assert len(list((tmp_path / "results").iterdir())) == 1


@pytest.mark.parametrize("name", DONE)
def test_every_command_has_examples_that_parse(name: str) -> None:
    """Three at least, each with what it does, and each means something to the command line as it stands in the help."""
    examples = import_module(f"sumbench.cli.{name}").EXAMPLES
    shown = commands(parser())[name].format_help()
    assert len(examples) >= 3
    assert len({example.command for example in examples}) == len(examples)
    for example in examples:
        assert f"  {example.what}:\n    {example.command}\n" in shown
        words = shlex.split(re.sub(r' > .*$|^eval "\$\(|\)"$', "", example.command))
        assert words[0] == "sumbench"
        parsed = parser().parse_args(words[1:])
        assert parsed.run.__module__.startswith("sumbench.cli.")
    assert sum(example.command.startswith((f"sumbench {name}", 'eval "$(sumbench')) for example in examples) >= 2


@pytest.mark.parametrize("name", DONE)
def test_every_argument_stands_in_a_named_group(name: str) -> None:
    """Nothing but --help is among what argparse calls positional arguments and options."""
    for command in with_actions(commands(parser())[name]):
        strays = [
            action.dest
            for group in command._action_groups
            if group.title in UNNAMED
            for action in group._group_actions
            if action.dest != "help"
        ]
        assert strays == []


def test_help_of_a_run_is_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    """What is run, which corpus, statistics, output, models, and how it is carried out are apart."""
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    shown = capsys.readouterr().out
    titles = ("what is run", "corpus selection", "statistics", "output", "models and their weights")
    places = [shown.index(f"\n{title}:\n") for title in (*titles, "how it is carried out", "examples")]
    assert places == sorted(places)
    (corpus,) = re.findall(r"^corpus selection:\n(.*?)\n\n", shown, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"^  (--\w+)", corpus, re.MULTILINE)) >= {"--corpus", "--limit", "--sample", "--ids"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rum"], "sumbench: no command 'rum': did you mean run? (sumbench --help lists them)"),
        (["SCORE"], "sumbench: no command 'SCORE': did you mean score? (sumbench --help lists them)"),
        (["walk"], "sumbench: no command 'walk' (sumbench --help lists them)"),
        (
            ["weights", "pul"],
            "sumbench weights: no action 'pul': did you mean pull? (sumbench weights --help lists them)",
        ),
        (["run", "--limt", "5"], "sumbench run: no flag --limt: did you mean --limit? (see sumbench run --help)"),
        (["run", "--smaple=5"], "sumbench run: no flag --smaple: did you mean --sample? (see sumbench run --help)"),
        (
            ["weights", "pull", "x", "--quite"],
            "no flag --quite: did you mean --quiet? (see sumbench weights pull --help)",
        ),
        (["cache", "info", "--xyzzy"], "sumbench cache: no flag --xyzzy (see sumbench cache --help)"),
        (["run", "default", "lead"], "sumbench run: unexpected argument: lead (see sumbench run --help)"),
        (["--verison"], "sumbench: no flag --verison: did you mean --version? (see sumbench --help)"),
        (["completion", "tcsh"], "argument shell: invalid choice: 'tcsh'"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands, actions and flags that there are not: one line, exit code 2."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    assert (stop.value.code, out, err.count("\n")) == (2, "", 1)
    assert says in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["suites", "nwes"], "unknown suite 'nwes': did you mean 'news'? (sumbench suites lists them)"),
        (["suites", "published-xsun"], "did you mean 'published-xsum'?"),
        (["score", "--suite", "publishd-xsum"], "did you mean 'published-xsum'? (sumbench suites lists them)"),
        (["prompts", "sumarize"], "unknown prompt 'sumarize': did you mean 'summarize'? (sumbench prompts lists them)"),
        (["run", "--systems", "causal,prompt=tdlr"], "unknown prompt 'tdlr': did you mean 'tldr'?"),
        (["run", "--corpus", "cnn-dailymail"], "did you mean 'cnn_dailymail'? (sumbench corpora lists them)"),
        (["corpora", "xsun"], "did you mean 'xsum'?"),
        (["run", "--format", "markdwon"], "unknown format 'markdwon': did you mean 'markdown'?"),
        (["run", "--metrics", "rouge2"], "rouge2 is a value of the metric rouge: name that"),
        (
            ["run", "--metrics", "rougeL_recal"],
            "unknown metric 'rougeL_recal': did you mean the metric rouge, with its ",
        ),
        (
            ["metrics", "rouge2_recall"],
            "rouge2_recall is a value of the metric rouge: name that (sumbench metrics lists",
        ),
        (["run", "--metrics", "rogue"], "unknown metric 'rogue': did you mean 'rouge'?"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are names of suites, prompts, corpora, formats, metrics and what these yield."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
