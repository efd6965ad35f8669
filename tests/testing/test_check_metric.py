# ruff: noqa: D101, D102, ARG002, ANN401 - what is wrong with a class stands above it, and may be of any type
"""`check_metric` passes what keeps the contract, and says what does not."""

import itertools
import time
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import ClassVar
from typing import TypeAlias

import numpy as np
import pytest

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import REGISTRY
from sumbench.metrics import BatchScores
from sumbench.metrics import MetricContext
from sumbench.metrics import Needs
from sumbench.metrics import Scorer
from sumbench.metrics import build_metrics
from sumbench.metrics.rouge import OriginalRouge
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing import check_metric
from tests.metrics import toys

Documents: TypeAlias = Sequence[Document]
Summaries: TypeAlias = Sequence[Summary]


WITHOUT_WEIGHTS = [name for name in REGISTRY.targets if not hasattr(REGISTRY[name], "model_weights")]
"""Those with weights are checked with small ones, beside their own tests."""


@pytest.mark.parametrize("name", WITHOUT_WEIGHTS)
def test_the_metrics_keep_the_contract(name: str) -> None:
    """Each built-in one that needs no model's weights passes as a class."""
    check_metric(REGISTRY[name])


@pytest.mark.parametrize("spec", ["rouge,types=rouge1+rouge3,handling=max", "rouge,preset=perl,handling=pooled"])
def test_their_options_keep_the_contract(spec: str) -> None:
    """So does ROUGE under options."""
    (metric,) = build_metrics([spec])
    check_metric(metric)


def test_the_original_rouge_keeps_the_contract() -> None:
    """What an option string of ROUGE-1.5.5 computes is a metric as any other."""
    check_metric(OriginalRouge(options="-n 2 -w 1.2 -m -2 4 -u -f A"))


@pytest.mark.parametrize("cls", [toys.Absent, toys.Judged])
def test_toys_keep_the_contract(cls: type) -> None:
    """What other tests score with is what an author would write."""
    check_metric(cls)


