"""The user's options for intervals and tests."""

import numpy as np
import pytest

from sumbench.errors import UsageError
from sumbench.stats.settings import Settings


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"confidnce": 0.9}, "--confidnce is no setting .* there are confidence, resamples, correction, alpha"),
        ({"correction": "bonferroni"}, "--correction 'bonferroni' means nothing: give holm, benjamini-hochberg, none"),
        ({"alpha": "0.05"}, "--alpha '0.05' is no number"),
        ({"alpha": float("nan")}, "--alpha nan is no level"),
        ({"confidence": 1}, "--confidence 1 is no level"),
        ({"resamples": 100.5}, "--resamples 100.5 is no number"),
        ({"resamples": 39}, "--resamples 39 are too few for 95 % intervals: give 40 or more"),
        ({"alpha": 1e-6}, "--alpha 1e-06 takes too many sign patterns: give 0.0001 or more"),
    ],
)
def test_an_option_that_means_nothing_is_refused(options: dict[str, object], said: str) -> None:
    """Each is one line that names it; nothing is ignored."""
    with pytest.raises(UsageError, match=said):
        Settings.of(options)


def test_options_change_what_they_name_alone() -> None:
    """The others are as in the settings given, else as usual; numbers of any kind are taken."""
    usual = Settings(alpha=0.01, resamples=2_000)
    made = Settings.of({"confidence": np.float64(0.9), "resamples": np.int64(500)}, usual)
    assert made == Settings(alpha=0.01, level=0.9, resamples=500)
    assert Settings.of({}) == Settings()
    assert Settings.recorded(made.options() | {"interval": "bca"}) == made
