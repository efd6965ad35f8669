"""Settings of intervals and tests, and their names in run.json and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from numbers import Integral
from numbers import Real
from typing import Any

from sumbench.errors import UsageError
from sumbench.stats.bootstrap import RESAMPLES
from sumbench.stats.bootstrap import fewest_resamples
from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.corrections import Correction
from sumbench.stats.effects import ALPHA
from sumbench.stats.intervals import LEVEL
from sumbench.stats.power import POWER
from sumbench.stats.sign_flips import PERMUTATIONS

FIELDS: Mapping[str, str] = {
    "confidence": "level",
    "resamples": "resamples",
    "correction": "correction",
    "alpha": "alpha",
}
"""The field of the settings that each option of the user sets."""

LEAST_ALPHA = 1e-4
"""The strictest level of tests: a test takes 2 / alpha sign patterns, times the tests that are corrected together."""


@dataclass(frozen=True)
class Settings:
    """How systems are compared.

    p-values are corrected over the pairs of systems under a metric. `alpha` is the level of the corrected tests,
    `level` that of the intervals. `permutations` are raised where there are so many pairs that no corrected p-value
    could reach `alpha`.
    """

    correction: Correction = "holm"
    alpha: float = ALPHA
    level: float = LEVEL
    power: float = POWER
    permutations: int = PERMUTATIONS
    resamples: int = RESAMPLES

    @classmethod
    def of(cls, options: Mapping[str, Any], usual: "Settings | None" = None) -> "Settings":
        """Return the `usual` settings with the user's options; raise UsageError for what is none, or impossible."""
        for name, given in options.items():
            _check(name, given)
        made = replace(usual or cls(), **{FIELDS[name]: value for name, value in options.items()})
        if made.alpha < LEAST_ALPHA:
            raise UsageError(f"--alpha {made.alpha:g} takes too many sign patterns: give {LEAST_ALPHA:g} or more")
        least = fewest_resamples(made.level)
        if made.resamples < least:
            raise UsageError(
                f"--resamples {made.resamples} are too few for {100 * made.level:g} % intervals: give {least} or more"
            )
        return made

    @classmethod
    def recorded(cls, options: Mapping[str, Any]) -> "Settings":
        """Return the settings with which a run was made; those of earlier versions, which are no more, are left out."""
        return cls(**{FIELDS[name]: value for name, value in options.items() if name in FIELDS})

    def options(self) -> dict[str, Any]:
        """Return every option, also those that are as usual, by the names that run.json has."""
        return {name: getattr(self, field) for name, field in FIELDS.items()}


def _check(name: str, given: object) -> None:
    """Raise UsageError for an option that there is not, or one that means nothing."""
    if name not in FIELDS:
        raise UsageError(f"--{name} is no setting of intervals and tests: there are {', '.join(FIELDS)}")
    if name == "correction":
        if not (isinstance(given, str) and given in CORRECTIONS):
            raise UsageError(f"--correction {given!r} means nothing: give {', '.join(CORRECTIONS)}")
    elif isinstance(given, bool) or not isinstance(given, Integral if name == "resamples" else Real):
        raise UsageError(f"--{name} {given!r} is no number")
    elif name != "resamples" and not 0 < float(given) < 1:
        raise UsageError(f"--{name} {float(given):g} is no level: give a number between 0 and 1")
