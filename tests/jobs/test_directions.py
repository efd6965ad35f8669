"""Values of which lower is better, and properties, in tables, comparisons, the gate and breakdowns."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sumbench.errors import UsageError
from sumbench.jobs.compare import breakdown_tables
from sumbench.jobs.comparison import SidesComparison
from sumbench.jobs.comparison import compare_sides
from sumbench.jobs.gate import GateRequest
from sumbench.jobs.gate import judge_pairs
from sumbench.jobs.sides import NamedSide
from sumbench.records import Score
from sumbench.run_record import Run
from sumbench.stats import Settings
from sumbench.stats import analyse
from sumbench.tables import FORMATS
from sumbench.tables import Table
from sumbench.tables import results
from sumbench.tables.comparison import differences_table
from sumbench.tables.comparison import moved_table
from sumbench.tables.gate import verdicts_table
from sumbench.tables.junit import junit
from tests.stats.toy import EDITS
from tests.stats.toy import LEVELS
from tests.stats.toy import SHARE
from tests.stats.toy import VALUES
from tests.stats.toy import run

WORSE = {**LEVELS, "few": 12.0}


def table(of: Run) -> Table:
    return results(of.manifest, analyse(of))


def versus(base: Run, new: Run) -> SidesComparison:
    sides = [NamedSide(Path("base"), base), NamedSide(Path("new"), new)]
    return compare_sides(sides, [value.name for value in VALUES if value.main], Settings())


def column(table: Table, key: str) -> int:
    return [each.key for each in table.columns].index(key)


def test_the_lowest_ranks_first_where_lower_is_better() -> None:
    """It is bold and has the first letter; what has no score comes last; the highest leads where higher is better."""
    made = table(run())
    (ranked, _, _), edits, share = made.sections, column(made, "edits"), column(made, "share")
    assert [row.cells[0] for row in ranked.rows] == ["few", "many", "mute"]
    assert [edits in row.best for row in ranked.rows] == [True, False, False]
    assert [row.marks.get(edits) for row in ranked.rows] == ["a", "b", None]
    assert [share in row.best for row in ranked.rows] == [False, True, False]
    by_share = table(run(ranked_by="share")).sections[0]
    assert [row.cells[0] for row in by_share.rows] == ["many", "few", "mute"]


def test_a_value_that_is_not_defined_for_a_summary_lacks_nothing() -> None:
    """A gate goes by the summaries that have one; of any other value, a missing score fails it by name."""
    of = run(also=())
    some = Run(of.manifest, of.summaries, [each for each in of.scores if each.document != "d03"], of.documents)
    optional = [replace(value, optional=True) if value is EDITS else value for value in VALUES]
    entries = (replace(of.manifest.metrics[0], values=tuple(optional)),)
    for entry, lacking in ((of.manifest.metrics, ("d03",)), (entries, ())):
        base, new = (one.with_manifest(replace(of.manifest, metrics=entry)) for one in (of, some))
        judged = dict(judge_pairs(versus(base, new), GateRequest(("edits",), margin=1.0)))
        assert (judged["few"].lacking.new, judged["few"].failed) == (lacking, bool(lacking))


def test_a_property_is_shown_and_never_judged() -> None:
    """It has its mean and interval, no bold, letter or position, and ranks nobody: the order stays that of the run."""
    made = table(run(ranked_by="length"))
    length = column(made, "length")
    rows = [row for section in made.sections for row in section.rows]
    assert [row.cells[0] for row in made.sections[0].rows] == ["many", "few", "mute"]
    assert not any(length in row.best or row.marks.get(length) for row in rows)
    keys = {each.key for each in made.columns}
    assert {"length", "interval", "length_low"} <= keys
    assert not keys & {"position", "length_letters", "length_position"}


def test_positions_lie_between_floor_and_ceiling_in_either_direction() -> None:
    """Where lower is better `random` is the highest and still 0, the references the lowest and still 100."""
    made = table(run())
    place, low, high = (column(made, f"edits_position{end}") for end in ("", "_low", "_high"))
    found = {row.cells[0]: row.cells for section in made.sections for row in section.rows}
    assert (found["random"][place], found["reference agreement"][place]) == (0, 100)
    assert found["few"][place] == pytest.approx(100 * 50 / 55, abs=3)
    assert found["few"][low] < found["few"][place] < found["few"][high]  # type: ignore[operator]
    # Under a value where higher is better, this ceiling lies below the floor and is none.
    assert "share_position" not in {each.key for each in made.columns}


def test_the_notes_say_what_each_value_is() -> None:
    """Scale, unit, decimals and direction are as declared; a detail stands in files with its mean alone."""
    made = table(run())
    text = FORMATS["markdown"](made)
    first = "scores are means over the documents: "
    first += "Edits: edits, lower is better; Length: words, a property, not ranked; Share: %"
    assert made.notes[0] == first
    assert "Part" not in text
    assert "Edits" in text
    few = made.sections[0].rows[0].cells
    assert few[column(made, "part")] == few[column(made, "share")] == pytest.approx(1000, abs=50)
    assert few[column(made, "edits")] == pytest.approx(10, abs=0.5)
    assert not {"part_low", "part_letters"} & {each.key for each in made.columns}
    alone = table(run(values=[EDITS]))
    assert alone.notes[0] == "scores are mean edits over the documents, lower is better"


def test_systems_of_one_mean_lead_together() -> None:
    """A system with the best mean is bold beside the leader, though a test on the documents both have tells them apart.

    One scores 8 everywhere; the other 7 but for one document, which the first one lacks, where it scores 23.
    """
    documents = run().ids
    tied = run({"references": 1}, also=("one", "other", "third"))
    scores = [Score(document, "one", "edits", 8.0) for document in documents[1:]]
    scores += [Score(document, "other", "edits", 7.0) for document in documents[1:]]
    scores += [Score(documents[0], "other", "edits", 23.0)]
    scores += [Score(document, "third", "edits", 30.0) for document in documents]
    analysis = analyse(Run(tied.manifest, tied.summaries, scores, tied.documents))
    (difference,) = [
        each for each in analysis.comparisons["edits"].differences if {each.effect.left, each.effect.right} == {0, 1}
    ]
    assert difference.different
    assert analysis.leaders("edits") == {"one", "other"}


def test_worse_is_higher_where_lower_is_better() -> None:
    """The gate fails on two edits more, by more than the margin and not within it, and lets fewer edits pass."""
    for new, margin, failed in ((WORSE, 0.0, True), (WORSE, 3.0, False), ({**LEVELS, "few": 8.0}, 0.0, False)):
        comparison = versus(run(also=()), run(new, also=()))
        judged = dict(judge_pairs(comparison, GateRequest(("edits",), margin=margin)))
        assert (judged["few"].failed, judged["many"].failed) == (failed, False)
        shown = verdicts_table(list(judged.items()), comparison.result.values)
        few = next(row.cells for row in shown.sections[0].rows if row.cells[0] == "few")
        assert few[2] == ("worse" if failed else "not worse")
        assert few[3] == pytest.approx(new["few"] - LEVELS["few"])
        assert few[column(shown, "limit")] == margin
        # The same runs the other way round, under the value where higher is better.
        other = versus(run(new, also=()), run(also=()))
        assert dict(judge_pairs(other, GateRequest(("share",), margin=100 * margin)))["few"].failed is failed


def test_the_report_for_machines_says_by_how_much_it_is_worse() -> None:
    """JUnit has the rise in the value's own unit."""
    comparison = versus(run(also=()), run(WORSE, also=()))
    judged = judge_pairs(comparison, GateRequest(("edits",), {"edits": 11}))
    suite = ET.fromstring(junit(judged, comparison.result, 1.0, {}))  # noqa: S314 - our own text
    said = [failure.get("message", "") for failure in suite.iter("failure")]
    assert said[0].startswith("many ") is False
    assert any(line.startswith("edits is worse by 2.0 edits (p = 0.0") for line in said)
    assert "edits is at most 11" in {case.get("name") for case in suite}


