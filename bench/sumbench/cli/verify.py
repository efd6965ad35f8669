"""`sumbench verify RUN`: checks that a run's files are those that the run has written."""

import argparse

from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import USAGE

HELP = "check that run folders are as their runs have left them"

EXAMPLES = (
    Example("one run", "sumbench verify results/references-default"),
    Example("all runs here", "sumbench verify results/*/"),
    Example("two runs, before they are compared", "sumbench verify results/before results/after"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    group = parser.add_argument_group("what is checked")
    group.add_argument("runs", nargs="+", metavar="RUN", help="run folders, or addresses")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each run that is whole, and one for each fault; return 2 where there is any."""
    from sumbench.errors import BenchError
    from sumbench.jobs.verify import verify
    from sumbench.storage import reading_run
    from sumbench.visible import screen_line

    code = 0
    for folder in arguments.runs:
        try:
            faults = verify(reading_run(folder))
        except BenchError as error:
            faults = [str(error)]
        for fault in faults:
            streams.say(f"sumbench: {screen_line(fault)}")
        if faults:
            code = USAGE
        else:
            streams.show(f"{folder}: whole")
    return code
