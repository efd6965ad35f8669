import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from sumbench.corpus import Corpus
from sumbench.errors import InterruptionError
from sumbench.errors import MetricError
from sumbench.errors import RunError
from sumbench.jobs import run as jobs
from sumbench.jobs.finish import Finished
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.manifest import Spending
from sumbench.metrics import BatchScores
from sumbench.metrics import MetricContext
from sumbench.metrics import Scorer
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.text import TextMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.cache import Cache
from sumbench.runs.score_journal import FILE
from sumbench.runs.score_journal import ScoreJournal
from sumbench.systems import Context
from sumbench.systems import build_system
from tests.metrics import toys
from tests.metrics.scored import batch

pytestmark = pytest.mark.usefixtures("in_process")


DOCUMENTS = [Document(str(number), f"word{number} said this", ("a reference",)) for number in range(12)]


def summaries(*texts: str) -> list[Summary]:
    return [
        Summary(document.id, "s", text, None, None, 0, None) for document, text in zip(DOCUMENTS, texts, strict=False)
    ]


@pytest.fixture(autouse=True)
def calls() -> Iterator[list[tuple[str, str]]]:
    """The calls of the costly metric, none at first."""
    toys.CALLS.clear()
    yield toys.CALLS
    toys.CALLS.clear()


def test_one_summary_that_cannot_be_scored_is_one_failure() -> None:
    """The eighth of twelve fails with its reason, and the other eleven have their scores."""
    texts = ["said nothing"] * 7 + ["unreadable"] + ["said this"] * 4
    found = batch(toys.Absent(name="absent"), DOCUMENTS, summaries(*texts))
    assert [score.value for score in found.scores] == [0.5] * 7 + [0.0] * 4
    (failure,) = found.scores.failures()
    assert (failure.document, failure.metric, failure.reason) == ("7", "absent", "ValueError: cannot read this")
    assert len(found.details) == 11


class Whole(toys.Absent):
    """A metric that raises on the whole batch where one of its summaries is at fault, and where there is none."""

    def score(self, documents: object, summaries: object) -> BatchScores:
        """Raise where a text is unreadable, without saying which."""
        if not summaries or any("unreadable" in summary.text for summary in summaries):  # type: ignore[attr-defined]
            raise RuntimeError("out of order")
        return super().score(documents, summaries)  # type: ignore[arg-type]


def test_a_batch_that_raises_is_scored_summary_by_summary() -> None:
    """Only the summaries that cause what it raises fail; of references, which it does not score, nothing is said."""
    found = batch(Whole(name="whole"), DOCUMENTS, summaries("said", "unreadable", "that"))
    assert [(score.document, score.value) for score in found.scores] == [("0", 0.0), ("2", 1.0)]
    assert [failure.reason for failure in found.scores.failures()] == ["RuntimeError: out of order"]
    assert not found.notes


class Paid(Whole):
    """One of that kind which is paid by the call."""

    def score(self, documents: object, summaries: object) -> BatchScores:
        """Ask once a summary."""
        return replace(super().score(documents, summaries), spent=Spending(calls=len(summaries)))  # type: ignore[arg-type]


def test_what_a_batch_took_is_counted_where_it_is_scored_summary_by_summary() -> None:
    """Calls that were made for the summaries that could be scored are spent, whatever the others cause."""
    assert batch(Paid(name="paid"), DOCUMENTS, summaries("said", "unreadable", "that")).spent == Spending(calls=2)


class Agreeing(toys.Absent):
    """One that measures references against each other, too."""

    agreement: ClassVar[bool] = True


def test_a_reference_that_cannot_be_measured_costs_no_summary_its_score() -> None:
    """Its document has no agreement, which a note says; so it is where a metric raises on the whole batch."""
    documents = [replace(DOCUMENTS[0], references=("unreadable", "said")), replace(DOCUMENTS[1], references=("a", "b"))]
    found = batch(Agreeing(name="agreeing"), documents, summaries("said", "said"))
    assert [(score.document, score.system) for score in found.scores] == [("0", "s"), ("1", "s"), ("1", "references")]
    (note,) = found.notes
    assert note.what == "references that could not be scored as summaries are"
    assert note.texts == ["those of document '0' (ValueError: cannot read this)"]
    assert batch(TextMetric(), [Document("a", "", ("\ud800",))], []).failed == 0


