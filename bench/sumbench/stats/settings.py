"""Settings of intervals and tests, and their names in run.json and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    def of(cls, options: Mapping[str, Any]) -> "Settings":
        """Return the settings with the user's options, the others as usual.

        Raises UsageError for an option that there is not, and for impossible values.
        """
        if idle := sorted(options.keys() - FIELDS.keys()):
            raise UsageError(f"statistics: {idle[0]} is no option: there are {', '.join(FIELDS)}")
        for name in ("confidence", "alpha"):
            if name in options and not 0 < options[name] < 1:
                raise UsageError(f"--{name} {options[name]:g} is no level: give a number between 0 and 1")
        made = cls.recorded(options)
        if made.correction not in CORRECTIONS:
            raise UsageError(f"--correction {made.correction!r} is none: give {', '.join(CORRECTIONS)}")
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
