"""`sumbench batch`: exports a run's requests as batch files, and imports the answers."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.cli import fetching
from sumbench.cli import flags
from sumbench.cli import following
from sumbench.cli import run as run_command
from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import INCOMPLETE

if TYPE_CHECKING:
    from sumbench.jobs.batch import Exported
    from sumbench.jobs.batch import Imported
    from sumbench.jobs.plan import Plan

HELP = "ask servers by batch files (OpenAI's format) for `vllm run-batch` and batch services"

EXAMPLES = (
    Example(
        "begin a run whose requests go out as files",
        "sumbench batch export --systems lead,endpoint,url=http://localhost:8000/v1,model=qwen3-8b --out results/batch",
    ),
    Example(
        "how large that would be",
        "sumbench batch export news --systems endpoint,url=http://localhost:8000/v1,model=qwen3-8b --dry-run",
    ),
    Example(
        "carry the run out with the answers",
        "sumbench batch import results/batch answers.jsonl errors.jsonl",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and what each takes."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="begin a run, and write the requests of its endpoints into files")
    run_command.add_request(export, "the run's folder")
    run_command.add_models(export)
    _add_files(export)
    export.set_defaults(action=_export)
    take = actions.add_parser("import", help="take answers into the run, and finish it once all are there")
    what = take.add_argument_group("what is imported")
    what.add_argument("folder", type=Path, metavar="RUN", help="the folder of the run that was exported")
    what.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files of answers, and of errors")
    what.add_argument(
        "--finish", action="store_true", help="finish the run: documents whose answers are not there have failed"
    )
    what.add_argument(
        "--served-model",
        action="append",
        default=[],
        metavar="NAME",
        help="answers may call the model so (may be given for several)",
    )
    what.add_argument(
        "--price-factor", type=float, default=1.0, metavar="X", help="times price_in and price_out (0.5: at half price)"
    )
    _add_execution(take)
    output = take.add_argument_group("output")
    flags.add_format(output)
    flags.add_quiet(output)
    take.set_defaults(action=_import)


def _add_files(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that say how the files are written."""
    how = parser.add_argument_group("how the files are written")
    how.add_argument("--dry-run", action="store_true", help="print how large the batch would be, and do nothing")
    how.add_argument("--no-cache", action="store_true", help="ask for summaries that earlier runs have kept, too")
    how.add_argument(
        "--max-requests", type=int, default=50_000, metavar="N", help="requests in a file (default: 50000, as OpenAI)"
    )
    how.add_argument(
        "--max-mb", type=float, default=200.0, metavar="X", help="megabytes of a file (default: 200, as OpenAI)"
    )
    how.add_argument(
        "--token-limit",
        default="max_tokens",
        metavar="NAME",
        help="what the limit of new tokens is called: max_tokens, max_completion_tokens (OpenAI's newer models), none",
    )
    how.add_argument(
        "--no-system-turn",
        action="store_true",
        help="begin the user turn with the system turn's text, for models that take no system turn",
    )
    how.add_argument(
        "--endpoint",
        default="/v1/chat/completions",
        metavar="PATH",
        help="the path in each line (default: /v1/chat/completions, as vLLM and OpenAI want it)",
    )


