"""A judge behind an OpenAI-compatible server."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sumbench.errors import RefusalError
from sumbench.generation.endpoint.pool import run_concurrently
from sumbench.generation.endpoint.redaction import redacted
from sumbench.generation.endpoint.replicas import AnyClient
from sumbench.generation.endpoint.session import ServerSession
from sumbench.manifest import Spending
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.replies import JudgeReply
from sumbench.metrics.judge.replies import written_reply
from sumbench.seeds import stream


class _Draw(NamedTuple):
    """A question to ask, by its place among the questions, for the draw of that number."""

    place: int
    question: JudgeQuestion
    number: int


@dataclass(frozen=True)
class ServerJudge:
    """Asks a served model each question `draws` times.

    With `sampled` each request has a seed that follows from `seed`, the question and the draw. Prices are a million
    tokens' (read, written); None without prices.
    """

    session: ServerSession
    draws: int
    seed: int
    sampled: bool
    prices: tuple[float, float] | None

    def ask(self, questions: Sequence[JudgeQuestion]) -> list[list[JudgeReply]]:
        """Return for each question a reply a draw, in the order of the questions and draws."""
        wanted = list(self._wanted(questions))
        replies: dict[tuple[int, int], JudgeReply] = {}
        for draw, reply in run_concurrently(wanted, self.session.client, self._asked, self.session.throttle):
            replies[draw.place, draw.number] = reply
        return [[replies[index, number] for number in range(self.draws)] for index in range(len(questions))]

    def _wanted(self, questions: Sequence[JudgeQuestion]) -> Iterator[_Draw]:
        for index, question in enumerate(questions):
            yield from (_Draw(index, question, number) for number in range(self.draws))

    async def _asked(self, client: AnyClient, draw: _Draw) -> tuple[_Draw, JudgeReply]:
        question, number = draw.question, str(draw.number)
        seeds = stream(self.seed, "judge", question.digest, number)
        seed = int(seeds.integers(2**31)) if self.sampled else None
        turns = [{"role": "system", "content": question.system}] if question.system else []
        turns.append({"role": "user", "content": question.user})
        if self.session.lost:
            return draw, JudgeReply(
                "", "", Spending(), f"not asked for, as the server failed before: {self.session.lost}"
            )
        try:
            waits = stream(self.seed, "judge", "waits", question.digest, number)
            answer = await self.session.ask(client, turns, seed, waits, question.schema)
        except Exception as failure:  # noqa: BLE001 - a summary that cannot be judged is a result
            self.session.learn(failure)
            reason = self.session.reason(failure)
            return draw, JudgeReply("", "", Spending(calls=1, uncounted=1), reason, isinstance(failure, RefusalError))
        raw = f"<think>{answer.reasoning}</think>{answer.text}" if answer.reasoning else answer.text
        spent = self._spent(answer.prompt_tokens, answer.completion_tokens)
        return draw, written_reply(redacted(raw, self.session.server.key), spent, cut=answer.cut)

    def _spent(self, read: int | None, written: int | None) -> Spending:
        if read is None or written is None:
            return Spending(calls=1, uncounted=1)
        return Spending(1, read, written, cost=priced(read, written, self.prices))


def priced(read: int, written: int, prices: tuple[float, float] | None) -> float | None:
    """Return what so many tokens cost by prices a million tokens; None without prices."""
    return None if prices is None else (prices[0] * read + prices[1] * written) / 1e6
