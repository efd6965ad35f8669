"""`sumbench report`: draws the page of finished runs."""

import argparse
from pathlib import Path

from sumbench.cli import given
from sumbench.cli import streams
from sumbench.cli.examples import Example

HELP = "draw the page of a run, or of several: verdict, table, plots, and every document with its summaries"

EXAMPLES = (
    Example("one run, into report.html here", "sumbench report results/references-default"),
    Example("two runs, and what changed between them", "sumbench report results/before results/after -o changes.html"),
    Example("with the texts of all documents", "sumbench report results/run --all -o all.html"),
    Example("all runs of a folder, over time", "sumbench report results/"),
    Example("a page to rate pairs of summaries, for a colleague", "sumbench report results/run --rate -o rate.html"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is shown")
    what.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run's folder (of several the first is the base), or a folder of runs, whose index is drawn",
    )
    what.add_argument(
        "--all",
        action="store_true",
        dest="whole",
        help="the texts of all documents (of many, those that failed, that moved most, and the ends are taken)",
    )
    what.add_argument("--rate", action="store_true", help="nothing but a blind choice between two summaries")
    what.add_argument("--force", action="store_true", help="show runs of different corpora or signatures together")
    output = parser.add_argument_group("output")
    output.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="FILE",
        help="the page's file (default: report.html, of an index index.html in its folder)",
    )
    output.add_argument(
        "--plots", type=Path, metavar="DIR", help="write the plots into DIR, too: PNG, SVG and PDF (extra `plots`)"
    )
    given.remember(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the page, or the index of a folder of runs, and name its file."""
    from sumbench.errors import UsageError
    from sumbench.jobs.index import FILE
    from sumbench.jobs.index import index
    from sumbench.jobs.index import is_folder_of_runs
    from sumbench.jobs.report import ReportRequest
    from sumbench.jobs.report import report
    from sumbench.storage import is_address
    from sumbench.storage import reading_runs

    named = [str(reading_runs(each)) for each in arguments.runs]
    if len(named) == 1 and is_folder_of_runs(Path(named[0])):
        if idle := given.others(arguments, {"runs", "out"}):
            raise UsageError(f"{idle[0]} does not go with a folder of runs: name one of the runs in it")
        remote = is_address(arguments.runs[0])
        file, unread = index(Path(named[0]), arguments.out or (Path(FILE) if remote else None))
        if unread:
            streams.say(f"sumbench: {unread} of the runs cannot be read: the page says why")
        streams.show(f"{file}")
        return 0
    done = report(
        ReportRequest(
            tuple(named),
            arguments.out,
            whole=arguments.whole,
            rate=arguments.rate,
            force=arguments.force,
            plots=arguments.plots,
        )
    )
    for note in done.notes:
        streams.say(f"sumbench: {note}")
    streams.show(f"{done.file}")
    return 0
