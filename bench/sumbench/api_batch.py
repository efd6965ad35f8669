"""The Python API of batches: `export_batch` and `import_batch`."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench.api_given import names_of
from sumbench.api_given import run_request
from sumbench.api_results import RunResult
from sumbench.errors import speaks_python


@dataclass(frozen=True)
class BatchExport:
    """An exported batch: the run's folder `path`, its `files` of requests, and how many `requests` they hold."""

    path: Path
    files: tuple[Path, ...]
    requests: int


@dataclass(frozen=True)
class BatchImport:
    """What an import has done: so many `answers` were new, and the `run` is finished, or None.

    `missing` counts the requests that have no answer yet; `files` hold further ones, which follow from the answers.
    """

    answers: int
    run: RunResult | None
    missing: int = 0
    files: tuple[Path, ...] = ()


@speaks_python
def export_batch(  # noqa: PLR0913 - each is a choice of the user's
    corpus: str | Path | None = None,
    systems: str | Iterable[str] | None = None,
    *,
    suite: str = "default",
    metrics: str | Iterable[str] | None = None,
    limit: int | None = None,
    sample: int | None = None,
    ids: str | Path | None = None,
    filters: Mapping[str, str] | None = None,
    shard: str | None = None,
    sentences: int | None = None,
    words: int | None = None,
    seed: int | None = None,
    statistics: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    cache: bool = True,
    texts: bool = True,
    max_requests: int = 50_000,
    max_mb: float = 200.0,
    token_limit: str = "max_tokens",  # noqa: S107 - the name of a parameter
    system_turn: bool = True,
    endpoint: str = "/v1/chat/completions",
    offline: bool = False,
) -> BatchExport:
    """Begin a run, and write the requests of its endpoints into batch files, as `sumbench batch export` does.

    Args:
        corpus: A path or name; None for the suite's own.
        systems: Specs; None for the suite's own. One at least is an endpoint.
        suite: As for `run`, like all up to `texts`.
        metrics: Specs.
        limit: Only the first so many documents.
        sample: So many documents, drawn by the seed.
        ids: A file with the ids of the documents to take.
        filters: Metadata that documents must have.
        shard: Only this part of the documents.
        sentences: The length budget in sentences.
        words: The length budget in words.
        seed: Governs every random draw.
        statistics: Those of the table.
        out: The run's folder; None for a new one in `results/`.
        cache: Leave out summaries that earlier runs have kept.
        texts: Keep the documents' texts in the run's folder.
        max_requests: Requests in a file.
        max_mb: Megabytes of a file.
        token_limit: What the limit of new tokens is called: max_tokens, max_completion_tokens, or none.
        system_turn: Whether the model takes a system turn; else its text begins the user turn.
        endpoint: The path in each line.
        offline: Fetch nothing.

    Raises:
        UsageError: For a name or value that means nothing, and for a run without an endpoint.
        CorpusError: For a corpus that cannot be read.
        RunError: For a folder that cannot be written.

    Returns:
        The run's folder and the files.
    """
    from sumbench.generation.endpoint.batch import BatchStyle
    from sumbench.jobs.batch import export
    from sumbench.jobs.batch_files import BatchSettings
    from sumbench.jobs.batch_files import FileLimits
    from sumbench.jobs.plan import plan
    from sumbench.jobs.policy import Policy
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing_here
    from sumbench.weights import Store

    store = Store.default(offline=offline, quiet=True)
    request, given = run_request(
        corpus,
        systems,
        metrics,
        suite=suite,
        limit=limit,
        sample=sample,
        ids=ids,
        filters=filters,
        sentences=sentences,
        words=words,
        seed=seed,
        statistics=statistics,
        texts=texts,
        shard=shard,
    )
    settings = BatchSettings(BatchStyle(endpoint, token_limit, not system_turn), FileLimits(max_requests, max_mb))
    policy = Policy(cache=summary_cache(store.home) if cache else None)
    planned = plan(request, store, None if out is None else writing_here(out), policy, given)
    made = export(planned, settings)
    files = tuple(planned.folder / file for size in made.sizes for file in size.files)
    return BatchExport(planned.folder, files, sum(size.requests for size in made.sizes))


@speaks_python
def import_batch(  # noqa: PLR0913 - each is a choice of the user's
    run: str | Path,
    files: str | Path | Iterable[str | Path],
    *,
    finish: bool = False,
    served_model: str | Iterable[str] = (),
    price_factor: float = 1.0,
    cache: bool = True,
    quiet: bool = True,
) -> BatchImport:
    """Take answers of a batch into its run, and finish that once all are there, as `sumbench batch import` does.

    Args:
        run: The folder of the run that was exported.
        files: Files of answers, and of errors, or one of them.
        finish: Finish the run without the answers that are missing: their documents have failed.
        served_model: Names by which the answers may call the model.
        price_factor: Times `price_in` and `price_out`.
        cache: Keep the summaries for later runs.
        quiet: Show no progress on stderr.

    Raises:
        RunError: For a line that is no answer to a request of this run; then nothing was imported.

    Returns:
        What was done, with the run once it is finished.
    """
    from sumbench.jobs.batch import at_price
    from sumbench.jobs.batch import import_answers
    from sumbench.jobs.plan import plan
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.requests import request_of_run
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing_here
    from sumbench.weights import Store

    store, folder = Store.default(quiet=True), writing_here(run)
    policy = Policy(cache=summary_cache(store.home) if cache else None)
    planned = at_price(plan(request_of_run(folder), store, folder, policy), price_factor)
    taken = [Path(file) for file in ([files] if isinstance(files, str | Path) else files)]
    served = names_of(served_model)
    made = import_answers(planned, taken, on_stderr(quiet=quiet), served=served, finish=finish)
    whole = None if made.finished is None else RunResult(folder, made.finished.run)
    return BatchImport(made.answers, whole, made.missing, tuple(folder / name for name in made.files))
