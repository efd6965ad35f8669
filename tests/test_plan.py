"""The plan on paper: its formulas, and that its page has what the script prints."""

from pathlib import Path

import pytest

from tests.speed import plan

PAGE = Path(__file__).parents[1] / "docs" / "scale" / "plan.md"


def test_the_page_has_the_tables_that_the_script_prints() -> None:
    """A rate that is changed in one of them is changed in both."""
    text = PAGE.read_text("utf-8")
    assert [table for table in plan.tables() if table not in text] == []


def test_time_is_the_sum_of_its_parts() -> None:
    """By hand: 1,000 documents of two systems at four documents a second."""
    one, four = (plan.Plan(4.0, gpus, documents=1_000, systems=2) for gpus in (1, 4))
    loading = 2 * (4.7 + 1.6)
    assert one.seconds == pytest.approx(loading + 2_000 / 4 + 2_000 * 0.00088)
    merging = 2_000 * (0.00019 + 0.00088)
    assert four.seconds == pytest.approx(loading + 500 / 4 / 0.95 + 500 * 0.00088 + merging)
    assert one.cost(3.6) == pytest.approx(one.seconds / 1000)
    assert four.cost(3.6) == pytest.approx(4 * (four.seconds - merging) / 1000)


def test_a_driver_limits_what_is_faster_than_its_journal() -> None:
    """Beyond 3,125 documents a second, a faster GPU gains nothing."""
    assert plan.Plan(3_000.0, 1).generating > plan.Plan(4_000.0, 1).generating == plan.Plan(5_000.0, 1).generating
    assert plan.Plan(20.0, 1).most_gpus == 156
