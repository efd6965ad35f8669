"""A model at work on many documents: each one's dialogue goes on as its answers arrive, all of them side by side."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from sumbench.errors import SummarizerError
from sumbench.generation.batching import Batcher
from sumbench.generation.long import Dialogue
from sumbench.generation.requests import Answer
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestQueue
from sumbench.records import Document
from sumbench.records import Summary


@dataclass(eq=False)
class _Job:
    """A draw of a document in work: its dialogue, the answers it waits for, and what it has taken so far."""

    document: Document
    draw: int
    dialogue: Dialogue
    answers: list[Answer | None] = field(default_factory=list)
    asked: int = 0
    tokens: int = 0
    seconds: float = 0.0


class _Scheduler:
    """Where dialogues are held: it knows which request belongs to which, and lays out the summaries that are done."""

    def __init__(self, name: str, ids: Callable[[str], list[int]]) -> None:
        self._name = name
        self._ids = ids
        self._asked: dict[GenerationRequest, tuple[_Job, int]] = {}
        self._done: list[Summary] = []

    def begin(self, document: Document, draw: int, dialogue: Dialogue) -> list[GenerationRequest]:
        """Open the dialogue about a document; return what it asks."""
        return self._advance(_Job(document, draw, dialogue), None)

    def hear(self, request: GenerationRequest, answer: Answer | Exception) -> list[GenerationRequest]:
        """Take the answer to a request; return what is asked next, if anything."""
        job, slot = self._asked.pop(request, (None, 0))
        if job is None:
            # Another request of the dialogue has failed.
            return []
        if isinstance(answer, Exception):
            self._fail(job, answer)
            return []
        job.answers[slot] = answer
        job.tokens += answer.tokens
        job.seconds += answer.seconds
        heard = [answer.text for answer in job.answers if answer is not None]
        return [] if len(heard) < len(job.answers) else self._advance(job, heard)

    def done(self) -> list[Summary]:
        """Hand over the summaries that have been done since it was last asked for them."""
        done, self._done = self._done, []
        return done

    def _advance(self, job: _Job, heard: list[str] | None) -> list[GenerationRequest]:
        before = time.perf_counter()
        requests = []
        try:
            texts = next(job.dialogue) if heard is None else job.dialogue.send(heard)
            names = (job.document.id, str(job.draw))
            requests = [
                GenerationRequest(self._ids(text), job.document.language, (*names, str(number)))
                for number, text in enumerate(texts, job.asked + 1)
            ]
        except StopIteration as end:
            seen = end.value
            job.seconds += time.perf_counter() - before
            if not seen.summary:
                self._fail(job, SummarizerError("the model wrote nothing"))
                return []
            counts = (seen.input_tokens, seen.seen_tokens, job.tokens)
            document, draw = job.document.id, job.draw
            self._done.append(Summary(document, self._name, seen.summary, *counts, seconds=job.seconds, draw=draw))
        except Exception as error:  # noqa: BLE001 - a document that fails is a result, and the run goes on
            job.seconds += time.perf_counter() - before
            self._fail(job, error)
        else:
            job.seconds += time.perf_counter() - before
        job.answers = [None] * len(requests)
        job.asked += len(requests)
        self._asked.update((request, (job, slot)) for slot, request in enumerate(requests))
        return requests

    def _fail(self, job: _Job, error: Exception) -> None:
        self._asked = {request: asked for request, asked in self._asked.items() if asked[0] is not job}
        reason = f"{type(error).__name__}: {error}"
        document, draw = job.document.id, job.draw
        counts = (None, None, job.tokens)
        self._done.append(Summary(document, self._name, "", *counts, job.seconds, error=reason, draw=draw))


def scheduled_summarizer(
    name: str,
    start: Callable[[Document], Dialogue],
    ids: Callable[[str], list[int]],
    batcher: Batcher,
    draws: Callable[[Document], Sequence[int]] = lambda _: (1,),
) -> Callable[[Sequence[Document]], Iterator[Summary]]:
    """Return what summarizes documents: `start` opens a document's dialogue, `ids` gives a text's input tokens.

    `draws` gives the numbers of the draws that are wanted of a document; each has a dialogue of its own. Documents are
    taken by the length of their texts in characters, the longest first, whatever order they come in; a summary is
    yielded as soon as it is done. A document that fails becomes a Summary with the reason in `error`. Its `seconds` are
    its share of the work on all that are under way with it; together they are the time of the whole work.
    """

    def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
        desk = _Scheduler(name, ids)

        def requests() -> Iterator[GenerationRequest]:
            for document in sorted(documents, key=lambda document: -len(str(document.text))):
                for draw in draws(document):
                    yield from desk.begin(document, draw, start(document))

        queue = RequestQueue(requests())
        for request, answer in batcher.run(queue):
            for more in desk.hear(request, answer):
                queue.put(more)
            yield from desk.done()
        yield from desk.done()

    return summarize
