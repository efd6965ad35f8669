"""Summarizes documents through a server: concurrent requests with retries, given up on permanent failures."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sumbench.errors import EmptyAnswerError
from sumbench.errors import SummarizerError
from sumbench.errors import failure_kind
from sumbench.generation import budget
from sumbench.generation.cleaning import Written
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.endpoint.inputs import EndpointInput
from sumbench.generation.endpoint.pool import run_concurrently
from sumbench.generation.endpoint.replicas import AnyClient
from sumbench.generation.endpoint.replicas import Replicas
from sumbench.generation.endpoint.session import ServerSession
from sumbench.generation.endpoint.session import check_replicas
from sumbench.generation.endpoint.session import check_server
from sumbench.generation.endpoint.throttle import Throttle
from sumbench.generation.endpoint.work import SummaryWork
from sumbench.generation.prompts import Prompt
from sumbench.length import Length
from sumbench.manifest import RequestCounts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.seeds import stream


@dataclass(frozen=True)
class EndpointSummarizer:
    """Requests the summaries of a system from one server.

    `length` is the length budget, `clean` says whether what is wrapped around a summary goes. A request is repeated up
    to `retries` times; `throttle` says how many documents are under way at once; `seed` seeds the jitter of the waits.
    `document_input` limits what is sent of a long document. `draws` gives the numbers of the draws that are wanted of a
    document (its id). For sampling, `system` distinguishes the seeds sent from those of other systems; it is None
    without sampling. `fallbacks` keep what the server refused of requests. `replicas` are the addresses of a server
    that has several, of which `server` is the first.
    """

    name: str
    server: Server
    prompt: Prompt
    length: Length
    clean: bool
    retries: int
    throttle: Throttle
    seed: int
    document_input: EndpointInput
    draws: Callable[[str], Sequence[int]] = lambda _: (1,)
    system: str | None = None
    fallbacks: Fallbacks = field(default_factory=Fallbacks)
    replicas: Replicas | None = None

    def check_server(self) -> None:
        """Raise SummarizerError when the server is not reachable or does not accept the key."""
        if self.replicas is None:
            check_server(self.server, self.retries, self.seed)
        else:
            check_replicas(self.replicas, self.retries, self.seed)

    @property
    def requests(self) -> RequestCounts:
        """How the server was asked so far."""
        counts = self.throttle.counts
        return counts if self.replicas is None else replace(counts, addresses=self.replicas.counts)

    def __call__(self, documents: Sequence[Document]) -> Iterator[Summary]:
        """Yield the summary of each draw of each document when it is done."""
        shared = ServerSession(
            self.name, self.server, self.retries, self.fallbacks, throttle=self.throttle, replicas=self.replicas
        )
        wanted = [WantedDraw(document, number) for document in documents for number in self.draws(document.id)]
        return run_concurrently(wanted, shared.client, _Pass(self, shared).summary, self.throttle)

    def seeds(self, draw: "WantedDraw") -> np.random.Generator | None:
        """Return the random stream of the seeds to send for a draw, None without sampling."""
        if self.system is None:
            return None
        return stream(self.seed, "sampled", self.system, draw.document.id, str(draw.number))

    def turns(self, text: str) -> Turns:
        """Return the turns of the chat that requests a text's summary."""
        system, user = self.prompt.chat_turns(text, self.length)
        turns = [{"role": "system", "content": system}] if system else []
        return [*turns, {"role": "user", "content": user}]

    def finished(self, answer: ChatCompletion, written: Written, language: str) -> str:
        """Return the summary in a completion; raise EmptyAnswerError where there is none."""
        if answer.reasoning and not answer.text.strip():
            raise EmptyAnswerError("the model used up its tokens while thinking: give more max_new_tokens=")
        if written.nothing:
            raise EmptyAnswerError(written.nothing)
        return budget.trim_to_budget(written.text, self.length, cut=answer.cut, language=language)


class WantedDraw(NamedTuple):
    """A summary to request: its document, and the number of the draw."""

    document: Document
    number: int


@dataclass
class _Pass:
    """One pass over the documents, with the `session` that its requests share."""

    summarizer: EndpointSummarizer
    session: ServerSession

    async def summary(self, client: AnyClient, draw: WantedDraw) -> Summary:
        """Return the document's summary, with the reason in `error` where it failed."""
        start = time.perf_counter()
        try:
            self.session.check_not_lost()
        except SummarizerError as lost:
            return self._failed(draw, lost, start)
        summarizer, document = self.summarizer, draw.document
        waits = stream(summarizer.seed, "endpoint", "waits", document.id, str(draw.number))
        work = SummaryWork(document.language, summarizer.seeds(draw))
        try:
            return await self._asked(client, draw, work, waits, start)
        except Exception as failure:  # noqa: BLE001 - a document that fails is a result, and the run goes on
            self.session.learn(failure)
            return self._failed(draw, failure, start, work.raw)

    async def _asked(
        self, client: AnyClient, draw: WantedDraw, work: SummaryWork, waits: np.random.Generator, start: float
    ) -> Summary:
        document = draw.document
        dialogue = self.summarizer.document_input.dialogue(document.text, document.language)
        texts = next(dialogue)
        try:
            while True:
                texts = dialogue.send([await self._written(client, work, waits, text) for text in texts])
        except StopIteration as end:
            seen = end.value
        return work.summary(document.id, self.summarizer.name, seen, time.perf_counter() - start, draw.number)

    async def _written(self, client: AnyClient, work: SummaryWork, waits: np.random.Generator, text: str) -> str:
        """Return the summary of a `text`: the document or a part of it."""
        turns = self.summarizer.turns(text)
        answer = await self.session.ask(client, turns, work.seed(), waits)
        return self.summarizer.finished(answer, work.read(turns, answer, clean=self.summarizer.clean), work.language)

    def _failed(self, draw: WantedDraw, failure: Exception, start: float, raw: str | None = None) -> Summary:
        error, seconds = self.session.reason(failure), time.perf_counter() - start
        name, kind = self.summarizer.name, failure_kind(failure)
        return Summary(draw.document.id, name, "", 0, 0, 0, seconds, error, draw.number, kind, raw=raw)
