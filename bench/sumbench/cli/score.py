"""`sumbench score`: scores summaries made elsewhere, or adds metrics to a run."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.cli import fetching
from sumbench.cli import flags
from sumbench.cli import following
from sumbench.cli import given
from sumbench.cli import selecting
from sumbench.cli import statistics
from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import INCOMPLETE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sumbench.jobs.finish import Finished
    from sumbench.jobs.outputs import ScoreRequest

HELP = "score summaries made elsewhere, or those of a run under further metrics, without running any model"

ORIGINAL = "original"

RESCORING = frozenset({"file", "metrics", "weights_from", "offline", "trust_remote_code", "format", "quiet"})
"""The arguments that go with a run: what is added to it, and how."""

ROUGE = ("rouge", "types", "handling")
"""The flags that say which ROUGE it is."""


EXAMPLES = (
    Example(
        "files of two systems' outputs, joined with the references by id or order",
        "sumbench score --references refs.jsonl --outputs bart=bart.txt pegasus=pegasus.jsonl",
    ),
    Example(
        "a sheet with references and outputs side by side",
        "sumbench score sheet.csv --reference-column gold --output-column bart pegasus",
    ),
    Example("the figures of ROUGE-1.5.5, which papers print", "sumbench score outputs.jsonl --rouge perl"),
    Example("a metric more for a finished run", "sumbench score results/my-run --metrics ./own.py:Metric"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    _add_texts(parser)
    metrics = parser.add_argument_group("metrics")
    metrics.add_argument(
        "--metrics",
        metavar="A,B",
        help="metrics by name, options behind it, or all (default: rouge,text,copying,support)",
    )
    metrics.add_argument(
        "--rouge",
        metavar="PRESET",
        help="google (default: rouge_score's words and stems), perl (ROUGE-1.5.5's words and stems), or ROUGE-1.5.5 "
        "itself by its own options ('-n 2 -m -f A')",
    )
    metrics.add_argument("--types", metavar="A,B", help="ROUGE types (default: rouge1,rouge2,rougeL,rougeLsum)")
    metrics.add_argument(
        "--handling",
        help="of several references: jackknife (default), max (as rouge_score), mean, pooled (as ROUGE-1.5.5's -f A) "
        "or best (as its -f B)",
    )
    fetching.add_arguments(parser.add_argument_group("models of metrics, and their weights"))
    corpus = parser.add_argument_group("corpus selection")
    selecting.add_arguments(corpus)
    corpus.add_argument("--seed", type=int, default=0, metavar="N", help="governs --sample (default: 0)")
    statistics.add_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out", metavar="DIR", help="the run's folder, or its address (default: a new one in results/)"
    )
    flags.add_format(output, ", or original (with options)")
    flags.add_no_texts(output)
    flags.add_quiet(output)
    given.remember(parser)


def _add_texts(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name references and outputs."""
    group = parser.add_argument_group("what is scored")
    group.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a table with references, and perhaps systems' outputs beside them; or a run's folder, with --metrics or "
        "--outputs",
    )
    group.add_argument(
        "--references",
        nargs="+",
        metavar="FILE",
        help="a table (- for standard input), a folder of its parts, a run's folder, a corpus, or text files with one "
        "reference a line (several are several references)",
    )
    group.add_argument(
        "--outputs",
        nargs="+",
        default=[],
        metavar="NAME=FILE",
        help="a system's summaries: a table joined by id, or text with one a line (- for standard input); FILE:SYSTEM "
        "is one system of a run's folder or a table of several, which alone stand for all of them",
    )
    group.add_argument(
        "--suite", metavar="NAME", help="score released outputs as a suite says: published-xsum or published-cnndm"
    )
    group.add_argument("--files", type=Path, metavar="DIR", help="the folder of the suite's files (default: its name)")
    group.add_argument(
        "--output-column", nargs="+", default=[], metavar="NAME", help="a table's column, or columns, of outputs"
    )
    group.add_argument(
        "--sentences",
        default=None,
        metavar="HOW",
        help="how sentences are told apart: lines (default), split (found in running text), t (<t>…</t>), n (<n>), "
        "q (<q>), stop (' . '), sep ([X_SEP], <SEP>, |||||), escaped (\\n)",
    )
    group.add_argument(
        "--clean",
        action="store_true",
        help="take thoughts, special tokens, announcements, code fences, JSON objects and Markdown off the outputs",
    )
    group.add_argument(
        "--stream", action="store_true", help="for very many rows: keep none in memory (outputs in references' order)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Score the outputs and print the table, or what the original prints; return 3 when anything failed."""
    from sumbench.errors import UsageError
    from sumbench.jobs import score
    from sumbench.metrics.rouge import GOOGLE
    from sumbench.metrics.rouge import PERL
    from sumbench.metrics.rouge.presets import preset_rouge
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import is_run
    from sumbench.storage import writing
    from sumbench.suites import scored

    if arguments.file is not None and not arguments.outputs and is_run(arguments.file):
        return _rescore(arguments)
    rouge = arguments.rouge or GOOGLE
    types = flags.names(arguments.types)
    request = _request(arguments)
    if arguments.files is not None and not arguments.suite:
        raise UsageError("--files is the folder of a suite's files: name the suite with --suite")
    if arguments.suite:
        suite = scored.read_scored_suite(arguments.suite)
        rouge = arguments.rouge or suite.rouge
        # An option string says itself what it computes.
        types = types or (suite.types if rouge in {GOOGLE, PERL} else None)
        request = score.request_of_suite(suite, arguments.files or Path(suite.name), request)
    render = _renderer(arguments.format, rouge)
    if request.metrics is None:
        request = replace(request, rouge=preset_rouge(rouge, types, arguments.handling))
    progress = on_stderr(quiet=arguments.quiet)
    store = fetching.store(arguments)
    out = None if arguments.out is None else writing(arguments.out)
    folder, made = score.score(request, store, out, progress, summary_cache(store.home).file)
    sys.stdout.write(render(made))
    if not arguments.quiet:
        streams.say(f"run folder: {folder}")
        following.print_next([(folder, made)], resumable=False, streamed=arguments.stream)
    return INCOMPLETE if made.failed else 0


def _renderer(format_: str, rouge: str) -> "Callable[[Finished], str]":
    """Return what prints a scored run: a table's format, or `original` for the lines that ROUGE-1.5.5 prints."""
    from sumbench.metrics.rouge.presets import original_rouge
    from sumbench.tables import FORMATS

    if format_ == ORIGINAL:
        metric = original_rouge(rouge)
        return lambda made: metric.report(made.run.documents, made.run.summaries)
    FORMATS[format_]  # an unknown one is refused before anything is scored
    return lambda made: made.render(format_)


def _request(arguments: argparse.Namespace) -> "ScoreRequest":
    from sumbench.corpus import Selection
    from sumbench.corpus.conventions import LINES
    from sumbench.errors import UsageError
    from sumbench.jobs.outputs import ScoreRequest
    from sumbench.jobs.score import named_files
    from sumbench.plugins import split_specs
    from sumbench.storage import localized

    if arguments.metrics is not None and (own := [name for name in ROUGE if getattr(arguments, name) is not None]):
        raise UsageError(f"--{own[0]} does not go with --metrics: give options behind a metric, rouge,handling=max")
    return ScoreRequest(
        references=_references(arguments),
        outputs=named_files([localized(pair) for pair in arguments.outputs]),
        columns=arguments.output_column,
        id_column=arguments.id_column,
        sentences=arguments.sentences or LINES,
        language=arguments.language,
        clean=arguments.clean,
        selection=Selection(
            arguments.limit,
            arguments.sample,
            None if arguments.ids is None else Path(arguments.ids),
            tuple(arguments.filter),
            arguments.seed,
        ),
        metrics=None if arguments.metrics is None else split_specs(arguments.metrics),
        statistics=statistics.chosen(arguments),
        stream=arguments.stream,
        texts=not arguments.no_texts,
    )


def _rescore(arguments: argparse.Namespace) -> int:
    """Add metrics to a finished run."""
    from sumbench.errors import UsageError
    from sumbench.jobs.rescore import rescore
    from sumbench.plugins import split_specs
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing
    from sumbench.tables import FORMATS

    home = writing(arguments.file)
    if arguments.metrics is None:
        raise UsageError(f"{home} is a run: name the metrics to add to it: sumbench score {home} --metrics A,B")
    if idle := given.others(arguments, RESCORING):
        raise UsageError(f"{idle[0]} does not go with a run: its settings stay as they are")
    FORMATS[arguments.format]  # an unknown one is refused before anything is scored
    store = fetching.store(arguments)
    cache = summary_cache(store.home).file
    made = rescore(home, split_specs(arguments.metrics), store, on_stderr(quiet=arguments.quiet), cache)
    sys.stdout.write(made.render(arguments.format))
    if not arguments.quiet:
        streams.say(f"run folder: {home}")
        following.print_next([(home, made)], resumable=False)
    return INCOMPLETE if made.failed else 0


def _references(arguments: argparse.Namespace) -> list[str]:
    from sumbench.errors import UsageError
    from sumbench.storage import localized

    if arguments.suite and arguments.file is None and arguments.references is None:
        return []
    if (arguments.file is None) == (arguments.references is None):
        raise UsageError("score: name the references, as FILE or with --references, one of both")
    names = [arguments.file] if arguments.references is None else arguments.references
    return [selecting.described(localized(name), arguments) for name in names]
