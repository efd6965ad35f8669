"""`sumbench suites`: lists the suites, or shows one."""

import argparse
import sys

from sumbench.cli.examples import Example

HELP = "list the suites, or show one"

EXAMPLES = (
    Example("the suites, with their corpora and systems", "sumbench suites"),
    Example("one of them in full", "sumbench suites news"),
    Example("check one of your own", "sumbench suites mine.toml"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("name", nargs="?", metavar="NAME", help="show this suite (or .toml file) in full")


def run(arguments: argparse.Namespace) -> int:
    """Print the table of suites, or that of one of them."""
    from sumbench.jobs.suite_tables import suite_table
    from sumbench.jobs.suite_tables import suites_tables
    from sumbench.tables.terminal import render

    tables = suites_tables() if arguments.name is None else [suite_table(arguments.name)]
    sys.stdout.write("\n".join(map(render, tables)))
    return 0
