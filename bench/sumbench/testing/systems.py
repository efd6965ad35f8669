"""Checks of a system's contract: what it says of itself, and what it does with a handful of documents."""

import json
import pickle
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from sumbench.errors import failure_line
from sumbench.options import misfit
from sumbench.options import needed
from sumbench.plugins import provenance
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import Role
from sumbench.systems import System
from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.options import changed
from sumbench.weights import Store

HEAVY = ("torch", "transformers", "tensorflow", "jax", "sentence_transformers", "ctranslate2", "spacy")
"""Libraries that are to be imported when a system is loaded, not when it is built."""

QUICK = 1.0
"""The seconds that building a system may take."""

SMALL = 100_000
"""The bytes that a system may have when it is pickled: it holds its options, no weights."""


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
    cls = system if isinstance(system, type) else type(system)
    if fault := misfit(cls, System):
        raise AssertionError(f"{cls.__name__}: {fault}")
    if isinstance(system, type):
        _expect(not needed(cls), f"{cls.__name__} needs {', '.join(needed(cls))}: give an object, not the class")
        system = _built(partial(cls, name="checked"))
    _check_members(system)
    _check_building(system)
    _check_fingerprint(system, {"name", "samples", *without_effect})
    with tempfile.TemporaryDirectory() as folder:
        _check_work(system, context or Context(0, Store(Path(folder), offline=True)), documents)


def _expect(holds: object, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _built(make: Callable[[], System]) -> System:
    before = sys.modules.keys() & set(HEAVY)
    start = time.perf_counter()
    try:
        system = make()
    except Exception as error:
        raise AssertionError(f"cannot be built with name=…: {failure_line(error)}") from error
    seconds = time.perf_counter() - start
    loaded = (sys.modules.keys() & set(HEAVY)) - before
    _expect(not loaded, f"building it imports {', '.join(loaded)}: import it in load()")
    _expect(seconds < QUICK, f"building it takes {seconds:.1f} s: do the work in load()")
    return system


def _check_members(system: System) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "name": (str,),
        "role": (Role,),
        "weights": (str, type(None)),
        "uses_references": (bool,),
        "seeded": (bool,),
        "samples": (int,),
        "isolated": (bool,),
        "trained_on": (tuple, list),
    }
    for member, kind in kinds.items():
        value = getattr(system, member)
        wanted = " or ".join(one.__name__ for one in kind)
        _expect(isinstance(value, kind), f"{member} is {value!r}, and must be of the type {wanted}")
    _expect(system.samples >= 1, f"samples is {system.samples}, and must be 1 or more")


def _check_building(system: System) -> None:
    renamed = _built(lambda: _renamed(system))
    _expect(renamed.name == "another", "a system that is built with name=… must have that name")
    copy = _copy(system)
    _expect(copy == system, "a system that is unpickled must equal the one that was pickled")
    size = len(pickle.dumps(system))
    _expect(size < SMALL, f"it has {size:,} bytes when it is pickled: load what is large in load()")


def _renamed(system: System) -> System:
    return replace(system, name="another")  # type: ignore[type-var] # every system is a dataclass


def _copy(system: System) -> System:
    try:
        copy: System = pickle.loads(pickle.dumps(system))  # noqa: S301 - pickled just here
    except Exception as error:
        raise AssertionError(
            f"cannot be pickled, as it must be to work in another process: {failure_line(error)}"
        ) from error
    return copy


def _check_fingerprint(system: System, left_out: Collection[str]) -> None:
    own = _fingerprint(system)
    _expect(_fingerprint(system) == own, "fingerprint() says something else each time")
    _expect(_fingerprint(_copy(system)) == own, "fingerprint() says something else once the system was pickled")
    _expect(_fingerprint(_renamed(system)) == own, "fingerprint() must not depend on the name")
    origin = dict(provenance(type(system)))
    _expect(
        origin.items() <= dict(system.fingerprint()).items(),
        f"fingerprint() does not say where the class comes from: derive from Described, or add {origin} to it",
    )
    for option, other in changed(system, left_out):
        _expect(_fingerprint(other) != own, f"fingerprint() is the same with another {option}")


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
    _expect(any(not summary.error for summary in first.values()), f"fails on every document: {', '.join(failed)}")
    _expect(not list(together.summarize(())), "makes summaries of no documents")
    _same(first, together.of(documents), "when it is asked again")
    _same(first, together.of(documents[::-1]), "when the documents come in another order")
    single = _Loaded(system, context)
    alone = [single.of([document]) for document in documents]
    _same(first, {key: summary for part in alone for key, summary in part.items()}, "when documents come one by one")
    with _other_global_state():
        again = _Loaded(_copy(system), context)
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
        _expect(cost is None or isinstance(cost, int | float), f"cost() is {cost!r}, and must be a number or None")


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
        _expect(isinstance(summary, Summary), f"yields a {type(summary).__name__}, and must yield Summaries")
        where = f"the summary of {summary.document!r}"
        _expect(summary.system == self.system.name, f"{where} names the system {summary.system!r}, not its own name")
        _expect(isinstance(summary.text, str), f"{where} has a text that is none: {summary.text!r}")
        fine = summary.error is None or (isinstance(summary.error, str) and summary.error)
        _expect(fine, f"{where} has the error {summary.error!r}: a text that says what went wrong, or None")
        _expect(not (summary.error and summary.text), f"{where} has an error, and a text all the same")
        _count(where, "output_tokens", summary.output_tokens, none=False)
        _count(where, "input_tokens", summary.input_tokens, none=True)
        _count(where, "seen_tokens", summary.seen_tokens, none=True)
        seconds = summary.seconds
        timed = seconds is None or (isinstance(seconds, int | float) and seconds >= 0)
        _expect(timed, f"{where} took {seconds!r} seconds: a number from 0 up, or None")


def _count(where: str, what: str, value: object, *, none: bool) -> None:
    fine = (none and value is None) or (isinstance(value, int) and value >= 0)
    _expect(fine, f"{where} has {what} {value!r}: a whole number from 0 up{', or None' if none else ''}")


def _same(first: dict[tuple[str, int], Summary], second: dict[tuple[str, int], Summary], when: str) -> None:
    for (document, draw), summary in first.items():
        again = second.get((document, draw))
        alike = again is not None and (again.text, bool(again.error)) == (summary.text, bool(summary.error))
        _expect(alike, f"writes something else of {document!r}, draw {draw}, {when}")


@contextmanager
def _other_global_state() -> Iterator[None]:
    """Put Python's and numpy's global generators where they have not been, and back afterwards."""
    import numpy as np

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one is meant
    try:
        random.seed(1_000_003)
        np.random.seed(1_000_003)  # noqa: NPY002 - the global one is meant
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002 - the global one is meant
