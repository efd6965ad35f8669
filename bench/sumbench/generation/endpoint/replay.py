"""Makes summaries of a batch's answers, as they are made of a server's, and tells which requests lack an answer."""

import logging
from dataclasses import dataclass
from dataclasses import field

from sumbench.errors import RunError
from sumbench.errors import SummarizerError
from sumbench.errors import failure_kind
from sumbench.errors import failure_reason
from sumbench.generation.endpoint.batch import BatchRequest
from sumbench.generation.endpoint.batch import batch_request
from sumbench.generation.endpoint.batch_answers import AnswerFiles
from sumbench.generation.endpoint.batch_answers import BatchAnswer
from sumbench.generation.endpoint.summarizer import EndpointSummarizer
from sumbench.generation.endpoint.summarizer import WantedDraw
from sumbench.generation.endpoint.work import SummaryWork
from sumbench.records import Summary


class MissingAnswers(Exception):  # noqa: N818 - what is missing is no error
    """The `requests` that a summary waits for."""

    def __init__(self, requests: list[BatchRequest]) -> None:
        """Keep them."""
        super().__init__(f"{len(requests)} requests lack an answer")
        self.requests = requests


@dataclass
class Replay:
    """Summaries of one system from the `answers` of batches.

    `good` says that an error's answer is none: its request is to be made again. `served` are further names by which an
    answer may call the model. `known` gathers the ids of all requests so far, `answered` counts those with an answer.
    """

    summarizer: EndpointSummarizer
    answers: AnswerFiles
    good: bool = False
    served: frozenset[str] = frozenset()
    known: set[str] = field(default_factory=set)
    answered: int = 0
    _model: str = ""
    _changed: bool = False

    def summary(self, draw: WantedDraw) -> Summary:
        """Return the summary of a document, with the reason in `error` where it failed; its seconds are unknown.

        Raises MissingAnswers where requests lack an answer, and RunError, naming file and line, for an answer of
        another model.
        """
        summarizer, document = self.summarizer, draw.document
        work = SummaryWork(document.language, summarizer.seeds(draw))
        try:
            dialogue = summarizer.document_input.dialogue(document.text, document.language)
            texts = next(dialogue)
            number = 0
            try:
                while True:
                    written = self._round(draw, work, texts, number)
                    number += len(texts)
                    texts = dialogue.send(written)
            except StopIteration as end:
                return work.summary(document.id, summarizer.name, end.value, None, draw.number)
        except SummarizerError as failure:
            reason = summarizer.server.redacted(failure_reason(failure))
            kind = failure_kind(failure)
            return Summary(document.id, summarizer.name, "", 0, 0, 0, None, reason, draw.number, kind, raw=work.raw)

    def _round(self, draw: WantedDraw, work: SummaryWork, texts: list[str], number: int) -> list[str]:
        """Return what was written of each of the `texts`, whose requests can be made at once."""
        summarizer = self.summarizer
        summary = summarizer.name, draw.document.id, draw.number
        requests = [
            batch_request(summarizer.server, summary, place, summarizer.turns(text), work.seed())
            for place, text in enumerate(texts, number)
        ]
        self.known.update(request.custom_id for request in requests)
        written, missing = [], []
        for request in requests:
            answer = self.answers.find(request.custom_id, good=self.good)
            if answer is None:
                missing.append(request)
            elif not missing:
                written.append(self._written(request, answer, work))
        if missing:
            raise MissingAnswers(missing)
        return written

    def _written(self, request: BatchRequest, answer: BatchAnswer, work: SummaryWork) -> str:
        summarizer = self.summarizer
        asked = summarizer.server.model
        if answer.model is not None and answer.model not in self.served and not is_model(asked, answer.model):
            raise RunError(
                f"{answer.where}: is of the model {answer.model!r}, and {asked!r} was asked: if the service calls it "
                f"so, give --served-model {answer.model}"
            )
        completion = answer.completion()
        self.answered += 1
        self._compare(completion.model)
        if completion.ended:
            summarizer.fallbacks.say(f"answers ended for an unknown reason, and are kept ({completion.ended})")
        return summarizer.finished(
            completion, work.read(request.turns, completion, clean=summarizer.clean), work.language
        )

    def _compare(self, served: str) -> None:
        """Warn, once, where the answers are of more than one model."""
        self._model = self._model or served
        if served != self._model and not self._changed:
            self._changed = True
            name = self.summarizer.name
            logging.getLogger(__name__).warning("%s: answers are of %s and of %s", name, self._model, served or "?")


def is_model(asked: str, served: str) -> bool:
    """Tell whether a model that was `served` may be the one that was asked for.

    Services add a date or an owner, servers a path: of one name the other is the beginning, or the last part is.

    >>> is_model("gpt-4o-mini", "gpt-4o-mini-2024-07-18"), is_model("qwen3-8b", "Qwen/Qwen3-8B"), is_model("a1", "b1")
    (True, True, False)
    """
    one, other = (name.casefold().rstrip("/").rpartition("/")[2] for name in (asked, served))
    return one.startswith(other) or other.startswith(one)
