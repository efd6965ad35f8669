"""The Python API: `run`, `score`, `merge`, `power` and `load_run`."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.api_given import SystemLike
from sumbench.api_given import metrics_of
from sumbench.api_given import names_of
from sumbench.api_given import run_request
from sumbench.api_results import RunResult
from sumbench.errors import UsageError
from sumbench.errors import speaks_python

if TYPE_CHECKING:
    from sumbench.jobs.finish import Finished
    from sumbench.metrics import Metric
    from sumbench.tables import Table
    from sumbench.weights import Store


@speaks_python
def run(  # noqa: PLR0913 - each is a choice of the user's
    corpus: Any = None,  # noqa: ANN401 - a name, a path, or any objects that make a corpus
    systems: "SystemLike | Iterable[SystemLike] | Mapping[str, SystemLike] | None" = None,
    *,
    suite: str = "default",
    language: str | None = None,
    metrics: "str | Metric | Iterable[str | Metric] | None" = None,
    limit: int | None = None,
    sample: int | None = None,
    ids: str | Path | None = None,
    filters: Mapping[str, str] | None = None,
    shard: str | None = None,
    sentences: int | None = None,
    words: int | None = None,
    seed: int | None = None,
    device: str = "auto",
    batch_size: int | str | None = None,
    statistics: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    cache: bool = True,
    texts: bool = True,
    executor: str = "local",
    workers: int | None = None,
    ray_address: str | None = None,
    gpus_per_worker: float | None = None,
    timeout: float | None = None,
    load_timeout: float | None = None,
    memory_limit: float | None = None,
    fail_fast: bool = False,
    offline: bool = False,
    trust_remote_code: str | Iterable[str] = (),
    quiet: bool = True,
) -> RunResult:
    """Run systems on a corpus, score their summaries against the references, and write a run folder.

    Args:
        corpus: A path or name as for `sumbench run --corpus`, a list of documents or dictionaries, a data frame, or a
            `datasets.Dataset`; None for the suite's own.
        systems: Specs as on the command line (`"lead,sentences=2"`), system objects, or functions from a text to its
            summary; with a mapping each has its name in tables. None for the suite's own.
        suite: The name or .toml file of the suite whose settings stand where nothing else is given.
        language: The language of documents that do not say theirs, by name or code; None has it guessed. It goes with
            a corpus.
        metrics: Specs or metric objects; None for the suite's own.
        limit: Only the first so many documents.
        sample: So many documents, drawn by the seed.
        ids: A file with the ids of the documents to take, one a line.
        filters: Metadata that documents must have.
        shard: Only this part of the documents: `"3/8"`; `merge` joins the runs of all parts.
        sentences: The length budget of systems that set none themselves, in sentences; None for the suite's.
        words: The same in words, of whole sentences; give one of the two.
        seed: Governs every random draw; None for the suite's.
        device: auto, cpu, cuda, cuda:1, mps, balanced, or several with commas, which share the documents.
        batch_size: Documents that a model takes at once; None for as many as memory allows.
        statistics: `confidence`, `resamples`, `correction`, `alpha`, where they are not to be as usual.
        out: The run's folder; None for a new one in `results/`. A part of the same run that it holds is gone on with.
        cache: Reuse summaries of earlier runs, and keep these.
        texts: Keep the documents' texts in the run's folder.
        executor: "local", or "ray" for a cluster.
        workers: Processes that share a system's documents; None for one (on Ray two).
        ray_address: Ray's cluster, `"auto"` or `"HOST:PORT"`; None for one on this machine, for this run.
        gpus_per_worker: GPUs of each of Ray's workers with a model; a part of one is allowed.
        timeout: The seconds that a document may take.
        load_timeout: The seconds that loading may take; None for ten times `timeout` (30 at least), or an hour.
        memory_limit: The gigabytes that a system's process may use.
        fail_fast: Raise at the first failure.
        offline: Fetch nothing.
        trust_remote_code: The models whose own code may be run.
        quiet: Show no progress on stderr.

    Raises:
        UsageError: For a name or value that means nothing.
        CorpusError: For a corpus that cannot be read.
        WeightsError: For weights that cannot be had.
        RunError: For a folder that cannot be written.

    Returns:
        The run.
    """
    from sumbench.jobs.plan import plan
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.policy import checked_limits
    from sumbench.jobs.policy import checked_workers
    from sumbench.jobs.policy import chosen_cluster
    from sumbench.jobs.run import run as carry_out
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import writing

    store = _store(offline=offline, quiet=quiet, trusted=trust_remote_code)
    policy = Policy(
        **checked_limits(timeout, load_timeout, memory_limit),
        fail_fast=fail_fast,
        workers=checked_workers(1 if workers is None else workers),
        cluster=chosen_cluster(executor, ray_address, workers, gpus_per_worker),
        cache=summary_cache(store.home) if cache else None,
    )
    request, given = run_request(
        corpus,
        systems,
        metrics,
        language=language,
        suite=suite,
        limit=limit,
        sample=sample,
        ids=ids,
        filters=filters,
        sentences=sentences,
        words=words,
        seed=seed,
        device=device,
        batch_size=None if batch_size is None else str(batch_size),
        statistics=statistics,
        texts=texts,
        shard=shard,
    )
    planned = plan(request, store, None if out is None else writing(out), policy, given)
    made = carry_out(planned, on_stderr(quiet=quiet))
    return _result(planned.folder, made)


@speaks_python
def score(  # noqa: PLR0913 - each is a choice of the user's
    references: Any,  # noqa: ANN401 - a name, a path, or any objects that make a corpus
    outputs: "str | Path | Mapping[str, str | Path | Sequence[str] | Mapping[str, str]]",
    *,
    metrics: "str | Metric | Iterable[str | Metric] | None" = None,
    sentences: str = "lines",
    language: str | None = None,
    clean: bool = False,
    statistics: Mapping[str, Any] | None = None,
    trust_remote_code: str | Iterable[str] = (),
    out: str | Path | None = None,
    texts: bool = True,
    quiet: bool = True,
) -> RunResult:
    """Score summaries made elsewhere against references, and write a run folder.

    Args:
        references: A table, a corpus, a run's folder, or any objects that `run` takes as a corpus; documents' texts may
            be missing.
        outputs: By system a file (`FILE:SYSTEM` where that holds several), a list of summaries in the documents' order,
            or summaries by document id; or a run's folder, or a file that names its systems, alone for all of these.
        metrics: Specs or metric objects, or "all"; None for ROUGE and what needs no references.
        sentences: How sentences are told apart in files and texts: lines, split, t, n, q, stop, sep or escaped.
        language: The language of documents that do not say theirs, by name or code; None has it guessed.
        clean: Take thoughts, special tokens, announcements, code fences, JSON objects and Markdown off the outputs.
        statistics: As for `run`.
        trust_remote_code: The metrics of the hub whose code may be run.
        out: The run's folder; None for a new one in `results/`.
        texts: Keep the documents' texts in the run's folder.
        quiet: Show no progress on stderr.

    Raises:
        CorpusError: For what cannot be read, or does not fit together.
        UsageError: For a name or value that means nothing.
        MetricError: For a text that cannot be scored.

    Returns:
        The run.
    """
    from sumbench.jobs.outputs import ScoreRequest
    from sumbench.jobs.score import named_files
    from sumbench.jobs.score import score as carry_out
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import localized
    from sumbench.storage import writing

    if isinstance(outputs, str | Path):
        outputs = dict(named_files([localized(str(outputs))]))
    if not isinstance(outputs, Mapping) or not outputs:
        raise UsageError("outputs= names no system: give a file or summaries for each, by its name")
    request = ScoreRequest(
        references=[localized(str(references))] if isinstance(references, str | Path) else references,
        outputs={
            name: localized(str(given)) if isinstance(given, str | Path) else given for name, given in outputs.items()
        },
        sentences=sentences,
        language=language,
        clean=clean,
        metrics=metrics_of(metrics),
        statistics=dict(statistics or {}),
        texts=texts,
    )
    store = _store(offline=False, quiet=quiet, trusted=trust_remote_code)
    folder, cache = None if out is None else writing(out), summary_cache(store.home).file
    return _result(*carry_out(request, store, folder, on_stderr(quiet=quiet), cache))


@speaks_python
def power(
    run: RunResult | str | Path,
    *,
    metric: str | None = None,
    difference: float = 1.0,
    power: float = 0.8,
    statistics: Mapping[str, Any] | None = None,
) -> "Table":
    """Say what difference a run's documents can show, and how many would show a given one, as `sumbench power` does.

    Args:
        run: A result, a run's folder, or `RUN:SYSTEM` for one system against all others.
        metric: The value; None for the one that ranks the run.
        difference: The difference asked for, in points of the table.
        power: The chance to show it, between 0 and 1.
        statistics: As for `run`.

    Raises:
        UsageError: For numbers that mean nothing, and a run without two systems that have a score.
        RunError: For a run that cannot be read.

    Returns:
        The table, one row a pair of systems.
    """
    from sumbench.jobs.power import PowerRequest
    from sumbench.jobs.power import power as carry_out

    folder = str(run.path) if isinstance(run, RunResult) else str(run)
    return carry_out(PowerRequest(folder, metric, difference, power, dict(statistics or {})))


@speaks_python
def merge(
    runs: str | Iterable[RunResult | str | Path], *, out: str | Path | None = None, quiet: bool = True
) -> RunResult:
    """Join the runs of a corpus' shards, or of different systems on one corpus, into one run, as `sumbench merge` does.

    Args:
        runs: Results or folders of finished runs, or the address of several: `"s3://bucket/shards-*"`.
        out: The merged run's folder; None for a new one in `results/`.
        quiet: Show no progress on stderr.

    Raises:
        UsageError: For fewer than two runs.
        RunError: For runs that do not belong together, and for a shard that is missing or there twice.

    Returns:
        The merged run.
    """
    from sumbench.jobs.merge import merge as carry_out
    from sumbench.progress import on_stderr
    from sumbench.storage import expanded
    from sumbench.storage import reading_run
    from sumbench.storage import writing

    each_run = [runs] if isinstance(runs, str) else runs
    named = [str(each.path) if isinstance(each, RunResult) else str(each) for each in each_run]
    folders = [reading_run(each) for each in expanded(named)]
    store = _store(offline=True, quiet=quiet)
    return _result(*carry_out(folders, store, None if out is None else writing(out), on_stderr(quiet=quiet)))


@speaks_python
def load_run(path: str | Path) -> RunResult:
    """Read a finished run from its folder; its larger parts are read when they are first asked for.

    Raises:
        RunError: For a folder that holds no finished run, or a damaged one.
    """
    from sumbench.runs.store import read_run
    from sumbench.storage import reading_run

    folder = reading_run(path)
    return RunResult(folder, read_run(folder))


def _result(path: Path, finished: "Finished") -> RunResult:
    made = RunResult(path, finished.run)
    # What was made at the end of the run need not be computed again.
    made.__dict__["table"] = finished.table
    return made


def _store(*, offline: bool, quiet: bool, trusted: str | Iterable[str] = ()) -> "Store":
    from sumbench.weights import Store

    return Store.default(offline=offline, quiet=quiet, trusted=names_of(trusted))
