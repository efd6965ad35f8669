"""Every snippet of every page is run or parsed; what is not says why, in a comment before it."""

import argparse
import re
import shlex
import sys
import tomllib
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from sumbench.cli import main
from sumbench.cli import parser
from sumbench.weights import Store
from tests.docs.pages import DOCS
from tests.docs.pages import ROOT
from tests.docs.pages import SHELL
from tests.docs.pages import inline
from tests.docs.pages import name
from tests.docs.pages import pages
from tests.docs.pages import snippets

GENERATED = {"docs/reference/commands.md", "docs/reference/api.md", "docs/notebook.md"}
"""Pages that `python -m tests.docs` writes: what stands on them is tested where it comes from."""

PAGES = [page for page in pages() if name(page) not in GENERATED]

WITH_COMMANDS = [page for page in PAGES if any(each.language in SHELL and each.commands for each in snippets(page))]
WITH_SESSIONS = [page for page in PAGES if any(each.language == "console" for each in snippets(page))]
WITH_PYTHON = [page for page in PAGES if any(each.language == "python" for each in snippets(page))]

REMEDY = "mend it, or say before the block why it cannot run here: <!-- not run: REASON --> or <!-- dry run: REASON -->"

FOREIGN = {
    *("--extra-index-url", "--check", "--build-arg", "--pip-args", "--api-key"),
    *("--open-mode", "--for", "--prefix", "--tail"),
}
"""Flags in the text that are those of other programs."""


def _without_weights(**_: object) -> Store:
    """Return a store that has no weights and fetches none: a command that needs some fails at once, and says so."""
    return Store(Path("no-weights").absolute(), offline=True)


def _ended(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command of sumbench; return its exit code and all that it printed."""
    words = shlex.split(command)
    assert words[0] == "sumbench"
    try:
        code = main(words[1:])
    except SystemExit as exited:
        code = int(exited.code or 0)
    done = capsys.readouterr()
    return code, done.out + done.err


@pytest.fixture(scope="session")
def done() -> set[str]:
    """The commands that have run: several pages show the same."""
    return set()


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
def test_every_command_runs(page: Path, done: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command in a page's blocks does what it says, or, for want of a model or a network, a dry run of it."""
    wrong = {}
    for snippet in snippets(page):
        if snippet.language not in SHELL or snippet.treated == "not run":
            continue
        for command in snippet.commands:
            if command in done and "--out" not in command:
                continue
            if snippet.treated == "dry run":
                code, printed = _ended(f"{command} --dry-run", capsys)
            else:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(Store, "default", _without_weights)
                    code, printed = _ended(command, capsys)
            done.add(command)
            if code or not printed:
                wrong[command] = f"exit code {code}: {printed}"
    assert wrong == {}, REMEDY


def test_what_is_not_run_is_parsed() -> None:
    """A command of sumbench that is not run means something to the command line all the same."""
    skipped = [each for page in PAGES for each in snippets(page) if each.treated and each.language in SHELL]
    assert skipped
    for command in (command for snippet in skipped for command in snippet.commands):
        words = shlex.split(re.split(r"\s+(?:\|\||&&|[|>;&])\s*", command)[0])
        parser().parse_args(words[1:])


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("page", WITH_SESSIONS, ids=name)
def test_every_session_prints_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command behind a `$` prints the lines below it, where no weights are there; … stands for any text."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    for snippet in snippets(page):
        if snippet.language != "console" or snippet.treated == "not run":
            continue
        for part in re.split(r"^\$ ", snippet.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            _, printed = _ended(command, capsys)
            expected = re.escape(shown.strip()).replace("…", ".*")
            # The command line's own … stands for itself.
            assert re.fullmatch(expected, printed.strip(), re.DOTALL), f"{command}\n{printed}"


@pytest.mark.usefixtures("evaluate_offline")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=name)
def test_every_snippet_of_python_runs(page: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run one after the other, as in one session, in a folder with the files that the pages speak of."""
    monkeypatch.syspath_prepend(str(workspace))
    # What they import from that folder is not there for other tests.
    for named in workspace.glob("*.py"):
        monkeypatch.setitem(sys.modules, named.stem, ModuleType(named.stem))
        monkeypatch.delitem(sys.modules, named.stem)
    session: dict[str, Any] = {"__name__": "session"}
    for number, snippet in enumerate(snippets(page), 1):
        if snippet.language != "python" or snippet.treated:
            continue
        file = f"{workspace}/{page.stem}-{number}.py"
        exec(compile(snippet.text, file, "exec"), session)  # noqa: S102 - it is what the test is about
    for title, made in session.items():
        if title.startswith("test_"):
            made()


def test_every_snippet_of_configuration_is_read() -> None:
    """Blocks of TOML and YAML are TOML and YAML."""
    read: dict[str, Callable[[str], object]] = {
        "toml": tomllib.loads,
        "yaml": lambda text: list(yaml.safe_load_all(text)),
    }
    for page in PAGES:
        for snippet in snippets(page):
            if snippet.language in read:
                assert read[snippet.language](snippet.text), name(page)


def _commands_in_text(page: Path) -> Iterator[str]:
    for text in inline(page):
        if re.match(r"sumbench [a-z]", text) and not re.search(r"…|<run>| \.\.\.|DIR|COMMAND|:SYSTEM", text):
            yield text


def test_every_command_in_the_text_is_one() -> None:
    """What a page's text names is read by the command line; NAME and its like stand for something of the reader's."""
    named = [(page, text) for page in PAGES for text in _commands_in_text(page)]
    assert len(named) > 20
    for page, text in named:
        words = shlex.split(text)[1:]
        complete = len(words) > 1 or words[0] in {"systems", "suites", "corpora", "metrics", "prompts", "weights"}
        if complete or words[0] not in parser_commands():
            assert _is_parsed(words), f"{name(page)}: {text}"


def _is_parsed(words: list[str]) -> bool:
    try:
        parser().parse_args(words)
    except SystemExit as exited:
        return not exited.code
    return True


def _sub_commands(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def parser_commands() -> set[str]:
    """Return the names of the commands."""
    return {command for command, _ in _sub_commands(parser())}


def _flags(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        yield from action.option_strings
    for _, command in _sub_commands(top):
        yield from _flags(command)


def test_every_flag_in_the_text_is_one() -> None:
    """A flag that a page's text names is a flag of some command."""
    known = set(_flags(parser())) | FOREIGN
    for page in PAGES:
        named = {flag for text in inline(page) for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)}
        assert sorted(named - known) == [], name(page)


def test_every_file_that_a_page_names_is_there() -> None:
    """A path of the repository in a page's text is a file or a folder of it."""
    for page in PAGES:
        for path in re.findall(r"`((?:bench|tests|docs|references|\.ci)/[\w./-]*)`", page.read_text("utf-8")):
            assert (ROOT / path).exists(), f"{name(page)}: {path}"


def test_every_page_stands_in_the_navigation() -> None:
    """A page of docs/ is reached from the navigation of mkdocs.yml, and what stands there is a page."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = set(re.findall(r"([\w/.-]+\.md)$", text, re.MULTILINE))
    there = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert sorted(there - listed) == [], "add it to `nav` of mkdocs.yml"
    assert sorted(listed - there) == []
