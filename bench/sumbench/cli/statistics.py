"""Flags for intervals and tests, shared by the commands with tables of scores."""

import argparse
from typing import Any

NAMES = ("confidence", "resamples", "correction", "alpha")

SHORT = {"bh": "benjamini-hochberg"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags, in a group of their own."""
    group = parser.add_argument_group("statistics")
    group.add_argument("--confidence", type=float, metavar="P", help="the level of intervals (default: 0.95)")
    group.add_argument("--resamples", type=int, metavar="N", help="resamples of the bootstrap (default: 1000)")
    group.add_argument(
        "--correction",
        choices=("holm", *SHORT, *SHORT.values(), "none"),
        help="of p-values for many tests (default: holm)",
    )
    group.add_argument("--alpha", type=float, metavar="P", help="the level of the tests (default: 0.05)")


def chosen(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was chosen on the command line, by name."""
    given = {name: getattr(arguments, name) for name in NAMES if getattr(arguments, name) is not None}
    return {name: SHORT.get(value, value) for name, value in given.items()}
