"""`sumbench metrics`: lists the metrics."""

import argparse
import sys

HELP = "list the metrics, or show one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this metric in full")


def run(arguments: argparse.Namespace) -> int:
    """Print the table of metrics, or those of one of them."""
    from sumbench.tables.metrics import metric_tables
    from sumbench.tables.metrics import metrics_table
    from sumbench.tables.terminal import render

    tables = [metrics_table()] if arguments.name is None else metric_tables(arguments.name)
    sys.stdout.write("\n".join(render(table) for table in tables))
    return 0
