"""Checks of a metric's contract: what it declares, and what it makes of summaries of a handful of documents."""

import json
import math
import re
import tempfile
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sumbench.errors import failure_line
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import BatchScores
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import Needs
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing.building import built_to_check
from sumbench.testing.building import check_building
from sumbench.testing.building import copied
from sumbench.testing.building import expect
from sumbench.testing.building import other_global_state
from sumbench.testing.building import renamed
from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.documents import summaries_of
from sumbench.testing.options import changed
from sumbench.weights import Store

NAME = re.compile(r"[\w.@-]+")
"""What a value's name is made of: it stands between commas and equals signs on command lines."""

UNTAKEABLE = ("", "\ud800", "\x00", "word " * 5000)
"""Texts that a metric may refuse: empty, no Unicode, with a NUL, 5000 words long."""


def check_metric(
    metric: Metric | type,
    *,
    documents: Sequence[Document] = DOCUMENTS,
    context: MetricContext | None = None,
    without_effect: Collection[str] = (),
    tolerance: float = 0.0,
) -> None:
    """Check that a metric keeps its contract; raise AssertionError, saying what is wrong, where it does not.

    `metric` is an object, or a class all of whose options have defaults. It is built, pickled, loaded several
    times, and scores summaries of `documents` all together, in another order, and one by one; some it must score.
    `without_effect` names options that change no value (a batch size), and so are in no signature. `tolerance` is what
    a value, or a number in details, may differ by where batches are cut in another way, as a model's may. The
    `context` has the run's seed, the device, and the store of weights: by default one in a temporary folder, empty and
    offline.
    """
    made: Metric = built_to_check(metric, Metric)
    _check_members(made)
    check_building("metric", made)
    _check_values(made)
    _check_signatures(made, sorted({document.language for document in documents}), without_effect)
    with tempfile.TemporaryDirectory() as folder:
        fallback = MetricContext(0, Store(Path(folder), offline=True))
        _Work(made, context or fallback, documents, tolerance).check()


def _check_members(metric: Metric) -> None:
    for member, kind in (("name", str), ("needs", Needs), ("costly", bool)):
        value = getattr(metric, member)
        expect(isinstance(value, kind), f"{member} is {value!r}, and must be of the type {kind.__name__}")


def _check_values(metric: Metric) -> None:
    values = list(metric.values())
    expect(values, "values() declares none")
    for value in values:
        expect(isinstance(value, Value), f"values() has a {type(value).__name__}, and must have Values")
        _check_value(value)
    names = [value.name for value in values]
    expect(len(set(names)) == len(names), f"values() declares a name twice: {', '.join(names)}")
    expect(list(metric.values()) == values, "values() says something else each time")
    expect(list(copied(metric).values()) == values, "values() says something else once the metric was pickled")
    expect(list(renamed(metric).values()) == values, "values() must not depend on the metric's name")


def _check_value(value: Value) -> None:
    where = f"the value {value.name!r}"
    named = isinstance(value.name, str) and NAME.fullmatch(value.name)
    expect(named, f"{where} has a name that is none: use letters, digits, _, -, . and @")
    for what, text in (("title", value.title), ("unit", value.unit)):
        single = isinstance(text, str) and "\n" not in text
        expect(single, f"{where} has the {what} {text!r}, and must have one line of text")
    expect(value.title, f"{where} has no title")
    scale = isinstance(value.scale, int | float) and math.isfinite(value.scale) and value.scale > 0
    expect(scale, f"{where} has the scale {value.scale!r}, and must have a number above 0")
    whole = isinstance(value.decimals, int) and not isinstance(value.decimals, bool) and value.decimals >= 0
    expect(whole, f"{where} has {value.decimals!r} decimals, and must have a whole number of them")
    expect(isinstance(value.direction, Direction), f"{where} has the direction {value.direction!r}: use Direction")
    for what, said in (("main", value.main), ("optional", value.optional)):
        expect(isinstance(said, bool), f"{where} has {what}={said!r}, and must have True or False")
    single = isinstance(value.table, str) and "\n" not in value.table
    expect(single, f"{where} has the table {value.table!r}, and must have one line of text")


def _check_signatures(metric: Metric, languages: Sequence[str], left_out: Collection[str]) -> None:
    own = _signatures(metric, languages)
    for language in languages:
        _signatures(metric, [language])
    expect(_signatures(metric, languages) == own, "signatures() says something else each time")
    pickled = _signatures(copied(metric), languages)
    expect(pickled == own, "signatures() says something else once the metric was pickled")
    expect(_signatures(renamed(metric), languages) == own, "signatures() must not depend on the metric's name")
    for option, other in changed(metric, left_out):
        expect(_signatures(other, languages) != own, f"signatures() are the same with another {option}")


