"""Marks that stand for a line break between sentences or articles; most commands read this module, so it is small."""

import re

BREAK = re.compile(r"(?:(?<=[.!?…。！？])\s?\\n|(?<![`'\"\\])\\n(?![a-z'\"`]))(?:\\n)*", re.ASCII)
"""A line break that was written as a backslash and an n, not `\\nabla` or `C:\\new`."""

SEPARATORS = (
    r"\[X_SEP\]|<(?:S_SEP|SEP|sep|doc-sep|DOC_SEP|sent|eos|newline)>|\[SEP\]|\|{5}|##SENT##"
    r"|\bstory_separator_special_tag\b|\bNEWLINE_CHAR\b"
)
"""Marks between sentences or articles in published corpora and outputs."""
