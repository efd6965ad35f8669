"""Summarizes documents through a server: concurrent requests with retries, given up on permanent failures."""

import logging
import time
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from itertools import count
from typing import NamedTuple
from typing import TypeVar

import numpy as np

from sumbench.errors import EmptyAnswerError
from sumbench.errors import SummarizerError
from sumbench.errors import failure_kind
from sumbench.generation import budget
from sumbench.generation.cleaning import Written
from sumbench.generation.cleaning import read_written
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.client import Client
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.errors import HopelessError
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.errors import UnreachableError
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.inputs import EndpointInput
from sumbench.generation.endpoint.pool import run_concurrently
from sumbench.generation.endpoint.redaction import redacted
from sumbench.generation.endpoint.retry import Pause
from sumbench.generation.endpoint.retry import back_off
from sumbench.generation.long import DialogueResult
from sumbench.generation.prompts import Prompt
from sumbench.length import Length
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.seeds import stream
from sumbench.sentences import words

UNREACHABLE_LIMIT = 3
"""After so many documents in a row without a connection to the server, the rest is given up."""

_SECRET = 8
"""The fewest characters of a key that cannot occur in a text by chance."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class EndpointSummarizer:
    """Requests the summaries of a system from one server.

    `length` is the length budget, `clean` says whether what is wrapped around a summary goes. A request is repeated up
    to `retries` times, `concurrency` of them are in flight at once; `seed` seeds the jitter of the waits.
    `document_input` limits what is sent of a long document. `draws` gives the numbers of the draws that are wanted of a
    document (its id). For sampling, `system` distinguishes the seeds sent from those of other systems; it is None
    without sampling. `fallbacks` keep what the server refused of requests.
    """

    name: str
    server: Server
    prompt: Prompt
    length: Length
    clean: bool
    retries: int
    concurrency: int
    seed: int
    document_input: EndpointInput
    draws: Callable[[str], Sequence[int]] = lambda _: (1,)
    system: str | None = None
    fallbacks: Fallbacks = field(default_factory=Fallbacks)

    def check_server(self) -> None:
        """Raise SummarizerError when the server is not reachable or does not accept the key."""
        from anyio.from_thread import start_blocking_portal

        async def check() -> None:
            async with Client(self.server) as client:
                await with_retries(
                    client.check_server, self.retries, Pause(), stream(self.seed, "endpoint", "greeting")
                )

        try:
            with start_blocking_portal() as portal:
                portal.call(check)
        except Exception as failure:  # noqa: BLE001 - the key must be removed from any message
            raise SummarizerError(self.server.redacted(_failure_reason(failure))) from None

    def summarize(self, documents: Sequence[Document]) -> Iterator[Summary]:
        """Yield the summary of each draw of each document when it is done."""
        session = _Session(self)
        wanted = [_Draw(document, number) for document in documents for number in self.draws(document.id)]
        return run_concurrently(wanted, self._client, session.summary, self.concurrency)

    def seeds(self, draw: "_Draw") -> np.random.Generator | None:
        """Return the random stream of the seeds to send for a draw, None without sampling."""
        if self.system is None:
            return None
        return stream(self.seed, "sampled", self.system, draw.document.id, str(draw.number))

    def turns(self, text: str) -> list[dict[str, str]]:
        """Return the turns of the chat that requests a text's summary."""
        system, user = self.prompt.chat_turns(text, self.length)
        turns = [{"role": "system", "content": system}] if system else []
        return [*turns, {"role": "user", "content": user}]

    def read(self, answer: ChatCompletion) -> Written:
        """Read the text of a completion, with the thoughts in it; raise SummarizerError where it must not be kept."""
        key = self.server.key
        every = answer.text + answer.reasoning
        if len(key) >= _SECRET and redacted(every, key) != every:
            raise SummarizerError("the answer repeats the key, and is not kept")
        return read_written(answer.text, clean=self.clean)

    def finished(self, answer: ChatCompletion, written: Written, language: str) -> str:
        """Return the summary in a completion; raise EmptyAnswerError where there is none."""
        if answer.reasoning and not answer.text.strip():
            raise EmptyAnswerError("the model used up its tokens while thinking: give more max_new_tokens=")
        if written.nothing:
            raise EmptyAnswerError(written.nothing)
        return budget.trim_to_budget(written.text, self.length, cut=answer.cut, language=language)

    def _client(self) -> Client:
        return Client(self.server, self.fallbacks)


class _Draw(NamedTuple):
    """A summary to request: its document, and the number of the draw."""

    document: Document
    number: int


@dataclass
class _Spent:
    """Token counts over the requests for one summary; `counted` says whether the server counted all of them.

    `thought` are those of the tokens `written` that are thoughts: the server's own count, else a share that follows
    from the lengths of thoughts and text.
    """

    counted: bool = True
    asked: int = 0
    read: int = 0
    written: int = 0
    thought: int = 0

    def add(self, answer: ChatCompletion, asked: int, thoughts: str) -> None:
        """Add the tokens of one completion with these `thoughts`; the prompt had at least `asked` words."""
        if answer.prompt_tokens is None or answer.completion_tokens is None:
            self.counted = False
            self.written += words(answer.text) + words(answer.reasoning)
            self.thought += words(thoughts)
            return
        share = len(thoughts) / max(len(answer.text) + len(answer.reasoning), 1)
        counted = answer.reasoning_tokens
        self.thought += round(share * answer.completion_tokens) if counted is None else counted
        # No tokenizer has fewer tokens than words: a server that counted fewer has cut the prompt.
        self.asked += max(answer.prompt_tokens, asked)
        self.read += answer.prompt_tokens
        self.written += answer.completion_tokens

    def tokens(self, seen: DialogueResult) -> tuple[int | None, int | None, int]:
        """Return the tokens of the input, those that the model saw, and those that it wrote.

        Tokens of the document that were not sent are taken from `seen`, as are all where the server counted none.
        """
        unsent = seen.input_tokens - seen.seen_tokens
        if self.counted:
            return self.asked + unsent, self.read, self.written
        return (seen.input_tokens, seen.seen_tokens, self.written) if unsent else (None, None, self.written)


