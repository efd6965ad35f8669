"""A judge that rates each summary by named qualities."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sumbench.manifest import Direction
from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.metrics.judge.answers import AnswerRefusedError
from sumbench.metrics.judge.answers import JudgeScore
from sumbench.metrics.judge.answers import UnreadableError
from sumbench.metrics.judge.answers import read_ratings
from sumbench.metrics.judge.options import JudgeOptions
from sumbench.metrics.judge.options import guessed_summary
from sumbench.metrics.judge.prompts import QUALITIES
from sumbench.metrics.judge.prompts import JudgePrompt
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.prompts import Quality
from sumbench.metrics.judge.prompts import ratings_answer
from sumbench.metrics.judge.prompts import ratings_schema
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

PREFIX = "judge"


@dataclass(frozen=True, kw_only=True)
class JudgeMetric(JudgeOptions):
    """A language model that rates each summary by named qualities.

    The judge is `model` at the OpenAI-compatible server `url`, with `key`, `concurrency`, `retries`, `timeout`,
    `plain_http`, `price_in` and `price_out` as in the system endpoint; or it is `system`, any system that takes a
    prompt, with its options in quotes (system="causal,model=…"; it is given the question as its document, whole or not
    at all).

    `prompt` is qualities, which rates faithfulness, coverage, coherence and concision from 1 to 5, or a file of your
    own: `[system]` (optional) and `[user]` with {summary}, {qualities} and {answer} once each and {document} and
    {references} once at most, then for each quality a section `[quality NAME 1-5]` that says what the numbers mean. All
    qualities are asked for in one request, as the document is most of what it costs; the view of one may then colour
    the others: where that matters, name the metric several times, with a file of one quality each.

    The value of a quality is the mean over `draws` answers, which need a `temperature` above 0 (or below: none is sent)
    and differ by a seed that follows from `seed` and the texts; of several qualities `judge` is the mean. The spread
    (standard deviation) among several draws stands in csv and json, reasons in details.jsonl. The answer is asked for
    as JSON by a schema where the server takes one, and else read from the text. A summary of which one draw is refused,
    cannot be read or is off the scale has no score, and its answer stands in details.jsonl; it is never scored 0, and
    is asked for again when the command is given again.

    Document and summary stand between marks that no text can foresee, and the judge is told that they are material.
    That is a request, and no proof: a summary that is written to win over a judge may succeed.

    Systems are not ranked by a judge unless `ranks` is a file of `sumbench correlate --out` in which the whole interval
    of its agreement with people on one quality lies above 0, or `ranks=yes`.
    """

    prompt: str = QUALITIES

    @property
    def _kind(self) -> str:
        return PREFIX

    @cached_property
    def asked(self) -> JudgePrompt:
        """The prompt."""
        needed, optional = ("summary", "qualities", "answer"), ("document", "references")
        return read_judge_prompt(self._kind, self.prompt, needed=needed, optional=optional)

    def declared(self) -> list[Value]:
        """Return the mean of several qualities, a value for each, and with several draws the spread of each."""
        qualities = self.asked.qualities
        scale = f"{qualities[0].low}-{qualities[0].high}"
        named = [(PREFIX, "Judge")] if len(qualities) > 1 else []
        named += [(_value_name(each), f"Judge: {each.name.replace('_', ' ')}") for each in qualities]
        spreads = [
            Value(f"{name}_spread", f"{title}, spread", "SD", direction=Direction.NEITHER, main=False)
            for name, title in named
        ]
        return [*(Value(name, title, scale) for name, title in named), *(spreads if self.draws > 1 else [])]

    def load(self, context: MetricContext) -> Scorer:
        """Make the judge ready; raise SummarizerError or WeightsError where that cannot be done."""
        return _Ratings(self, self.opened(context)).score

    def question(self, document: Document, summary: str) -> JudgeQuestion:
        """Return the question about a summary of a document."""
        numbered = [f"{number}. {text}" for number, text in enumerate(document.references, 1)]
        every = {"document": document.text, "summary": summary, "references": "\n\n".join(numbered)}
        texts = {name: text for name, text in every.items() if self.asked.has(name)}
        qualities = self.asked.qualities
        return self.asked.question(texts, ratings_answer(qualities), ratings_schema(qualities), document.language)

    def forecast(self, documents: Sequence[Document], systems: Mapping[str, int]) -> Spending:
        """Return about what judging takes: a call a summary and draw, where no two are of the same text."""
        times = sum(systems.values())
        questions = [(self.question(document, guessed_summary(document)), times) for document in documents]
        return self.forecast_of(questions, len(self.asked.qualities))


@dataclass(frozen=True)
class _Ratings:
    metric: JudgeMetric
    judge: AsksJudge

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Rate each summary."""
        by_id = {document.id: document for document in documents}
        questions = [self.metric.question(by_id[summary.document], summary.text) for summary in summaries]
        declared = self.metric.declared()
        main = [value.name for value in declared if value.main]
        found = JudgeFindings([value.name for value in declared], summaries, main[0])
        replies, found.spent = ask_each(self.judge, questions)
        for index, drawn in enumerate(replies):
            rated = self._rated(drawn, index, found)
            if rated is not None:
                self._keep(rated, index, found)
        return found.scores()

    def _rated(
        self, drawn: Sequence[JudgeReply], index: int, found: JudgeFindings
    ) -> list[dict[str, JudgeScore]] | None:
        """Return the ratings of each draw; None where one of them is none, which is then a failure."""
        rated = []
        for reply in drawn:
            if reply.failure:
                found.fail(index, reply, reply.failure, refused=reply.refused)
                return None
            try:
                rated.append(read_ratings(reply.text, self.metric.asked.qualities))
            except UnreadableError as error:
                found.fail(index, reply, str(error), refused=isinstance(error, AnswerRefusedError), unreadable=True)
                return None
        return rated

    def _keep(self, rated: Sequence[Mapping[str, JudgeScore]], index: int, found: JudgeFindings) -> None:
        """Keep the means over the draws, their spreads, and the reasons."""
        qualities = self.metric.asked.qualities
        scores = np.array([[each[quality.name].score for quality in qualities] for each in rated], dtype=float)
        columns = {_value_name(quality): scores[:, number] for number, quality in enumerate(qualities)}
        if len(qualities) > 1:
            columns[PREFIX] = scores.mean(axis=1)
        for name, column in columns.items():
            found.values[name][index] = column.mean()
            if len(rated) > 1:
                found.values[f"{name}_spread"][index] = column.std(ddof=1)
        for quality in qualities:
            said = [{"score": each[quality.name].score, "reason": each[quality.name].reason} for each in rated]
            found.say(index, _value_name(quality), {"draws": said})


def _value_name(quality: Quality) -> str:
    return f"{PREFIX}_{quality.name}"
