"""The errors sumbench raises on purpose, each with its exit code, and how errors become one line of text."""

import functools
import re
from collections.abc import Callable
from typing import Literal
from typing import ParamSpec
from typing import TypeVar

from sumbench.home import with_addresses
from sumbench.visible import visible

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")

_LONGEST_LINE = 300


class BenchError(Exception):
    """An error that the user can fix; the command line prints it as one line and exits with `exit_code`."""

    exit_code = 2


class UsageError(BenchError):
    """An unknown name or an invalid option or combination, on the command line or in a suite."""


class CorpusError(BenchError):
    """An article or a reference that cannot be read or used."""


class SummarizerError(BenchError):
    """A system that cannot be built or loaded, or that failed on a document."""


class EmptyAnswerError(SummarizerError):
    """A system that answered without writing a summary."""


class RefusalError(SummarizerError):
    """A system that refused to summarize a document."""


class WeightsError(BenchError):
    """Model weights that are missing, cannot be fetched, or do not match their checksum."""


class MetricError(BenchError):
    """A metric that cannot score what it was given."""


class RunError(BenchError):
    """A run folder that cannot be written or read."""


class UnfinishedError(RunError):
    """A run that is read, and is not finished."""


class StorageError(BenchError):
    """An address (`s3://…`) that cannot be reached, read or written."""


class StoppedError(BenchError):
    """A run that stopped at its first failure (`--fail-fast`)."""

    exit_code = 3


class InterruptionError(BenchError):
    """A run that the user interrupted; what was done is kept."""

    exit_code = 130


def one_line(text: str) -> str:
    """Return a text as one line of at most 300 characters and an ellipsis, control characters as escapes."""
    line = " ".join(visible(text).split())
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


_FLAG = re.compile(r"--(?P<name>[a-z][a-z-]*)(?: (?=[-\d'\"]))?")
_SWITCHES = {"force": "force=True", "no-cache": "cache=False", "offline": "offline=True", "no-texts": "texts=False"}
_NAMES = {"filter": "filters"}


def as_parameters(message: str) -> str:
    """Return a message that names flags of the command line as one that names parameters of the Python API.

    >>> as_parameters("--limit 0 leaves no document: give 1 or more")
    'limit=0 leaves no document: give 1 or more'
    """

    def named(flag: re.Match[str]) -> str:
        name = flag["name"].rstrip("-")
        return _SWITCHES.get(name) or f"{_NAMES.get(name, name.replace('-', '_'))}="

    return _FLAG.sub(named, message)


def speaks_python(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """Make a function name parameters in its errors where the command line names flags."""

    @functools.wraps(function)
    def called(*arguments: Parameters.args, **named: Parameters.kwargs) -> Returned:
        try:
            return function(*arguments, **named)
        except BenchError as error:
            raise type(error)(with_addresses(as_parameters(str(error)))) from error

    return called


def failure_reason(error: Exception) -> str:
    """Return why something failed: the message of sumbench's own errors, any other's behind its type."""
    return str(error) if isinstance(error, BenchError) else _with_type(error)


def failure_line(error: BaseException) -> str:
    """Return the type and the message of an error as one line."""
    return one_line(_with_type(error))


def _with_type(error: BaseException) -> str:
    message = str(error)
    return f"{type(error).__name__}: {message}" if message.strip() else type(error).__name__


def first_line(error: Exception) -> str:
    """Return the first line of an error's message; the name of its type where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def failure_kind(error: Exception) -> Literal["empty", "refusal", "error"]:
    """Return of which kind a failure on a document is: empty, refusal, or error."""
    if isinstance(error, EmptyAnswerError):
        return "empty"
    return "refusal" if isinstance(error, RefusalError) else "error"
