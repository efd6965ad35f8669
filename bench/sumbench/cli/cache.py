"""`sumbench cache`: shows or clears the summary cache."""

import argparse
import sys

from sumbench.cli import streams
from sumbench.cli.examples import Example

HELP = "show or clear the summaries kept from earlier runs"

EXAMPLES = (
    Example("how much is kept, and where", "sumbench cache info"),
    Example("forget all of it", "sumbench cache clear"),
    Example("make a run that neither reads nor fills it", "sumbench run --no-cache"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is done")
    group.add_argument("action", choices=("info", "clear"), help="info: what is kept; clear: forget all of it")


def run(arguments: argparse.Namespace) -> int:
    """Show or clear the cache."""
    from sumbench.runs.cache import summary_cache
    from sumbench.weights import Store

    cache = summary_cache(Store.default(offline=True, quiet=True).home)
    if arguments.action == "clear":
        sys.stdout.write(f"{cache.clear()} summaries forgotten\n")
        return 0
    info = cache.info()
    streams.show(f"{info.summaries} summaries of {info.systems} systems, {info.size / 1e6:.1f} MB in {info.file}")
    return 0
