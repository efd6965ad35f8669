"""Effect sizes: mean differences with intervals, Cohen's d_z, and the minimum detectable difference."""

from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.intervals import Interval

ALPHA = 0.05


class Effect(NamedTuple):
    """The difference of row `left` from row `right` on the `documents` (in `units` units) that both have.

    `difference` is the mean difference on the metric's own scale, `interval` its interval from sign flips,
    `standardized` the mean difference in standard deviations of the differences between documents (Cohen's d_z).
    `detectable` is the smallest true difference that this corpus shows with the chosen power. Each is None where it is
    not defined, or was not asked for.
    """

    left: int
    right: int
    difference: float | None
    interval: Interval | None
    standardized: float | None
    detectable: float | None
    documents: int
    units: int


def standardized(apart: FloatArray) -> float | None:
    """Return the mean of paired differences over their standard deviation with n - 1; NaN are left out.

    Cohen (1988), section 2.3.5; named d_z by Lakens (2013). None where the differences do not vary.
    """
    known = apart[~np.isnan(apart)]
    if known.size < 2:  # noqa: PLR2004 - two make a sample
        return None
    spread = float(known.std(ddof=1))
    if spread**2 <= _NEGLIGIBLE * float(np.mean(known**2)):
        return None
    return float(known.mean()) / spread


_NEGLIGIBLE = 1e-9
"""A variance below this share of the mean square is rounding."""