@dataclass
class _Session:
    """State shared by the requests of one pass over the documents: the pause, failures, and the served model."""

    summarizer: EndpointSummarizer
    pause: Pause = field(default_factory=Pause)
    unanswered: int = 0
    lost: str = ""
    served: str = ""
    changed: bool = False

    async def summary(self, client: Client, draw: _Draw) -> Summary:
        """Return the document's summary, with the reason in `error` where it failed."""
        start = time.perf_counter()
        if self.lost:
            lost = SummarizerError(f"not asked for, as the server failed before: {self.lost}")
            return self._failed(draw, lost, start)
        summarizer, document = self.summarizer, draw.document
        waits = stream(summarizer.seed, "endpoint", "waits", document.id, str(draw.number))
        work = _Work(document.language, waits, summarizer.seeds(draw))
        try:
            return await self._asked(client, draw, work, start)
        except Exception as failure:  # noqa: BLE001 - a document that fails is a result, and the run goes on
            self._learn(failure)
            return self._failed(draw, failure, start, work.raw)

    async def _asked(self, client: Client, draw: _Draw, work: "_Work", start: float) -> Summary:
        summarizer, document, number = self.summarizer, draw.document, draw.number
        dialogue = summarizer.document_input.dialogue(document.text, document.language)
        texts = next(dialogue)
        try:
            while True:
                texts = dialogue.send([await self._written(client, work, text) for text in texts])
        except StopIteration as end:
            seen = end.value
        seconds = time.perf_counter() - start
        counts, thought = work.spent.tokens(seen), work.spent.thought
        return Summary(
            document.id,
            summarizer.name,
            seen.summary,
            *counts,
            seconds,
            draw=number,
            thought_tokens=thought,
            raw=work.raw,
        )

    async def _written(self, client: Client, work: "_Work", text: str) -> str:
        """Return the summary of a `text`: the document or a part of it."""
        summarizer = self.summarizer
        turns, seed = summarizer.turns(text), work.seed()
        answer = await with_retries(lambda: client.ask(turns, seed), summarizer.retries, self.pause, work.waits)
        self.unanswered = 0
        self._compare(answer.model)
        if answer.ended:
            reason = summarizer.server.redacted(answer.ended)
            summarizer.fallbacks.say(f"the server ended answers for an unknown reason, and they are kept ({reason})")
        written = summarizer.read(answer)
        work.spent.add(answer, sum(words(turn["content"]) for turn in turns), answer.reasoning + written.thought)
        work.raw = f"<think>{answer.reasoning}</think>{answer.text}" if answer.reasoning else written.kept
        return summarizer.finished(answer, written, work.language)

    def _failed(self, draw: _Draw, failure: Exception, start: float, raw: str | None = None) -> Summary:
        error, seconds = self.summarizer.server.redacted(_failure_reason(failure)), time.perf_counter() - start
        name, kind = self.summarizer.name, failure_kind(failure)
        return Summary(draw.document.id, name, "", 0, 0, 0, seconds, error, draw.number, kind, raw=raw)

    def _compare(self, served: str) -> None:
        """Warn, once, when the served model changes: the summaries are then of more than one system."""
        self.served = self.served or served
        if served != self.served and not self.changed:
            self.changed = True
            name, now = self.summarizer.name, served or "nothing"
            line = f"{name}: the server changed while it worked, from {self.served} to {now}"
            logging.getLogger(__name__).warning("%s", self.summarizer.server.redacted(line))

    def _learn(self, failure: Exception) -> None:
        self.unanswered = self.unanswered + 1 if isinstance(failure, UnreachableError) else 0
        if isinstance(failure, HopelessError) or self.unanswered >= UNREACHABLE_LIMIT:
            self.lost = self.lost or str(failure)


@dataclass
class _Work:
    """A summary in progress: its language, the random streams of its waits and of the seeds sent, and token counts.

    `raw` is the last answer with what is taken off it, the thoughts that the server sent apart in front.
    """

    language: str
    waits: np.random.Generator
    seeds: np.random.Generator | None
    spent: _Spent = field(default_factory=_Spent)
    raw: str | None = None

    def seed(self) -> int | None:
        """Return the seed of the next request (31 bits), the same for all its attempts; None without sampling."""
        return None if self.seeds is None else int(self.seeds.integers(2**31))


def _failure_reason(failure: Exception) -> str:
    return str(failure) if isinstance(failure, SummarizerError) else f"{type(failure).__name__}: {failure}"


async def with_retries(
    attempt: Callable[[], Awaitable[Result]], retries: int, pause: Pause, draws: np.random.Generator
) -> Result:
    """Return what `attempt` returns; retry it up to `retries` times while it raises PassingError.

    Each attempt first waits for the shared `pause`, which a server's own request extends. `draws` gives the jitter of
    the back-off. Raises what the last attempt raised.
    """
    for number in count(1):
        await pause.wait()
        try:
            return await attempt()
        except PassingError as failure:
            if number > retries:
                raise type(failure)(f"{failure} (after {number} attempts)") from None
            await pause.wait_after(failure.wait, back_off(number - 1, draws))
    raise AssertionError
