"""Metrics that are added to a finished run: what is there stays, and a job that is broken off harms nothing."""

import json
from pathlib import Path

import pytest

from sumbench import suites
from sumbench.cli import main
from sumbench.jobs import rescore as job
from sumbench.jobs.result_table import result_table
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Scorer
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.weights import Store
from tests.metrics import toys

pytestmark = pytest.mark.usefixtures("in_process")


RUN = ("run", "--systems", "lead,random", "--limit", "3", "--quiet", "--out", "out")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run with ROUGE, in the current folder."""
    monkeypatch.chdir(tmp_path)
    assert main([*RUN]) == 0
    return tmp_path / "out"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store, offline."""
    return Store(tmp_path / "store", offline=True)


def test_what_was_added_is_made_again_when_the_run_is(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The request names the metric with its options, so that --resume has it, too."""
    assert main(["score", "out", "--metrics", "rouge,types=rouge3,as=three", "--quiet"]) == 0
    first = read_run(run)
    assert {"rouge1", "rouge3"} <= set(first.scores.names("metric"))
    assert json.loads((run / "run.json").read_text())["request"]["metrics"] == [
        *suites.METRICS,
        "rouge,types=rouge3,as=three",
    ]
    assert main(["run", "--resume", "out", "--quiet"]) == 0
    assert read_run(run).scores == first.scores
    assert main(["score", "out", "--metrics", "rouge,types=rouge3"]) == 2
    assert "out: has rouge3 already" in capsys.readouterr().err


def test_a_run_again_without_what_was_added_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run's own command would drop the scores, and says so."""
    assert main(["score", "out", "--metrics", "rouge,types=rouge3", "--quiet"]) == 0
    before = (run / "scores.parquet").read_bytes()
    assert main([*RUN]) == 2
    assert "out: has scores in rouge3, which this run does not make" in capsys.readouterr().err
    assert (run / "scores.parquet").read_bytes() == before


def test_an_interruption_leaves_the_run_as_it_was(run: Path, store: Store) -> None:
    """Broken off at a summary, the folder is that of before, but for the journal; again, the metric is there."""
    before = (run / "run.json").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        job.rescore(run, [toys.Judged(name="judged", breaks_at="a")], store)
    assert (run / "run.json").read_bytes() == before
    assert job.rescore(run, [toys.Judged(name="judged")], store).run.scores.names("metric")[-1] == "absent"


def test_a_kill_at_any_moment_can_be_made_good(run: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the scores written and no more, or the metric named and not scored, the run is read, and goes on."""
    metric = toys.Absent(name="absent")

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(job, "finish", killed)
        with pytest.raises(SystemExit):
            job.rescore(run, [metric], store)
    assert "absent" in read_run(run).scores.names("metric")
    assert main(["run", "--systems", "lead,random", "--limit", "3", "--quiet", "--out", "two"]) == 0
    two = run.parent / "two"
    with monkeypatch.context() as patch:
        patch.setattr(job, "score_batches", killed)
        patch.setattr(RunFolder, "write_manifest", _only_once(RunFolder.write_manifest))
        with pytest.raises(SystemExit):
            job.rescore(two, [metric], store)
    named = read_run(two)
    assert [entry.name for entry in named.manifest.metrics] == [*suites.METRICS, "absent"]
    assert result_table(named).sections
    again = job.rescore(two, [metric], store).run
    assert [entry.name for entry in again.manifest.metrics] == [*suites.METRICS, "absent"]
    assert read_run(two).scores.names("metric")[-1] == "absent"


def _only_once(write: object) -> object:
    """Return what does its work the first time alone, as in a process that is killed soon after."""
    calls: list[object] = []

    def once(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 1:
            write(*arguments)  # type: ignore[operator]

    return once


class Unloadable(toys.Absent):
    """A metric whose server is down."""

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - the contract's
        """Fail."""
        raise OSError("no server")


def test_a_metric_that_could_not_be_loaded_can_be_added_again(run: Path, store: Store) -> None:
    """The run says the reason, another metric leaves that as it is, and the metric itself takes its place."""
    assert job.rescore(run, [Unloadable(name="absent")], store).failed
    assert job.rescore(run, ["rouge,types=rouge3,as=three"], store).failed
    made = job.rescore(run, [toys.Absent(name="absent")], store)
    assert not made.failed
    assert [(entry.name, entry.error) for entry in made.run.manifest.metrics] == [
        *((name, None) for name in suites.METRICS),
        ("three", None),
        ("absent", None),
    ]
