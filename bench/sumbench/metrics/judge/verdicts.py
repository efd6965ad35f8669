"""What a judge says of the summaries of a batch: values, failures with their answers, details, notes, cost."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np

from sumbench.manifest import Spending
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.replies import AsksJudge
from sumbench.metrics.judge.replies import JudgeReply
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.records import Detail
from sumbench.records import Summary

_LONGEST_ANSWER = 20_000
"""So many characters of an answer that cannot be read are kept."""


class JudgeFindings:
    """Collects what is found in a batch of summaries; `main` is the value whose details say what failed."""

    def __init__(self, names: Sequence[str], summaries: Sequence[Summary], main: str) -> None:
        """Start with no value of any summary."""
        self.values = {name: np.full(len(summaries), np.nan) for name in names}
        self.spent: Spending | None = None
        self._summaries, self._main = summaries, main
        self._failures: dict[int, str] = {}
        self._details: list[Detail] = []
        self._notes: dict[tuple[str, str], list[str]] = {}

    def fail(
        self, index: int, reply: JudgeReply, reason: str, *, refused: bool = False, unreadable: bool = False
    ) -> None:
        """Keep why a summary was not judged, with the answer where there is one."""
        self._failures[index] = reason
        kind = "refusal" if refused else "unreadable" if unreadable else "unanswered"
        self.say(index, self._main, {"failure": kind, "reason": reason, "answer": reply.raw[:_LONGEST_ANSWER]})
        if refused:
            self.note(index, "the judge refused to judge", "details.jsonl has what it said")
        elif unreadable:
            self.note(index, "the judge's answer could not be read, and is no score", "details.jsonl has it")

    def say(self, index: int, value: str, content: Mapping[str, Any]) -> None:
        """Keep what is said of a summary beside a value."""
        summary = self._summaries[index]
        self._details.append(Detail(summary.document, summary.system, value, content, summary.draw))

    def note(self, index: int, what: str, remedy: str = "") -> None:
        """Note something of a summary for the readers of the table."""
        summary = self._summaries[index]
        named = f"{summary.system}'s summary of document {summary.document!r}"
        self._notes.setdefault((what, remedy), []).append(named)

    def scores(self) -> BatchScores:
        """Return all of it."""
        notes = [BatchNote(what, texts, remedy) for (what, remedy), texts in self._notes.items()]
        return BatchScores(self.values, self._failures, self._details, {}, notes, self.spent)


def ask_each(
    judge: AsksJudge, questions: Sequence[JudgeQuestion]
) -> tuple[list[Sequence[JudgeReply]], Spending | None]:
    """Ask a judge, equal questions once; return the replies to each question, and what all of them took."""
    single = {question.digest: question for question in questions}
    replies = dict(zip(single, judge.ask(list(single.values())), strict=True)) if single else {}
    spent = sum((reply.spent for drawn in replies.values() for reply in drawn), Spending())
    return [replies[question.digest] for question in questions], spent if single else None
