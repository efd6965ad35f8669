"""Corpora of plug-ins: functions that return documents, or rows that become documents."""

import inspect
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import chain
from typing import Any

from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.objects import documents_of
from sumbench.corpus.source import Source
from sumbench.corpus.spec import HUB_ONLY
from sumbench.corpus.spec import Spec
from sumbench.errors import BenchError
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.records import Document
from sumbench.registry import Registry

REGISTRY = Registry(
    kind="corpus",
    listed_by="sumbench corpora",
    targets={},
    group="sumbench.corpora",
    misfit=lambda read: "" if callable(read) else "is no function: a corpus is a function that returns documents",
)
"""The corpora of plug-ins; what is built in is found before it is asked for here."""


def opened(spec: Spec, *, strict: bool) -> Source:
    """Open a plug-in's corpus: call its function, and read no more of what that returns than the first document.

    It returns Documents, which are taken as they are (`language` speaks for those that say none), or mappings, which
    are read as the rows of a table. Its parameters are options of the corpus' name: those of config, split, folder,
    revision and path that it has.
    Raises UsageError for an option that means nothing, CorpusError for what is no document.
    """
    read = REGISTRY[spec.name]
    given = {key: spec.options[key] for key in HUB_ONLY if key in spec.options}
    label = spec.name.rpartition(":")[2].replace("/", "-")
    name = "-".join((label, *(given[key] for key in ("config", "split") if key in given)))
    items = _items(str(spec), read, _accepted(spec, read, given))
    first = next(items, None)
    if isinstance(first, Document) and (idle := [key for key in spec.options if key not in {*given, "language"}]):
        raise UsageError(f"corpus {spec}: its documents are taken as they are: leave out {idle[0]}=…")
    every = chain([first], items) if first is not None else items
    reader = spec.reader(sentences=SPLIT, strict=strict)
    notes = ReadingNotes()
    return Source(name, documents_of(every, f"corpus {spec}", reader, notes), str(spec), notes=notes)


def _accepted(spec: Spec, read: Callable[..., Any], given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the options that the corpus' function is given; raise UsageError for one that it has no parameter for."""
    try:
        inspect.signature(read).bind(**given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"corpus {spec}: its function cannot be called so: {error}") from None
    return given


def _items(name: str, read: Callable[..., Any], given: Mapping[str, str]) -> Iterator[Any]:
    """Yield what the function returns; its own failures are CorpusErrors."""
    number = 0
    try:
        found = read(**given)
        if not isinstance(found, Iterable) or isinstance(found, str | bytes | Mapping):
            message = f"corpus {name}: is a {type(found).__name__}, not documents one after the other"
            raise CorpusError(message)  # noqa: TRY301 - beside what the function itself may raise
        for item in found:
            number += 1
            yield item
    except BenchError:
        raise
    except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way
        reason = failure_line(error)
        raise CorpusError(f"corpus {name}: failed after {number} documents: {reason}") from None