def _signatures(metric: Metric, languages: Sequence[str]) -> dict[str, str]:
    lines = dict(metric.signatures(languages))
    names = [value.name for value in metric.values()]
    for name in sorted({*names} ^ lines.keys()):
        what = f"has none for {name}" if name in names else f"has one for {name}, which is no value of the metric"
        raise AssertionError(f"signatures() {what}")
    for name, line in lines.items():
        fine = isinstance(line, str) and line.strip() and len(line.splitlines()) == 1
        expect(fine, f"the signature of {name} is {line!r}, and must be one line")
    return lines


class _Work:
    """A metric at work on summaries of a few documents."""

    def __init__(self, metric: Metric, context: MetricContext, documents: Sequence[Document], tolerance: float) -> None:
        self.metric, self.context, self.documents, self.tolerance = metric, context, documents, tolerance
        self.summaries = summaries_of(documents)
        self.names = [value.name for value in metric.values()]
        self.optional = {value.name for value in metric.values() if value.optional}

    def check(self) -> None:
        """Check what a loaded metric makes of batches of all kinds."""
        loaded = self._loaded(self.metric)
        first = self._scored(loaded, self.documents, self.summaries)
        good = len(self.summaries) - len(first.failures)
        expect(good, f"can score no summary: {', '.join(sorted(set(first.failures.values())))}")
        for documents in ((), self.documents):
            self._scored(loaded, documents, ())
        self._check_again(first, loaded)
        self._check_needs(first)
        self._check_failing_alone(first, loaded)

    def _check_again(self, first: BatchScores, loaded: LoadedMetric) -> None:
        ahead, behind = (self.documents, self.summaries), (self.documents[::-1], self.summaries[::-1])
        self._same(first, [(ahead, self._scored(loaded, *ahead))], "when it is asked again")
        self._same(first, [(behind, self._scored(loaded, *behind))], "when the batch comes in another order")
        singles = [
            ([document], [summary for summary in self.summaries if summary.document == document.id])
            for document in self.documents
        ]
        singles += [([self._document(summary)], [summary]) for summary in self.summaries]
        alone = [(batch, self._scored(loaded, *batch)) for batch in singles]
        self._same(first, alone, "when the batch is cut into smaller ones")
        with other_global_state():
            again = self._loaded(copied(self.metric))
            self._same(first, [(ahead, self._scored(again, *ahead))], "once it is unpickled and loaded again")

    def _check_needs(self, first: BatchScores) -> None:
        """Kept scores depend on what a metric says it needs, and on nothing else of a document."""
        ahead = (self.documents, self.summaries)
        needs, loaded = self.metric.needs, self._loaded(self.metric)
        if not needs.source:
            blind = [replace(document, text="Something else.") for document in self.documents]
            found = self._scored(loaded, blind, self.summaries)
            self._same(first, [(ahead, found)], "with another document, although needs.source is False")
        if not needs.references:
            blind = [replace(document, references=("Something else.",)) for document in self.documents]
            found = self._scored(loaded, blind, self.summaries)
            bare, now = replace(first, agreement={}), replace(found, agreement={})
            self._same(bare, [(ahead, now)], "with other references, although needs.references is False")

    def _check_failing_alone(self, first: BatchScores, loaded: LoadedMetric) -> None:
        """A summary that the metric cannot take costs no other one its score."""
        document = self.documents[0]
        odd = [Summary(document.id, f"odd{number}", text, 0, 0, 0, 0.0) for number, text in enumerate(UNTAKEABLE)]
        every = [*self.summaries, *odd]
        found = loaded.found(self.documents, every)
        self._check_batch(found, self.documents, every)
        ahead = (self.documents, self.summaries)
        self._same(replace(first, agreement={}), [(ahead, found)], "beside a summary that it cannot take")

    def _loaded(self, metric: Metric) -> LoadedMetric:
        try:
            return LoadedMetric(metric, metric.load(self.context))
        except Exception as error:
            raise AssertionError(f"cannot be loaded: {failure_line(error)}") from error

    def _document(self, summary: Summary) -> Document:
        return next(document for document in self.documents if document.id == summary.document)

    def _scored(self, loaded: LoadedMetric, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Return what the scorer itself says of a batch that it should be able to take."""
        try:
            found = loaded.scorer(documents, summaries)
        except Exception as error:
            what = "a summary that cannot be scored is one of the `failures`, with the reason"
            whole = f"{len(documents)} documents and {len(summaries)} summaries"
            raise AssertionError(f"raises {failure_line(error)} on {whole}: {what}") from error
        self._check_batch(found, documents, summaries)
        return found

    def _check_batch(self, found: BatchScores, documents: Sequence[Document], summaries: Sequence[Summary]) -> None:
        expect(isinstance(found, BatchScores), f"yields a {type(found).__name__}, and must yield BatchScores")
        count = len(summaries)
        for index, reason in found.failures.items():
            known = isinstance(index, int) and 0 <= index < count
            expect(known, f"has a failure of the summary {index!r}, of {count} summaries")
            text = isinstance(reason, str) and reason.strip()
            expect(text, f"has the failure {reason!r}, and must say in a text what went wrong")
        _check_columns("values", found.values, self.names, count)
        for name, array in found.values.items():
            odd = np.isinf(array) if name in self.optional else ~np.isfinite(array)
            for index in map(int, np.flatnonzero(odd)):
                where = f"{summaries[index].system}'s summary of {summaries[index].document!r}"
                expect(index in found.failures, f"{name} of {where} is {array[index]}, and no failure says why")
        for detail in found.details:
            _check_detail(detail, self.names, {_key(summary) for summary in summaries})
        if found.agreement:
            _check_columns("agreement", found.agreement, self.names, len(documents))
        for name, array in found.agreement.items():
            for document, value in zip(documents, array, strict=True):
                single = len(document.references) == 1 and self.metric.needs.references
                expect(not np.isinf(value), f"the agreement of {document.id!r} in {name} is {value}")
                lone = f"the agreement of {document.id!r} in {name} is {value}, and must be NaN: it has one reference"
                expect(np.isnan(value) or not single, lone)

    def _same(
        self,
        first: BatchScores,
        parts: Sequence[tuple[tuple[Sequence[Document], Sequence[Summary]], BatchScores]],
        when: str,
    ) -> None:
        """Compare the parts' results, those of each summary and document, with the first ones."""
        earlier = {_key(summary): number for number, summary in enumerate(self.summaries)}
        rows = {document.id: row for row, document in enumerate(self.documents)}
        for (documents, summaries), found in parts:
            for index, summary in enumerate(summaries):
                before = earlier[_key(summary)]
                where = f"of {summary.system}'s summary of {summary.document!r}"
                failed = (before in first.failures, index in found.failures)
                expect(failed[0] == failed[1], f"says something else {where} {when}: a score, and a failure")
                if any(failed):
                    continue
                for name in self.names:
                    self._close(first.values[name][before], found.values[name][index], f"{name} {where}", when)
                said_now = _said_of(found.details, summary)
                said_before = _said_of(first.details, summary)
                expect(_alike(said_now, said_before, self.tolerance), f"has other details {where} {when}")
            expect(not (first.agreement and not found.agreement and documents), f"has no agreement {when}")
            for name, array in first.agreement.items():
                for index, document in enumerate(documents):
                    where = f"agreement of {document.id!r} in {name}"
                    self._close(array[rows[document.id]], found.agreement[name][index], where, when)

    def _close(self, one: float, other: float, what: str, when: str) -> None:
        alike = one == other or (math.isnan(one) and math.isnan(other)) or abs(one - other) <= self.tolerance
        expect(alike, f"{what} is {other} in place of {one} {when}")


def _alike(one: object, other: object, tolerance: float) -> bool:
    """Tell whether two JSON values are the same, but for `tolerance` in their floating-point numbers."""
    match one, other:
        case float(), float():
            return abs(one - other) <= tolerance
        case (dict(), dict()) if one.keys() == other.keys():
            return all(_alike(value, other[key], tolerance) for key, value in one.items())
        case (list() | tuple(), list() | tuple()) if len(one) == len(other):
            return all(_alike(*pair, tolerance) for pair in zip(one, other, strict=True))
    return one == other


def _key(summary: Summary) -> tuple[str, str, int]:
    return summary.document, summary.system, summary.draw


def _check_columns(what: str, columns: Mapping[str, object], names: Sequence[str], size: int) -> None:
    for name in sorted({*names} ^ columns.keys()):
        raise AssertionError(f"`{what}` has no {name}" if name in names else f"`{what}` has {name}, not declared")
    for name, array in columns.items():
        fine = isinstance(array, np.ndarray) and array.dtype == np.float64
        expect(fine, f"`{what}` has for {name} what is no array of float64")
        shape = array.shape  # type: ignore[attr-defined] # an array, as was just seen
        expect(shape == (size,), f"`{what}` has the shape {shape} for {name}, and must have {(size,)}")


def _check_detail(detail: object, names: Collection[str], keys: Collection[tuple[str, str, int]]) -> None:
    expect(isinstance(detail, Detail), f"has a detail that is a {type(detail).__name__}, and must be a Detail")
    assert isinstance(detail, Detail)  # noqa: S101 - for mypy
    key = detail.document, detail.system, detail.draw
    where = f"the detail of {detail.system}'s summary of {detail.document!r}, draw {detail.draw},"
    expect(key in keys, f"{where} is of no summary of the batch")
    expect(detail.metric in names, f"{where} names {detail.metric!r}, and must name a declared value")
    expect(isinstance(detail.content, Mapping), f"{where} has content that is no mapping")
    try:
        text = json.dumps(dict(detail.content), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{where} is no JSON: {failure_line(error)}") from error
    expect(json.loads(text) == dict(detail.content), f"{where} is another once it was JSON: use lists and text keys")


def _said_of(details: Sequence[Detail], summary: Summary) -> list[tuple[str, object]]:
    return [
        (detail.metric, detail.content)
        for detail in details
        if (detail.document, detail.system, detail.draw) == _key(summary)
    ]
