"""The page of all commands, from the parser."""

import argparse
from collections.abc import Iterator

from sumbench.cli import COMMANDS
from sumbench.cli import parser
from tests.docs.pages import written

HEAD = """# Commands

Every command with all of its arguments, from the parser (`python -m tests.docs` writes this page). `sumbench COMMAND
--help` says the same. Results go to stdout, all else to stderr. Exit codes: 0 done; 1 a gate failed; 2 wrong usage or
unusable input, in one line; 3 done, but something failed and the table says what; 4 a fault of sumbench itself; 130
interrupted.
"""


def page() -> str:
    """Return the page."""
    top = parser()
    (commands,) = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    parts = [HEAD]
    for name in COMMANDS:
        parts += _command(f"sumbench {name}", commands.choices[name], "##")
    return "\n".join(parts)


def _command(title: str, command: argparse.ArgumentParser, level: str) -> Iterator[str]:
    yield f"{level} {title}\n"
    yield f"{_sentence(command.description or '')}\n"
    for group in command._action_groups:
        shown = [action for action in group._group_actions if not isinstance(action, argparse._SubParsersAction)]
        shown = [action for action in shown if action.help is not argparse.SUPPRESS and "--help" not in _flags(action)]
        if shown:
            yield f"| {written(group.title or '')} | |\n|---|---|"
            yield "\n".join(f"| {_signature(action)} | {_help(command, action)} |" for action in shown) + "\n"
    if command.epilog:
        yield f"```text\n{command.epilog.strip()}\n```\n"
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, nested in action.choices.items():
                nested.description = nested.description or helps.get(name, "")
                yield from _command(f"{title} {name}", nested, f"{level}#")


def _flags(action: argparse.Action) -> str:
    return ", ".join(action.option_strings)


def _signature(action: argparse.Action) -> str:
    """Return a flag with what it takes, or a positional argument's name."""
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest
    if action.choices is not None:
        metavar = ", ".join(map(str, action.choices))
    value = "" if action.nargs == 0 else f"{metavar} …" if action.nargs in {"+", "*"} else metavar
    return f"`{' '.join(filter(None, (_flags(action), value)))}`"


def _help(command: argparse.ArgumentParser, action: argparse.Action) -> str:
    formatter = argparse.HelpFormatter(command.prog)
    return written(formatter._expand_help(action)) if action.help else ""


def _sentence(text: str) -> str:
    return written(f"{text[:1].upper()}{text[1:]}.") if text else ""