class Refusing(toys.Absent):
    """One that raises at the references of a document."""

    def score(self, documents: object, summaries: object) -> BatchScores:
        """Look at the references alone."""
        if any("unreadable" in document.references for document in documents):  # type: ignore[attr-defined]
            raise RuntimeError("out of order")
        return replace(super().score(documents, summaries), agreement={"absent": np.full(len(documents), 0.5)})  # type: ignore[arg-type]


def test_a_batch_without_summaries_on_which_a_metric_raises_is_no_end_of_the_run() -> None:
    """Where all summaries of a batch failed, the references of its other documents are scored."""
    documents = [replace(DOCUMENTS[0], references=("unreadable",)), DOCUMENTS[1]]
    found = batch(Refusing(name="refusing"), documents, [])
    assert [(score.document, score.value) for score in found.scores] == [("1", 0.5)]
    assert [tuple(note.texts) for note in found.notes] == [("those of document '0' (RuntimeError: out of order)",)]


class Misshapen(toys.Absent):
    """One whose agreement does not fit: of another value, or of too many documents."""

    def score(self, documents: object, summaries: object) -> BatchScores:
        """Yield it."""
        number = len(documents) + (self.name == "long")  # type: ignore[arg-type]
        agreement = {"other" if self.name == "other" else "absent": np.zeros(number)}
        return replace(super().score(documents, summaries), agreement=agreement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other", "other yielded an agreement for other, which it does not declare"),
        ("long", "long yielded an agreement of shape (2,) for absent of 1 documents"),
    ],
)
def test_agreement_that_does_not_fit_is_a_failure(name: str, said: str) -> None:
    """No folder gets scores of a value that no metric declares, or of no document."""
    found = batch(Misshapen(name=name), DOCUMENTS[:1], summaries("said"))
    assert [failure.reason for failure in found.scores.failures()] == [said]
    assert {score.system for score in found.scores} == set()


class Odd(toys.Absent):
    """A metric that yields what is no score."""

    def score(self, documents: object, summaries: object) -> BatchScores:  # noqa: ARG002
        """Yield a NaN and an infinity."""
        return BatchScores({"absent": np.array([0.5, np.nan, np.inf])})


