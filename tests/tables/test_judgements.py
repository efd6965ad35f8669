"""Tables of verdicts, power and preferences, and the files that machines read."""

from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from sumbench.manifest import Value
from sumbench.stats import Gate
from sumbench.stats import Group
from sumbench.stats import GroupMeans
from sumbench.stats import Lacking
from sumbench.stats import Outcome
from sumbench.stats import Pair
from sumbench.stats import Settings
from sumbench.stats import Side
from sumbench.stats import Verdict
from sumbench.stats import Versus
from sumbench.stats import versus
from sumbench.stats.correlation.preferences import Vote
from sumbench.stats.correlation.preferences import metric_agreement
from sumbench.tables.comparison import breakdown_table
from sumbench.tables.comparison import differences_table
from sumbench.tables.gate import undecided_line
from sumbench.tables.junit import junit
from sumbench.tables.power import PairPower
from sumbench.tables.power import power_table

VALUE = Value("v", "V", "F1", scale=100.0)


def test_junit_is_xml_whatever_names_hold() -> None:
    """Control characters, which XML does not have, stand as escapes."""
    gates = [("s\x01", Gate(lacking=Lacking(("d\x1b1",))))]
    text = junit(gates, cast("Versus", SimpleNamespace(values={})), 1.0, {"runs": "a\x02"})
    suite = ET.fromstring(text)  # noqa: S314 - it is our own
    case = suite.find("testcase")
    assert case is not None
    assert case.get("classname") == "s\\x01"
    assert "d\\x1b1" in (case.findtext("system-out") or "")


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            Verdict("v", Outcome.UNDECIDED, 0.0, None, 1.0, 0.01, 40, 40, 0.03, 300),
            (
                "V undecided: on 40 documents a drop of 3.00 points or more would probably show; it would take about "
                "300 to show that an equal system is not worse"
            ),
        ),
        (
            Verdict("v", Outcome.UNDECIDED, 0.0, None, 1.0, 0.01, 40, 8, None, None),
            (
                "V undecided: 40 documents of 8 sources can show no difference of any size; it would take more than "
                "100,000 sources to show that an equal system is not worse"
            ),
        ),
        (
            Verdict("v", Outcome.UNDECIDED, 0.0, None, 0.01, 0.01, 40, 40, None, 200, few_differ=True),
            (
                "V undecided: too few of 40 documents have another score to show that the new side is not worse (it "
                "takes 6, 10 where there are fewer than 5 different ones); about 200 would hold as many"
            ),
        ),
    ],
)
def test_an_undecided_verdict_says_what_is_missing(verdict: Verdict, said: str) -> None:
    """The drop that would show and the number that would decide, in documents or sources, or that too few differ."""
    assert undecided_line(verdict, VALUE) == said


def test_the_middle_pair_is_the_middle_of_those_that_are_known() -> None:
    """Pairs without a common document do not count, nor is a sentence made of them alone."""
    known, unknown = PairPower("a", "b", 0.1, 0.1, 10, 50, 0.8), PairPower("a", "c", None, None, None, None, None)
    table = power_table("c", [("", known), ("", unknown), ("", unknown)], VALUE, 1.0, 0.8, 0.05, 3, shared=True)
    assert table.verdict == ("A difference of 1.00 points of V would take about 50 sources for the middle pair.",)
    assert [column.title for column in table.columns[3:5]] == ["sources for it", "sources for 1.00 points"]
    assert not power_table("c", [("", unknown)], VALUE, 1.0, 0.8, 0.05, 1, shared=False).verdict
    far = PairPower("a", "b", 0.1, 0.1, None, None, None)
    (said,) = power_table("c", [("", far)], VALUE, 1.0, 0.8, 0.05, 1, shared=False).verdict
    assert said == "A difference of 1.00 points of V would take more than 100,000 documents for the middle pair."


def test_no_two_columns_of_a_breakdown_have_one_name() -> None:
    """A group that is called as another column is told from it in files; readers see its own name."""
    groups = [Group("all", (0,)), Group("sport", (1,))]
    table = breakdown_table(VALUE, [GroupMeans("s", 0.2, (0.1, 0.3))], groups, "kind")
    assert [column.key for column in table.columns] == ["system", "all", "kind all", "sport"]
    assert [column.title for column in table.columns] == ["system", "all", "all", "sport"]


@pytest.mark.parametrize(("documents", "there"), [(7, False), (8, True)])
def test_resampled_documents_support_an_interval_from_eight_on(documents: int, there: bool) -> None:  # noqa: FBT001
    """Documents that were judged more than once are drawn whole, and of few of them nothing is known."""
    pairs = [(f"d{at}", *pair, 1 if at % 3 else -1) for at in range(documents) for pair in (("a", "b"), ("a", "c"))]
    scores = {(f"d{at}", system): float(-ord(system)) for at in range(documents) for system in "abc"}
    found = metric_agreement([Vote(*each) for each in pairs], scores, Settings(), np.random.default_rng(0))
    assert (found.agreeing + found.opposed, found.interval is not None) == (2 * documents, there)


def test_a_comparison_says_how_many_sources_its_documents_are_of() -> None:
    """Forty documents of one source support no test, and of twenty they count as twenty."""
    scores = {"v": np.random.default_rng(1).random((2, 40))}
    for sources, said in ((20, "compared on 40 documents of 20 sources; base"), (1, "1 source, which can support")):
        found = versus(
            [Pair(Side("old"), Side("new"))],
            [str(at) for at in range(40)],
            {"v": VALUE},
            scores,
            0,
            clusters=[at % sources for at in range(40)],
        )
        assert any(said in note for note in differences_table(found, "t", "old", ()).notes)
