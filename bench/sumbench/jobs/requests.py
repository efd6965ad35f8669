"""What is asked for on the command line: a suite with its tasks, and what takes the place of its settings."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench import suites
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.metrics import REGISTRY as METRICS
from sumbench.metrics import Metric
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import RunFolder
from sumbench.systems import System
from sumbench.systems import build_all
from sumbench.validation import checked


@dataclass(frozen=True)
class Request:
    """What was asked for: a suite, and what takes the place of its settings where it is not None.

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


def requests(request: Request) -> list[Request]:
    """Return a request for each task that is meant: the one of the corpus that was asked for, else all of the suite."""
    if request.corpus is not None:
        return [request]
    return [replace(request, task=task.corpus) for task in suites.read(request.suite).tasks]


def chosen(request: Request) -> tuple[list[System], list[Metric]]:
    """Return the systems and metrics of a request for one task; raise UsageError for what there is not."""
    suite = suites.read(request.suite)
    task = suite.task(request.task or request.corpus)
    metrics: list[Metric] = [
        METRICS[name]() for name in (suite.metrics if request.metrics is None else request.metrics) if name
    ]
    specs = list(task.systems if request.systems is None else request.systems)
    systems = build_all(specs, sentences=task.sentences, batch_size=request.batch_size)
    for kind, found in (("system", systems), ("metric", metrics)):
        if not found:
            raise UsageError(f"no {kind} is named: `sumbench {kind}s` lists them")
    return systems, metrics


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
    return checked(dict(record.request), Request, f"{run / MANIFEST}: request", RunError)


def weights(request: Request) -> set[str | None]:
    """Return the weights that the systems of the request's suite need, whatever the task."""
    tasks = suites.read(request.suite).tasks
    return {system.weights for task in tasks for system in chosen(replace(request, task=task.corpus))[0]}
