"""`sumbench power`: how many documents would show a difference."""

import argparse
import sys

from sumbench.cli import statistics

HELP = "say what difference a run's documents can show, and how many would show a given one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="RUN", help="a run's folder, or RUN:SYSTEM for one system against all others")
    parser.add_argument("--difference", type=float, default=1.0, metavar="D", help="in points (default: 1)")
    parser.add_argument("--power", type=float, default=0.8, metavar="P", help="the chance to show it (default: 0.8)")
    parser.add_argument("--metric", metavar="NAME", help="under this value (default: the one that ranks the run)")
    statistics.add_arguments(parser)
    parser.add_argument(
        "--format", default="terminal", metavar="FORMAT", help="terminal, markdown, csv, latex, html, or json"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    from sumbench.jobs.power import PowerRequest
    from sumbench.jobs.power import power
    from sumbench.tables import FORMATS

    render = FORMATS[arguments.format]
    request = PowerRequest(
        arguments.folder, arguments.metric, arguments.difference, arguments.power, statistics.chosen(arguments)
    )
    sys.stdout.write(render(power(request)))
    return 0
