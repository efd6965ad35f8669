"""What a chat model says before its summary, and where what it writes is to end."""

import re

PREAMBLE = re.compile(
    r"""
    \s*
    (?: (?: sure | certainly | of\ course | okay | ok ) \b [,.!:]* \s* )?
    (?:
        (?: here (?: ['’]s | \ is | \ are ) | below \ is | (?: this | the \ following ) \ is ) \b [^.\n:]{0,100} :
      | (?: \*\*|\#+\ )? (?: summary | tl;dr ) (?: \*\*)? : (?: \*\*)?
    )
    \s*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""“Sure! Here is a summary of the text in three sentences:” and its like, at the beginning."""


def without_preamble(written: str) -> str:
    """Return a text without the announcement before it; nothing else of it is touched."""
    found = PREAMBLE.match(written)
    return written[found.end() :] if found else written


def until(written: str, stop: str) -> str:
    """Return a text up to the first `stop` string in it; all of it where that is empty or not there."""
    return written.partition(stop)[0] if stop else written
