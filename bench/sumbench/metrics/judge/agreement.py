"""Reads what `sumbench correlate --out` has written: how far a judge's values agree with people's ratings."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sumbench.errors import UsageError
from sumbench.errors import one_line
from sumbench.validation import FAULTS
from sumbench.validation import explain_fault


class QualityAgreement(msgspec.Struct, frozen=True):
    """A value's rank correlation (Kendall's tau-b, -1 to 1) with one rated quality; null where there is none.

    `low` and `high` are the ends of its interval.
    """

    low: float | None = None
    high: float | None = None
    kendall: float | None = None


class ValueAgreement(msgspec.Struct, frozen=True):
    """How one value agrees with people, by the quality that they rated; it holds for the value of this `signature`."""

    signature: str
    qualities: dict[str, QualityAgreement]

    @property
    def shown(self) -> bool:
        """Whether the whole interval of one of the correlations at least lies above 0."""
        return any(each.low is not None and each.low > 0 for each in self.qualities.values())


class AgreementFile(msgspec.Struct, frozen=True):
    """The content of a file of agreements, by the name of the value."""

    values: dict[str, ValueAgreement]


def read_agreement(owner: str, file: Path) -> Mapping[str, ValueAgreement]:
    """Return the agreements in a file by the names of values; raise UsageError for a file that is none."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{owner}: ranks={file} cannot be read: {error.strerror}: give no, yes or a file") from None
    try:
        return msgspec.json.decode(content, type=AgreementFile).values
    except FAULTS as error:
        what = one_line(explain_fault(error))
        raise UsageError(f"{owner}: ranks={file} is no file of `sumbench correlate --out`: {what}") from None


def withheld(known: Mapping[str, ValueAgreement], name: str, signature: str, file: str) -> str:
    """Return why systems may not be ranked by a value, by the agreements in a file; "" where they may."""
    found = known.get(name)
    if found is None:
        return f"{file} says nothing of {name}: measure it with `sumbench correlate`, or give ranks=yes"
    if found.signature != signature:
        return (
            f"{file} is about another judge than this one (its signature of {name} differs): measure this one with "
            "`sumbench correlate`, or give ranks=yes"
        )
    if not found.shown:
        return (
            f"by {file}, {name} agrees with no quality that people rated (no interval lies above 0): rank by another "
            "value, or give ranks=yes"
        )
    return ""