class Leaving(toys.Absent):
    """A metric that ends the process at some texts, and when it is loaded, if it is called so."""

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Leave where a text is unreadable."""
        return sys.exit(1) if "unreadable" in summary.text else super().measure(document, summary)

    def load(self, context: MetricContext) -> Scorer:
        """Leave at once."""
        return sys.exit(1) if self.name == "gone" else super().load(context)


def test_a_metric_that_ends_the_process_costs_its_summary_or_itself(context: Context, tmp_path: Path) -> None:
    """Exit code 1 means a failed gate: no plug-in makes it, and the other summaries and metrics have their scores."""
    found = batch(Leaving(name="leaving"), DOCUMENTS, summaries("said", "unreadable"))
    assert [score.value for score in found.scores] == [0.0]
    (failure,) = found.scores.failures()
    assert failure.reason == "leaving asked the process to end (SystemExit: 1)"
    finished = run(context, tmp_path / "run", Leaving(name="gone"))
    assert [entry.error for entry in finished.run.manifest.metrics] == ["gone asked the process to end (SystemExit: 1)"]


def test_what_is_no_number_is_a_failure() -> None:
    """NaN and infinity are failures of their summaries, and no scores."""
    found = batch(Odd(name="odd"), DOCUMENTS, summaries("a", "b", "c"))
    assert [score.value for score in found.scores] == [0.5]
    assert [failure.reason for failure in found.scores.failures()] == [
        "absent is nan, which is no score",
        "absent is inf, which is no score",
    ]


def test_a_document_without_text_fails_where_the_text_is_needed() -> None:
    """The metric never sees it, the reason is said, and the other documents have their scores."""
    documents = [DOCUMENTS[0], replace(DOCUMENTS[1], text=" "), DOCUMENTS[2]]
    found = batch(toys.Absent(name="absent"), documents, summaries("said", "said", "word2"))
    assert [(score.document, score.value) for score in found.scores] == [("0", 0.0), ("2", 0.0)]
    (failure,) = found.scores.failures()
    assert (failure.document, failure.reason) == ("1", "its document has no text, which this metric needs")


def test_the_first_failure_ends_a_job_that_is_to_fail_fast() -> None:
    """The error names metric, system and document."""
    with pytest.raises(MetricError, match="absent: s's summary of document '1': ValueError: cannot read this"):
        batch(toys.Absent(name="absent"), DOCUMENTS, summaries("a", "unreadable"), fail_fast=True)


def run(context: Context, folder: Path, metric: toys.Absent, cache: Path | None = None) -> Finished:
    documents = tuple(replace(document, text=f"{document.text}\nagain") for document in DOCUMENTS[:3])
    policy = Policy(cache=None if cache is None else Cache(cache))
    systems = [build_system("lead,sentences=1")]
    return jobs.run(Plan("t", 1, Corpus("c", documents), systems, [metric], context, folder, policy))


def test_a_costly_metric_goes_on_where_it_was_broken_off(
    context: Context, tmp_path: Path, calls: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scores are journalled as they are made; resumed, only the others are made, and the journal then goes."""
    monkeypatch.setattr("sumbench.jobs.scoring.COSTLY_BATCH", 1)
    with pytest.raises(InterruptionError):
        run(context, tmp_path / "run", toys.Judged(name="judged", breaks_at="word2"))
    assert [document for document, _ in calls] == ["0", "1"]
    assert len((tmp_path / "run" / FILE).read_text().splitlines()) == 4
    signature = toys.Judged(name="judged", breaks_at="word2").signatures(["en"])
    monkeypatch.setattr(toys.Judged, "signatures", lambda *_: signature)
    finished = run(context, tmp_path / "run", toys.Judged(name="judged"))
    assert [document for document, _ in calls] == ["0", "1", "2"]
    assert [score.value for score in finished.run.scores] == [0.0, 0.0, 0.0]
    assert [detail.document for detail in finished.run.details] == ["0", "1", "2"]
    assert not (tmp_path / "run" / FILE).exists()


def test_costly_scores_are_kept_from_run_to_run(context: Context, tmp_path: Path, calls: list[tuple[str, str]]) -> None:
    """The same summary of the same document under the same signature is not scored twice; another signature is."""
    first = run(context, tmp_path / "one", toys.Judged(name="judged"), tmp_path / "cache")
    again = run(context, tmp_path / "two", toys.Judged(name="judged"), tmp_path / "cache")
    assert len(calls) == 3
    assert again.run.scores == first.run.scores
    assert again.run.details == first.run.details
    run(context, tmp_path / "three", toys.Judged(name="judged", breaks_at="x"), tmp_path / "cache")
    assert len(calls) == 6


def test_a_kept_score_that_lacks_a_value_is_made_again(
    context: Context, tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    """A row of the cache without the metric's value is scored anew and replaced; the other rows are reused."""
    cache = tmp_path / "cache"
    first = run(context, tmp_path / "one", toys.Judged(name="judged"), cache)
    with closing(sqlite3.connect(cache)) as database, database:
        emptied = database.execute(
            "UPDATE scores SET content = json_set(content, '$.values', json('{}')) WHERE key = "
            "(SELECT key FROM scores WHERE json_extract(content, '$.values.absent') IS NOT NULL LIMIT 1)"
        )
        assert emptied.rowcount == 1
    for name, asked in (("two", 4), ("three", 4)):
        assert run(context, tmp_path / name, toys.Judged(name="judged"), cache).run.scores == first.run.scores
        assert len(calls) == asked


def test_a_torn_line_of_the_journal_is_cut_off_and_a_damaged_one_named(tmp_path: Path) -> None:
    """What a kill left half written is made again; any other line that is no score is refused with its number."""
    file = tmp_path / FILE
    file.write_bytes(b'{"key":"k","values":{"absent":0.5}}\n{"key":"l","val')
    ScoreJournal(file)
    assert file.read_bytes() == b'{"key":"k","values":{"absent":0.5}}\n'
    file.write_bytes(b'{"key":"k","values":{"absent":"high"}}\n')
    with pytest.raises(RunError, match=r"scores.jsonl, line 1: no score: values.*: expected a number, got a text"):
        ScoreJournal(file)
