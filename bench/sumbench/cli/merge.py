"""`sumbench merge`: joins runs of shards, or of different systems, into one run."""

import argparse
import sys

from sumbench.cli import flags
from sumbench.cli import following
from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import INCOMPLETE

HELP = "join the runs of a corpus' shards, or of different systems on one corpus, into one run"

EXAMPLES = (
    Example("eight shards (`sumbench run --shard 1/8` to `8/8`)", "sumbench merge results/news-* --out results/news"),
    Example(
        "a further system for a run",
        "sumbench merge results/classics results/bart --out results/all",
    ),
    Example("shards in a bucket", "sumbench merge 's3://bucket/news-*' --out s3://bucket/news"),
    Example("as JSON", "sumbench merge results/a results/b --out results/ab --format json"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is merged")
    what.add_argument(
        "folders", nargs="+", metavar="RUN", help="the folders of finished runs, addresses, or patterns for these"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "-o", "--out", metavar="DIR", help="the merged run's folder, or its address (default: a new one in results/)"
    )
    flags.add_format(output)
    flags.add_quiet(output)


def run(arguments: argparse.Namespace) -> int:
    """Merge the runs, print the table, and return 3 when anything of them failed."""
    from sumbench.jobs.merge import merge
    from sumbench.progress import on_stderr
    from sumbench.storage import expanded
    from sumbench.storage import reading_run
    from sumbench.storage import writing
    from sumbench.tables import FORMATS
    from sumbench.weights import Store

    _ = FORMATS[arguments.format]
    store = Store.default(offline=True, quiet=arguments.quiet)
    folders = [reading_run(each) for each in expanded(arguments.folders)]
    out = None if arguments.out is None else writing(arguments.out)
    path, made = merge(folders, store, out, on_stderr(quiet=arguments.quiet))
    sys.stdout.write(made.render(arguments.format))
    if not arguments.quiet:
        streams.say(f"run folder: {path}")
        following.print_next([(path, made)], resumable=False)
    return INCOMPLETE if made.failed else 0
