"""`sumbench corpora`: what can be summarized."""

import argparse
import sys

HELP = "list the corpora and how to name your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    """Print the table of corpora."""
    from bench.tables.listings import corpora
    from bench.tables.terminal import render

    sys.stdout.write(render(corpora()))
    return 0
