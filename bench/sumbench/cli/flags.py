"""Flags that several commands share, each with one wording, and how lists on the command line are read."""

from sumbench.cli.parsing import ArgumentGroup


def add_format(group: ArgumentGroup, more: str = "") -> None:
    """Declare the flag that names the format of tables; `more` is what else a command can print."""
    group.add_argument(
        "--format", default="terminal", metavar="FORMAT", help=f"terminal, markdown, csv, latex, html, json{more}"
    )


def add_quiet(group: ArgumentGroup, printed: str = "the table") -> None:
    """Declare the flag that leaves out all but what is `printed`."""
    group.add_argument("--quiet", action="store_true", help=f"print {printed} and nothing else")


def add_no_texts(group: ArgumentGroup) -> None:
    """Declare the flag that keeps texts out of a run's folder."""
    group.add_argument(
        "--no-texts",
        action="store_true",
        help="keep documents and references out of the run's folder, which has their ids and hashes (it still has the "
        "summaries)",
    )


def add_no_cache(group: ArgumentGroup) -> None:
    """Declare the flag that leaves the summary cache alone."""
    group.add_argument("--no-cache", action="store_true", help="reuse no summary of an earlier run, and keep none")


def add_workers(group: ArgumentGroup, more: str = "") -> None:
    """Declare the flag for the number of processes; `more` is what else is said of it."""
    group.add_argument("--workers", type=int, metavar="N", help=f"processes that share a system's documents{more}")


def add_timeout(group: ArgumentGroup) -> None:
    """Declare the flag for the time limit of a document."""
    group.add_argument("--timeout", type=float, metavar="S", help="the seconds that a document may take")


def names(text: str | None) -> tuple[str, ...] | None:
    """Return the names of a list such as A,B; None where none is given."""
    return None if text is None else tuple(name.strip() for name in text.split(","))
