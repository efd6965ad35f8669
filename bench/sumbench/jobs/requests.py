"""A run request: a suite, and the settings that override it."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench import metrics as of_metrics
from sumbench import suites
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.metrics import Metric
from sumbench.plugins import in_file
from sumbench.plugins import split_options
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import RunFolder
from sumbench.systems import System
from sumbench.systems import build_all
from sumbench.validation import checked


@dataclass(frozen=True)
class Request:
    """A suite, and what takes the place of its settings where it is not None.

    `task` is the corpus of the suite's task that is meant; None for the one that `corpus` says. Without `texts` the
    run's folder keeps the documents' ids and hashes alone.
    """

    suite: str = "default"
    task: str | None = None
    corpus: str | None = None
    systems: Sequence[str] | None = None
    metrics: Sequence[str] | None = None
    limit: int | None = None
    sample: int | None = None
    ids: str | None = None
    filters: Sequence[str] = ()
    seed: int | None = None
    device: str = "auto"
    batch_size: str | None = None
    statistics: Mapping[str, Any] = field(default_factory=dict)
    texts: bool = True


@dataclass(frozen=True)
class Given:
    """Python objects that take the place of what a request names, where they are not None.

    `corpus` is anything that makes a corpus; systems and metrics may be named by specs among the objects.
    """

    corpus: Any = None
    systems: Sequence[str | System] | None = None
    metrics: Sequence[str | Metric] | None = None


NOTHING = Given()


def requests(request: Request) -> list[Request]:
    """Return a request for each task that is meant: the one of the corpus that was asked for, else all of the suite."""
    if request.corpus is not None:
        return [request]
    return [replace(request, task=task.corpus) for task in suites.read_suite(request.suite).tasks]


def chosen(request: Request, given: Given = NOTHING) -> tuple[list[System], list[Metric]]:
    """Return the systems and metrics of a request for one task; raise UsageError for what there is not."""
    task, specs, names = _named(request)
    metrics = of_metrics.build_all(names if given.metrics is None else given.metrics)
    named = specs if given.systems is None else given.systems
    systems = build_all(named, sentences=task.sentences, batch_size=request.batch_size)
    for kind, found in (("system", systems), ("metric", metrics)):
        if not found:
            raise UsageError(f"no {kind} is named: `sumbench {kind}s` lists them")
    return systems, metrics


def _named(request: Request) -> tuple[suites.SuiteTask, list[str], list[str]]:
    """Return the task of a request, its systems as they are named, and its metrics."""
    suite = suites.read_suite(request.suite)
    task = suite.task(request.task or request.corpus)
    names = suite.metrics if request.metrics is None else request.metrics
    return task, list(task.systems if request.systems is None else request.systems), [name for name in names if name]


def requested(run: Path, trusted: Collection[str] = ()) -> Request:
    """Return the request that the run in the folder `run` was begun with.

    Raises RunError when it cannot be resumed, also where it ran the code of a model that is not among the `trusted`:
    a folder, which may have come from anywhere, trusts nobody.
    """
    record = RunFolder(run).read_manifest()
    if record is None:
        raise RunError(f"{run}: holds no run to resume")
    if record.request is None:
        raise RunError(f"{run}: was not made by `sumbench run`: give its own command again")
    for entry in record.systems:
        if entry.fingerprint.get("trust_remote_code") and entry.weights and entry.weights.name not in trusted:
            flag = f"--trust-remote-code {entry.weights.name}"
            raise RunError(f"{run}: {entry.name} ran code of its own: to run it again, give {flag} again")
    request = checked(dict(record.request), Request, f"{run / MANIFEST}: request", RunError)
    task, systems, metrics = _named(request)
    for spec in (request.corpus or task.corpus, *systems, *metrics):
        name, _ = split_options(spec)
        if in_file(name):
            raise RunError(f"{run}: ran code of {name}: to go on, give its own command again, with --out {run}")
    return request


def weights(request: Request) -> set[str | None]:
    """Return the weights that the systems of the request's suite need, whatever the task."""
    tasks = suites.read_suite(request.suite).tasks
    return {system.weights for task in tasks for system in chosen(replace(request, task=task.corpus))[0]}


def with_metrics(request: Mapping[str, Any] | None, added: Sequence[str | Metric]) -> Mapping[str, Any] | None:
    """Return the request of a run to which metrics were added: made again, it has these, too.

    None where it cannot be repeated: it was none, or the metrics are objects.
    """
    specs = [each for each in added if isinstance(each, str)]
    if request is None or len(specs) < len(added):
        return None
    named = request["metrics"]
    known = suites.read_suite(request["suite"]).metrics if named is None else named
    return {**request, "metrics": [*known, *(spec for spec in specs if spec not in known)]}
