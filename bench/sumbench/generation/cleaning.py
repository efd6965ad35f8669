"""Removes what models write around a summary: a preamble ("Here is a summary:"), a heading, thoughts."""

import re

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)

_PREAMBLE = re.compile(
    r"""
    \A [\s#*_]*
    (?: (?: sure | certainly | of\ course | absolutely | okay | ok )\b [^\n:.!?]{0,40} [,.:!] [\s*_]* )?
    (?:
      (?: here (?: \ is | ['’]s | \ are ) | (?: the\ following | this | below ) \ is )\b
      [^\n:.!?]{0,120} \b (?: summar\w+ | overview | sentences? ) \b [^\n:.!?]{0,120} :
    |
      (?: (?: brief | concise | short ) \  )? (?: summary | tl;dr | tldr ) [*_]* (?: : | [ ]*\n )
    )
    [\s*_]*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def clean(written: str) -> str:
    """Return what a model has written, without what precedes the summary.

    That is a block of thoughts (`<think>…</think>`, also one that was never closed), and one preamble or heading that
    announces an English summary: "Sure! Here is a summary of the article in three sentences:", "**Summary:**",
    "## Summary". Nothing else is changed.
    """
    return _PREAMBLE.sub("", _THOUGHTS.sub("", written), count=1)


def cut_at_stop(written: str, stop: str) -> str:
    """Return a text up to the first `stop` string in it; all of it where `stop` is empty or absent."""
    return written.partition(stop)[0] if stop else written
