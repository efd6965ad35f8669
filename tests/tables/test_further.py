from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.jobs.finish import Finished
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.score import score
from sumbench.weights import Store

WORDS = (
    "stone",
    "river",
    "market",
    "window",
    "garden",
    "winter",
    "bridge",
    "letter",
    "engine",
    "harbour",
    "village",
    "road",
)
DOCUMENTS = [
    {
        "id": str(number),
        "document": f"The {word} was closed on day {number}. Nobody knew why the old {word} had to close so early.",
        "reference": f"A {word} closed",
        "language": "en",
    }
    for number, word in enumerate(WORDS)
]
COPIES = [row["document"].partition(".")[0] + "." for row in DOCUMENTS]
CUT = [f"Somebody shut a {word} somewhere and somebody shut a {word} and" for word in WORDS]


def made(folder: Path, **changes: object) -> Finished:
    request = replace(ScoreRequest(DOCUMENTS, {"cut": CUT, "copies": COPIES}), **changes)  # type: ignore[arg-type]
    return score(request, Store(Path("nowhere"), offline=True), folder)[1]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run of two systems on twelve documents with a reference each."""
    return made(tmp_path_factory.mktemp("run") / "out")


def rows(finished: Finished) -> dict[str, dict[str, object]]:
    (table,) = finished.table.further
    keys = [column.key for column in table.columns]
    return {str(row.cells[0]): dict(zip(keys, row.cells, strict=True)) for part in table.sections for row in part.rows}


def test_a_further_table_has_the_systems_in_the_order_of_the_result_table(finished: Finished) -> None:
    """The systems stand in it as above, and last what people wrote, measured as if it were summaries."""
    (table,) = finished.table.further
    assert table.title.endswith(": without references")
    above = [row.cells[0] for section in finished.table.readers().sections for row in section.rows]
    assert list(rows(finished)) == [*above, "references"]
    assert (table.sections[-1].title, rows(finished)["references"]["cut_off"]) == ("written by people", 100)
    assert rows(finished)["copies"]["coverage"] == 100


def test_the_result_table_is_as_without_it(finished: Finished, tmp_path: Path) -> None:
    """Columns, rows, notes and verdict are those of a run under ROUGE alone; the figures are details for programs."""
    plain, table = made(tmp_path / "plain", metrics=["rouge"]).table, finished.table
    assert not plain.further
    assert replace(table.readers(), origin=None) == replace(plain.readers(), origin=None)
    assert table.verdict == plain.verdict
    keys = [column.key for column in table.columns]
    (references,) = [row for section in table.sections for row in section.rows if row.detail]
    assert references.cells[keys.index("cut_off")] == 100
    assert references.cells[keys.index("rouge2")] is None


def test_faults_have_letters_and_properties_have_none(finished: Finished) -> None:
    """Where lower is better the best is bold and told from the other; of a property nothing is."""
    (table,) = finished.table.further
    at = {column.key: index for index, column in enumerate(table.columns)}
    found = {str(row.cells[0]): row for row in table.sections[0].rows}
    assert (found["copies"].marks[at["cut_off"]], found["cut"].marks[at["cut_off"]]) == ("a", "b")
    assert at["cut_off"] in found["copies"].best
    assert at["coverage"] not in found["copies"].marks
    assert finished.run.manifest.ranked_by == "rouge2"


def test_a_fault_that_nobody_has_needs_no_column(finished: Finished) -> None:
    """A note says so in its place; the figures stay in csv."""
    (table,) = finished.table.further
    assert "no_words" not in {column.key for column in table.columns}
    assert any(note.startswith("0 in every row: ") and "no words" in note for note in table.notes)
    assert "no_words" in {column.key for column in finished.table.columns}


def test_where_a_document_has_no_text_what_needs_it_is_left_out_by_default(tmp_path: Path) -> None:
    """With a note and without a failure; named, the metric fails as any does."""
    bare = [{**row, "document": ""} if row["id"] == "3" else row for row in DOCUMENTS]
    found = made(tmp_path / "default", references=bare)
    assert [metric.name for metric in found.run.manifest.metrics] == ["rouge", "text"]
    assert not found.failed
    assert "left out, as 1 document without a text: copying, support (--metrics names them)" in found.table.notes
    with pytest.raises(Exception, match="its document has no text, which this metric needs"):
        made(tmp_path / "named", references=bare, metrics=["rouge", "copying"])


def test_a_run_without_a_metric_of_the_result_table_shows_the_further_values_in_it(tmp_path: Path) -> None:
    """There is then one table, and the references are called what they are."""
    table = made(tmp_path / "text", metrics=["text"]).table
    assert not table.further
    assert "cut_off" in {column.key for column in table.readers().columns}
    assert "position" not in {column.key for column in table.columns}
    assert table.sections[-1].rows[0].cells[0] == "references"
