"""A judge that compares each summary with that of one system, in both orders."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from typing import ClassVar
from typing import NamedTuple

import numpy as np

from sumbench.errors import UsageError
from sumbench.manifest import Direction
from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.metrics.baselines import Baselines
from sumbench.metrics.judge.answers import AnswerRefusedError
from sumbench.metrics.judge.answers import UnreadableError
from sumbench.metrics.judge.answers import read_verdict
from sumbench.metrics.judge.options import JudgeOptions
from sumbench.metrics.judge.options import guessed_summary
from sumbench.metrics.judge.prompts import PAIRS
from sumbench.metrics.judge.prompts import VERDICT_ANSWER
from sumbench.metrics.judge.prompts import VERDICT_SCHEMA
from sumbench.metrics.judge.prompts import JudgePrompt
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.prompts import read_judge_prompt
from sumbench.metrics.judge.replies import AsksJudge
from sumbench.metrics.judge.replies import JudgeReply
from sumbench.metrics.judge.verdicts import JudgeFindings
from sumbench.metrics.judge.verdicts import ask_each
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Scorer
from sumbench.records import Document
from sumbench.records import Summary

PREFERRED, DISAGREED = "judge_preferred", "judge_order_disagreement"

WIN, TIE, LOSS = 1.0, 0.5, 0.0

_AHEAD: Mapping[str, float] = {"A": WIN, "B": LOSS, "tie": TIE}
_BEHIND: Mapping[str, float] = {"A": LOSS, "B": WIN, "tie": TIE}
"""What a verdict means for the summary, where it stood as A and where as B."""


@dataclass(frozen=True, kw_only=True)
class PairJudgeMetric(JudgeOptions):
    """A language model that says of each summary whether it is better than that of the system `against`.

    Who judges is said as in the metric judge. Each pair is asked about twice, with the order swapped: a win (1) or a
    loss (0) is what both answers agree on; where they disagree, or both see no difference, it is a tie (0.5). The value
    is the mean over `draws` such pairs of answers. How often the orders disagree is counted under the table, and stands
    in csv and json. The system `against` itself, and a summary of the same text as its own, is a tie by definition, and
    nothing is asked.

    `prompt` is pairs or a file of your own: `[system]` (optional) and `[user]` with {first}, {second} and {answer} once
    each and {document} and {references} once at most.
    """

    against: str = ""
    prompt: str = PAIRS
    shown_with: ClassVar[str] = f"{JudgeOptions.shown_with},against=lead"

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        super().__post_init__()
        if not self.against:
            raise UsageError(f"{self._kind} needs against=…: name the system with which all others are compared")

    @property
    def _kind(self) -> str:
        return "judge-pairs"

    @property
    def baseline(self) -> str:
        """The system with which all others are compared."""
        return self.against

    @cached_property
    def asked(self) -> JudgePrompt:
        """The prompt."""
        needed, optional = ("first", "second", "answer"), ("document", "references")
        return read_judge_prompt(self._kind, self.prompt, needed=needed, optional=optional)

    @property
    def _own_parts(self) -> Sequence[str]:
        return (f"against:{'-'.join(self.against.split())}",)

    def declared(self) -> list[Value]:
        """Return the share of comparisons that are won, ties counted half, and that in which the orders disagree."""
        title = f"Preferred over {' '.join(self.against.split())}"
        return [
            Value(PREFERRED, title, "%", scale=100.0, decimals=1),
            Value(DISAGREED, "Orders disagree", "%", scale=100.0, decimals=1, direction=Direction.NEITHER, main=False),
        ]

    def load(self, context: MetricContext) -> Scorer:
        """Make the judge ready; raise SummarizerError or WeightsError where that cannot be done."""
        return _Comparisons(self, self.opened(context)).score

    def question(self, document: Document, first: str, second: str) -> JudgeQuestion:
        """Return the question which of two summaries of a document is better."""
        numbered = [f"{number}. {text}" for number, text in enumerate(document.references, 1)]
        every = {
            "document": document.text,
            "references": "\n\n".join(numbered),
            "first": first,
            "second": second,
        }
        texts = {name: text for name, text in every.items() if self.asked.has(name)}
        return self.asked.question(texts, VERDICT_ANSWER, VERDICT_SCHEMA, document.language)

    def forecast(self, documents: Sequence[Document], systems: Mapping[str, int]) -> Spending:
        """Return about what comparing takes: two calls a draw for each summary of another system."""
        times = 2 * sum(draws for name, draws in systems.items() if name != self.against)
        guessed = [(document, guessed_summary(document)) for document in documents]
        return self.forecast_of([(self.question(document, text, text), times) for document, text in guessed], 1)


class _Verdict(NamedTuple):
    """What one answer means for the summary, and the reason that was given."""

    outcome: float
    reason: str


@dataclass(frozen=True)
class _Comparisons:
    metric: PairJudgeMetric
    judge: AsksJudge

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Compare each summary with the baseline's of the same document, which is in the batch."""
        by_id = {document.id: document for document in documents}
        beside = Baselines.named(self.metric.against, summaries)
        found = JudgeFindings([PREFERRED, DISAGREED], summaries, PREFERRED)
        asked: list[int] = []
        questions: list[JudgeQuestion] = []
        for index, summary in enumerate(summaries):
            baseline = beside.beside(summary)
            if baseline is None:
                nothing = JudgeReply("", "", Spending())
                found.fail(index, nothing, f"{self.metric.against} has no summary of this document to compare with")
            elif summary.system == self.metric.against or summary.text == baseline.text:
                self._set(index, found, TIE, 0.0)
            else:
                document = by_id[summary.document]
                questions.append(self.metric.question(document, summary.text, baseline.text))
                questions.append(self.metric.question(document, baseline.text, summary.text))
                asked.append(index)
        replies, found.spent = ask_each(self.judge, questions)
        for number, index in enumerate(asked):
            self._compared(index, replies[2 * number], replies[2 * number + 1], found)
        return found.scores()

    def _compared(
        self, index: int, ahead: Sequence[JudgeReply], behind: Sequence[JudgeReply], found: JudgeFindings
    ) -> None:
        """Join the answers of both orders, draw by draw."""
        outcomes: list[float] = []
        disagreed: list[bool] = []
        said: list[dict[str, Any]] = []
        for one, other in zip(ahead, behind, strict=True):
            first = self._read(one, _AHEAD, index, found)
            second = None if first is None else self._read(other, _BEHIND, index, found)
            if first is None or second is None:
                return
            same = first.outcome == second.outcome
            outcomes.append(first.outcome if same else TIE)
            disagreed.append(not same)
            said.append({"first": first._asdict(), "second": second._asdict()})
        self._set(index, found, float(np.mean(outcomes)), float(np.mean(disagreed)))
        found.say(index, PREFERRED, {"against": self.metric.against, "draws": said})
        if any(disagreed):
            found.note(index, "the judge's verdict changed with the order of the two, which counts as a tie")

    def _read(
        self, reply: JudgeReply, meaning: Mapping[str, float], index: int, found: JudgeFindings
    ) -> _Verdict | None:
        """Return what a reply says of the summary; None where it says nothing, which is then a failure."""
        if reply.failure:
            found.fail(index, reply, reply.failure, refused=reply.refused)
            return None
        try:
            verdict, reason = read_verdict(reply.text)
        except UnreadableError as error:
            found.fail(index, reply, str(error), refused=isinstance(error, AnswerRefusedError), unreadable=True)
            return None
        return _Verdict(meaning[verdict], reason)

    @staticmethod
    def _set(index: int, found: JudgeFindings, preferred: float, disagreed: float) -> None:
        found.values[PREFERRED][index] = preferred
        found.values[DISAGREED][index] = disagreed
