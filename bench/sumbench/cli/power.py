"""`sumbench power`: how many documents would show a difference."""

import argparse
import sys

from sumbench.cli import flags
from sumbench.cli import statistics
from sumbench.cli.examples import Example

HELP = "say what difference a run's documents can show, and how many would show a given one"


EXAMPLES = (
    Example("for one point between neighbours of the table", "sumbench power results/run"),
    Example("for half a point against one system", "sumbench power results/run:lead --difference 0.5"),
    Example("for two points under ROUGE-1, more surely", "sumbench power results/run --metric rouge1 --power 0.9"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is asked")
    what.add_argument("folder", metavar="RUN", help="a run's folder, or RUN:SYSTEM for one system against all others")
    what.add_argument("--difference", type=float, default=1.0, metavar="D", help="in points (default: 1)")
    what.add_argument("--power", type=float, default=0.8, metavar="P", help="the chance to show it (default: 0.8)")
    what.add_argument("--metric", metavar="NAME", help="under this value (default: the one that ranks the run)")
    statistics.add_arguments(parser)
    output = parser.add_argument_group("output")
    flags.add_format(output)


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
