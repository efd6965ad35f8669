"""Checks a system's contract: its members, its fingerprint, and its summaries of a few documents."""

import json
import tempfile
from collections import Counter
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sumbench.errors import failure_line
from sumbench.plugins import provenance
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import Role
from sumbench.systems import System
from sumbench.testing.building import built_to_check
from sumbench.testing.building import check_building
from sumbench.testing.building import copied
from sumbench.testing.building import expect
from sumbench.testing.building import other_global_state
from sumbench.testing.building import renamed
from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.options import changed
from sumbench.weights import Store


def check_system(
    system: System | type,
    *,
    documents: Sequence[Document] = DOCUMENTS,
    without_effect: Collection[str] = (),
    context: Context | None = None,
) -> None:
    """Check that a system keeps its contract; raise AssertionError, saying what is wrong, where it does not.

    `system` is an object, or a class all of whose options have defaults. It is built, pickled, loaded several times
    and given `documents`, once all together, once in reverse and once one by one; on at least one of them it must not
    fail. `without_effect` names options that change nothing in what it writes (a batch size), and so are not in its
    fingerprint; `samples` is never in it. The `context` has the run's seed (another one is tried, too), the device, and
    the store of weights: by default one in a temporary folder, empty and offline.
    """
    made: System = built_to_check(system, System)
    _check_members(made)
    check_building("system", made)
    _check_fingerprint(made, {"name", "samples", *without_effect})
    with tempfile.TemporaryDirectory() as folder:
        _check_work(made, context or Context(0, Store(Path(folder), offline=True)), documents)


def _check_members(system: System) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "name": (str,),
        "role": (Role,),
        "weights": (str, type(None)),
        "uses_references": (bool,),
        "seeded": (bool,),
        "samples": (int,),
        "isolated": (bool,),
        "remote": (bool,),
        "trained_on": (tuple, list),
    }
    for member, kind in kinds.items():
        value = getattr(system, member)
        wanted = " or ".join(one.__name__ for one in kind)
        expect(isinstance(value, kind), f"{member} is {value!r}, and must be of the type {wanted}")
    expect(system.samples >= 1, f"samples is {system.samples}, and must be 1 or more")


def _check_fingerprint(system: System, left_out: Collection[str]) -> None:
    own = _fingerprint(system)
    expect(_fingerprint(system) == own, "fingerprint() says something else each time")
    expect(_fingerprint(copied(system)) == own, "fingerprint() says something else once the system was pickled")
    expect(_fingerprint(renamed(system)) == own, "fingerprint() must not depend on the name")
    origin = dict(provenance(type(system)))
    expect(
        origin.items() <= dict(system.fingerprint()).items(),
        f"fingerprint() does not say where the class comes from: derive from Described, or add {origin} to it",
    )
    for option, other in changed(system, left_out):
        expect(_fingerprint(other) != own, f"fingerprint() is the same with another {option}")


def _fingerprint(system: System) -> str:
    parts = dict(system.fingerprint())
    try:
        text = json.dumps(parts, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"fingerprint() is no JSON: {failure_line(error)}") from error
    return text


def _check_work(system: System, context: Context, documents: Sequence[Document]) -> None:
    together = _Loaded(system, context)
    first = together.of(documents)
    failed = {summary.error for summary in first.values() if summary.error}
    expect(any(not summary.error for summary in first.values()), f"fails on every document: {', '.join(failed)}")
    expect(not list(together.summarize(())), "makes summaries of no documents")
    _same(first, together.of(documents), "when it is asked again")
    _same(first, together.of(documents[::-1]), "when the documents come in another order")
    single = _Loaded(system, context)
    alone = [single.of([document]) for document in documents]
    _same(first, {key: summary for part in alone for key, summary in part.items()}, "when documents come one by one")
    with other_global_state():
        again = _Loaded(copied(system), context)
        _same(first, again.of(documents), "once it is unpickled and loaded again, with the same seed")
    if not system.seeded:
        other = _Loaded(system, replace(context, seed=context.seed + 1))
        _same(first, other.of(documents), "with another seed, although `seeded` is False")
    if not system.uses_references:
        blind = [replace(document, references=("Something else.",)) for document in documents]
        _same(first, _Loaded(system, context).of(blind), "with other references, although `uses_references` is False")
    if system.samples > 1:
        made = {document.id: frozenset({1}) for document in documents}
        rest = _Loaded(system, replace(context, made=made)).of(documents)
        _same({key: one for key, one in first.items() if key[1] > 1}, rest, "when the first draw is there already")
    for summary in first.values():
        cost = system.cost(summary)
        expect(cost is None or isinstance(cost, int | float), f"cost() is {cost!r}, and must be a number or None")


class _Loaded:
    """A loaded system whose summaries are looked at one by one."""

    def __init__(self, system: System, context: Context) -> None:
        self.system, self.context = system, context
        try:
            self.summarize = system.load(context)
        except Exception as error:
            raise AssertionError(f"cannot be loaded: {failure_line(error)}") from error

    def of(self, documents: Sequence[Document]) -> dict[tuple[str, int], Summary]:
        """Return the summaries by document and draw; raise AssertionError unless there is one of each that is due."""
        try:
            summaries = list(self.summarize(documents))
        except Exception as error:
            what = "a document that cannot be summarized is a Summary with the reason in `error`"
            raise AssertionError(f"raises {failure_line(error)}: {what}") from error
        for summary in summaries:
            self._check(summary)
        found = Counter((summary.document, summary.draw) for summary in summaries)
        wanted = Counter(
            (document.id, draw)
            for document in documents
            for draw in self.context.wanted(document.id, self.system.samples)
        )
        for document, draw in (wanted - found) + (found - wanted):
            key = document, draw
            raise AssertionError(f"makes {found[key]} summaries of {document!r}, draw {draw}, and not {wanted[key]}")
        return {(summary.document, summary.draw): summary for summary in summaries}

    def _check(self, summary: Summary) -> None:
        expect(isinstance(summary, Summary), f"yields a {type(summary).__name__}, and must yield Summaries")
        where = f"the summary of {summary.document!r}"
        expect(summary.system == self.system.name, f"{where} names the system {summary.system!r}, not its own name")
        expect(isinstance(summary.text, str), f"{where} has a text that is none: {summary.text!r}")
        fine = summary.error is None or (isinstance(summary.error, str) and summary.error)
        expect(fine, f"{where} has the error {summary.error!r}: a text that says what went wrong, or None")
        expect(not (summary.error and summary.text), f"{where} has an error, and a text all the same")
        _count(where, "output_tokens", summary.output_tokens, none=False)
        _count(where, "thought_tokens", summary.thought_tokens, none=False)
        _count(where, "input_tokens", summary.input_tokens, none=True)
        _count(where, "seen_tokens", summary.seen_tokens, none=True)
        seconds = summary.seconds
        timed = seconds is None or (isinstance(seconds, int | float) and seconds >= 0)
        expect(timed, f"{where} took {seconds!r} seconds: a number from 0 up, or None")


def _count(where: str, what: str, value: object, *, none: bool) -> None:
    fine = (none and value is None) or (isinstance(value, int) and value >= 0)
    expect(fine, f"{where} has {what} {value!r}: a whole number from 0 up{', or None' if none else ''}")


def _same(first: dict[tuple[str, int], Summary], second: dict[tuple[str, int], Summary], when: str) -> None:
    for (document, draw), summary in first.items():
        again = second.get((document, draw))
        alike = again is not None and (again.text, bool(again.error)) == (summary.text, bool(summary.error))
        expect(alike, f"writes something else of {document!r}, draw {draw}, {when}")
