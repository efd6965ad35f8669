"""Systems on a Ray cluster: what the local executor gives, whatever happens to an actor."""

import os
import pickle
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

import sumbench
from sumbench.cli import main
from sumbench.errors import UsageError
from sumbench.executors import messages
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import chunked
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.executors.ray import actor
from sumbench.executors.ray import cluster
from sumbench.records import Document
from sumbench.runs.store import read_run
from sumbench.systems import Context
from tests.executors.test_subprocess import faulty
from tests.executors.test_subprocess import outcome

COSTLY = """
import os
from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Value
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric


@dataclass(frozen=True, kw_only=True)
class Longer(SummaryMetric):
    costly: ClassVar = True
    declared: ClassVar = (Value("characters", "Characters", "characters", 1.0, 0),)

    def measure(self, document, summary):
        return Measured({"characters": float(len(summary.text))}, {"characters": {"process": os.getpid()}})
"""

Documents = Callable[..., tuple[Document, ...]]

ray = pytest.importorskip("ray")


@pytest.fixture(scope="module")
def executor() -> Iterator[RayExecutor]:
    """An executor on a cluster of this machine, with room for two workers, however few cores it has."""
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", paths)
        patch.setenv("RAY_AUTH_MODE", "disabled")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
        with RayExecutor(Cluster(workers=2)) as made:
            yield made
        ray.shutdown()


def test_an_actor_that_is_killed_costs_one_document(
    executor: RayExecutor, context: Context, documents: Documents
) -> None:
    """Its work is done again by others; the document that kills each actor is given up, with the reason."""
    made = outcome(list(executor.run(Assignment(faulty(), context), chunked(documents("x", "die", "y", "z")))))
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "d": "z"}
    assert made["b"].startswith("its worker was lost")
    assert len(made["b"]) < 300


def test_a_system_that_does_not_load_says_why(executor: RayExecutor, context: Context, documents: Documents) -> None:
    """Every document fails for the reason, which is said once as that of the system."""
    del executor
    with RayExecutor(Cluster(workers=1)) as single:
        events = list(single.run(Assignment(faulty("Unloadable"), context), chunked(documents("x", "y"))))
    assert isinstance(events[0], LoadFailed)
    assert set(outcome(events).values()) == {events[0].reason}


def test_a_run_on_a_cluster_is_the_run_of_this_machine(
    executor: RayExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command makes the same scores with --executor ray, those of a costly metric on the cluster."""
    del executor
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(COSTLY)
    words = (
        "run",
        "--systems",
        "random",
        "--metrics",
        "rouge,./own.py:Longer",
        "--limit",
        "4",
        "--no-cache",
        "--quiet",
    )
    assert main([*words, "--out", "here"]) == 0
    assert main([*words, "--out", "there", "--executor", "ray"]) == 0
    assert (tmp_path / "here" / "scores.parquet").read_bytes() == (tmp_path / "there" / "scores.parquet").read_bytes()
    assert {detail.content["process"] for detail in read_run(tmp_path / "here").details} == {os.getpid()}
    assert os.getpid() not in {detail.content["process"] for detail in read_run(tmp_path / "there").details}
    capsys.readouterr()


def test_python_runs_on_a_cluster_too(executor: RayExecutor, tmp_path: Path) -> None:
    """`executor="ray"` makes the same scores; what goes with it alone is refused by its name otherwise."""
    del executor
    rows = [{"id": name, "document": f"One {name}. Two.\nThree.", "reference": f"{name} two."} for name in "abc"]
    here = sumbench.run(rows, "lead,sentences=1", metrics="rouge", out=tmp_path / "here", cache=False)
    there = sumbench.run(
        rows, "lead,sentences=1", metrics="rouge", out=tmp_path / "there", cache=False, executor="ray", workers=1
    )
    assert there.to_pandas().equals(here.to_pandas())
    with pytest.raises(UsageError, match=r"^gpus_per_worker= goes with executor= ray"):
        sumbench.run(rows, "lead", gpus_per_worker=1)
    with pytest.raises(UsageError, match=r"unknown executor .rays.: did you mean .ray."):
        sumbench.run(rows, "lead", executor="rays")


def test_what_cannot_work_on_a_cluster_is_refused_in_one_line(
    executor: RayExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address where nothing, or something else, answers; more GPUs than a node has; another version there."""
    del executor
    with pytest.raises(UsageError, match="no node of the cluster has 2 GPUs: the most that one of its 1 has is 0"):
        Cluster(gpus=2).connect()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(subprocess, "run", late)
        with pytest.raises(UsageError, match="is no Ray cluster, or one that is not well"):
            cluster.check_answer(address, 1)
    with pytest.raises(UsageError, match=f"nothing answers at {address}: Connection refused"):
        cluster.check_answer(address)
    with pytest.raises(UsageError, match="--ray-address nowhere: give auto or HOST:PORT"):
        cluster.check_answer("nowhere")
    assert actor.difference({"sumbench": "2", "Python": "3.12"}, {"sumbench": "1", "Python": "3.12"}) == (
        "sumbench 1 (here 2)"
    )


def late(command: list[str], timeout: float, **_: object) -> None:
    """Not answer in time, as a server that is not Ray."""
    raise subprocess.TimeoutExpired(command, timeout)


def test_a_system_that_ends_its_actor_s_thread_is_told(context: Context, documents: Documents) -> None:
    """A system that calls for the end of its process is a failure with the reason, and nobody waits for more."""
    service = actor._ServiceActor()
    content = pickle.dumps(Assignment(faulty(), context))
    for order in (messages.LoadSystem(content, None), messages.SummarizeChunk(documents("x", "leave"), {})):
        replies = [messages.reply(each) for each in service.obey(messages.encode(order), {})]
    made, broken = replies
    assert isinstance(made, messages.SummaryWritten)
    assert broken == messages.ChunkBroken("its worker was ended: SystemExit")


def test_a_plug_in_file_that_a_node_does_not_have_is_copied_there(tmp_path: Path) -> None:
    """The node's own is used where it has the same content."""
    file = tmp_path / "own.py"
    file.write_text("here = 1")
    assert actor.local_file(str(file), b"here = 1") == str(file)
    for content in (b"here = 2", b""):
        copy = Path(actor.local_file(str(file), content))
        assert copy != file
        assert copy.read_bytes() == content


def test_without_ray_the_executor_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of the package."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=re.escape("pip install 'sumbench[ray]'")):
        Cluster().connect()


def test_flags_of_a_cluster_need_one(capsys: pytest.CaptureFixture[str]) -> None:
    """What only Ray can do is refused without it; so are numbers that mean nothing."""
    assert main(["run", "--ray-address", "auto"]) == 2
    assert capsys.readouterr().err == "sumbench: --ray-address goes with --executor ray\n"
    assert main(["run", "--executor", "ray", "--workers", "0"]) == 2
    assert "--workers 0 leaves nobody to work" in capsys.readouterr().err
    with pytest.raises(UsageError, match="--gpus-per-worker -1 is no number of GPUs"):
        Cluster(gpus=-1)
