"""Run requests: a suite and the settings that override it, from the command line or from a run folder."""

import shlex
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench import suites
from sumbench.corpus.pipes import is_pipe
from sumbench.errors import BenchError
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.executors.weights import weights_of
from sumbench.metrics import EVALUATE
from sumbench.metrics import Metric
from sumbench.metrics import build_metrics
from sumbench.plugins import in_file
from sumbench.plugins import split_options
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import RunFolder
from sumbench.spec_text import unquoted
from sumbench.storage import is_address
from sumbench.storage.address import CUT
from sumbench.systems import System
from sumbench.systems import build_systems
from sumbench.validation import checked


@dataclass(frozen=True)
class Request:
    """A suite, and settings that override the suite's own where they are not None.

    `task` names the suite's task by its corpus; None chooses it by `corpus`. `sentences` or `words` (one of them) is
    the length budget of the systems that set none themselves. Without `texts` the run's folder keeps the documents' ids
    and hashes alone. `shard` (3/8) is the part of the selected documents that is run.
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
    sentences: int | None = None
    words: int | None = None
    seed: int | None = None
    device: str = "auto"
    batch_size: str | None = None
    statistics: Mapping[str, Any] = field(default_factory=dict)
    texts: bool = True
    shard: str | None = None


@dataclass(frozen=True)
class Given:
    """Python objects that override what a request names, where they are not None.

    `corpus` is anything that makes a corpus, `language` that of its documents that say none ("" has it guessed);
    systems and metrics may be named by specs among the objects.
    """

    corpus: Any = None
    systems: Sequence[str | System] | None = None
    metrics: Sequence[str | Metric] | None = None
    language: str = ""

    @property
    def empty(self) -> bool:
        """Whether it overrides nothing."""
        return self.corpus is None and self.systems is None and self.metrics is None


NOTHING = Given()


def task_requests(request: Request) -> list[Request]:
    """Split a request by task: one request where it names a corpus, else one for each task of the suite."""
    if request.corpus is not None:
        return [request]
    return [replace(request, task=task.corpus) for task in suites.read_suite(request.suite).tasks]


def build_parts(request: Request, given: Given = NOTHING) -> tuple[list[System], list[Metric]]:
    """Build the systems and metrics of a request for one task; raise UsageError for unknown ones."""
    task, specs, names = _named(request)
    metrics = build_metrics(names if given.metrics is None else given.metrics)
    named = specs if given.systems is None else given.systems
    systems = build_systems(named, sentences=task.sentences, words=task.words, batch_size=request.batch_size)
    for kind, found in (("system", systems), ("metric", metrics)):
        if not found:
            raise UsageError(f"no {kind} is named: `sumbench {kind}s` lists them")
    return systems, metrics


def task_of(request: Request) -> suites.SuiteTask:
    """Return the suite's task that a request is of, with the length budget of the request where it has one.

    Raises UsageError for a budget below 1, and for two of them.
    """
    task = suites.read_suite(request.suite).task(request.task or request.corpus)
    lengths = {"sentences": request.sentences, "words": request.words}
    for option, number in lengths.items():
        if number is not None and number < 1:
            raise UsageError(f"--{option} {number} leaves nothing of a summary: give 1 or more")
    if None not in lengths.values():
        raise UsageError(f"--sentences {request.sentences} and --words {request.words}: give one length budget")
    return replace(task, sentences=request.sentences, words=request.words) if any(lengths.values()) else task


def _named(request: Request) -> tuple[suites.SuiteTask, list[str], list[str]]:
    """Return the task of a request, and the specs of its systems and metrics."""
    suite, task = suites.read_suite(request.suite), task_of(request)
    names = suite.metrics if request.metrics is None else request.metrics
    return task, list(task.systems if request.systems is None else request.systems), [name for name in names if name]


def request_of_run(run: Path, trusted: Collection[str] = ()) -> Request:
    """Return the request with which the run in the folder `run` was started.

    Raises RunError when it cannot be resumed, also where it ran code of a model that is not among the `trusted`: a
    folder may come from anywhere, so that it ran code before is no reason to trust it.
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
    _refuse_signed(run, request.corpus or "")
    task, systems, metrics = _named(request)
    for spec in (request.corpus or task.corpus, *systems, *metrics):
        name, pairs = split_options(spec)
        if in_file(name):
            raise RunError(f"{run}: ran code of {name}: to go on, give its own command again, with --out {run}")
        if code := next((pair for pair in pairs if name == EVALUATE and pair.startswith("path=")), None):
            raise RunError(f"{run}: ran code of {code}: to go on, give its own command again, with --out {run}")
        paths = (unquoted(pair.partition("=")[2]) for pair in pairs if pair.startswith("path="))
        if pipe := next((path for path in (name, *paths) if is_pipe(Path(path))), None):
            raise RunError(f"{run}: read a pipe ({pipe}): to go on, give its own command again, with --out {run}")
    if request.ids is not None and is_pipe(Path(request.ids)):
        raise RunError(f"{run}: read ids from a pipe: to go on, give its own command again, with --out {run}")
    return request


def how_to_go_on(run: Path) -> str:
    """Return the command that goes on with the run in a folder, or in words which one does."""
    place = shlex.quote(str(run))
    try:
        request_of_run(run)
    except BenchError:
        # It ran code of the user's, or of a model, or had Python objects, which only their own command may name.
        return f"the same command again, with --out {place}"
    return f"sumbench run --resume {place}"


def _refuse_signed(run: Path, corpus: str) -> None:
    """Raise RunError for the corpus of an address whose signature was not kept."""
    if is_address(corpus) and CUT in corpus:
        raise RunError(f"{run}: its corpus was read from a signed address: to go on, give its own command again")


def suite_weights(request: Request) -> set[str | None]:
    """Return the weights that the systems and metrics of the request's suite need, whatever the task."""
    found: set[str | None] = set()
    for task in suites.read_suite(request.suite).tasks:
        systems, metrics = build_parts(replace(request, task=task.corpus))
        found |= {system.weights for system in systems} | {weights_of(metric) for metric in metrics}
    return found


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
