"""Maps documents and summaries to the inputs that an `evaluate` module declares, and reads what it yields."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Final

import numpy as np

from sumbench.errors import MetricError
from sumbench.records import Document

SUMMARY: Final = ("predictions", "data")
REFERENCES: Final = ("references",)
SOURCE: Final = ("sources", "source", "documents", "articles")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ModuleInputs:
    """The names of a module's inputs for a summary, its references and its source, "" for what it does not take.

    `several` tells whether it takes all references of a summary at once.
    """

    summary: str
    references: str = ""
    several: bool = False
    source: str = ""

    def rows(self, document: Document, text: str) -> list[Row]:
        """Return what is computed of a summary: one row, or one for each reference where it takes one at a time."""
        common = {self.summary: text} | ({self.source: document.text} if self.source else {})
        if not self.references:
            return [common]
        if self.several:
            return [{**common, self.references: list(document.references)}]
        return [{**common, self.references: reference} for reference in document.references]


def module_inputs(name: str, declared: Any) -> ModuleInputs:  # noqa: ANN401 - `datasets` ships no types
    """Return the inputs of the features that a module declares: one set of them, or several to choose from.

    One that takes all references of a summary at once is preferred. Raises MetricError for a module that asks for
    anything but texts of summaries, references and sources.
    """
    choices = list(declared) if isinstance(declared, list | tuple) else [declared]
    found = [inputs for features in choices if (inputs := _inputs(features)) is not None]
    if not found:
        asked = " or ".join(", ".join(f"{key} ({_shown(kind)})" for key, kind in each.items()) for each in choices)
        raise MetricError(
            f"{name} asks for {asked}: a summary has texts for predictions, references and sources, and nothing else"
        )
    return max(found, key=lambda inputs: inputs.several)


def _inputs(features: Mapping[str, Any]) -> ModuleInputs | None:
    """Return the inputs of one set of features; None where something else than a summary has is among them."""
    named: dict[str, Any] = {}
    for key, kind in features.items():
        if key in SUMMARY and _is_text(kind):
            named["summary"] = key
        elif key in REFERENCES and (_is_text(kind) or _are_texts(kind)):
            named |= {"references": key, "several": _are_texts(kind)}
        elif key in SOURCE and _is_text(kind):
            named["source"] = key
        else:
            return None
    return ModuleInputs(**named) if "summary" in named else None


def _is_text(kind: Any) -> bool:  # noqa: ANN401
    return getattr(kind, "dtype", "") in {"string", "large_string"}


def _are_texts(kind: Any) -> bool:  # noqa: ANN401
    inner = kind[0] if isinstance(kind, list | tuple) and kind else getattr(kind, "feature", None)
    return _is_text(inner)


def _shown(kind: Any) -> str:  # noqa: ANN401
    return getattr(kind, "dtype", None) or " ".join(str(kind).split())


def columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return rows by the names of their inputs, as `compute` takes them."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def is_row(result: Any, size: int) -> bool:  # noqa: ANN401 - whatever a module yields
    """Tell whether a module gives a number for each of so many texts."""
    return isinstance(result, list | tuple | np.ndarray) and len(result) == size and all(map(is_number, result))


def is_number(value: Any) -> bool:  # noqa: ANN401
    """Tell whether a module gives a number."""
    return np.isscalar(value) and not isinstance(value, str | bytes)


def json_or_text(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what an argument means: JSON where it is that, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
