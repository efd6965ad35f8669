import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench import checksums
from sumbench.cli import main
from sumbench.corpus import Corpus
from sumbench.errors import RunError
from sumbench.executors.local import LocalExecutor
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import chunked
from sumbench.jobs.finish import Finished
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.run import run as carry_out
from sumbench.manifest import Telemetry
from sumbench.metrics import REGISTRY
from sumbench.records import Document
from sumbench.run_record import Run
from sumbench.runs import journal
from sumbench.runs.cache import Cache
from sumbench.runs.forecast import forecast
from sumbench.runs.store import SCORES
from sumbench.runs.store import read_run
from sumbench.systems import Context

pytestmark = pytest.mark.usefixtures("in_process")


Documents = Callable[..., tuple[Document, ...]]
Texts = dict[tuple[str, int], str]


def run(context: Context, documents: tuple[Document, ...], home: Path, samples: int, store: Path) -> Finished:
    from faulty import Drawing

    corpus, metrics = Corpus("c", documents), [REGISTRY["rouge"]()]
    system = Drawing(name="drawing", samples=samples)
    return carry_out(Plan("t", 3, corpus, [system], metrics, context, home, Policy(cache=Cache(store))))


def parts(run: Run) -> tuple[object, ...]:
    return run.manifest, run.summaries, run.scores


def texts(home: Path) -> Texts:
    return {(one.document, one.draw): one.text for one in journal.read_journal(home / journal.FILE)}


def telemetry(finished: Finished) -> Telemetry:
    (entry,) = finished.run.manifest.systems
    assert entry.telemetry
    return entry.telemetry


def test_every_draw_is_a_summary_with_scores_of_its_own(context: Context, documents: Documents, tmp_path: Path) -> None:
    """The journal and scores.parquet carry the draw, a document's draws side by side, and read as they were written."""
    finished = run(context, documents("x", "y"), tmp_path / "run", 3, tmp_path / "c")
    assert list(texts(tmp_path / "run")) == [(document, draw) for document in "ab" for draw in (1, 2, 3)]
    assert len(set(texts(tmp_path / "run").values())) == 6
    assert parts(read_run(tmp_path / "run")) == parts(finished.run)
    assert {(score.document, score.draw) for score in finished.run.scores} == set(texts(tmp_path / "run"))
    assert finished.run.manifest.systems[0].samples == 3


@pytest.mark.parametrize(("home", "store"), [("few", "empty"), ("many", "c")])
def test_asking_for_more_draws_makes_the_missing_ones_only(
    context: Context, documents: Documents, tmp_path: Path, home: str, store: str
) -> None:
    """Draws that are there, in the folder or from another run, are reused and stay what they were."""
    run(context, documents("x", "y"), tmp_path / "few", 2, tmp_path / "c")
    few = texts(tmp_path / "few")
    finished = run(context, documents("x", "y"), tmp_path / home, 5, tmp_path / store)
    assert telemetry(finished).reused == 4
    many = texts(tmp_path / home)
    assert len(many) == 10
    assert few.items() <= many.items()


def test_fewer_draws_than_a_folder_holds_are_refused(context: Context, documents: Documents, tmp_path: Path) -> None:
    """What was drawn is not dropped from a run in silence."""
    run(context, documents("x"), tmp_path / "run", 3, tmp_path / "c")
    before = texts(tmp_path / "run")
    with pytest.raises(RunError, match=r"number of draws of 'drawing' \(3\) is not that of this one"):
        run(context, documents("x"), tmp_path / "run", 2, tmp_path / "c")
    assert texts(tmp_path / "run") == before


@pytest.mark.parametrize("kept", range(1, 6))
def test_a_run_cut_off_between_draws_goes_on_with_the_next(
    context: Context, documents: Documents, tmp_path: Path, kept: int
) -> None:
    """Wherever in a document's draws the journal ends, the same command again makes only what is missing."""
    run(context, documents("x", "y"), tmp_path / "whole", 3, tmp_path / "c")
    whole = (tmp_path / "whole" / journal.FILE).read_text()
    run(context, documents("x", "y"), tmp_path / "cut", 3, tmp_path / "other")
    (tmp_path / "cut" / journal.FILE).write_text("".join(whole.splitlines(keepends=True)[:kept]) + whole[:20])
    finished = run(context, documents("x", "y"), tmp_path / "cut", 3, tmp_path / "empty")
    assert telemetry(finished).reused == kept
    assert texts(tmp_path / "cut") == texts(tmp_path / "whole")


def test_seconds_and_tokens_of_a_document_are_those_of_its_draws(
    context: Context, documents: Documents, tmp_path: Path
) -> None:
    """Time and tokens written add up over the draws of a document; what it read counts once."""
    took = telemetry(run(context, documents("x", "y"), tmp_path / "run", 3, tmp_path / "c"))
    assert (took.median_seconds, took.median_input_tokens, took.p95_output_tokens) == (1.5, 4.0, 9.0)
    assert took.working_seconds is not None
    assert took.documents_a_minute == pytest.approx(60 * 2 / took.working_seconds)
    assert took.input_tokens_a_second == pytest.approx(2 * 4 / took.working_seconds)
    assert took.output_tokens_a_second == pytest.approx(2 * 9 / took.working_seconds)


