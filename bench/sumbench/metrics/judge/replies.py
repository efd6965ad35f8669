"""What comes of a question to a judge: an answer without thoughts, or why there is none, and what it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sumbench.generation.cleaning import UNFINISHED
from sumbench.manifest import Spending
from sumbench.marks.thoughts import split_thoughts
from sumbench.metrics.judge.prompts import JudgeQuestion


@dataclass(frozen=True)
class JudgeReply:
    """What came of one question: the `text` of the answer without thoughts, or why there is none (`failure`).

    `raw` is all that was written, `refused` says that the failure is a refusal, and `spent` is what it took.
    """

    text: str
    raw: str
    spent: Spending
    failure: str = ""
    refused: bool = False


class AsksJudge(Protocol):
    """A judge that is ready."""

    def ask(self, questions: Sequence[JudgeQuestion]) -> Sequence[Sequence[JudgeReply]]:
        """Return for each question a reply a draw; what goes wrong is a reply, too, and never raised."""


def written_reply(raw: str, spent: Spending, *, cut: bool = False) -> JudgeReply:
    """Return what a model has written as a reply; `cut` says that its tokens were used up."""
    thoughts = split_thoughts(raw)
    if thoughts.unfinished:
        return JudgeReply("", raw, spent, UNFINISHED)
    if cut and not thoughts.text.rstrip().endswith(("}", "`")):
        return JudgeReply("", raw, spent, "the judge's answer was cut off: give more max_new_tokens=")
    return JudgeReply(thoughts.text, raw, spent)
