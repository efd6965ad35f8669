"""The standard streams as the command line finds them: closed, full, or of an encoding that lacks characters."""

import errno
import logging
import os
import sys
from pathlib import Path

from sumbench.home import with_addresses
from sumbench.visible import visible

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def prepare() -> None:
    """Make every standard stream usable.

    A closed one goes nowhere: else the next file that is opened would take its number, and get what is printed. What
    stdout's encoding lacks is written as an escape.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - the number of stderr
        continue
    os.close(descriptor)
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_VisibleFormatter())


def say(line: str) -> None:
    """Print a line on stderr, visible whatever names are in it, an address in place of its local copy."""
    sys.stderr.write(f"{visible(with_addresses(line))}\n")


def show(line: str) -> None:
    """Print a line on stdout, visible whatever names are in it, an address in place of its local copy."""
    sys.stdout.write(f"{visible(with_addresses(line))}\n")


class _VisibleFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(with_addresses(super().format(record)))


def discard_stdout() -> None:
    """Let what is still to be written to stdout go nowhere, as its reader has gone or its disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_of_stdout(error: OSError) -> bool:
    """Tell whether an error is that of a stream without a name that takes no more: stdout."""
    return error.filename is None and error.errno in _FULL
