"""Reads JSON: one object a line, a list of objects, or an object with one such list."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import chain
from typing import Any

from sumbench.corpus import limits
from sumbench.corpus.columns import USUAL_COLUMNS
from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import RowLocation
from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.text import text_lines
from sumbench.errors import CorpusError

_DEEPEST = 4
_SHOWN = 3


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these keys and values; raise ValueError for a key that comes twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} comes twice in an object")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def json_lines(file: TableFile) -> LocatedRows:
    """Yield the objects of a .jsonl file, one a line; blank lines are skipped.

    A file whose first line begins a list, or an object that goes on in the next line, is read whole, as .json.
    """
    lines = text_lines(file.stream, file.name)
    first = True
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        location = RowLocation(file.name, "line", number)
        try:
            value = _DECODER.decode(line)
            wrong = (
                None if isinstance(value, dict) and not (first and _holds_rows(value)) else _no_object(value, location)
            )
            cut_off = first
        except (ValueError, RecursionError) as error:
            wrong, cut_off = _no_json(str(location), error, line, lines=False), first and _is_cut_off(error, line)
        if wrong is None:
            yield location, value
        elif cut_off:
            yield from _whole(file.name, _joined(file.name, chain([line], lines)), number, wrong)
            return
        else:
            raise wrong
        first = False


def json_list(file: TableFile) -> LocatedRows:
    """Yield the objects of a .json file: of a list, of the one list of objects in an object, or one after the other."""
    yield from _whole(file.name, _joined(file.name, text_lines(file.stream, file.name)), 1, None)


def _joined(file: str, lines: Iterator[str]) -> str:
    """Return lines as one text; raise CorpusError where that is too much."""
    size, kept = 0, []
    for line in lines:
        size += len(line)
        if size > limits.LARGEST_WHOLE:
            raise limits.too_large(file)
        kept.append(line)
    return "".join(kept)


def _whole(file: str, text: str, line: int, wrong: CorpusError | None) -> LocatedRows:
    """Yield the rows of one or several values of JSON, the first of which begins in the given line.

    Where they are none, the error is `wrong`, or one that says where.
    """
    if not text.strip():
        raise CorpusError(f"{file}: is empty")
    try:
        values = list(_decoded(text, line))
    except (ValueError, RecursionError) as error:
        raise wrong or _no_json(file, error, text, lines=True) from None
    if len(values) > 1 and all(isinstance(value, dict) for _, value in values):
        for number, value in values:
            if isinstance(value, dict):
                yield RowLocation(file, "line", number), value
        return
    ((_, content),) = values
    yield from _rows(file, content)


def _decoded(text: str, line: int) -> Iterator[tuple[int, object]]:
    """Yield each value with the number of its first line."""
    at = len(text) - len(text.lstrip())
    line += text.count("\n", 0, at)
    while at < len(text):
        value, end = _DECODER.raw_decode(text, at)
        yield line, value
        following = end
        while following < len(text) and text[following].isspace():
            following += 1
        line += text.count("\n", at, following)
        if following < len(text) and not (isinstance(value, dict) and text[following] == "{"):
            raise json.JSONDecodeError("Extra data", text, following)
        at = following


def _rows(file: str, content: object) -> LocatedRows:
    if isinstance(content, dict):
        content = _rows_in(file, content)
    if not isinstance(content, list):
        raise CorpusError(f"{file}: is no list of objects, but {_kind(content)}")
    for number, value in enumerate(content, 1):
        location = RowLocation(file, "item", number)
        if not isinstance(value, dict):
            raise _no_object(value, location)
        yield location, value


def _rows_in(file: str, content: Mapping[str, Any]) -> list[Any]:
    """Return the rows in an object; raise CorpusError, saying what the object is, where they cannot be told."""
    lists = {key: value for key, value in content.items() if isinstance(value, list)}
    tables = [key for key, value in lists.items() if value and all(isinstance(item, dict) for item in value)]
    if len(tables) == 1:
        return list(lists[tables[0]])
    if tables:
        raise CorpusError(
            f"{file}: holds {len(tables)} lists of objects ({_some(tables)}): save one as a file of its own"
        )
    own = USUAL_COLUMNS & content.keys()
    if own and not any(isinstance(value, Mapping) for key, value in content.items() if key in own - {"systems"}):
        if all(isinstance(value, list) for value in content.values()) and len(content) > 1:
            raise CorpusError(f"{file}: holds a list for each column ({_some(content)}): write one object for each row")
        return [content]
    if len(lists) == 1 and not own:
        return list(*lists.values())
    objects = [key for key, value in content.items() if isinstance(value, Mapping)]
    if own and objects:
        raise CorpusError(
            f"{file}: holds an object for each column ({_some(objects)}), as a data frame writes it: save it with "
            'orient="records"'
        )
    path = _nested_list(content, ())
    if path:
        raise CorpusError(f"{file}: its objects are in {'.'.join(path)}: save that list as a file of its own")
    if objects:
        raise CorpusError(
            f"{file}: is an object of {len(objects)} objects ({_some(objects)}): make it a list of objects, with the "
            "keys as their id"
        )
    raise CorpusError(f"{file}: is neither a list of objects nor an object with one such list")


def _nested_list(content: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, ...]:
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return (*path, key)
        if isinstance(value, Mapping) and len(path) < _DEEPEST and (found := _nested_list(value, (*path, key))):
            return found
    return ()


def _no_object(value: object, location: RowLocation) -> CorpusError:
    return CorpusError(f"{location}: no JSON object, but {_kind(value)}: write one object for each document")


def _holds_rows(value: Mapping[str, Any]) -> bool:
    """Tell whether an object is no row, but holds a list of some."""
    lists = [each for each in value.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
    return bool(lists) and not USUAL_COLUMNS & value.keys()


def _kind(value: object) -> str:
    kinds = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), "null")


def _some(names: "list[str] | Mapping[str, Any]") -> str:
    shown = list(names)
    return ", ".join(shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")


def _is_cut_off(error: Exception, line: str) -> bool:
    """Tell whether JSON is wrong only because it ends too early."""
    return isinstance(error, json.JSONDecodeError) and error.pos >= len(line.rstrip())


def _no_json(where: str, error: Exception, text: str, *, lines: bool) -> CorpusError:
    """Return the error for what is no JSON; with `lines`, it says in which line."""
    if not isinstance(error, json.JSONDecodeError):
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return CorpusError(f"{where}: no JSON: {reason}")
    before, behind = text[: error.pos].rstrip(), text[error.pos :].lstrip()
    if error.msg == "Extra data":
        remedy = ": leave out the comma behind the object" if behind[:1] == "," else ": one object a line"
    elif behind[:1] == "'":
        remedy = ": quotes of JSON are double ones"
    elif error.msg.startswith("Illegal trailing comma") or (before[-1:] == "," and behind[:1] in {"]", "}"}):
        remedy = ": a comma too many"
    else:
        remedy = ""
    place = f", line {error.lineno}" if lines else ""
    return CorpusError(f"{where}{place}: no JSON: {error.msg} (character {error.colno}){remedy}")
