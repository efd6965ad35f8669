"""The words of results/README.md have their figures from the run that they speak of."""

import re

import pytest

import sumbench
from sumbench.jobs.verify import verify
from tests.docs import ranks
from tests.docs.pages import ROOT

FIGURE = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")


@pytest.fixture(scope="module")
def said() -> str:
    """What is said of the full run, without the table that is made from it."""
    text = ranks.PAGE.read_text("utf-8")
    section = text.partition("## What `references-full` says")[2].partition("## What `languages` says")[0]
    assert len(section) > 3000
    return re.sub(r"^\|.*\n", "", section, flags=re.MULTILINE)


def test_every_figure_is_one_of_the_run_or_of_its_comparisons(said: str) -> None:
    """Scores and percentages stand in its table, differences in what `compare` prints of it."""
    shown = (ranks.RUN / "table.md").read_text("utf-8")
    run = str(ranks.RUN)
    for base, other in (("lead", run), ("smollm2-135m", f"{run}:smollm2-135m-int8"), ("kl", f"{run}:smollm2-135m")):
        shown += str(sumbench.compare(f"{run}:{base}", other, metrics=["rouge2"]))
    shown += str(sumbench.compare(run, metrics=["rouge2"], by="position"))
    known = {f"{float(each):.{places}f}" for each in FIGURE.findall(shown) for places in (1, 2, 3)}
    assert [each for each in FIGURE.findall(said) if each not in known] == []


@pytest.mark.parametrize("folder", sorted(each.parent.name for each in ROOT.glob("results/*/run.json")))
def test_published_runs_are_as_they_were_written(folder: str) -> None:
    """No byte of them has changed since, and the page of results names them."""
    assert verify(ROOT / "results" / folder) == []
    assert f"({folder}/table.md)" in ranks.PAGE.read_text("utf-8")
