"""Schedules the requests of many documents' dialogues on one model, and collects their summaries."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from sumbench.errors import EmptyAnswerError
from sumbench.errors import failure_kind
from sumbench.errors import failure_reason
from sumbench.generation.batching import Batcher
from sumbench.generation.long import Dialogue
from sumbench.generation.long import DialogueResult
from sumbench.generation.requests import Answer
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestQueue
from sumbench.records import Document
from sumbench.records import Summary


@dataclass(eq=False)
class _Job:
    """A draw of a document in progress: its dialogue, the answers it waits for, and the tokens and seconds so far."""

    document: Document
    draw: int
    dialogue: Dialogue
    answers: list[Answer | None] = field(default_factory=list)
    asked: int = 0
    tokens: int = 0
    thought_tokens: int = 0
    raw: str | None = None
    seconds: float = 0.0


class _Scheduler:
    """Advances dialogues: maps requests to the dialogues they belong to, and collects finished summaries."""

    def __init__(self, name: str, ids: Callable[[str], list[int]]) -> None:
        self._name = name
        self._ids = ids
        self._pending: dict[GenerationRequest, tuple[_Job, int]] = {}
        self._finished: list[Summary] = []

    def start(self, document: Document, draw: int, dialogue: Dialogue) -> list[GenerationRequest]:
        """Start the dialogue about a document; return its first requests."""
        return self._advance(_Job(document, draw, dialogue), None)

    def receive(self, request: GenerationRequest, answer: Answer | Exception) -> list[GenerationRequest]:
        """Record the answer to a request; return the requests that follow, if any."""
        job, slot = self._pending.pop(request, (None, 0))
        if job is None:
            # Another request of the dialogue has failed.
            return []
        if isinstance(answer, Exception):
            self._fail(job, answer)
            return []
        job.answers[slot] = answer
        job.tokens += answer.tokens
        job.thought_tokens += answer.thought_tokens
        job.seconds += answer.seconds
        job.raw = answer.raw
        if answer.nothing:
            self._fail(job, EmptyAnswerError(answer.nothing))
            return []
        received = [answer.text for answer in job.answers if answer is not None]
        return [] if len(received) < len(job.answers) else self._advance(job, received)

    def take_finished(self) -> list[Summary]:
        """Return the summaries finished since the last call."""
        done, self._finished = self._finished, []
        return done

    def _advance(self, job: _Job, received: list[str] | None) -> list[GenerationRequest]:
        before = time.perf_counter()
        requests = []
        try:
            texts = next(job.dialogue) if received is None else job.dialogue.send(received)
            names = (job.document.id, str(job.draw))
            requests = [
                GenerationRequest(self._ids(text), job.document.language, (*names, str(number)))
                for number, text in enumerate(texts, job.asked + 1)
            ]
        except StopIteration as end:
            job.seconds += time.perf_counter() - before
            self._finish(job, end.value)
        except Exception as error:  # noqa: BLE001 - a document that fails is a result, and the run goes on
            job.seconds += time.perf_counter() - before
            self._fail(job, error)
        else:
            job.seconds += time.perf_counter() - before
        job.answers = [None] * len(requests)
        job.asked += len(requests)
        self._pending.update((request, (job, slot)) for slot, request in enumerate(requests))
        return requests

    def _finish(self, job: _Job, seen: DialogueResult) -> None:
        counts = (seen.input_tokens, seen.seen_tokens, job.tokens)
        self._finished.append(
            Summary(
                job.document.id,
                self._name,
                seen.summary,
                *counts,
                job.seconds,
                draw=job.draw,
                thought_tokens=job.thought_tokens,
                raw=job.raw,
            )
        )

    def _fail(self, job: _Job, error: Exception) -> None:
        self._pending = {request: asked for request, asked in self._pending.items() if asked[0] is not job}
        reason = failure_reason(error)
        document, draw = job.document.id, job.draw
        counts = (None, None, job.tokens)
        kind = failure_kind(error)
        self._finished.append(
            Summary(document, self._name, "", *counts, job.seconds, reason, draw, kind, job.thought_tokens, job.raw)
        )


def scheduled_summarizer(
    name: str,
    start: Callable[[Document], Dialogue],
    ids: Callable[[str], list[int]],
    batcher: Batcher,
    draws: Callable[[Document], Sequence[int]] = lambda _: (1,),
) -> Callable[[Sequence[Document]], Iterator[Summary]]:
    """Return a function that summarizes documents: `start` opens a document's dialogue, `ids` encodes a text.

    `draws` gives the numbers of the draws that are wanted of a document; each has its own dialogue. Documents are taken
    by the length of their texts in characters, the longest first; a summary is yielded as soon as it is done. For a
    document that fails, it has the reason in `error`. Its `seconds` are its share of the time of the batches it was in;
    together they are the time of the whole work.
    """

    def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
        scheduler = _Scheduler(name, ids)

        def requests() -> Iterator[GenerationRequest]:
            for document in sorted(documents, key=lambda document: -len(str(document.text))):
                for draw in draws(document):
                    yield from scheduler.start(document, draw, start(document))

        queue = RequestQueue(requests())
        for request, answer in batcher.run(queue):
            for more in scheduler.receive(request, answer):
                queue.put(more)
            yield from scheduler.take_finished()
        yield from scheduler.take_finished()

    return summarize
