"""Connects to a Ray cluster, or starts one, and refuses in one line what cannot work there."""

import contextlib
import logging
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from sumbench.errors import UsageError
from sumbench.errors import one_line

AUTO = "auto"
"""The address of the cluster that this machine belongs to."""

ANSWER_SECONDS = 20.0
"""So long an address may take to answer: Ray itself tries for two minutes, and then ends the process."""

OWN_STORE = 200_000_000
"""Bytes of shared memory of a cluster that is started for a run: texts travel in messages, not through it."""

_FLAG = "--ray-address"
_CLIENT = "ray://"
_HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Cluster:
    """Which cluster, and how much of it: `address` None starts one on this machine, for as long as the run takes.

    `workers` actors work on a system at once, each on one CPU and `gpus` GPUs (a part of one is allowed); one that
    finds no room waits for it, while the others work.
    """

    address: str | None = None
    workers: int = 2
    gpus: float = 0.0

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        if self.workers < 1:
            raise UsageError(f"--workers {self.workers} leaves nobody to work: give 1 or more")
        if not 0 <= self.gpus < float("inf"):
            raise UsageError(f"--gpus-per-worker {self.gpus:g} is no number of GPUs: give 0 or more")

    def connect(self) -> bool:
        """Connect, unless this process is connected; tell whether it was not.

        Raises UsageError, in one line, where there is no Ray, no cluster that answers, one of another version, or one
        without a node that has what a worker takes.
        """
        ray = library()
        if ray.is_initialized():
            self._check_nodes(ray.nodes())
            return False
        address = self.address or os.environ.get("RAY_ADDRESS") or None
        if address is not None:
            check_answer(address)
        own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": OWN_STORE}
        try:
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level=logging.ERROR,
                configure_logging=False,
                **({} if address else own),
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it raises whatever the cluster raises
            with contextlib.suppress(Exception):
                ray.shutdown()
            where = address or "a cluster on this machine"
            raise UsageError(f"{_FLAG}: {where} cannot be used: {one_line(str(error))}") from None
        try:
            self._check_nodes(ray.nodes())
        except UsageError:
            ray.shutdown()
            raise
        return True

    def _check_nodes(self, nodes: list[dict[str, Any]]) -> None:
        """Raise UsageError where no node has, even when it is idle, what a worker takes."""
        living = [node["Resources"] for node in nodes if node["Alive"]]
        for what, wanted, flag in (("CPU", 1.0, ""), ("GPU", self.gpus, f"--gpus-per-worker {self.gpus:g}: ")):
            most = max((resources.get(what, 0.0) for resources in living), default=0.0)
            if most < wanted:
                have = f"no node of the cluster has {wanted:g} {what}{'s' if wanted != 1 else ''}"
                raise UsageError(f"{flag}{have}: the most that one of its {len(living)} has is {most:g}")


def check_answer(address: str, seconds: float = ANSWER_SECONDS) -> None:
    """Raise UsageError for an address at which nothing answers in so many seconds, or something other than Ray does.

    `auto`, and other names that Ray looks up, are left to Ray, which answers at once.
    """
    host, colon, port = address.removeprefix(_CLIENT).rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        if address not in {AUTO, "local"}:
            raise UsageError(f"{_FLAG} {address}: give auto or HOST:PORT")
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=seconds).close()
    except TimeoutError:
        raise UsageError(f"{_FLAG}: nothing answers at {address} within {seconds:g} s") from None
    except (OSError, UnicodeError) as error:
        why = one_line(str(getattr(error, "strerror", None) or error))
        raise UsageError(f"{_FLAG}: nothing answers at {address}: {why}") from None
    if not address.startswith(_CLIENT) and not _healthy(address, seconds):
        raise UsageError(f"{_FLAG}: what answers at {address} is no Ray cluster, or one that is not well")


def _healthy(address: str, seconds: float) -> bool:
    """Ask with the command that probes of containers use, in a process of its own, which can be given up."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--skip-version-check"]
    try:
        found = subprocess.run([*command, "--address", address], capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return False
    return found.returncode == 0


def library() -> Any:  # noqa: ANN401 - its types are loaded with it
    """Import Ray; raise UsageError, which says what to install, where it is not there."""
    try:
        import ray
    except ImportError:
        raise UsageError("--executor ray needs Ray: pip install 'sumbench[ray]'") from None
    return ray
