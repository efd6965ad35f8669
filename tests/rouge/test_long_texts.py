import time

import pytest

from sumbench.rouge import CorpusScorer
from sumbench.rouge import language_tokenizer

LETTERS = 200_000
LIMIT = 2.0
"""Seconds for 200,000 letters on a busy machine: a tenth of that is usual; time that grows with the square is more."""

KINDS = {
    "Han": "中",
    "marks alone": "\u0301",
    "marks on one letter": "\u0323\u0301",
    "Thai": "สวัสดีครับ",
    "the vowel AM": "ำ",
    "Khmer": "ក្ត",
    "Katakana": "ア",
    "one word": "a",
    "one word of y": "y",
    "one word of a stemmer's endings": "ler",
    "Serbian": "ац",
    "family emoji": "👩\u200d👩\u200d👧",
    "flags": "🇩",
    "joiners": "\u200d",
    "non-joiners": "a\u200c",
    "zero-width spaces": "ก\u200b",
    "phrases in one character": "\ufdfa",
    "apostrophes": "a'",
    "Hangul letters": "\u1112\u1161\u11ab",
}

LANGUAGES = ("en", "de", "tr", "sr", "ar", "th", "zh", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_text_alone(kind: str, language: str) -> None:
    """No repetition makes a tokenizer slow, with a dictionary or without."""
    text = KINDS[kind] * (LETTERS // len(KINDS[kind]) // (6 if kind == "phrases in one character" else 1))
    for tok in ("default", "words"):
        tokenizer = language_tokenizer(language, tok=tok)
        tokenizer.tokenize("ready")
        start = time.perf_counter()
        tokenizer.tokenize(text)
        assert time.perf_counter() - start < LIMIT


@pytest.mark.parametrize("text", ["中" * LETTERS, "a\n" * LETTERS, "\n".join(map(str, range(LETTERS // 6)))])
def test_equal_texts_are_scored_at_once(text: str) -> None:
    """A long text against itself has scores of 1, whether it is one line or very many."""
    scorer = CorpusScorer(["rouge2", "rougeL", "rougeLsum"], tokenizer=language_tokenizer("zh"))
    start = time.perf_counter()
    counts = scorer.score([[text]], {"s": [text]})
    assert time.perf_counter() - start < 3 * LIMIT
    assert {float(counts.scores(name, "max").f1[0, 0]) for name in scorer.rouge_types} == {1.0}