@pytest.mark.processes
def test_a_process_that_dies_costs_the_draws_of_one_document(context: Context, documents: Documents) -> None:
    """Each draw that it did not make carries the reason, and those of the other documents are made."""
    from faulty import Drawing

    made: list[tuple[str, int, bool]] = []
    with LocalExecutor() as executor:
        assignment = Assignment(Drawing(name="d", samples=2), context)
        for event in executor.run(assignment, chunked(documents("x", "die", "y"))):
            match event:
                case Made(one):
                    made.append((one.document, one.draw, one.error is None))
                case Failed(document, draw, _):
                    made.append((document, draw, False))
    assert made == [("a", 1, True), ("a", 2, True), ("b", 1, False), ("b", 2, False), ("c", 1, True), ("c", 2, True)]


def test_a_forecast_counts_draws(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Of all the draws of all documents it is said how many are there, and how long the others will take."""
    from faulty import Drawing

    run(context, documents("x", "y"), tmp_path / "run", 2, tmp_path / "c")
    same = Corpus("c", documents("x", "y")).documents
    (one,) = forecast([Drawing(name="d", samples=5)], same, context, Cache(tmp_path / "c"))
    assert (one.documents, one.summaries, one.reused, one.seconds) == (2, 10, 4, 3.0)


def test_runs_with_draws_are_compared_by_documents_means(
    context: Context, documents: Documents, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table says how many draws a score is of, and what moved is shown by the draw nearest to their mean."""
    texts_of = documents("reference", "a", "reference")
    base = run(context, texts_of, tmp_path / "base", 3, tmp_path / "c")
    run(replace(context, seed=1), texts_of, tmp_path / "new", 2, tmp_path / "c")
    arguments = ["compare", str(tmp_path / "base"), str(tmp_path / "new"), "--metrics", "rouge1"]
    assert main([*arguments, "--moved", "1", "--format", "csv", "--out", str(tmp_path / "tables")]) == 0
    assert capsys.readouterr().out == ""
    _, moved = sorted((tmp_path / "tables").iterdir())
    lines = csv.reader(moved.read_text("utf-8").splitlines())
    ((what, which, _, score),) = (line for line in lines if line and line[1].startswith("base, draw"))
    document = what[-1]
    values = [one.value for one in base.run.scores if (one.document, one.metric) == (document, "rouge1")]
    nearest = min(range(3), key=lambda place: abs(values[place] - sum(values) / 3)) + 1
    assert which == f"base, draw {nearest} of 3"
    assert float(score) == pytest.approx(100 * sum(values) / 3)
    assert main(arguments) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "drawing: draws: 3 → 2" in out
    assert "base drawing: each document's mean over 3 draws; new drawing: each document's mean over 2 draws" in out


def test_failed_draws_leave_the_others(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Odd draws fail: the document has the mean of the even ones, and only one draw fails all of it."""
    finished = run(context, documents("odd", "reference"), tmp_path / "run", 3, tmp_path / "c")
    keys = [column.key for column in finished.table.columns]
    (row,) = finished.table.sections[0].rows
    assert row.cells[keys.index("failed_draws")] == 2
    assert "failed" not in keys
    alone = run(context, documents("odd", "reference"), tmp_path / "alone", 1, tmp_path / "c")
    keys = [column.key for column in alone.table.columns]
    assert alone.table.sections[0].rows[0].cells[keys.index("failed")] == 1
    assert "draws" not in keys


@pytest.mark.weights
def test_a_real_model_is_sampled_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three draws of two articles stand in the table with their spread, and asking for a fourth makes that alone."""

    def made(home: str, samples: int, *more: str) -> Texts:
        system = f"smollm2-135m,samples={samples},temperature=0.8,top_p=0.95,max_new_tokens=12,max_input_tokens=80"
        arguments = ["--corpus", "references", "--systems", system, "--limit", "2", "--out", str(tmp_path / home)]
        assert main(["run", *arguments, "--quiet", *more]) == 0
        return texts(tmp_path / home)

    three = made("three", 3)
    table = capsys.readouterr().out
    assert len(set(three.values())) == len(three) == 6
    assert "3 ± " in table
    assert "standard deviation between the draws' mean ROUGE-2" in table
    four = made("four", 4)
    assert three.items() < four.items()
    (entry,) = read_run(tmp_path / "four").manifest.systems
    assert entry.telemetry
    assert (entry.telemetry.reused, entry.samples) == (6, 4)
    assert made("alone", 2, "--no-cache", "--batch-size", "1").items() < three.items()


def test_scores_without_draws_are_of_the_first(tmp_path: Path, context: Context, documents: Documents) -> None:
    """Run folders of earlier versions, whose files know no draws, still read."""
    import pyarrow.parquet as pq

    finished = run(context, documents("x", "y"), tmp_path / "run", 1, tmp_path / "c")
    file = tmp_path / "run" / journal.FILE
    file.write_text(file.read_text().replace(', "draw": 1', ""))
    scores = pq.read_table(tmp_path / "run" / SCORES)
    pq.write_table(scores.drop_columns(["draw"]), tmp_path / "run" / SCORES)
    (tmp_path / "run" / checksums.FILE).unlink()
    assert parts(read_run(tmp_path / "run")) == parts(finished.run)
