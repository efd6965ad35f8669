"""What metrics were worth: the table that ships names values that there are, and is shown beside them."""

import pytest

from sumbench.cli import main
from sumbench.errors import UsageError
from sumbench.metrics import REGISTRY
from sumbench.metrics import listed_metric
from sumbench.metrics.worth import CORPORA
from sumbench.metrics.worth import LENGTH
from sumbench.metrics.worth import mean_worth
from sumbench.metrics.worth import measured_worth


def test_every_entry_is_of_a_value_or_a_control_and_a_correlation() -> None:
    """No value that was renamed or taken away keeps a figure, and figures are from -1 to 1."""
    known = {LENGTH, "random"}
    for name in REGISTRY.targets:
        try:
            known |= {value.name for value in listed_metric(name).values()}
        except UsageError:
            continue
    assert set(measured_worth()) <= known
    for by_corpus in measured_worth().values():
        assert set(by_corpus) <= set(CORPORA)
        assert all(-1 <= found <= 1 for by_quality in by_corpus.values() for found in by_quality.values())


def test_worth_is_shown_with_the_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    """In the list as the mean over qualities, with one metric quality by quality beside the controls."""
    assert mean_worth("rouge1", "summeval") == pytest.approx(0.155)
    assert mean_worth("nothing", "summeval") is None
    assert main(["metrics"]) == 0
    assert ".15 .08" in capsys.readouterr().out
    assert main(["metrics", "rouge"]) == 0
    shown = capsys.readouterr().out
    assert "informativeness" in shown
    assert "length (control)" in shown
