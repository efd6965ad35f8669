"""Reads what people said of summaries: ratings beside systems' outputs or in a table, and pairwise preferences."""

import math
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from numbers import Real
from typing import Any
from typing import get_args
from typing import get_type_hints

from sumbench.corpus.cells import is_missing
from sumbench.corpus.cells import mapped
from sumbench.corpus.columns import ID_COLUMNS
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import TableRow
from sumbench.corpus.rows import read_rows
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.records import Preference
from sumbench.records import Rating

HUMAN_COLUMN = "human"
"""The column with the ratings of a document's summaries: an object of ratings by quality, by system.

A rating is a number, the mean of several raters; or it is a list of theirs, or an object of theirs by rater. The
object may be written into a cell as JSON.
"""

RATING_COLUMNS = ("document", "system", "quality", "rating")
"""The columns of a table with a rating a row; `rater` may be."""

PREFERENCE_COLUMNS = ("document", "a", "b", "preferred")
"""The columns of a table with a preference a row; `reason`, `rater` and `order` may be."""


def ratings_beside(rows: Sequence[TableRow], documents: Sequence[Document]) -> tuple[Rating, ...]:
    """Return the ratings in the column `human` of rows, one for each of the documents and in their order; none without.

    Raises CorpusError, naming file and line, for what is no rating.
    """
    # A column of this name may hold anything: texts that people wrote, for example.
    if not any(_human(row) and _as_mapping(row.values[HUMAN_COLUMN]) is not None for row in rows):
        return ()
    if len(rows) != len(documents):
        raise CorpusError(f"{rows[0].where.file}: ratings (column {HUMAN_COLUMN}) do not go with rows that are merged")
    return tuple(
        rating
        for row, document in zip(rows, documents, strict=True)
        if _human(row)
        for rating in _of_document(row, document.id)
    )


def read_judgements(name: str, read: RowReader = read_rows) -> tuple[tuple[Rating, ...], tuple[Preference, ...]]:
    """Read a table of ratings, or of pairwise preferences; one of the two is empty.

    Raises CorpusError, naming file and line, for a table of neither kind, and for what is no rating or preference.
    """
    rows = list(read(name))
    names = tuple(rows[0].values)
    if HUMAN_COLUMN in names:
        beside = ((row, rating) for row in rows if _human(row) for rating in _of_document(row, _id(row)))
        return tuple(_checked(beside)), ()
    if set(PREFERENCE_COLUMNS) <= set(names):
        return (), tuple(_preferences(rows))
    if set(RATING_COLUMNS) <= set(names):
        return tuple(_checked(_ratings(rows))), ()
    raise CorpusError(
        f"{name}: holds no ratings: it needs the columns {', '.join(RATING_COLUMNS)} (of preferences "
        f"{', '.join(PREFERENCE_COLUMNS)}; beside outputs {HUMAN_COLUMN}), and has {', '.join(names)}"
    )


def _human(row: TableRow) -> bool:
    return HUMAN_COLUMN in row.values and not is_missing(row.values[HUMAN_COLUMN])


def _id(row: TableRow) -> str:
    found = row.label(next((name for name in ID_COLUMNS if name in row.values), None))
    if found is None:
        raise CorpusError(f"{row.where}: has ratings, and no id of the document that they are of")
    return found


def _of_document(row: TableRow, document: str) -> Iterator[Rating]:
    of_system = _mapping(row, row.values[HUMAN_COLUMN], HUMAN_COLUMN, "object of ratings by system")
    for system, of_quality in of_system.items():
        if is_missing(of_quality):
            continue
        where = f"{HUMAN_COLUMN}, {system}"
        for quality, given in _mapping(row, of_quality, where, "object of ratings by quality").items():
            for rater, rating in _by_rater(given):
                if not is_missing(rating):
                    number = _number(row, rating, f"{where}, {quality}")
                    yield Rating(document, str(system), str(quality), number, rater)


def _mapping(row: TableRow, found: object, name: str, wanted: str) -> Mapping[Any, Any]:
    mapping = _as_mapping(found)
    if mapping is None:
        raise CorpusError(f"{row.where}: {name} is no {wanted}")
    return mapping


def _as_mapping(found: object) -> Mapping[Any, Any] | None:
    if isinstance(found, Mapping):
        return found
    if isinstance(found, str):
        return mapped(found)
    # So Arrow gives a map.
    pairs = isinstance(found, list) and found and all(isinstance(pair, tuple) and len(pair) == 2 for pair in found)  # noqa: PLR2004
    return dict(found) if isinstance(found, list) and pairs else None


def _by_rater(given: object) -> Iterable[tuple[str, object]]:
    if isinstance(given, Mapping):
        return [(str(rater), rating) for rater, rating in given.items()]
    if isinstance(given, list | tuple):
        return [(str(number), rating) for number, rating in enumerate(given, 1)]
    return [("", given)]


def _number(row: TableRow, given: object, name: str) -> float:
    if isinstance(given, str):
        try:
            given = float(given)
        except ValueError:
            given = None
    if not isinstance(given, Real) or isinstance(given, bool) or not math.isfinite(given):
        raise CorpusError(f"{row.where}: {name} is no number")
    return float(given)


def _ratings(rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, Rating]]:
    for row in rows:
        document, system, quality = (_label(row, name) for name in RATING_COLUMNS[:3])
        if "rating" not in row.values or is_missing(row.values["rating"]):
            raise CorpusError(f"{row.where}: rating is missing")
        number = _number(row, row.values["rating"], "rating")
        yield row, Rating(document, system, quality, number, _optional(row, "rater"))


def _checked(rated: Iterable[tuple[TableRow, Rating]]) -> Iterator[Rating]:
    seen = set()
    for row, rating in rated:
        key = (rating.document, rating.system, rating.quality, rating.rater)
        if key in seen:
            who = f" by {rating.rater}" if rating.rater else ": give raters in a column `rater`"
            raise CorpusError(
                f"{row.where}: a second rating of {rating.system}'s summary of {rating.document!r} "
                f"in {rating.quality}{who}"
            )
        seen.add(key)
        yield rating


def _preferences(rows: Iterable[TableRow]) -> Iterator[Preference]:
    kinds = get_type_hints(Preference)
    seen = set()
    for row in rows:
        document, a, b, preferred = (_label(row, name) for name in PREFERENCE_COLUMNS)
        reason, rater, order = (_optional(row, name) for name in ("reason", "rater", "order"))
        for name, given in (("preferred", preferred), ("order", order)):
            if given not in get_args(kinds[name]):
                known = ", ".join(repr(each) for each in get_args(kinds[name]) if each)
                raise CorpusError(f"{row.where}: {name} is {given!r}, and none of {known}")
        if a == b:
            raise CorpusError(f"{row.where}: a and b are both {a}: two systems are compared")
        key = (document, frozenset((a, b)), rater)
        if rater and key in seen:
            raise CorpusError(f"{row.where}: a second preference of {rater} between {a} and {b} on {document!r}")
        seen.add(key)
        yield Preference(document, a, b, preferred, reason, rater, order)  # type: ignore[arg-type] # checked above


def _label(row: TableRow, name: str) -> str:
    found = row.label(name)
    if found is None:
        raise CorpusError(f"{row.where}: {name} is missing")
    return found


def _optional(row: TableRow, name: str) -> str:
    return row.label(name) or ""
