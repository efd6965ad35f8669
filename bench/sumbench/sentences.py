"""Sentence splitting and word counting, the same for the whole project."""

from sentencex import segment


def split(text: str, language: str = "en") -> list[str]:
    """Split `text` into sentences, blanks trimmed and empty ones left out.

    A line break always ends a sentence; within a line the sentence segmenter of the `language`
    (ISO 639-1; others fall back to its nearest relative) decides.
    """
    # The segmenter knows languages, and takes one with a region or script for English.
    language = language.partition("-")[0]
    return [
        sentence
        for line in text.splitlines()
        if line.strip()
        for part in segment(language, line)
        if (sentence := part.strip())
    ]


def words(text: str) -> int:
    """Count the words of `text`: runs of characters between blanks."""
    return len(text.split())
