"""How a run is carried out: limits of time and memory, workers, the cache, and what a failure ends."""

import math
from dataclasses import dataclass
from typing import Any

from sumbench.errors import UsageError
from sumbench.executors.ray import Cluster
from sumbench.registry import unknown
from sumbench.runs.cache import Cache

LOAD_TIMEOUT = 3600.0
"""Seconds after which a system that is not ready is given up, where no limit was given."""

LEAST_LOAD_TIMEOUT = 30.0
"""Seconds that loading may take at least, where only a document's limit was given."""

EXECUTORS = ("local", "ray")

LEAST_MEMORY = 0.05
"""Gigabytes without which not even Python starts."""


def checked_limits(timeout: float | None, load_timeout: float | None, memory: float | None) -> dict[str, Any]:
    """Return limits as fields of a Policy: seconds of a document and of loading, gigabytes of memory; None is none.

    Raises UsageError for what is no time, or too little memory.
    """
    for flag, seconds in (("--timeout", timeout), ("--load-timeout", load_timeout)):
        if seconds is not None and not 0 < seconds < math.inf:
            raise UsageError(f"{flag} {seconds:g} is no time: give seconds, more than 0")
    if memory is not None and not LEAST_MEMORY <= memory < math.inf:
        raise UsageError(f"--memory-limit {memory:g} is no memory to work in: give gigabytes, {LEAST_MEMORY:g} or more")
    limit = None if memory is None else int(memory * 1e9)
    return {"timeout": timeout, "load_timeout": load_timeout, "memory_limit": limit}


def checked_workers(number: int) -> int:
    """Return a number of workers; raise UsageError for less than one."""
    if number < 1:
        raise UsageError(f"--workers {number} leaves nobody to work: give 1 or more")
    return number


def chosen_cluster(executor: str, address: str | None, workers: int | None, gpus: float | None) -> Cluster | None:
    """Return the Ray cluster that is to do the work, None for this machine alone.

    Raises UsageError for an executor that there is not, and for what only a cluster has.
    """
    if executor not in EXECUTORS:
        raise unknown("executor", executor, list(EXECUTORS))
    given = {"address": address, "workers": workers, "gpus": gpus}
    named = {option: value for option, value in given.items() if value is not None}
    if executor == "ray":
        return Cluster(**named)  # type: ignore[arg-type]
    flags = {"address": "--ray-address", "gpus": "--gpus-per-worker"}
    if idle := [flags[option] for option in named if option in flags]:
        raise UsageError(f"{idle[0]} goes with --executor ray")
    return None


@dataclass(frozen=True)
class Policy:
    """How a run deals with failures, and what it may reuse.

    `timeout` is the time a document may take (seconds), `load_timeout` the time a system may take to be ready,
    `memory_limit` what a system's process may use (bytes); None is no limit. With `fail_fast` the first failure ends
    the run. `cache` holds earlier runs' summaries, None for no reuse. So many `workers` work on a system at once, or
    those of a Ray `cluster` where there is one.
    """

    timeout: float | None = None
    memory_limit: int | None = None
    fail_fast: bool = False
    cache: Cache | None = None
    load_timeout: float | None = None
    workers: int = 1
    cluster: Cluster | None = None

    @property
    def load_limit(self) -> float:
        """The seconds that loading may take: where nothing else was said, as long as ten documents, and 30 at least."""
        if self.load_timeout is not None:
            return self.load_timeout
        return LOAD_TIMEOUT if self.timeout is None else max(10 * self.timeout, LEAST_LOAD_TIMEOUT)
