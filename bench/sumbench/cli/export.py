"""`sumbench export`: hands a finished run to MLflow, lm-evaluation-harness, a model card, or a spreadsheet."""

import argparse

from sumbench.cli import streams
from sumbench.cli.examples import Example

HELP = "export a finished run: csv, xlsx, mlflow, lm-eval, or a model card's model-index"

EXAMPLES = (
    Example("every score, and documents by systems", "sumbench export results/run --to csv -o scores"),
    Example("a workbook of tables and scores (extra `xlsx`)", "sumbench export results/run --to xlsx -o run.xlsx"),
    Example(
        "into MLflow's local store (extra `mlflow`)", "sumbench export results/run --to mlflow -o sqlite:///mlflow.db"
    ),
    Example("as lm-evaluation-harness writes results", "sumbench export results/run --to lm-eval -o harness"),
    Example("for model cards on the hub", "sumbench export results/run --to model-index -o model-index.yaml"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is exported")
    what.add_argument("folder", metavar="RUN", help="a finished run's folder, or its address")
    what.add_argument(
        "--to",
        required=True,
        metavar="WHAT",
        help="csv, xlsx, mlflow, lm-eval or model-index; an export of your own by name or as ./own.py:NAME",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "-o",
        "--out",
        metavar="PLACE",
        help="csv, lm-eval: a folder; xlsx, model-index: a file (default: one of the run's name here); mlflow: the "
        "address of a tracking server or a local store (default: $MLFLOW_TRACKING_URI, or MLflow's own)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Export the run, and name what was written."""
    from sumbench.jobs.export import export
    from sumbench.storage import reading_run

    for line in export(reading_run(arguments.folder), arguments.to, arguments.out):
        streams.show(line)
    return 0
