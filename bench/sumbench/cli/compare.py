"""`sumbench compare`: compares runs, with a gate."""

import argparse
import sys
from pathlib import Path

from sumbench.cli import statistics
from sumbench.cli.exits import GATE_FAILED

HELP = "compare runs or systems: differences, intervals, corrected tests; fail when one is worse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or RUN:SYSTEM; the first is the base")
    parser.add_argument("--metrics", metavar="A,B", help="only these (default: all that the runs share)")
    parser.add_argument("--by", metavar="KEY", help="one run broken down by length, position or a metadata key")
    parser.add_argument("--moved", type=int, default=0, metavar="N", help="the N documents that moved most, with texts")
    statistics.add_arguments(parser)
    parser.add_argument("--fail-if-worse", metavar="A,B", help="exit with 1 when one of these metrics is worse")
    parser.add_argument("--margin", type=float, default=0.0, help="how much worse is let pass, in points")
    parser.add_argument("--fail-under", metavar="A=X,B=Y", help="exit with 1 when a score is below X points")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the gate's verdicts as JUnit XML")
    parser.add_argument("--force", action="store_true", help="compare different corpora or signatures all the same")
    parser.add_argument(
        "--format",
        default="terminal",
        metavar="FORMAT",
        help="terminal, markdown, csv, latex, html, json, or model-index (of each run)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare, print the tables, and return 1 when the gate failed."""
    from sumbench.jobs.compare import CompareRequest
    from sumbench.jobs.compare import compare
    from sumbench.tables import FORMATS
    from sumbench.tables import render

    FORMATS[arguments.format]  # an unknown one is refused before anything is computed
    outcome = compare(
        CompareRequest(
            runs=tuple(arguments.runs),
            metrics=_names(arguments.metrics),
            by=arguments.by,
            moved=arguments.moved,
            statistics=statistics.chosen(arguments),
            fail_if_worse=_names(arguments.fail_if_worse) or (),
            margin=arguments.margin,
            fail_under=_names(arguments.fail_under) or (),
            junit=arguments.junit,
            force=arguments.force,
            standings=arguments.format == "model-index",
        )
    )
    sys.stdout.write(render(outcome.tables, arguments.format))
    return GATE_FAILED if outcome.failed else 0


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(","))
