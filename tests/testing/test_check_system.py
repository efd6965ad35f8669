# ruff: noqa: D101, D102, ARG002 - what is wrong with a class stands above it
"""`check_system` passes what keeps the contract, and says what does not."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import ClassVar

import numpy as np
import pytest

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.seeds import stream
from sumbench.systems import REGISTRY
from sumbench.systems import Context
from sumbench.systems import Summarizer
from sumbench.systems import build_system
from sumbench.systems.described import Described
from sumbench.testing import check_system

LIGHT = ["random", "lead", "oracle", "textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl"]


@pytest.mark.parametrize("name", LIGHT)
def test_the_systems_that_need_no_weights_keep_the_contract(name: str) -> None:
    """Each passes as a class and as it is built from a spec."""
    check_system(REGISTRY[name])
    check_system(build_system(f"{name},sentences=1"))


@dataclass(frozen=True, kw_only=True)
class First(Described):
    """The first `length` characters: keeps the contract, and its subclasses break it in one way each."""

    length: int = 5

    def load(self, context: Context) -> Summarizer:
        """Return what summarizes."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            for place, document in enumerate(documents):
                yield self.one(document, place, context)

        return summarize

    def one(self, document: Document, place: int, context: Context) -> Summary:
        """Return the summary of a document, the one at `place` among those it came with."""
        return Summary(document.id, self.name, document.text[: self.length], 9, 9, 1, 0.0)


def test_a_system_that_keeps_the_contract_passes() -> None:
    """Nothing is raised, and the global generators are left as they were."""
    before = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index] # noqa: NPY002
    check_system(First)
    after = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index] # noqa: NPY002
    assert after == before


FAULTY: list[Any] = []


def faulty(says: str) -> Callable[[type], type]:
    """Keep a class with what `check_system` must say of it."""

    def keep(cls: type) -> type:
        FAULTY.append(pytest.param(cls, says, id=cls.__name__))
        return cls

    return keep


@faulty("building it takes")
@dataclass(frozen=True, kw_only=True)
class Slow(First):
    def __post_init__(self) -> None:
        time.sleep(1.1)


@faulty("load what is large in load")
@dataclass(frozen=True, kw_only=True)
class Large(First):
    weights_: list[float] = field(default_factory=lambda: [1.5] * 20_000, init=False)


@faulty("cannot be pickled")
@dataclass(frozen=True, kw_only=True)
class Unpicklable(First):
    how: Any = field(default_factory=lambda: lambda: None, init=False)


@faulty("fingerprint() is no JSON")
@dataclass(frozen=True, kw_only=True)
class NoJson(First):
    def fingerprint(self) -> dict[str, Any]:
        return {**super().fingerprint(), "what": {1}}


@faulty("fingerprint() says something else each time")
@dataclass(frozen=True, kw_only=True)
class Unstable(First):
    def fingerprint(self) -> dict[str, Any]:
        return {**super().fingerprint(), "time": time.perf_counter()}


@faulty("fingerprint() is the same with another length")
@dataclass(frozen=True, kw_only=True)
class Forgetful(First):
    def fingerprint(self) -> dict[str, Any]:
        return {**super().fingerprint(), "options": {}}


@faulty("fingerprint() must not depend on the name")
@dataclass(frozen=True, kw_only=True)
class Named(First):
    def fingerprint(self) -> dict[str, Any]:
        return {**super().fingerprint(), "name": self.name}


@faulty("does not say where the class comes from")
@dataclass(frozen=True, kw_only=True)
class Nobodys(First):
    def fingerprint(self) -> dict[str, Any]:
        return {"length": self.length}


@faulty("makes 2 summaries of 'bridge', draw 1, and not 1")
@dataclass(frozen=True, kw_only=True)
class Twice(First):
    def load(self, context: Context) -> Summarizer:
        once = super().load(context)
        return lambda documents: (summary for one in once(documents) for summary in (one, one))


@faulty("makes 0 summaries of 'bridge', draw 2, and not 1")
@dataclass(frozen=True, kw_only=True)
class Short(First):
    samples: int = 2


@faulty("makes summaries of no documents")
@dataclass(frozen=True, kw_only=True)
class Eager(First):
    def load(self, context: Context) -> Summarizer:
        once = super().load(context)
        return lambda documents: once(documents or [Document("none", "Nothing.", ())])


@faulty("when the documents come in another order")
@dataclass(frozen=True, kw_only=True)
class Counting(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        return replace(super().one(document, place, context), text=f"number {place}")


@faulty("when it is asked again")
@dataclass(frozen=True, kw_only=True)
class Drawing(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        return replace(super().one(document, place, context), text=str(random.random()))  # noqa: S311


@faulty("with another seed, although `seeded` is False")
@dataclass(frozen=True, kw_only=True)
class Seeded(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        text = str(stream(context.seed, document.id).random())
        return replace(super().one(document, place, context), text=text)


@faulty("with other references, although `uses_references` is False")
@dataclass(frozen=True, kw_only=True)
class Peeking(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        return replace(super().one(document, place, context), text=document.references[0])


@faulty("has the error ValueError('no'): a text that says what went wrong")
@dataclass(frozen=True, kw_only=True)
class Erring(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        error: Any = ValueError("no") if document.id == "short" else None
        return replace(super().one(document, place, context), error=error)


@faulty("raises ValueError: no: a document that cannot be summarized is a Summary")
@dataclass(frozen=True, kw_only=True)
class Raising(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        raise ValueError("no")


@faulty("fails on every document: out of order")
@dataclass(frozen=True, kw_only=True)
class Failing(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        return replace(super().one(document, place, context), text="", error="out of order")


@faulty("names the system 'mine', not its own name")
@dataclass(frozen=True, kw_only=True)
class Misnamed(First):
    def one(self, document: Document, place: int, context: Context) -> Summary:
        return replace(super().one(document, place, context), system="mine")


@faulty("role is 'floor', and must be of the type Role")
@dataclass(frozen=True, kw_only=True)
class Textual(First):
    role: ClassVar[Any] = "floor"


@faulty("cannot be loaded: ValueError: no")
@dataclass(frozen=True, kw_only=True)
class Unloadable(First):
    def load(self, context: Context) -> Summarizer:
        raise ValueError("no")


@faulty("is no frozen dataclass")
@dataclass
class Thawed:
    name: str = ""


@faulty("Demanding needs must: give an object, not the class")
@dataclass(frozen=True, kw_only=True)
class Demanding(First):
    must: int


@pytest.mark.parametrize(("cls", "says"), FAULTY)
def test_a_system_that_breaks_the_contract_is_told_how(cls: type, says: str) -> None:
    """The AssertionError names what is wrong."""
    with pytest.raises(AssertionError) as caught:
        check_system(cls)
    assert says in str(caught.value)


def test_checking_needs_no_pytest() -> None:
    """Authors may check without it."""
    code = "import sys, sumbench.testing; sys.exit('pytest' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
