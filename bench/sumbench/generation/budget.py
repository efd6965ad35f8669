"""The length budget of what a model writes: at most k sentences, none of them cut off if that can be helped."""

import re

from sumbench.sentences import split

CLOSERS = "\"')]}»”’"
PAIRS = ("“”", "«»", "()", "[]")
END_MARKS = (".", "!", "?", "…", "。", "！", "？", "।", "۔")


def trim_to_budget(written: str, sentences: int, *, cut: bool, language: str = "en") -> str:
    """Return the summary in what a model has written, one sentence a line.

    It is the first `sentences` sentences. `cut` says that the model was cut off before it had ended: then a last
    sentence without an end is dropped, unless nothing else is left.
    """
    parts = split(written, language)[: sentences + 1]
    if cut and len(parts) <= sentences and len(parts) > 1 and not ends_sentence(parts[-1]):
        parts.pop()
    return "\n".join(parts[:sentences])


def fills_budget(written: str, sentences: int, language: str = "en") -> bool:
    """Tell whether a text holds `sentences` sentences that what is written after it will not change.

    That is so as soon as two words of a further sentence stand, for where a sentence ends is only known by what
    follows; and no quotation or bracket is open, for its end can still join what it holds to one sentence.
    """
    parts = split(written, language)
    return len(parts) > sentences and len("".join(parts[sentences:]).split()) > 1 and not _has_open_quotation(written)


def _has_open_quotation(text: str) -> bool:
    """Tell whether a quotation or a bracket has begun in a text and not ended; an apostrophe begins none."""
    single = len(re.findall(r"(?<!\S)['‘]", text)) > len(re.findall(r"\S['’](?!\w)", text))
    return single or text.count('"') % 2 == 1 or any(text.count(pair[0]) > text.count(pair[1]) for pair in PAIRS)


def ends_sentence(sentence: str) -> bool:
    """Tell whether a sentence has an end mark, quotation marks and brackets after it aside."""
    return sentence.rstrip(CLOSERS).endswith(END_MARKS)
