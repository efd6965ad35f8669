"""A system of the house as a judge: it is given the whole question in place of a document."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import is_dataclass
from dataclasses import replace
from typing import Any

from sumbench.errors import UsageError
from sumbench.manifest import Spending
from sumbench.metrics.judge.prompts import PROMPTS_FOLDER
from sumbench.metrics.judge.prompts import WHOLE
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.replies import JudgeReply
from sumbench.metrics.judge.replies import written_reply
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Summarizer
from sumbench.systems import System
from sumbench.systems import build_system

_NO_BUDGET = 100_000
"""A length budget in sentences that no answer reaches."""


def judging_system(owner: str, spec: str, *, draws: int, temperature: float, max_new_tokens: int) -> System:
    """Return the system that `spec` names, made to answer questions; raise UsageError for one that has no prompt.

    It is prompted with the question alone, which is given whole or not at all, and its answer is neither cleaned nor
    cut to a length.
    """
    system = build_system(spec)
    known: set[str] = {field.name for field in fields(system)} if is_dataclass(system) else set()
    if "prompt" not in known:
        raise UsageError(
            f"{owner}: system={spec} takes no prompt=, and cannot be asked: name a causal model or endpoint"
        )
    wanted: Mapping[str, Any] = {
        "prompt": str(PROMPTS_FOLDER / f"{WHOLE}.txt"),
        "sentences": _NO_BUDGET,
        "words": None,
        "clean": False,
        "long": "none",
        "max_new_tokens": max_new_tokens,
        "samples": draws,
        "temperature": temperature,
    }
    judging: System = replace(system, **{name: value for name, value in wanted.items() if name in known})  # type: ignore[type-var]
    if judging.samples != draws:
        raise UsageError(f"{owner}: system={spec} takes no samples=: draws={draws} cannot be made of it")
    return judging


@dataclass(frozen=True)
class SystemJudge:
    """Asks a loaded `system`, which makes `draws` answers of each question."""

    system: System
    summarize: Summarizer
    draws: int

    def ask(self, questions: Sequence[JudgeQuestion]) -> list[list[JudgeReply]]:
        """Return for each question a reply a draw, in the order of the questions and draws."""
        documents = [Document(each.digest, each.whole, (), language=each.language) for each in questions]
        replies = {(made.document, made.draw): self._reply(made) for made in self.summarize(documents)}
        lost = JudgeReply("", "", Spending(calls=1, uncounted=1), "the judge gave no answer")
        numbers = range(1, self.draws + 1)
        return [[replies.get((each.digest, number), lost) for number in numbers] for each in questions]

    def _reply(self, made: Summary) -> JudgeReply:
        counted = made.seen_tokens is not None and made.error is None
        spent = (
            Spending(1, made.seen_tokens or 0, made.output_tokens, cost=self.system.cost(made))
            if counted
            else Spending(calls=1, uncounted=1)
        )
        if made.error is not None:
            return JudgeReply("", made.raw or "", spent, made.error, made.failure == "refusal")
        return written_reply(made.raw or made.text, spent)
