"""A summary that is being made of a server's answers: token counts, what was written, the seeds of its requests."""

from dataclasses import dataclass
from dataclasses import field

import numpy as np

from sumbench.generation.cleaning import Written
from sumbench.generation.cleaning import read_written
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.long import DialogueResult
from sumbench.records import Summary
from sumbench.sentences import words


@dataclass
class _SpentTokens:
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
class SummaryWork:
    """A summary in progress: its language, the random stream of the seeds sent, and token counts.

    `raw` is the last answer with what is taken off it, the thoughts that the server sent apart in front.
    """

    language: str
    seeds: np.random.Generator | None
    spent: _SpentTokens = field(default_factory=_SpentTokens)
    raw: str | None = None

    def seed(self) -> int | None:
        """Return the seed of the next request (31 bits), the same for all its attempts; None without sampling."""
        return None if self.seeds is None else int(self.seeds.integers(2**31))

    def read(self, turns: Turns, answer: ChatCompletion, *, clean: bool) -> Written:
        """Return what a server wrote in its answer to `turns`, and count its tokens."""
        written = read_written(answer.text, clean=clean)
        self.spent.add(answer, sum(words(turn["content"]) for turn in turns), answer.reasoning + written.thought)
        self.raw = f"<think>{answer.reasoning}</think>{answer.text}" if answer.reasoning else written.kept
        return written

    def summary(self, document: str, system: str, seen: DialogueResult, seconds: float | None, draw: int) -> Summary:
        """Return the summary, once all is written."""
        return Summary(
            document,
            system,
            seen.summary,
            *self.spent.tokens(seen),
            seconds,
            draw=draw,
            thought_tokens=self.spent.thought,
            raw=self.raw,
        )
