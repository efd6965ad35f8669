"""`sumbench score`: summaries made elsewhere against references."""

import argparse
import sys
from pathlib import Path

HELP = "score summaries made elsewhere against references, without running any model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "references", type=Path, metavar="FILE", help=".jsonl: id, references, perhaps systems' outputs"
    )
    parser.add_argument(
        "--outputs",
        nargs="+",
        default=[],
        metavar="NAME=FILE",
        help="a system's summaries: .jsonl joined by id, or text with one a line",
    )
    parser.add_argument(
        "--rouge", default="google", metavar="PRESET", help="google, perl, or ROUGE-1.5.5's own options"
    )
    parser.add_argument("--types", metavar="A,B", help="ROUGE types (default: rouge1,rouge2,rougeL,rougeLsum)")
    parser.add_argument("--handling", help="of several references: jackknife, max, mean, pooled or best")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: a new one in results/)")
    parser.add_argument(
        "--format", default="terminal", metavar="FORMAT", help="terminal, markdown, csv, or original (with options)"
    )
    parser.add_argument("--quiet", action="store_true", help="print the table and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Score the outputs and print the table, or what the original prints."""
    from bench import scoring
    from bench.benchmark import benchmark
    from bench.progress import on_stderr
    from bench.weights import Store

    render = scoring.renderer(arguments.format, arguments.rouge)
    types = None if arguments.types is None else [name.strip() for name in arguments.types.split(",")]
    planned = scoring.plan(
        arguments.references,
        scoring.named_files(arguments.outputs),
        scoring.rouge(arguments.rouge, types, arguments.handling),
        Store.default(offline=True, quiet=True),
        arguments.out,
    )
    made = benchmark(planned, on_stderr(quiet=arguments.quiet))
    sys.stdout.write(render(planned, made))
    if not arguments.quiet:
        sys.stderr.write(f"run folder: {planned.folder}\n")
    return 0
