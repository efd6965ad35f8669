"""`sumbench report`: draws the page of finished runs."""

import argparse
from pathlib import Path

from sumbench.cli import streams
from sumbench.cli.examples import Example

HELP = "draw the page of a run, or of several: verdict, table, plots, and every document with its summaries"

EXAMPLES = (
    Example("one run, into report.html here", "sumbench report results/references-default"),
    Example("two runs, and what changed between them", "sumbench report results/before results/after -o changes.html"),
    Example("with the texts of all documents", "sumbench report results/run --all -o all.html"),
    Example("a page to rate pairs of summaries, for a colleague", "sumbench report results/run --rate -o rate.html"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is shown")
    what.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder; of several the first is the base")
    what.add_argument(
        "--all",
        action="store_true",
        dest="whole",
        help="the texts of all documents (of many, those that failed, that moved most, and the ends are taken)",
    )
    what.add_argument("--rate", action="store_true", help="nothing but a blind choice between two summaries")
    what.add_argument("--force", action="store_true", help="show runs of different corpora or signatures together")
    output = parser.add_argument_group("output")
    output.add_argument("-o", "--out", type=Path, metavar="FILE", help="the page's file (default: report.html)")


def run(arguments: argparse.Namespace) -> int:
    """Write the page and name its file."""
    from sumbench.jobs.report import ReportRequest
    from sumbench.jobs.report import report

    done = report(
        ReportRequest(
            tuple(arguments.runs), arguments.out, whole=arguments.whole, rate=arguments.rate, force=arguments.force
        )
    )
    for note in done.notes:
        streams.say(f"sumbench: {note}")
    streams.show(f"{done.file}")
    return 0
