"""`sumbench metrics`: lists the metrics."""

import argparse
import sys

from sumbench.cli.examples import Example

HELP = "list the metrics, or show one"

EXAMPLES = (
    Example("the metrics, with their values and options", "sumbench metrics"),
    Example("one of them in full", "sumbench metrics rouge"),
    Example("a class of your own", "sumbench metrics ./own.py:Metric"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("name", nargs="?", metavar="NAME", help="show this metric in full")


def run(arguments: argparse.Namespace) -> int:
    """Print the table of metrics, or those of one of them."""
    from sumbench.tables.metrics import metric_tables
    from sumbench.tables.metrics import metrics_table
    from sumbench.tables.terminal import render

    tables = [metrics_table()] if arguments.name is None else metric_tables(arguments.name)
    sys.stdout.write("\n".join(render(table) for table in tables))
    return 0