@dataclass(frozen=True, kw_only=True)
class Long(SummaryMetric):
    """Words beyond `most`: keeps the contract, and its subclasses break it in one way each."""

    declared: ClassVar[tuple[Value, ...]] = (Value("long", "Too long", "words", decimals=0, direction=Direction.LOWER),)
    needs: ClassVar[Needs] = Needs(references=False)
    agreement: ClassVar[bool] = False
    most: int = 3

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Count the words, and say which is the last."""
        words = summary.text.split()
        return Measured({"long": max(0, len(words) - self.most)}, {"long": {"last": words[-1]}})


def test_a_metric_that_keeps_the_contract_passes() -> None:
    """One that takes no empty text, and fails on it alone, passes as a class and as an object."""
    check_metric(Long)
    check_metric(Long(name="mine", most=5))


FAULTY: list[Any] = []


def faulty(says: str) -> Callable[[type], type]:
    """Keep a class with what `check_metric` must say of it."""

    def keep(cls: type) -> type:
        FAULTY.append(pytest.param(cls, says, id=cls.__name__))
        return cls

    return keep


def declaring(says: str, **changes: Any) -> None:
    """Keep a class whose value is declared with these changes."""
    value = replace(Long.declared[0], **changes)
    name = f"Declaring{len(FAULTY)}"
    cls = type(name, (Long,), {"declared": (value,), "__module__": __name__})
    globals()[name] = faulty(says)(dataclass(frozen=True, kw_only=True)(cls))


declaring("has a name that is none: use letters", name="too long")
declaring("has no title", title="")
declaring("has the title 'Too\\nlong'", title="Too\nlong")
declaring("has the scale 0.0, and must have a number above 0", scale=0.0)
declaring("has -1 decimals", decimals=-1)
declaring("has the direction 'lower': use Direction", direction="lower")
declaring("has main=None", main=None)


@faulty("building it takes")
@dataclass(frozen=True, kw_only=True)
class Slow(Long):
    def __post_init__(self) -> None:
        time.sleep(1.1)


@faulty("cannot be pickled")
@dataclass(frozen=True, kw_only=True)
class Unpicklable(Long):
    how: Any = field(default_factory=lambda: lambda: None, init=False)


@faulty("needs is {'source'}, and must be of the type Needs")
@dataclass(frozen=True, kw_only=True)
class Loose(Long):
    needs: ClassVar[Any] = {"source"}


@faulty("costly is 1, and must be of the type bool")
@dataclass(frozen=True, kw_only=True)
class Counted(Long):
    costly: ClassVar[Any] = 1


@faulty("values() declares none")
@dataclass(frozen=True, kw_only=True)
class Valueless(Long):
    declared: ClassVar[tuple[Value, ...]] = ()


@faulty("values() declares a name twice")
@dataclass(frozen=True, kw_only=True)
class Double(Long):
    declared: ClassVar[tuple[Value, ...]] = Long.declared * 2


class Signed(Long):
    """A metric whose signature a subclass says."""

    def line(self) -> str:
        raise NotImplementedError

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        return {"long": self.line()}


TIMES = itertools.count()


@faulty("signatures() says something else each time")
@dataclass(frozen=True, kw_only=True)
class Unstable(Signed):
    def line(self) -> str:
        return f"long|{next(TIMES)}"


@faulty("signatures() are the same with another most")
@dataclass(frozen=True, kw_only=True)
class Forgetful(Signed):
    def line(self) -> str:
        return "long"


@faulty("signatures() must not depend on the metric's name")
@dataclass(frozen=True, kw_only=True)
class Named(Signed):
    def line(self) -> str:
        return f"long|{self.name}|{self.most}"


@faulty("and must be one line")
@dataclass(frozen=True, kw_only=True)
class Broken(Signed):
    def line(self) -> str:
        return f"long\n{self.most}"


@faulty("signatures() has none for long")
@dataclass(frozen=True, kw_only=True)
class Unsigned(Long):
    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        return {}


@faulty("cannot be loaded: ValueError: no")
@dataclass(frozen=True, kw_only=True)
class Unloadable(Long):
    def load(self, context: MetricContext) -> Scorer:
        raise ValueError("no")


class Altered(Long):
    """A metric whose results a subclass spoils."""

    def load(self, context: MetricContext) -> Scorer:
        def score(documents: Documents, summaries: Summaries) -> BatchScores:
            spoilt: BatchScores = self.spoilt(self.score(documents, summaries), documents, summaries)
            return spoilt

        return score

    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        raise NotImplementedError


@faulty("yields a dict, and must yield BatchScores")
@dataclass(frozen=True, kw_only=True)
class Plain(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return dict(found.values)


@faulty("raises ValueError: no on 4 documents and 16 summaries: a summary that cannot be scored is one of")
@dataclass(frozen=True, kw_only=True)
class Raising(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        raise ValueError("no")


@faulty("raises IndexError: tuple index out of range on 0 documents and 0 summaries")
@dataclass(frozen=True, kw_only=True)
class Greedy(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return found if tuple(documents)[0] else None  # noqa: RUF015 - it is to fail


@faulty("`values` has no long")
@dataclass(frozen=True, kw_only=True)
class Missing(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={})


@faulty("`values` has short, not declared")
@dataclass(frozen=True, kw_only=True)
class Undeclared(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={**found.values, "short": found.values["long"]})


@faulty("`values` has the shape (15,) for long, and must have (16,)")
@dataclass(frozen=True, kw_only=True)
class Short(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": found.values["long"][:15]})


@faulty("`values` has for long what is no array of float64")
@dataclass(frozen=True, kw_only=True)
class Listed(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": found.values["long"].tolist()})


@faulty("long of opening's summary of 'bridge' is nan, and no failure says why")
@dataclass(frozen=True, kw_only=True)
class Silent(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": np.full(len(summaries), np.nan)})


@faulty("has a failure of the summary 99, of 16 summaries")
@dataclass(frozen=True, kw_only=True)
class Misplaced(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, failures={99: "no"})


@faulty("has the failure ValueError('no'), and must say in a text")
@dataclass(frozen=True, kw_only=True)
class Erring(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        wrong: dict[int, Any] = {0: ValueError("no")}
        return replace(found, failures=wrong)


@faulty("can score no summary: out of order")
@dataclass(frozen=True, kw_only=True)
class Failing(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, failures=dict.fromkeys(range(len(summaries)), "out of order"))


@faulty("when it is asked again")
@dataclass(frozen=True, kw_only=True)
class Counting(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": np.full(len(summaries), float(next(TIMES)))})


@faulty("when the batch comes in another order")
@dataclass(frozen=True, kw_only=True)
class Ordered(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": np.arange(len(summaries), dtype=float)})


@faulty("when the batch is cut into smaller ones")
@dataclass(frozen=True, kw_only=True)
class Relative(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": found.values["long"] - sum(found.values["long"])})


@faulty("once it is unpickled and loaded again")
@dataclass(frozen=True, kw_only=True)
class Drawn(Long):
    def load(self, context: MetricContext) -> Scorer:
        shift = np.random.random()  # noqa: NPY002 - the global one is meant

        def score(documents: Documents, summaries: Summaries) -> BatchScores:
            found = self.score(documents, summaries)
            return replace(found, values={"long": found.values["long"] + shift})

        return score


@faulty("with another document, although needs.source is False")
@dataclass(frozen=True, kw_only=True)
class Reading(Long):
    def measure(self, document: Document, summary: Summary) -> Measured:
        return Measured({"long": len(document.text)})


@faulty("with other references, although needs.references is False")
@dataclass(frozen=True, kw_only=True)
class Peeking(Long):
    def measure(self, document: Document, summary: Summary) -> Measured:
        return Measured({"long": len(document.references[0])})


@faulty("is 7.0 in place of 6.0 beside a summary that it cannot take")
@dataclass(frozen=True, kw_only=True)
class Spreading(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        lost = any(not summary.text for summary in summaries)
        return replace(found, values={"long": found.values["long"] + float(lost)})


class Detailed(Altered):
    """A metric that gives the first summary a detail of a subclass's own."""

    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, details=[self.detail(summary) for summary in summaries[:1]])

    def detail(self, summary: Summary) -> Any:
        raise NotImplementedError


