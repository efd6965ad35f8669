"""`sumbench systems`: what can summarize."""

import argparse
import sys

HELP = "list the systems and their options"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    """Print the table of systems."""
    from bench.tables.listings import systems
    from bench.tables.terminal import render

    sys.stdout.write(render(systems()))
    return 0
