"""The metric protocol: declared values and needs, and a scorer of batches of documents with summaries."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Protocol
from typing import TypeAlias
from typing import runtime_checkable

from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.metrics.words import Words
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.weights import Store

AGREEMENT = "references"
"""The system name of reference agreement: the scores of each reference against the others."""

WITHOUT_REFERENCES = "without references"
"""The title of the table in which values stand that are measured without any reference."""


@dataclass(frozen=True)
class Needs:
    """What a metric needs: the `references`, the `source` text, a `device` for a model, a `service` elsewhere."""

    references: bool = True
    source: bool = False
    device: bool = False
    service: bool = False


@dataclass(frozen=True)
class MetricContext:
    """What a metric may need from the run: the seed of random draws, the store of weights, a torch device name.

    `words` are those of texts, found once for all metrics.
    """

    seed: int
    store: Store
    device: str = "auto"
    words: Words = field(default_factory=Words)


@dataclass(frozen=True)
class BatchNote:
    """What a reader of a metric's figures should know of some texts of a batch.

    `what` says it of `texts`, which are named (a reference of document 'a', lead's summary of document 'a'), and
    `remedy` what to do about it. Under a run's table stand, for all batches' notes of the same words, how many texts
    there are and the first one.
    """

    what: str
    texts: Sequence[str]
    remedy: str = ""


@dataclass(frozen=True)
class BatchScores:
    """The scores of a batch under one metric.

    `values` has an array for each declared value, one number a summary in the batch's order, on the metric's own
    scale; NaN where there is none, which is a failure unless the value is optional. `failures` says by the summary's
    index why it could not be scored. `details` are what it says beside the values. `agreement` has for each value one
    number a document: the mean score of each reference against the others, NaN for a document with a single one; under
    a metric without references, the mean of the references as if they were summaries; empty for a metric without such a
    thing. `notes` are for those who read the figures; none is kept of scores that a costly metric has kept from an
    earlier run. `spent` is what was asked of a model or a service for the batch.
    """

    values: Mapping[str, FloatArray]
    failures: Mapping[int, str] = field(default_factory=dict)
    details: Sequence[Detail] = ()
    agreement: Mapping[str, FloatArray] = field(default_factory=dict)
    notes: Sequence[BatchNote] = ()
    spent: Spending | None = None


Scorer: TypeAlias = Callable[[Sequence[Document], Sequence[Summary]], BatchScores]
"""A loaded metric: takes documents and summaries of them, none of which failed, and scores every summary."""


class Metric(Protocol):
    """A metric as it was named on the command line: its options are its fields, and building it loads nothing."""

    @property
    def name(self) -> str:
        """The name on the command line, with the options behind it."""

    @property
    def needs(self) -> Needs:
        """What it needs to work."""

    @property
    def costly(self) -> bool:
        """Whether a score takes so much time or money that it is journalled and kept for later runs."""

    def values(self) -> Sequence[Value]:
        """Return what it yields, in the order of the table's columns."""

    def signatures(self, languages: Collection[str]) -> Mapping[str, str]:
        """Return for each value the line that says exactly how it is computed on documents in these languages.

        It is asked before the metric is loaded. What a model's weights are is added to it (see UsesWeights).
        """

    def load(self, context: MetricContext) -> Scorer:
        """Make it ready to score; raise MetricError or WeightsError where that cannot be done."""


@runtime_checkable
class UsesWeights(Protocol):
    """A metric that computes with the weights of a model.

    They are fetched before any system works, a dry run names them, and their SHA-256 stands behind the metric's own
    signatures, with the kind of device: what is kept of its scores is never taken for that of other weights.
    """

    @property
    def model_weights(self) -> str | None:
        """The catalog name, local folder or hub id of the weights, None for none under these options."""


@runtime_checkable
class Annotated(Protocol):
    """A metric that says more about its figures than its signatures do."""

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:
        """Return what else a reader of the figures should know; whether documents have several references matters."""


@runtime_checkable
class KnowsLanguages(Protocol):
    """A metric that is not worth the same in all languages."""

    def language_notes(self, languages: Collection[str]) -> Sequence[str]:
        """Return what a reader should know of the figures of documents in these languages."""


@runtime_checkable
class AnnotatedScorer(Protocol):
    """A loaded metric that says what a reader of its figures should know and what is known only once it is loaded."""

    @property
    def notes(self) -> Sequence[str]:
        """Lines that stand under the table, each with the metric's name."""


@runtime_checkable
class ParallelScorer(Protocol):
    """A loaded metric that may be called by several threads at once, since it computes elsewhere."""

    @property
    def at_once(self) -> int:
        """How many batches it takes at once."""


@runtime_checkable
class ChecksDocuments(Protocol):
    """A metric that knows from the documents alone that it cannot score their summaries."""

    def check_documents(self, documents: Sequence[Document]) -> None:
        """Raise MetricError, naming the document, for one with references that it does not score against."""


@runtime_checkable
class RunsRemoteCode(Protocol):
    """A metric that runs code of a repository of the hub, which must be named to be trusted."""

    @property
    def remote_code(self) -> str:
        """The repository, "" for none."""


@runtime_checkable
class ComparesSystems(Protocol):
    """A metric whose scores say how a summary compares with that of one named system of the same document."""

    @property
    def baseline(self) -> str:
        """The name of that system. Batches have its summary of each document that has any; kept scores follow it."""


@runtime_checkable
class Prompted(Protocol):
    """A metric that asks a model by a prompt."""

    @property
    def prompt_text(self) -> str:
        """The text of its prompt, as its file has it."""


@runtime_checkable
class ForecastsSpending(Protocol):
    """A metric that can say before a run what it would ask of a model or a service."""

    def forecast(self, documents: Sequence[Document], systems: Mapping[str, int]) -> Spending:
        """Return about what the summaries of `documents` take, by systems of which each makes so many of a document.

        The summaries are not there yet: their length is a guess, and scores that are kept cost nothing.
        """
