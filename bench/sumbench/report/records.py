"""The records that a page unpacks: the index of documents, their scores, and the texts of each document."""

import json
import pkgutil
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np

from sumbench.languages import base
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.report.model import PageData
from sumbench.report.pack import in_blocks
from sumbench.report.pack import packed
from sumbench.sentences import words
from sumbench.tables.notes import NAMES

_GROUPS = ("genre", "domain", "category", "topic", "section", "type", "source")
"""Metadata by which documents are filtered: the first of these that divides them, else any that does."""

_MOST_GROUPS = 30

_LONGEST_GROUP = 60
"""A text of more characters is no name of a group."""

_LONGEST_DETAIL = 4_000
"""So many characters of what a metric said beside its values are shown."""


def blocks(data: PageData) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the page must know at once, and the packed blocks by name.

    Block `index` has the documents' ids, titles and marks, `scores-NAME` a row of shown scores a document, and each
    other one the texts of a few documents, in the order in which the index gives their block's number.
    """
    shown = [name for name in data.ids if name in data.shown]
    made: dict[str, str] = {}
    number = dict.fromkeys(data.listed, -1)
    records = {name: _record(data, name) for name in shown}
    sizes = ((name, len(json.dumps(record, allow_nan=False))) for name, record in records.items())
    for at, names in enumerate(in_blocks(sizes)):
        made[f"texts-{at}"] = packed([records[name] for name in names])
        number |= dict.fromkeys(names, at)
    made["index"] = packed(_index(data, number))
    places = {name: place for place, name in enumerate(data.ids)} if len(data.listed) < len(data.ids) else None
    rows = slice(None) if places is None else [places[name] for name in data.listed]
    for name, array in data.scores.items():
        made[f"scores-{name}"] = packed(_rows(array[rows], data.values[name].decimals))
    return _head(data, len(shown)), made


def _head(data: PageData, shown: int) -> dict[str, Any]:
    languages = {base(each.language) for run in data.runs for each in run.documents.values()} or {"en"}
    return {
        "columns": [
            {"label": each.label, "name": NAMES.get(each.system, each.system), "role": each.role, "run": each.run}
            for each in data.columns
        ],
        "runs": [run.name for run in data.runs],
        "values": [
            {
                "name": value.name,
                "title": value.title,
                "unit": value.unit,
                "decimals": value.decimals,
                "direction": str(value.direction),
                "main": value.main,
            }
            for value in data.values.values()
        ],
        "ranked": data.first.run.manifest.ranked_by,
        "documents": len(data.ids),
        "shown": shown,
        "stop": {language: words_ for language in sorted(languages) if (words_ := stop_words(language))},
    }


_STOP_LISTS = {
    "ar": "arabic",
    "cs": "czech",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "he": "hebrew",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "pl": "polish",
    "pt": "portuguese",
    "sk": "slovak",
    "sv": "swedish",
    "th": "thai",
    "uk": "ukrainian",
    "zh": "chinese",
}
"""The languages of which sumy ships stop words, by code."""


def stop_words(language: str) -> list[str]:
    """Return the stop words of a language by its code; none where no list is known."""
    name = _STOP_LISTS.get(language)
    content = pkgutil.get_data("sumy", f"data/stopwords/{name}.txt") if name else None
    return sorted({line.strip() for line in content.decode("utf-8").splitlines()} - {""}) if content else []


def _index(data: PageData, number: Mapping[str, int]) -> dict[str, Any]:
    documents = [data.document(name) for name in data.listed]
    key = _grouped_by([document for document in documents if document])
    return {
        "ids": list(data.listed),
        "titles": [_title(document) if document else "" for document in documents],
        "group": key,
        "groups": [document.metadata.get(key, "") if document else "" for document in documents],
        "words": [words(document.text) if document else 0 for document in documents],
        "block": [number[name] for name in data.listed],
        "flags": [[data.flags(name, column) for column in data.columns] for name in data.listed],
    }


_TITLE = 90


def _title(document: Document) -> str:
    """Return the document's title, or its first words; a long one is cut, at a blank where one is near."""
    text = document.title or " ".join(document.text[: 4 * _TITLE].split())
    if len(text) <= 2 * _TITLE:
        return text
    kept = text[: _TITLE + 1].rpartition(" ")[0]
    return f"{kept if 2 * len(kept) > _TITLE else text[:_TITLE]}…"


