import json
from dataclasses import fields
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench import metrics
from sumbench import systems
from sumbench.errors import RunError
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Machine
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.manifest import WeightsEntry
from sumbench.runs import environment
from sumbench.runs.manifest import read_manifest
from sumbench.runs.store import read_run
from tests.runs.made import MANIFEST


def test_a_manifest_reads_as_it_was_written(tmp_path: Path) -> None:
    """run.json holds the whole manifest."""
    (tmp_path / "run.json").write_text(MANIFEST.json(), "utf-8")
    assert read_manifest(tmp_path / "run.json") == MANIFEST


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """A run.json of a later sumbench is not guessed at."""
    (tmp_path / "run.json").write_text(replace(MANIFEST, schema=SCHEMA + 1).json(), "utf-8")
    with pytest.raises(RunError, match="newer than this sumbench reads"):
        read_manifest(tmp_path / "run.json")


def test_an_older_schema_is_read() -> None:
    """A run.json as the first version wrote it is still read; what it did not have yet has its plain default."""
    old = read_manifest(Path(__file__).with_name("schema-1.json"))
    assert old.schema == 1
    assert (old.corpus.notes, old.corpus.clusters, old.statistics) == ((), None, {})
    lead, model = old.systems
    assert (lead.samples, model.weights and model.weights.name) == (1, "minilm")
    assert lead.telemetry is not None
    assert (lead.telemetry.working_seconds, lead.telemetry.median_input_tokens) == (None, None)


@pytest.mark.parametrize("kind", [Manifest, CorpusEntry, SystemEntry, WeightsEntry, Telemetry, Machine])
def test_every_key_is_documented(kind: type) -> None:
    """Each key of run.json is named where its object is described."""
    assert [field.name for field in fields(kind) if f"`{field.name}`" not in (kind.__doc__ or "")] == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 1}', '{"schema": 1, "suite"'])
def test_a_damaged_manifest_is_named(tmp_path: Path, content: str) -> None:
    """A run.json that is cut, empty or something else raises RunError with the file's name."""
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json: "):
        read_manifest(tmp_path / "run.json")


def test_an_entry_with_a_key_too_many_is_damage(tmp_path: Path) -> None:
    """An unknown key inside an entry is said to be damage, not dropped."""
    (tmp_path / "run.json").write_text(MANIFEST.json(), "utf-8")
    content = json.loads((tmp_path / "run.json").read_text())
    content["corpus"]["colour"] = "red"
    (tmp_path / "run.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="colour"):
        read_manifest(tmp_path / "run.json")


def test_the_machine_is_described() -> None:
    """Cores and memory are those of this machine."""
    machine = environment.machine()
    assert machine.cores >= 1
    assert machine.memory > 1 << 28


def test_the_versions_of_all_libraries_that_matter_are_kept() -> None:
    """What a system or a metric names as changing its output is among the packages of run.json."""
    named = {library for name in systems.REGISTRY for library in systems.REGISTRY[name].libraries}
    named |= {library for name in metrics.REGISTRY for library in getattr(metrics.REGISTRY[name], "libraries", ())}
    assert named <= set(environment.PACKAGES)
    assert {"numpy", "torch", "sentencex"} <= environment.packages().keys()


def test_the_published_run_reads() -> None:
    """The run that the README shows is read whole by the sumbench that ships it."""
    run = read_run(Path(__file__).parents[2] / "results" / "references-default")
    assert run.manifest.finished
    assert len(run.summaries) == len(run.manifest.systems) * run.manifest.corpus.documents
    assert not [summary for summary in run.summaries if summary.error]
