from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation import long
from sumbench.generation.long import DialogueResult
from sumbench.sentences import split
from tests.generation import tiny

TEXT = " ".join(f"The council met on day {day} and voted for bridge number {day}." for day in range(1, 41))


@dataclass
class Small:
    """A reader with a real tokenizer and room for `limit` tokens beside a prompt of none."""

    limit: int

    def __post_init__(self) -> None:
        """Train the tokenizer."""
        self.words = tiny.tokenizer()

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where the text's tokens lie."""
        return list(self.words(text, return_offsets_mapping=True)["offset_mapping"])

    def fits(self, text: str) -> bool:
        """Tell whether the text has at most `limit` tokens."""
        return len(self.spans(text)) <= self.limit

    def ids(self, text: str) -> list[int]:
        """Return the text's tokens."""
        return list(self.words(text)["input_ids"])


def ask(strategy: str, reader: Small, text: str, answer: str = "In short.") -> tuple[list[list[str]], DialogueResult]:
    """Go through the dialogue with a model that always answers the same; return what it was asked, and the end."""
    dialogue = long.start_dialogue(strategy, reader, text, reader.limit)
    asked = [next(dialogue)]
    while True:
        try:
            asked.append(dialogue.send([answer] * len(asked[-1])))
        except StopIteration as end:
            return asked, end.value


@pytest.mark.parametrize("strategy", list(long.STRATEGIES))
def test_a_document_that_fits_is_given_whole(strategy: str) -> None:
    """No strategy touches what the model can read, and all of it counts as seen."""
    reader = Small(500)
    asked, seen = ask(strategy, reader, tiny.TEXT)
    assert asked == [[tiny.TEXT]]
    assert seen == DialogueResult("In short.", len(reader.spans(tiny.TEXT)), len(reader.spans(tiny.TEXT)))


def test_truncate_gives_the_beginning() -> None:
    """The model sees as many tokens as it has room for, from the start."""
    reader = Small(100)
    ((given,),), seen = ask("truncate", reader, TEXT)
    assert TEXT.startswith(given)
    assert (seen.input_tokens, seen.seen_tokens) == (len(reader.spans(TEXT)), 100)


def test_head_tail_gives_both_ends() -> None:
    """Half of the room goes to the beginning, half to the end."""
    reader = Small(100)
    ((given,),), seen = ask("head-tail", reader, TEXT)
    first, _, last = given.partition(long.HEAD_TAIL_SEPARATOR)
    assert TEXT.startswith(first)
    assert TEXT.endswith(last)
    assert reader.fits(given)
    assert 90 <= seen.seen_tokens <= 100
    assert abs(len(reader.spans(first)) - len(reader.spans(last))) <= 3


def test_chunk_shows_all_of_the_document() -> None:
    """Every sentence is in exactly one chunk, each chunk fits, and the joined summaries are summarized again."""
    reader = Small(100)
    asked, seen = ask("chunk", reader, TEXT)
    assert " ".join(asked[0]) == TEXT
    assert all(reader.fits(part) and part.endswith(".") for part in asked[0])
    assert asked[-1] == ["\n".join(["In short."] * len(asked[-2]))]
    assert seen.seen_tokens == seen.input_tokens == len(reader.spans(TEXT))


def test_chunk_goes_on_while_the_joined_summaries_are_too_long() -> None:
    """Summaries that are too long together are cut into chunks themselves."""
    reader = Small(60)
    asked, _ = ask("chunk", reader, TEXT * 3, "The council met on Monday and voted for the bridge.")
    assert len(asked) >= 3
    assert [len(parts) for parts in asked] == sorted((len(parts) for parts in asked), reverse=True)


def test_chunks_are_of_about_the_same_size() -> None:
    """The last one is no mere rest."""
    reader = Small(200)
    sizes = [len(reader.spans(part)) for part in long.chunks(reader, TEXT, 200)]
    assert min(sizes) > max(sizes) / 2


def test_chunks_are_filled_sentence_by_sentence() -> None:
    """Each holds as many sentences as it takes to have its share of the tokens, and one less where those do not fit."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        limit = int(rng.integers(60, 160))
        reader = Small(limit)
        text = " ".join(f"The council met for {'x' * rng.integers(1, 50)}." for _ in range(30))
        share = ceil(len(reader.spans(text)) / ceil(len(reader.spans(text)) / limit))
        for part, after in pairwise(parts := long.chunks(reader, text, limit)):
            size = len(reader.spans(part))
            longer = f"{part} {split(after)[0]}"
            assert size >= share or not reader.fits(longer)
            assert len(split(part)) == 1 or len(reader.spans(part[: part.rindex(split(part)[-1])].strip())) < share
        assert " ".join(parts) == text


@pytest.mark.parametrize("text", [TEXT * 20, "the bridge and the council and " * 2000], ids=["sentences", "none"])
def test_cutting_reads_a_text_a_few_times(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each of its sentences or parts, which for a book and a large context would take hours."""
    reader = Small(1000)
    read = 0
    spans = reader.spans

    def counted(of: str) -> Sequence[tuple[int, int]]:
        nonlocal read
        read += len(of)
        return spans(of)

    monkeypatch.setattr(reader, "spans", counted)
    assert len(long.chunks(reader, text, 1000)) > 5
    assert read < 40 * len(text)


def test_a_sentence_that_does_not_fit_is_cut_and_all_of_it_is_shown() -> None:
    """A text without a full stop is cut between tokens; nothing is lost."""
    reader = Small(50)
    endless = "the bridge and the council and " * 40
    parts = long.chunks(reader, endless, 50)
    assert "".join("".join(parts).split()) == "".join(endless.split())
    assert all(reader.fits(part) for part in parts)


def test_summaries_that_do_not_get_shorter_are_an_error() -> None:
    """A model that writes more than it reads would never come to an end."""
    with pytest.raises(SummarizerError, match="are no shorter than the chunks"):
        ask("chunk", Small(50), TEXT, tiny.TEXT)


def test_none_refuses_a_long_document() -> None:
    """The error has both numbers."""
    with pytest.raises(SummarizerError, match=r"has \d+ tokens, the model reads 100 \(long=none\)"):
        ask("none", Small(100), TEXT)


def test_a_strategy_that_is_not_known_is_refused() -> None:
    """The nearest known name is offered."""
    with pytest.raises(UsageError, match="did you mean 'truncate'"):
        long.check_strategy("truncat")
