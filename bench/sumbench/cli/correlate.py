"""`sumbench correlate`: metrics against people's ratings or preferences."""

import argparse
import sys
from pathlib import Path

from sumbench.cli import flags
from sumbench.cli import statistics
from sumbench.cli import streams
from sumbench.cli.examples import Example

HELP = "hold metrics against people: correlations with ratings, agreement with preferences and among raters"

DETAILS = """
ratings stand beside the outputs, in a column `human` ({system: {quality: mean rating}}, or the ratings of several
raters as a list or an object), in a run that was scored from such a file, or in a table of --ratings with the columns
document, system, quality, rating and perhaps rater; preferences in one with document, a, b, preferred (a, b or tie) and
perhaps rater, reason, order.

levels: summary (the systems' summaries of a document, mean over documents: which metric to believe of a summary),
system (the systems' means: which metric to believe of a ranking), pooled (all summaries together).
coefficients: kendall (tau-b, which ratings with many ties need), spearman, pearson, accuracy (of pairs, ties
calibrated), soft (soft pairwise accuracy of systems).
"""

EXAMPLES = (
    Example("ROUGE against the ratings in a file of outputs", "sumbench correlate outputs.jsonl"),
    Example(
        "the systems' means, by two coefficients",
        "sumbench correlate results/run --level system --coefficient kendall,soft",
    ),
    Example("a run and a table of ratings", "sumbench correlate results/run --ratings ratings.csv --out people"),
    Example(
        "what colleagues preferred, and the metrics of the run", "sumbench correlate results/run --ratings rated.jsonl"
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is correlated")
    what.add_argument("source", metavar="FILE", help="a table of outputs, a run's folder, or a table of preferences")
    what.add_argument("--ratings", metavar="FILE", help="a table of ratings, or of preferences")
    what.add_argument("--metrics", metavar="A,B", help="metrics to score with (default: those of score, or of the run)")
    what.add_argument("--values", metavar="A,B", help="only these values of them (default: those of tables)")
    what.add_argument("--qualities", metavar="A,B", help="only these rated qualities")
    what.add_argument("--sentences", default="lines", metavar="HOW", help="how sentences are told apart, as for score")
    what.add_argument("--language", metavar="NAME", help="the language of documents that do not say theirs")
    how = parser.add_argument_group("how")
    how.add_argument("--level", default="summary", metavar="A,B", help="system, summary or pooled (default: summary)")
    how.add_argument(
        "--coefficient",
        default="kendall",
        metavar="A,B",
        help="kendall, spearman, pearson, accuracy or soft (default: kendall)",
    )
    how.add_argument(
        "--units",
        metavar="WHAT",
        help="what intervals resample and tests exchange: documents, systems or both (default: documents, but both at "
        "the system level)",
    )
    how.add_argument(
        "--closest", type=float, metavar="P", help="only the P per cent of the pairs of systems that lie closest"
    )
    how.add_argument("--partial", action="store_true", help="show the correlations given length, too")
    how.add_argument("--seed", type=int, default=0, metavar="N", help="governs every draw (default: 0)")
    statistics.add_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write each table into a file of its own in DIR, with correlations.json; or that alone into a .json",
    )
    output.add_argument("--plot", type=Path, metavar="FILE", help="write a heat map of the first table (.svg)")
    flags.add_format(output)
    flags.add_quiet(output, "the tables")


def run(arguments: argparse.Namespace) -> int:
    """Correlate, and print or write the tables."""
    from sumbench.errors import UsageError
    from sumbench.files import write_text
    from sumbench.jobs.correlate import FILE
    from sumbench.jobs.correlate import CorrelateRequest
    from sumbench.jobs.correlate import correlate
    from sumbench.plugins import split_specs
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import localized
    from sumbench.tables import FORMATS
    from sumbench.tables import render
    from sumbench.tables import write_each
    from sumbench.weights import Store

    FORMATS[arguments.format]  # an unknown one is refused before anything is computed
    if arguments.plot is not None and arguments.plot.suffix != ".svg":
        raise UsageError(f"--plot {arguments.plot}: is drawn as SVG: give a file that ends with .svg")
    store = Store.default(quiet=arguments.quiet)
    made = correlate(
        CorrelateRequest(
            source=localized(arguments.source),
            ratings=None if arguments.ratings is None else localized(arguments.ratings),
            metrics=None if arguments.metrics is None else split_specs(arguments.metrics),
            values=flags.names(arguments.values),
            qualities=flags.names(arguments.qualities),
            levels=flags.names(arguments.level) or (),
            coefficients=flags.names(arguments.coefficient) or (),
            units=arguments.units,
            closest=arguments.closest,
            partial=arguments.partial,
            sentences=arguments.sentences,
            language=arguments.language,
            seed=arguments.seed,
            statistics=statistics.chosen(arguments),
        ),
        store,
        on_stderr(quiet=arguments.quiet),
        summary_cache(store.home).file,
    )
    out = arguments.out
    if out is not None and out.suffix == ".json":
        made.write(out)
    elif out is not None:
        write_each(made.tables, arguments.format, out)
        if made.content:
            made.write(out / FILE)
    if arguments.plot is not None:
        if not made.picture:
            raise UsageError(f"--plot {arguments.plot}: of preferences alone there are no correlations to draw")
        write_text(arguments.plot, made.picture)
    if out is None or out.suffix == ".json":
        sys.stdout.write(render(made.tables, arguments.format))
    elif not arguments.quiet:
        streams.say(f"written: {out}")
    return 0
