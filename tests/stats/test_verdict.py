"""What the verdict above a table says, and never says."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sumbench.manifest import SystemEntry
from sumbench.run_record import Run
from sumbench.stats import Analysis
from sumbench.stats import analyse
from sumbench.stats.verdict import verdict
from tests.stats.made import made

ROLES = {"lead": "floor", "random": "floor"}


def run(
    levels: dict[str, float], documents: int = 40, spread: float = 0.02, missing: dict[str, int] | None = None
) -> Run:
    """Systems whose scores vary around their level, the same documents being hard for all; some lack summaries."""
    rng = np.random.default_rng(3)
    hard = rng.normal(0, 0.05, documents)
    scores: dict[str, dict[str, tuple[float, ...]]] = {
        name: {
            f"d{at}": (float("nan") if at < (missing or {}).get(name, 0) else float(level + hard[at] + noise),)
            for at, noise in enumerate(rng.normal(0, spread, documents))
        }
        for name, level in levels.items()
    }
    of = made(scores)
    entries = tuple(replace(entry, role=ROLES.get(entry.name, "ranked")) for entry in of.manifest.systems)
    return Run(replace(of.manifest, systems=entries), of.summaries, of.scores, of.documents, ids=tuple(scores["lead"]))


def said(of: Run) -> str:
    sentences = verdict(analyse(of), "rouge2")
    assert len(sentences) <= 3
    return " ".join(sentences)


def test_who_beats_lead_and_who_leads_is_said() -> None:
    """One system far above, one like the lead, one far below."""
    text = said(run({"best": 0.5, "same": 0.3, "low": 0.1, "lead": 0.3, "random": 0.05}))
    assert text == (
        "best beats lead; low falls behind it on these 40 documents. "
        "best stands above every other ranked system on these 40 documents."
    )


def test_systems_that_cannot_be_told_apart_are_not_called_equal() -> None:
    """It says what would tell them apart, and no word that claims more than the numbers carry."""
    of = run({"one": 0.32, "two": 0.3, "three": 0.29, "lead": 0.29}, spread=0.1)
    text = said(of)
    assert text.startswith("No system beats lead on these 40 documents. ")
    first, second, third = (row.system for row in analyse(of).ranked("rouge2"))
    assert f"{first}, {second} and {third} cannot be told apart on these 40 documents; to show " in text
    assert re.search(rf" points between {first} and {second} would take about \d", text)
    for word in ("equal", "do not differ", "does not differ", "significant"):
        assert word not in text


def test_a_leading_group_of_which_some_differ_is_said_to_be_near_its_first() -> None:
    """Where the second and third are told apart, but neither from the first, no one letter covers them."""
    analysis = analyse(run({"one": 0.302, "two": 0.301, "three": 0.3, "lead": 0.29}))
    comparison = analysis.comparisons["rouge2"]
    first, second, third = (row.system for row in analysis.ranked("rouge2"))
    rows = {analysis.systems.index(second), analysis.systems.index(third)}
    differences = tuple(
        each._replace(different={each.effect.left, each.effect.right} == rows) for each in comparison.differences
    )
    changed: Analysis = replace(analysis, comparisons={"rouge2": comparison._replace(differences=differences)})
    text = " ".join(verdict(changed, "rouge2"))
    assert f"{second} and {third} cannot be told from {first} on these 40 documents" in text


def test_a_leading_group_leaves_out_who_stands_between_and_is_told_apart() -> None:
    """A steady system below the first may be told from it where a wavering one further down is not."""
    rng = np.random.default_rng(0)
    hard = rng.normal(0.3, 0.05, 40)
    wide = rng.normal(0, 0.12, 40)
    levels = {"one": hard, "two": hard - 0.002, "three": hard - 0.004, "steady": hard - 0.02}
    levels = {name: level + rng.normal(0, 0.008, 40) for name, level in levels.items()}
    levels |= {"wavering": hard - 0.03 + wide - wide.mean(), "lead": hard - 0.1}
    scores: dict[str, dict[str, tuple[float, ...]]] = {
        name: {f"d{at}": (float(each),) for at, each in enumerate(level)} for name, level in levels.items()
    }
    of = made(scores)
    entries = tuple(replace(entry, role=ROLES.get(entry.name, "ranked")) for entry in of.manifest.systems)
    of = Run(replace(of.manifest, systems=entries), of.summaries, of.scores, of.documents, ids=tuple(scores["lead"]))
    assert [row.system for row in analyse(of).ranked("rouge2")][3:] == ["steady", "wavering"]
    first, _, last = [row.system for row in analyse(of).ranked("rouge2")][:3]
    assert f"{first} to {last} and wavering (4 systems) cannot be told apart on these 40 documents" in said(of)


def test_where_nothing_could_be_shown_it_says_so() -> None:
    """Five documents tell no two systems apart, whatever they score."""
    text = said(run({"best": 0.9, "low": 0.1, "lead": 0.3}, documents=5))
    assert text.startswith("5 documents and 3 pairs: no difference could have been shown; to show ")
    assert "beat" not in text


def test_missing_summaries_come_first() -> None:
    """A system without half of its summaries is named before anything else, and scores 0 there."""
    of = run({"refuses": 0.9, "answers": 0.6, "lead": 0.3}, missing={"refuses": 20})
    text = said(of)
    assert text.startswith("refuses wrote no summary of 20 of 40 documents. ")
    analysis = analyse(of)
    assert [row.system for row in analysis.ranked("rouge2")] == ["answers", "refuses"]
    assert "refuses" not in analysis.outstanding("rouge2")
    (row,) = (row for row in analysis.standings if row.system == "refuses")
    assert row.means["rouge2"] == pytest.approx(row.answered_means["rouge2"] / 2)


def test_of_systems_with_one_score_the_one_that_lacks_summaries_comes_later() -> None:
    """A refusal and a summary of nothing in common with the reference both score 0: the answers stand above."""
    full: dict[str, tuple[float, ...]] = {f"d{at}": (0.5 if at % 2 else 0.0,) for at in range(10)}
    half: dict[str, tuple[float, ...]] = {f"d{at}": (0.5 if at % 2 else float("nan"),) for at in range(10)}
    analysis = analyse(made({"refuses": half, "answers": full}))
    assert [row.system for row in analysis.ranked("rouge2")] == ["answers", "refuses"]


def test_lengths_that_spoil_the_comparison_are_said() -> None:
    """Where one system writes twice as much as another, the reader is told that scores follow length."""
    of = run({"long": 0.5, "short": 0.1, "lead": 0.3})
    summaries = [replace(each, text="word " * (60 if each.system == "long" else 30)) for each in of.summaries]
    text = said(Run(of.manifest, summaries, of.scores, of.documents, ids=of.ids))
    assert "Lengths differ, which scores follow: long writes 60 words a summary, short 30." in text


def test_nothing_is_said_of_nothing() -> None:
    """A run without scores has no verdict."""
    of = run({"one": 0.3, "lead": 0.3})
    assert verdict(analyse(Run(of.manifest, [], [], of.documents, ids=of.ids)), "rouge2") == ()


def test_each_ranked_system_is_tested_against_lead_in_a_family_of_its_own() -> None:
    """Corrected over the ranked systems alone, the p-value is below that of the letters' family."""
    analysis = analyse(run({"a": 0.32, "b": 0.31, "c": 0.3, "d": 0.3, "lead": 0.3, "random": 0.1}))
    met = analysis.against("lead", "rouge2")
    assert list(met) == ["a", "b", "c", "d"]
    lead = analysis.systems.index("lead")
    for name, each in met.items():
        row = analysis.systems.index(name)
        (pair,) = (
            one
            for one in analysis.comparisons["rouge2"].differences
            if {one.effect.left, one.effect.right} == {row, lead}
        )
        assert each.p == pair.p
        assert each.corrected is not None
        assert pair.corrected is not None
        assert each.corrected <= pair.corrected
        assert each.effect.difference == pytest.approx(
            analysis.standings[row].means["rouge2"] - analysis.standings[lead].means["rouge2"]
        )
    smallest = min(each.p for each in met.values() if each.p is not None)
    assert min(each.corrected for each in met.values() if each.corrected is not None) == pytest.approx(4 * smallest)


def test_a_system_that_could_not_be_loaded_has_no_score() -> None:
    """It is not scored 0: it never ran."""
    of = run({"one": 0.3, "gone": float("nan"), "lead": 0.3})
    entries = tuple(
        replace(entry, error="no weights") if entry.name == "gone" else entry for entry in of.manifest.systems
    )
    assert all(isinstance(entry, SystemEntry) for entry in entries)
    analysis = analyse(Run(replace(of.manifest, systems=entries), of.summaries, of.scores, of.documents, ids=of.ids))
    (row,) = (row for row in analysis.standings if row.system == "gone")
    assert (dict(row.means), row.failed) == ({}, 40)
