"""A model at work on many documents: each one's dialogue goes on as its answers arrive, all of them in batches."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from bench.errors import SummarizerError
from bench.generation.batching import Answer
from bench.generation.batching import Batcher
from bench.generation.batching import Request
from bench.generation.long import Dialogue
from bench.records import Document
from bench.records import Summary

WINDOW = 64
"""How many summaries are in work at a time: enough to fill batches, few enough that summaries soon arrive."""


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


def summarizer(
    name: str,
    start: Callable[[Document], Dialogue],
    ids: Callable[[str], list[int]],
    batcher: Batcher,
    draws: Callable[[Document], Sequence[int]] = lambda _: (1,),
) -> Callable[[Sequence[Document]], Iterator[Summary]]:
    """Return what summarizes documents: `start` opens a document's dialogue, `ids` gives a text's input tokens.

    `draws` gives the numbers of the draws that are wanted of a document; each has a dialogue of its own. Documents are
    taken by the length of their texts in characters, the longest first, whatever order they come in; a summary is
    yielded as soon as its batch is done. A document that fails becomes a Summary with the reason in `error`. Its
    `seconds` are its share of each batch it was in; together they are the time of the whole work.
    """

    def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
        places = sorted(range(len(documents)), key=lambda place: (-len(str(documents[place].text)), place))
        wanted = [(documents[place], draw) for place in places for draw in draws(documents[place])]
        for first in range(0, len(wanted), WINDOW):
            yield from _work(name, wanted[first : first + WINDOW], start, ids, batcher)

    return summarize


def _work(
    name: str,
    wanted: Sequence[tuple[Document, int]],
    start: Callable[[Document], Dialogue],
    ids: Callable[[str], list[int]],
    batcher: Batcher,
) -> Iterator[Summary]:
    jobs = []
    asked: list[tuple[_Job, int, Request]] = []
    for document, draw in wanted:
        job = _Job(document, draw, start(document))
        outcome = _advance(name, job, None, ids)
        if isinstance(outcome, Summary):
            yield outcome
        else:
            asked += outcome
            jobs.append(job)
    while asked:
        waiting, asked = asked, []
        for place, answer in batcher.run([request for _, _, request in waiting]):
            job, slot, _ = waiting[place]
            if job not in jobs:
                continue
            outcome = _hear(name, job, slot, answer, ids)
            if isinstance(outcome, Summary):
                jobs.remove(job)
                yield outcome
            else:
                asked += outcome


def _hear(
    name: str, job: _Job, slot: int, answer: Answer | Exception, ids: Callable[[str], list[int]]
) -> "Summary | list[tuple[_Job, int, Request]]":
    """Take an answer; return the summary when it was the last one, else what is to be asked next, if anything."""
    if isinstance(answer, Exception):
        return _failed(name, job, answer)
    job.answers[slot] = answer
    job.tokens += answer.tokens
    job.seconds += answer.seconds
    heard = [answer.text for answer in job.answers if answer is not None]
    return [] if len(heard) < len(job.answers) else _advance(name, job, heard, ids)


def _advance(
    name: str, job: _Job, heard: list[str] | None, ids: Callable[[str], list[int]]
) -> "Summary | list[tuple[_Job, int, Request]]":
    before = time.perf_counter()
    try:
        texts = next(job.dialogue) if heard is None else job.dialogue.send(heard)
        names = (job.document.id, str(job.draw))
        requests = [
            Request(ids(text), job.document.language, (*names, str(number)))
            for number, text in enumerate(texts, job.asked + 1)
        ]
    except StopIteration as end:
        seen = end.value
        job.seconds += time.perf_counter() - before
        if not seen.summary:
            return _failed(name, job, SummarizerError("the model wrote nothing"))
        counts = (seen.input_tokens, seen.seen_tokens, job.tokens)
        return Summary(job.document.id, name, seen.summary, *counts, seconds=job.seconds, draw=job.draw)
    except Exception as error:  # noqa: BLE001 - a document that fails is a result, and the run goes on
        job.seconds += time.perf_counter() - before
        return _failed(name, job, error)
    job.seconds += time.perf_counter() - before
    job.answers = [None] * len(requests)
    job.asked += len(requests)
    return [(job, slot, request) for slot, request in enumerate(requests)]


def _failed(name: str, job: _Job, error: Exception) -> Summary:
    reason = f"{type(error).__name__}: {error}"
    return Summary(job.document.id, name, "", None, None, job.tokens, job.seconds, error=reason, draw=job.draw)