def test_a_floor_is_a_ceiling_where_lower_is_better() -> None:
    """--fail-under asks for at most so many, and the table says so."""
    comparison = versus(run(), run())
    judged = judge_pairs(comparison, GateRequest(under={"edits": 20.0, "share": 2000.0}))
    made = verdicts_table(judged, comparison.result.values)
    rows = {
        (row.cells[0], row.cells[1]): (row.cells[2], row.cells[column(made, "limit")]) for row in made.sections[0].rows
    }
    assert rows["few", "Edits"] == ("at most", 20.0)
    assert rows["many", "Edits"] == ("above", 20.0)
    assert rows["few", "Share"] == ("below", 2000.0)
    assert rows["many", "Share"] == ("reached", 2000.0)
    assert {label: each.failed for label, each in judged} == {"few": True, "many": True, "random": True, "mute": True}


@pytest.mark.parametrize("how", [{"worse": ("length",)}, {"under": {"length": 3.0}}])
def test_nothing_is_gated_by_a_property(how: dict[str, object]) -> None:
    """It is refused in one line, which names the value."""
    with pytest.raises(UsageError, match=r"^length is a property: neither more nor less is better"):
        judge_pairs(versus(run(also=()), run(also=())), GateRequest(**how))  # type: ignore[arg-type]


def test_a_comparison_shows_a_property_without_a_test() -> None:
    """Its difference has no p and no mark; other values have theirs, each section its own scale."""
    made = differences_table(versus(run(), run(WORSE)).result, "what changed", "base", [])
    by_title = {section.title: {row.cells[0]: row for row in section.rows} for section in made.sections}
    p, difference = column(made, "p"), column(made, "difference")
    length, edits, share = (by_title[title]["few"] for title in ("Length", "Edits", "Share"))
    assert length.cells[difference] == pytest.approx(2)
    assert (length.cells[p], length.best) == (None, frozenset())
    assert edits.best == share.best == frozenset({3})
    assert share.cells[difference] == pytest.approx(200)
    # All documents differ by the same: how far the true difference may lie is not to be had from them.
    assert edits.cells[column(made, "interval")] is None
    assert any("Edits: edits, lower is better" in note for note in made.notes)
    most = moved_table(SHARE, versus(run(), run(WORSE)).moved("share", 1))
    assert most.title == "documents that moved most in Share"
    few = next(section for section in most.sections if section.title.startswith("better by +200.00: few, "))
    assert [row.cells[0] for row in few.rows] == ["base", "new", "reference", "article"]


def test_breakdowns_stand_best_first() -> None:
    """The lowest comes first where lower is better, the highest where higher is; a property keeps the run's order."""
    side = NamedSide(Path("run"), run())
    edits, share, length = breakdown_tables([side], ["edits", "share", "length"], "half")

    def order(table: Table) -> list[object]:
        return [row.cells[0] for row in table.sections[0].rows]

    best_first = ["reference agreement", "few", "many", "random"]
    assert order(edits) == best_first
    assert order(share) == best_first[::-1]
    assert order(length) == ["many", "few", "random", "reference agreement"]
    assert [each.title for each in edits.columns] == ["system", "all", "early", "late"]
    first = edits.sections[0].rows[1].cells
    assert first[1] == pytest.approx((first[2] + first[3]) / 2)  # type: ignore[operator]
