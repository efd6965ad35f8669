"""Texts for the tests of sumbench.rouge: the shipped corpus, hand-made hard cases, and hypothesis' own."""

from itertools import permutations
from itertools import product
from pathlib import Path

from hypothesis import strategies as st

ROUGE_TYPES = ["rouge1", "rouge2", "rouge3", "rouge9", "rougeL", "rougeLsum"]

_WORDS = ["a", "b", "c", "the", "running", "runs", "ran", "skies", "news", "generally", "x1", "20", "-", "it's", "İK"]

# A few words make repeats and ties likely; several lines make unions of sentences.
sentences = st.integers(2, len(_WORDS)).flatmap(
    lambda size: st.lists(st.sampled_from(_WORDS[:size]), max_size=14).map(" ".join)
)
texts = st.lists(sentences, max_size=5).map("\n".join)
odd_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)

HARD_CASES = [
    "",
    "\n\n",
    " ",
    "... --- !?",
    "word",
    "word word word word word",
    "well-known half-truths, 3.5 per cent of 1,000",
    "It's the\ncat's\n\nwhiskers\n",
    "first line\r\nsecond line\u2028third line\u0085fourth line",
    "İstanbul'da 5 K of SCHÖN naïve ΟΔΟΣ",
    "yyyy yy sayings dying skies innings agreed feed generalli",
    " ".join(["long sentence with some words that come again"] * 20),
]


class Characters:
    """A tokenizer of one's own, which looks across line ends."""

    def tokenize(self, text: str) -> list[str]:
        """Return all characters, and the line ends with their neighbours."""
        return [text[at : at + 2] if "\n" in text[at : at + 2] else text[at] for at in range(len(text))]


def corpus_pairs() -> list[tuple[str, str]]:
    """Return (reference, text) for every two references of an article, and for each and the article; of twelve."""
    pairs: list[tuple[str, str]] = []
    for article in sorted((Path(__file__).parents[2] / "references").glob("*/article.txt"))[:12]:
        references = [path.read_text("utf-8") for path in sorted(article.parent.glob("reference-*.txt"))]
        pairs += permutations(references, 2)
        pairs += product(references, [article.read_text("utf-8")])
    return pairs
