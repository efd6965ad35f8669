"""Faults of sumbench itself: the traceback goes into a file, a line says where that is."""

import errno
import os
import traceback
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sumbench.errors import failure_line
from sumbench.version import __version__

OF_THE_MACHINE = frozenset(
    {
        *(errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOLCK, errno.ENAMETOOLONG, errno.ELOOP),
    }
)
"""Errors of the operating system that the user can mend, and no developer of sumbench."""


def fault_line(error: Exception) -> str:
    """Write the traceback of an unforeseen error into a file, and return the line that says what to do with it.

    Where no file can be written, the traceback stands before the line.
    """
    lines = "".join(traceback.format_exception(error))
    what = f"sumbench: a fault of sumbench itself ({failure_line(error)})"
    try:
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"sumbench {__version__}\n{lines}")
    except OSError:
        return f"{lines}{what}: please report the lines above to the developers of sumbench\n"
    return f"{what}: please report it to the developers of sumbench with {file}\n"


def _file() -> Path:
    from platformdirs import user_log_path

    return user_log_path("sumbench") / f"fault-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.log"