def _add_execution(parser: argparse.ArgumentParser) -> None:
    """Declare the flags for the systems of the run that are no endpoints."""
    how = parser.add_argument_group("how the run's other systems work")
    flags.add_workers(how)
    flags.add_timeout(how)
    flags.add_no_cache(how)
    fetching.add_arguments(how)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the chosen action."""
    return int(arguments.action(arguments))


def _export(arguments: argparse.Namespace) -> int:
    """Export each task of the request into a run of its own; print how large the batches are."""
    from sumbench.generation.endpoint.batch import BatchStyle
    from sumbench.jobs.batch import export
    from sumbench.jobs.batch_files import BatchSettings
    from sumbench.jobs.batch_files import FileLimits
    from sumbench.jobs.batch_report import batch_table
    from sumbench.jobs.plan import plan
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.requests import task_requests
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing_here
    from sumbench.tables.terminal import render

    store = fetching.store(arguments)
    style = BatchStyle(arguments.endpoint, arguments.token_limit, arguments.no_system_turn)
    settings = BatchSettings(style, FileLimits(arguments.max_requests, arguments.max_mb))
    policy = Policy(cache=None if arguments.no_cache else summary_cache(store.home))
    tasks = task_requests(run_command.requested(arguments))
    out = None if arguments.out is None else writing_here(arguments.out)
    for request in tasks:
        home = out if out is None or len(tasks) == 1 else out / run_command.task_label(request)
        planned = plan(request, store, home, policy)
        made = export(planned, settings, dry_run=arguments.dry_run)
        table = batch_table(planned.corpus.name, made.sizes, made.there, dry_run=arguments.dry_run)
        sys.stdout.write(render(table))
        if not (arguments.quiet or arguments.dry_run):
            _print_next(planned, made)
    return 0


def _print_next(planned: "Plan", made: "Exported") -> None:
    """Print where the run is, and what to do with its files."""
    streams.say(f"run folder: {planned.folder}")
    for size in made.sizes:
        for file in size.files[:1]:
            asked, answers = planned.folder / file, planned.folder / f"answers-of-{file}"
            words = ("vllm", "run-batch", "-i", str(asked), "-o", str(answers), *_model_flags(size.system.model))
            streams.say(f"next: {shlex.join(words)}   # and so each file, or give it to a batch service")
    place = shlex.quote(str(planned.folder))
    streams.say(f"next: sumbench batch import {place} FILE…   # with the files of answers and errors")


def _model_flags(name: str) -> tuple[str, ...]:
    """Return the flags with which vLLM serves a model by its name in the requests, which need not be a checkpoint's."""
    return ("--model", name) if "/" in name else ("--model", "CHECKPOINT", "--served-model-name", name)


def _import(arguments: argparse.Namespace) -> int:
    """Import answers; print the table of a run that is finished, else what is missing, and return 3 then."""
    from sumbench.jobs.batch import at_price
    from sumbench.jobs.batch import import_answers
    from sumbench.jobs.plan import plan
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.policy import checked_limits
    from sumbench.jobs.policy import checked_workers
    from sumbench.jobs.requests import request_of_run
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing_here
    from sumbench.tables import FORMATS

    _ = FORMATS[arguments.format]
    store = fetching.store(arguments)
    policy = Policy(
        **checked_limits(arguments.timeout, None, None),
        workers=checked_workers(1 if arguments.workers is None else arguments.workers),
        cache=None if arguments.no_cache else summary_cache(store.home),
    )
    folder = writing_here(arguments.folder)
    request = request_of_run(folder, store.trusted)
    planned = at_price(plan(request, store, folder, policy), arguments.price_factor)
    made = import_answers(
        planned,
        arguments.files,
        on_stderr(quiet=arguments.quiet),
        served=arguments.served_model,
        finish=arguments.finish,
    )
    if made.finished is None:
        streams.show(_missing(folder, made))
        return INCOMPLETE
    sys.stdout.write(made.finished.render(arguments.format))
    if not arguments.quiet:
        streams.say(f"run folder: {folder}")
        following.print_next([(folder, made.finished)], resumable=True)
    return INCOMPLETE if made.finished.failed else 0


def _missing(folder: Path, made: "Imported") -> str:
    """Return the line about a run that waits for further answers."""
    more = f"; {', '.join(made.files)} in {folder} asks for what follows from the answers" if made.files else ""
    documents = ", ".join(map(repr, made.documents))
    return (
        f"{folder}: {made.answers} answers imported, {made.missing} requests have none yet (first of documents "
        f"{documents}){more}; import the rest, or end the run without it: --finish"
    )
