"""Finds the roles of a table's columns: named by the user, or recognized by their usual names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from sumbench.errors import CorpusError

DOCUMENT_COLUMNS = ("document", "article", "dialogue", "text", "source")
REFERENCE_COLUMNS = ("references", "reference", "highlights", "target", "summary")
OUTPUT_COLUMNS = ("output", "prediction", "hypothesis")
AMBIGUOUS_COLUMN = "summary"
SYSTEMS_COLUMN = "systems"
ID_COLUMNS = ("id", "document_id", "doc_id")
LANGUAGE_COLUMNS = ("language", "lang", "language_code", "lang_code")
TITLE_COLUMNS = ("title",)
USUAL_COLUMNS = frozenset(
    (*DOCUMENT_COLUMNS, *REFERENCE_COLUMNS, *OUTPUT_COLUMNS, *ID_COLUMNS, *LANGUAGE_COLUMNS, *TITLE_COLUMNS)
) | {SYSTEMS_COLUMN}
"""Every name by which a column is recognized."""

_NUMBERED = re.compile(r"(references?|highlights|target|summary)[ _-]?\d+")


class ColumnRoles(NamedTuple):
    """The column of each role; None or empty where there is none. `rest` are the columns without a role."""

    document: str | None
    references: tuple[str, ...]
    id: str | None
    language: str | None
    title: str | None
    rest: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The columns that the user named; None or empty for those to be found by their usual names.

    An empty `language` is no column: none of the table's says languages.
    """

    document: str | None = None
    references: tuple[str, ...] = ()
    id: str | None = None
    language: str | None = None

    def roles(self, names: Sequence[str]) -> ColumnRoles:
        """Return the roles of the columns `names`.

        Raises CorpusError for a named column that is missing, and when several columns could be the reference.
        """
        references = tuple(str(self._named(column, names)) for column in self._split(names))
        # What is named as one of the two is not taken for the other, whatever it is called.
        others = [name for name in names if name not in references]
        document = self._named(self.document, names) or _first(DOCUMENT_COLUMNS, others)
        references = references or _references([name for name in names if name != document])
        found = (
            document,
            references,
            self._named(self.id, names) or _first(ID_COLUMNS, names),
            None if self.language == "" else self._named(self.language, names) or _first(LANGUAGE_COLUMNS, names),
            _first(TITLE_COLUMNS, names),
        )
        taken = {document, *references, *found[2:]}
        return ColumnRoles(*found, tuple(name for name in names if name not in taken))

    def _split(self, names: Sequence[str]) -> Sequence[str]:
        """Return the columns of references; as one where a column is called what all of them make together."""
        whole = "+".join(self.references)
        return (whole,) if whole in names and not set(self.references).issubset(names) else self.references

    def _named(self, column: str | None, names: Sequence[str]) -> str | None:
        if column is not None and column not in names:
            near = get_close_matches(column, names, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise CorpusError(f"no column {column!r}: {hint}there are {', '.join(names) or 'none'}")
        return column


def output_columns(names: Sequence[str], references: Sequence[str] = ()) -> list[str]:
    """Return the columns with a usual name of outputs, the surest first, those of `references` excluded."""
    return [name for name in (*OUTPUT_COLUMNS, AMBIGUOUS_COLUMN) if name in names and name not in references]


def missing_column(what: str, usual: Sequence[str], names: Sequence[str]) -> CorpusError:
    """Return the error for a table without a column that is needed."""
    return CorpusError(
        f"no {what}: needs one of {', '.join(usual)}, has {', '.join(names) or 'nothing'}: "
        f"name yours with --{what}-column"
    )


def _first(usual: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in usual if name in names), None)


def _references(names: Sequence[str]) -> tuple[str, ...]:
    found = [name for name in REFERENCE_COLUMNS if name in names]
    numbered: dict[str, list[str]] = {}
    for name in names:
        match = _NUMBERED.fullmatch(name)
        if match:
            numbered.setdefault(match[1], []).append(name)
    candidates = [(name,) for name in found] + [tuple(group) for group in numbered.values()]
    if len(candidates) > 1:
        which = " and ".join(group[0] for group in candidates)
        raise CorpusError(f"{which} could both be the reference: say which with --reference-column")
    return candidates[0] if candidates else ()
