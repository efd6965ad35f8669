"""The values that ROUGE declares: F for the main table, precision and recall beside it; and what they are called."""

from collections.abc import Iterable

from sumbench.manifest import Value

RANKED_BY = "rouge2"
"""The value that ranks systems in runs whose folder does not say."""

EVEN = 0.5
"""The weight of precision with which F is F1, the harmonic mean of precision and recall."""

PARTS = {"precision": "precision", "recall": "recall"}
"""The values beside F: suffix of the name, and unit."""


def f_name(alpha: float) -> str:
    """Return what F = P·R / ((1 - alpha)·P + alpha·R) is called: F1, recall (alpha 0), precision (1), F with alpha."""
    return {EVEN: "F1", 0.0: "recall", 1.0: "precision"}.get(alpha, f"F(alpha={alpha:g})")


def values(names: Iterable[str], unit: str = "F1") -> tuple[Value, ...]:
    """Return the values of variants such as rouge2: each F (`unit` says which, see `f_name`), precision, recall."""
    behind = "" if unit == "F1" else f" {unit}"
    return tuple(
        value
        for name in names
        for value in (
            Value(name, f"{title(name)}{behind}", unit, scale=100.0),
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
    """Return signatures of F (`unit` in their second field) with those of precision and recall behind each."""
    return {
        key: line
        for name, signature in signatures.items()
        for key, line in (
            (name, signature),
            *((f"{name}_{part}", signature.replace(f"|{unit}|", f"|{part}|", 1)) for part in PARTS),
        )
    }
