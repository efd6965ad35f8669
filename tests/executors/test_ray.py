"""Systems on a Ray cluster: what the local executor gives, whatever happens to an actor."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.errors import UsageError
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import chunked
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.records import Document
from sumbench.systems import Context
from tests.executors.test_subprocess import faulty
from tests.executors.test_subprocess import outcome

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
    """The command makes the same scores with --executor ray."""
    del executor
    monkeypatch.chdir(tmp_path)
    words = ("run", "--systems", "random", "--limit", "4", "--no-cache", "--quiet")
    assert main([*words, "--out", "here"]) == 0
    assert main([*words, "--out", "there", "--executor", "ray"]) == 0
    assert (tmp_path / "here" / "scores.parquet").read_bytes() == (tmp_path / "there" / "scores.parquet").read_bytes()
    capsys.readouterr()


def test_flags_of_a_cluster_need_one(capsys: pytest.CaptureFixture[str]) -> None:
    """What only Ray can do is refused without it; so are numbers that mean nothing."""
    assert main(["run", "--ray-address", "auto"]) == 2
    assert capsys.readouterr().err == "sumbench: --ray-address goes with --executor ray\n"
    assert main(["run", "--executor", "ray", "--workers", "0"]) == 2
    assert "--workers 0 leaves nobody to work" in capsys.readouterr().err
    with pytest.raises(UsageError, match="--gpus-per-worker -1 is no number of GPUs"):
        Cluster(gpus=-1)
