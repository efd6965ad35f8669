from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.corpus import Corpus
from sumbench.errors import StoppedError
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.run import run as carry_out
from sumbench.manifest import Value
from sumbench.metrics import REGISTRY
from sumbench.metrics import Metric
from sumbench.metrics import Needs
from sumbench.metrics import Scorer
from sumbench.metrics.rouge import RougeMetric
from sumbench.records import Document
from sumbench.runs import journal
from sumbench.runs.store import read_run
from sumbench.systems import Context

pytestmark = pytest.mark.usefixtures("in_process")


Documents = Callable[..., tuple[Document, ...]]


class Broken:
    """A metric that cannot be loaded."""

    name = "broken"
    needs = Needs()
    costly = False

    def values(self) -> tuple[Value, ...]:
        """Name its one value."""
        return (Value("broken", "broken"),)

    def signatures(self, languages: object) -> dict[str, str]:  # noqa: ARG002
        """Describe its one value."""
        return {"broken": "broken|none"}

    def load(self, context: object) -> Scorer:  # noqa: ARG002
        """Raise."""
        raise ZeroDivisionError("nothing to divide")


def plan(context: Context, documents: tuple[Document, ...], run: Path, policy: Policy, *names: str) -> Plan:
    import faulty

    systems = [getattr(faulty, name)(name=name) for name in names]
    metrics: list[Metric] = [REGISTRY["rouge"](), Broken()]
    return Plan("t", 3, Corpus("c", documents), systems, metrics, context, run, policy)


def test_a_metric_that_raises_is_recorded_and_the_others_are_computed(
    context: Context, documents: Documents, tmp_path: Path
) -> None:
    """The reason stands in the manifest and under the table; the run counts as failed and is complete."""
    finished = carry_out(plan(context, documents("x", "y"), tmp_path / "run", Policy(), "Faulty"))
    assert finished.failed
    assert [metric.error for metric in finished.run.manifest.metrics] == [None, "ZeroDivisionError: nothing to divide"]
    assert "metric broken failed: ZeroDivisionError: nothing to divide" in finished.table.notes
    run = read_run(tmp_path / "run")
    assert set(run.scores.names("metric")) == {value.name for value in RougeMetric().values()}


def test_a_system_that_cannot_be_loaded_fails_and_the_others_run(
    context: Context, documents: Documents, tmp_path: Path
) -> None:
    """It stands in the table as failed on every document, with the reason, and the others have their scores."""
    finished = carry_out(plan(context, documents("x", "raise"), tmp_path / "run", Policy(), "Unloadable", "Faulty"))
    unloadable, faulty = finished.run.manifest.systems
    assert (unloadable.error, faulty.error) == ("nothing to load", None)
    errors = [(one.system, one.document, one.error) for one in finished.run.summaries if one.error]
    assert errors == [
        ("Unloadable", "a", "nothing to load"),
        ("Unloadable", "b", "nothing to load"),
        ("Faulty", "b", "ValueError: cannot read this"),
    ]
    assert "Unloadable could not be loaded: nothing to load" in finished.table.notes
    at = [column.key for column in finished.table.columns].index("failed")
    failed = {row.cells[0]: row.cells[at] for section in finished.table.sections for row in section.rows}
    assert failed == {"Faulty": 1, "Unloadable": 2}


@pytest.mark.processes
def test_telemetry_says_what_a_system_took(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Times, tokens and memory are those of the documents that did not fail."""
    finished = carry_out(plan(context, documents("x", "raise", "y"), tmp_path / "run", Policy(), "Faulty"))
    telemetry = finished.run.manifest.systems[0].telemetry
    assert telemetry is not None
    assert (telemetry.median_input_tokens, telemetry.p95_output_tokens, telemetry.reused) == (1.0, 1.0, 0)
    assert 0 < (telemetry.median_seconds or 0) <= (telemetry.p95_seconds or 0)
    assert (telemetry.memory or 0) > 10_000_000


def test_the_first_failure_ends_a_run_that_is_to_fail_fast(
    context: Context, documents: Documents, tmp_path: Path
) -> None:
    """Nothing after it is done, and what was done before is kept."""
    with pytest.raises(StoppedError, match="Faulty failed on document 'b': ValueError"):
        carry_out(plan(context, documents("x", "raise", "y"), tmp_path / "run", Policy(fail_fast=True), "Faulty"))
    assert [(one.document, one.error is None) for one in journal.read_journal(tmp_path / "run" / journal.FILE)] == [
        ("a", True),
        ("b", False),
    ]
