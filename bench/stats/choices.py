"""The choices behind intervals and tests that users make, by the names that run.json and the command line have."""

from collections.abc import Mapping
from typing import Any

from bench.errors import UsageError
from bench.stats.comparison import Settings

FIELDS: Mapping[str, str] = {
    "interval": "method",
    "confidence": "level",
    "resamples": "resamples",
    "correction": "correction",
    "alpha": "alpha",
}
"""The field of the settings that each choice sets."""


def settings(chosen: Mapping[str, Any]) -> Settings:
    """Return the settings with what was chosen, the others as usual; raise UsageError for what means nothing."""
    for name in ("confidence", "alpha"):
        if name in chosen and not 0 < chosen[name] < 1:
            raise UsageError(f"--{name} {chosen[name]:g} is no level: give a number between 0 and 1")
    if chosen.get("resamples", 1) < 1:
        raise UsageError(f"--resamples {chosen['resamples']} means nothing: give 1 or more")
    return Settings(**{FIELDS[name]: value for name, value in chosen.items()})


def record(settings: Settings) -> dict[str, Any]:
    """Return every choice of the settings, also those that are as usual."""
    return {name: getattr(settings, field) for name, field in FIELDS.items()}
