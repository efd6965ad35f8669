"""Parts of texts: nothing is lost, nothing too long, offsets are exact."""

import numpy as np
import pytest

from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import fitted
from sumbench.metrics.consistency.chunks import packed
from sumbench.metrics.consistency.chunks import paragraph_parts
from sumbench.metrics.consistency.chunks import sentence_parts
from sumbench.metrics.consistency.spans import flagged_spans
from sumbench.metrics.consistency.spans import flagged_words

TEXT = "  It rained. «Ça va?» asked Zoë 😀.\n\nThe bridge — 日本 — is open.  Nobody came!\nSo be it.  "


def of(parts: list[Part], text: str = TEXT) -> list[str]:
    return [part.of(text) for part in parts]


def test_sentences_and_paragraphs_lie_where_their_offsets_say() -> None:
    """Sentences are those of the project's splitter; a text without blank lines has its lines for paragraphs."""
    assert of(sentence_parts(TEXT, "en")) == [
        *("It rained.", "«Ça va?» asked Zoë 😀.", "The bridge — 日本 — is open.", "Nobody came!", "So be it.")
    ]
    paragraphs = ["It rained. «Ça va?» asked Zoë 😀.", "The bridge — 日本 — is open.  Nobody came!\nSo be it."]
    assert of(paragraph_parts(TEXT)) == paragraphs
    lines = "One. Two.\n  Three.\n"
    assert of(paragraph_parts(lines), lines) == ["One. Two.", "Three."]
    assert paragraph_parts(" \n\n ") == sentence_parts(" \n", "en") == []


@pytest.mark.parametrize("seed", range(5))
def test_no_word_is_lost_and_no_part_is_too_long(seed: int) -> None:
    """Whatever the sizes, the chunks have all words of the text in order, and each fits."""
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(list("aé日😀b"), rng.integers(1, 12))) for _ in range(200)]
    text = " ".join(word + ("." if rng.random() < 0.1 else "") for word in words)
    for room in (5, 17, 60):
        parts = list(fitted(text, sentence_parts(text, "en"), room, len))
        assert max(part.end - part.start for part in parts) <= room
        chunks = packed(text, parts, room, len)
        assert max(chunk.end - chunk.start for chunk in chunks) <= room
        assert "".join("".join(of(chunks, text)).split()) == "".join(text.split())
        assert len(chunks) <= len(parts)


def test_chunks_take_as_many_sentences_as_fit() -> None:
    """A chunk is closed by the sentence that would make it too large, as in MiniCheck's program."""
    text = "One two. Three. Four five six. Seven. Eight nine ten eleven."
    chunks = packed(text, sentence_parts(text, "en"), 4, lambda part: len(part.split()))
    assert of(chunks, text) == ["One two. Three.", "Four five six. Seven.", "Eight nine ten eleven."]


def test_flagged_tokens_are_merged_and_counted_by_words() -> None:
    """Tokens in a row are one span without blanks at its ends; a word counts where any of it is in one."""
    text = "The café in Łódź is 日本の closed."
    tokens = [Part(0, 3), Part(3, 6), Part(6, 8), Part(8, 11), Part(11, 16), Part(16, 20), Part(20, 22), Part(22, 33)]
    probabilities = [0.1, 0.2, 0.9, 0.7, 0.1, 0.1, 0.5, 0.2]
    spans = flagged_spans(text, list(zip(tokens, probabilities, strict=True)), 0.5)
    assert [(part.of(text), most) for part, most in spans] == [("fé in", 0.9), ("日本", 0.5)]
    assert flagged_words(text, [part for part, _ in spans]) == 4
    assert flagged_spans(text, [], 0.5) == []
