"""`sumbench metrics`: what summaries are scored with."""

import argparse
import sys

HELP = "list the metrics"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    """Print the table of metrics."""
    from sumbench.tables.listings import metrics_table
    from sumbench.tables.terminal import render

    sys.stdout.write(render(metrics_table()))
    return 0
