from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies
from statsmodels.stats.multitest import multipletests

from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.corrections import Correction

FAMILIES = strategies.lists(strategies.sampled_from([0.0, 0.001, 0.01, 0.02, 0.05, 0.3, 1.0]), min_size=1, max_size=30)
THEIRS: dict[Correction, str] = {"holm": "holm", "benjamini-hochberg": "fdr_bh"}


@pytest.mark.parametrize("name", THEIRS)
@settings(deadline=None)
@given(p=FAMILIES | strategies.lists(strategies.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_statsmodels(name: Correction, p: list[float]) -> None:
    """Holm and Benjamini-Hochberg equal statsmodels' on any family, with ties, in the order given."""
    with patch("gc.collect"):  # statsmodels collects garbage in each call of Holm, which takes half a second
        theirs = multipletests(p, method=THEIRS[name])[1]
    np.testing.assert_allclose(CORRECTIONS[name](p), theirs, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_no_tests_and_one_test_need_no_correction(name: Correction) -> None:
    """An empty family stays empty, and a single p-value stays as it is."""
    assert CORRECTIONS[name]([]).tolist() == []
    assert CORRECTIONS[name]([0.04]).tolist() == [0.04]


@pytest.mark.parametrize("wrong", [[0.1, 1.5], [-0.1], [float("nan")]])
@pytest.mark.parametrize("name", CORRECTIONS)
def test_what_is_no_p_value_is_refused(name: Correction, wrong: list[float]) -> None:
    """Values outside 0 to 1 and NaN raise an error."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        CORRECTIONS[name](wrong)
