"""`sumbench compare`: compares runs, with a gate."""

import argparse
import sys
from pathlib import Path

from sumbench.cli import flags
from sumbench.cli import statistics
from sumbench.cli.examples import Example
from sumbench.cli.exits import GATE_FAILED

HELP = "compare runs or systems: differences, intervals, corrected tests; fail when one is worse"


EXAMPLES = (
    Example("the same systems in two runs", "sumbench compare results/before results/after"),
    Example("one system against all others of a run", "sumbench compare results/run:lead results/run"),
    Example("a run by where the content of its documents lies", "sumbench compare results/run --by position"),
    Example(
        "fail where the new run is worse by more than half a point",
        "sumbench compare results/before results/after --fail-if-worse rouge2 --margin 0.5 --junit gate.xml",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is compared")
    what.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or RUN:SYSTEM; the first is the base")
    what.add_argument("--metrics", metavar="A,B", help="only these (default: all that the runs share)")
    what.add_argument("--by", metavar="KEY", help="one run broken down by length, position, language or a metadata key")
    what.add_argument("--ratings", metavar="FILE", help="people's preferences between the two systems: win rates, too")
    what.add_argument("--moved", type=int, default=0, metavar="N", help="the N documents that moved most, with texts")
    what.add_argument(
        "--failures",
        default="zero",
        metavar="WHAT",
        help="zero: a document without a summary scores 0 and fails the gate; drop: it is left out (default: zero)",
    )
    what.add_argument("--force", action="store_true", help="compare different corpora or signatures all the same")
    statistics.add_arguments(parser)
    gate = parser.add_argument_group("gate")
    gate.add_argument("--fail-if-worse", metavar="A,B", help="exit with 1 when one of these metrics is worse")
    gate.add_argument("--margin", type=float, default=0.0, metavar="M", help="how much worse is let pass, in points")
    gate.add_argument("--fail-under", metavar="A=X,B=Y", help="exit with 1 when a score is below X points")
    gate.add_argument(
        "--confident", action="store_true", help="hold the interval's end against --fail-under, not the score"
    )
    gate.add_argument(
        "--undecided",
        default="warn",
        metavar="WHAT",
        help="fail, warn or pass where the documents leave open whether one is worse (default: warn)",
    )
    gate.add_argument("--junit", type=Path, metavar="FILE", help="write the gate's verdicts as JUnit XML")
    output = parser.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="DIR", help="write each table into a file of its own in DIR")
    flags.add_format(output)


def run(arguments: argparse.Namespace) -> int:
    """Compare, print the tables, and return 1 when the gate failed."""
    from sumbench.jobs.compare import CompareRequest
    from sumbench.jobs.compare import compare
    from sumbench.tables import FORMATS
    from sumbench.tables import render
    from sumbench.tables import write_each

    FORMATS[arguments.format]  # an unknown one is refused before anything is computed
    outcome = compare(
        CompareRequest(
            runs=tuple(arguments.runs),
            metrics=flags.names(arguments.metrics),
            by=arguments.by,
            moved=arguments.moved,
            statistics=statistics.chosen(arguments),
            fail_if_worse=flags.names(arguments.fail_if_worse) or (),
            margin=arguments.margin,
            fail_under=flags.names(arguments.fail_under) or (),
            confident=arguments.confident,
            undecided=arguments.undecided,
            failures=arguments.failures,
            junit=arguments.junit,
            force=arguments.force,
            ratings=arguments.ratings,
        )
    )
    if arguments.out is None:
        sys.stdout.write(render(outcome.tables, arguments.format))
    else:
        write_each(outcome.tables, arguments.format, arguments.out)
    if outcome.closing:
        # What programs read holds the tables alone.
        reader = sys.stdout if arguments.format in {"terminal", "markdown"} else sys.stderr
        reader.write(f"\n{outcome.closing}\n")
    return GATE_FAILED if outcome.failed else 0
