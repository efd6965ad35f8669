"""The values that ROUGE declares: F1 for the main table, precision and recall beside it."""

from collections.abc import Iterable

from sumbench.manifest import Value

RANKED_BY = "rouge2"
"""The value that ranks systems in runs whose folder does not say."""

PARTS = {"precision": "precision", "recall": "recall"}
"""The values beside F1: suffix of the name, and unit."""


def values(names: Iterable[str], unit: str = "F1") -> tuple[Value, ...]:
    """Return the values of variants such as rouge2: each F1, its precision and its recall."""
    return tuple(
        value
        for name in names
        for value in (
            Value(name, title(name), unit, scale=100.0),
            *(
                Value(f"{name}_{part}", f"{title(name)} {part}", shown, scale=100.0, main=False)
                for part, shown in PARTS.items()
            ),
        )
    )


def title(name: str) -> str:
    """Return a variant's name as readers know it: ROUGE-2 for rouge2, ROUGE-Lsum for rougeLsum."""
    return name.replace("rouge", "ROUGE-", 1)


def with_parts(signatures: dict[str, str], unit: str) -> dict[str, str]:
    """Return signatures of F1 (`unit` in their second field) with those of precision and recall behind each."""
    return {
        key: line
        for name, signature in signatures.items()
        for key, line in (
            (name, signature),
            *((f"{name}_{part}", signature.replace(f"|{unit}|", f"|{part}|", 1)) for part in PARTS),
        )
    }
