"""`sumbench metrics`: lists the metrics, shows one, or checks that it works as meant."""

import argparse
import sys

from sumbench.cli import fetching
from sumbench.cli.examples import Example
from sumbench.cli.exits import INCOMPLETE

HELP = "list the metrics, show one, or check that it tells supported summaries from others"

CHECK = "check"

EXAMPLES = (
    Example("the metrics, with their values and options", "sumbench metrics"),
    Example("one of them in full", "sumbench metrics rouge"),
    Example("a class of your own", "sumbench metrics ./own.py:Metric"),
    Example(
        "whether a checkpoint is wired right, on sentences that ship",
        "sumbench metrics check entailment,model=./my-checkpoint",
    ),
)

DETAILS = """
check scores summaries that ship, some of which their documents support and some not,
and ends with 3 where the metric does not tell the ones from the others.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("name", nargs="?", metavar="NAME", help="show this metric in full; or `check`, to try one")
    group.add_argument("spec", nargs="?", metavar="METRIC", help="with check: a metric, options behind it")
    models = parser.add_argument_group("models, with check")
    models.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, or mps (default: auto)")
    fetching.add_arguments(models)


def run(arguments: argparse.Namespace) -> int:
    """Print the table of metrics, those of one of them, or that of a check; return 3 for one that fails it."""
    from sumbench.errors import UsageError
    from sumbench.tables.metrics import metric_tables
    from sumbench.tables.metrics import metrics_table
    from sumbench.tables.terminal import render

    if arguments.name == CHECK:
        return _check(arguments)
    if arguments.spec is not None:
        raise UsageError(f"metrics {arguments.name} {arguments.spec}: did you mean: sumbench metrics check METRIC?")
    tables = [metrics_table()] if arguments.name is None else metric_tables(arguments.name)
    sys.stdout.write("\n".join(render(table) for table in tables))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from sumbench.errors import UsageError
    from sumbench.jobs.metric_check import check_on_shipped
    from sumbench.tables.checks import check_table
    from sumbench.tables.terminal import render

    if arguments.spec is None:
        raise UsageError("metrics check: name the metric: sumbench metrics check METRIC")
    store = fetching.store(arguments)
    checked = check_on_shipped(arguments.spec, store, arguments.device)
    sys.stdout.write(render(check_table(checked)))
    return INCOMPLETE if checked.fault() else 0
