"""The command line: one module for each command; turns errors into one line and an exit code."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from sumbench.cli import faults
from sumbench.cli import start
from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.examples import epilog
from sumbench.cli.exits import FAULT
from sumbench.cli.exits import INTERRUPTED
from sumbench.cli.exits import USAGE
from sumbench.cli.parsing import Parser
from sumbench.errors import BenchError
from sumbench.home import with_addresses
from sumbench.version import __version__
from sumbench.visible import screen_line

COMMANDS = (
    *("run", "score", "batch", "merge", "compare", "correlate", "report", "export", "power", "verify"),
    *("systems", "suites", "corpora", "metrics", "prompts"),
    *("weights", "cache", "completion"),
)

EXAMPLES = (
    Example("three systems on the articles that ship", "sumbench run --systems lead,textrank,luhn"),
    Example("what a command does, with examples", "sumbench run --help"),
    Example("the systems that there are", "sumbench systems"),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="sumbench",
        description="Which summarizer should I use on text like mine, and is the difference real?",
        epilog=epilog(EXAMPLES),
    )
    top.add_argument("--version", action="version", version=f"sumbench {__version__}")
    top.set_defaults(run=start.run)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"sumbench.cli.{name}")
        end = epilog(getattr(module, "EXAMPLES", ()), getattr(module, "DETAILS", ""))
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, epilog=end)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done; 1 a gate failed; 2 wrong usage or unusable input; 3 done, but some systems or documents failed; 4 a fault
    of sumbench itself; 130 interrupted.
    """
    try:
        streams.prepare()
        signal.signal(signal.SIGTERM, _interrupt)
        return _command(arguments)
    except BenchError as error:
        sys.stderr.write(f"sumbench: {screen_line(with_addresses(str(error)))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("sumbench: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        streams.discard_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - exit code 1 means a failed gate and nothing else
        return _unforeseen(error)


def _unforeseen(error: Exception) -> int:
    """Say what an error means that nobody raised on purpose, and return the exit code."""
    if _is_of_interruption(error):
        sys.stderr.write("sumbench: interrupted\n")
        return INTERRUPTED
    if isinstance(error, OSError) and streams.is_of_stdout(error):
        streams.discard_stdout()
        sys.stderr.write(f"sumbench: the output cannot be written: {error.strerror}\n")
        return USAGE
    if isinstance(error, OSError) and error.errno in faults.OF_THE_MACHINE:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        sys.stderr.write(f"sumbench: {screen_line(f'{where}{error.strerror}')}\n")
        return USAGE
    sys.stderr.write(faults.fault_line(error))
    return FAULT


def _is_of_interruption(error: BaseException | None) -> bool:
    """Tell whether an error came of an interruption: Python wraps one that falls into the making of a class."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _command(arguments: Sequence[str] | None) -> int:
    """Parse and carry out a command line; what it prints has left this process when it returns or exits."""
    try:
        parsed = parser().parse_args(arguments)
        return int(parsed.run(parsed))
    finally:
        sys.stdout.flush()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does where a scheduler or a container asks for the end: what was done is kept."""
    raise KeyboardInterrupt