@faulty("has a detail that is a dict, and must be a Detail")
@dataclass(frozen=True, kw_only=True)
class Mapped(Detailed):
    def detail(self, summary: Summary) -> Any:
        return {"last": "word"}


@faulty("the detail of opening's summary of 'bridge', draw 1, is no JSON")
@dataclass(frozen=True, kw_only=True)
class Unwritable(Detailed):
    def detail(self, summary: Summary) -> Any:
        return Detail(summary.document, summary.system, "long", {"words": {1}}, summary.draw)


@faulty("draw 1, is another once it was JSON")
@dataclass(frozen=True, kw_only=True)
class Changing(Detailed):
    def detail(self, summary: Summary) -> Any:
        return Detail(summary.document, summary.system, "long", {"spans": ((1, 2),)}, summary.draw)


@faulty("draw 7, is of no summary of the batch")
@dataclass(frozen=True, kw_only=True)
class Foreign(Detailed):
    def detail(self, summary: Summary) -> Any:
        return Detail(summary.document, summary.system, "long", {}, 7)


@faulty("names 'short', and must name a declared value")
@dataclass(frozen=True, kw_only=True)
class Mistaken(Detailed):
    def detail(self, summary: Summary) -> Any:
        return Detail(summary.document, summary.system, "short", {}, summary.draw)


@faulty("`agreement` has the shape (16,) for long, and must have (4,)")
@dataclass(frozen=True, kw_only=True)
class Agreeing(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, agreement=found.values)


@faulty("the agreement of 'bridge' in long is 1.0, and must be NaN: it has one reference")
@dataclass(frozen=True, kw_only=True)
class Certain(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, agreement={"long": np.ones(len(documents))})


@faulty("is no frozen dataclass")
@dataclass
class Thawed:
    name: str = ""


@faulty("Demanding needs must: give an object, not the class")
@dataclass(frozen=True, kw_only=True)
class Demanding(Long):
    must: int


@pytest.mark.parametrize(("cls", "says"), FAULTY)
def test_a_metric_that_breaks_the_contract_is_told_how(cls: type, says: str) -> None:
    """The AssertionError names what is wrong."""
    with pytest.raises(AssertionError) as caught:
        check_metric(cls)
    assert says in str(caught.value)


@dataclass(frozen=True, kw_only=True)
class Rounding(Altered):
    def spoilt(self, found: BatchScores, documents: Documents, summaries: Summaries) -> Any:
        return replace(found, values={"long": found.values["long"] + 1e-7 * len(summaries)})


def test_what_a_model_may_differ_by_is_let_pass() -> None:
    """With a tolerance, values may depend a little on how batches are cut."""
    with pytest.raises(AssertionError, match="when the batch is cut"):
        check_metric(Rounding)
    check_metric(Rounding, tolerance=1e-5)