def _grouped_by(documents: Sequence[Document]) -> str:
    keys = Counter(key for document in documents for key in document.metadata)
    for key in (*_GROUPS, *keys):
        found = {document.metadata.get(key, "") for document in documents}
        if max(map(len, (key, *found))) > _LONGEST_GROUP:
            continue
        if key in keys and 1 < len(found) <= min(_MOST_GROUPS, max(2, len(documents) // 2)):
            return key
    return ""


def _rows(array: "np.ndarray[Any, np.dtype[np.float64]]", decimals: int) -> list[list[float | None]]:
    return [
        [None if np.isnan(value) else (round(value, decimals) + 0.0 if decimals else round(value)) for value in row]
        for row in array.tolist()
    ]


def _record(data: PageData, name: str) -> dict[str, Any]:
    document = data.document(name)
    record: dict[str, Any] = {"id": name}
    if document:
        record |= {"text": document.text, "references": list(document.references), "language": document.language}
        record["metadata"] = dict(document.metadata)
        record["title"] = document.title
    record["summaries"] = [
        [_summary(data, summary, data.runs[column.run].details) for summary in data.draws(name, column)]
        for column in data.columns
    ]
    return record


def _summary(
    data: PageData, summary: Summary, details: Mapping[tuple[str, str, int], Sequence[Detail]]
) -> dict[str, Any]:
    said = details.get((summary.document, summary.system, summary.draw), ())
    document = data.document(summary.document)
    found: dict[str, Any] = {
        "text": summary.text,
        "draw": summary.draw,
        "error": summary.error,
        "failure": summary.failure,
        "input": summary.input_tokens,
        "seen": summary.seen_tokens,
        "output": summary.output_tokens,
        "seconds": summary.seconds,
        "raw": summary.raw,
        "spans": list(_spans(filter(data.flagging, said), summary.text, document.text if document else "")),
        "said": list(_said(said)),
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _spans(details: Iterable[Detail], text: str, source: str) -> Iterator[dict[str, Any]]:
    """Yield the marked places of a summary, in UTF-16 units as JavaScript counts; what is no place is left out."""
    here, there = Offsets(text), Offsets(source)
    for detail in details:
        spans = detail.content.get("spans")
        for span in spans if isinstance(spans, list) else ():
            place = here.place(span)
            if place is None:
                continue
            found = {"at": place, "value": detail.metric}
            found |= {key: str(span[key]) for key in ("kind", "reason") if span.get(key)}
            if (origin := there.place(span.get("source"))) is not None:
                found["source"] = origin
            yield found


def _said(details: Sequence[Detail]) -> Iterator[list[str]]:
    for detail in details:
        rest = {key: value for key, value in detail.content.items() if key != "spans"}
        if rest:
            text = json.dumps(rest, ensure_ascii=False, indent=1)
            yield [detail.metric, text if len(text) <= _LONGEST_DETAIL else f"{text[:_LONGEST_DETAIL]}…"]


class Offsets:
    """Offsets in a text: from characters, which Python counts, to UTF-16 units, which JavaScript does."""

    def __init__(self, text: str) -> None:
        """Take the text."""
        self._text = text
        self._same = not text or max(text) <= "\uffff"

    def place(self, span: object) -> tuple[int, int] | None:
        """Return the place of a span with `start` and `end`; None for what is none, or is not in the text."""
        if not isinstance(span, Mapping):
            return None
        start, end = span.get("start"), span.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(self._text):
            return None
        return self._unit(start), self._unit(end)

    def _unit(self, at: int) -> int:
        return at if self._same else len(self._text[:at].encode("utf-16-le", "surrogatepass")) // 2
