"""Sentence splitting and word counting, the same for the whole project."""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Final

from sumbench import fragments
from sumbench.segmentation import affordable_language
from sumbench.segmentation import segments

COUNTED_BY_CHARACTERS: Final = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my"})
"""Languages written without blanks between words, by code: `words` counts their characters."""

_HAN_AND_HIRAGANA: Final = (
    "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u3041-\u3096\u309d-\u309f\U0001b001-\U0001b11f"
)
_KATAKANA: Final = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_THAI_TO_KHMER: Final = "\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0ebd-\u0ec6\u0edc-\u0edf"
_BURMESE_AND_KHMER: Final = (
    "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
    "\ua9e0-\ua9e4\ua9e6-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa76\uaa7a\uaa7e\uaa7f\u1780-\u17b3\u17d7\u17dc"
)
_MARKS: Final = (
    "\u3099\u309a\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb3-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\ua9e5\uaa7b-\uaa7d"
    "\u17b4-\u17d3\u17dd\u200c\u200d\u200b\u2060"
)
_SPELLED: Final = f"{_HAN_AND_HIRAGANA}{_KATAKANA}{_THAI_TO_KHMER}{_BURMESE_AND_KHMER}"
_WITHOUT_BLANKS: Final = re.compile(f"[{_SPELLED}]")
_RUNS: Final = re.compile(f"[{_SPELLED}][{_SPELLED}{_MARKS}]*")
_CHARACTERS: Final = re.compile(
    # A consonant below another one, written with a joining sign before it, is no character of its own.
    rf"[{_HAN_AND_HIRAGANA}]|[{_KATAKANA}]+|(?<![\u1039\u17d2])[{_THAI_TO_KHMER}{_BURMESE_AND_KHMER}]"
)
_EMPHASIS: Final = "*_`~"
_LETTER_OR_NUMBER: Final = re.compile(r"[^\W_]")

_Piece = tuple[int, int, bool]
"""First and last offset of a piece of text, and whether it is no sentence and belongs to the next piece."""


def split(text: str, language: str = "en") -> list[str]:
    """Split `text` into sentences, blanks around them trimmed and empty ones left out.

    A line break always ends a sentence; within a line the sentence segmenter of the `language`
    (ISO 639-1; others fall back to its nearest relative) decides. A list number, a Markdown heading, a rule, a bullet
    or a code fence is no sentence: it stays, with the line break if there is one, at the beginning of the sentence
    that follows, or at the end of the last. A text that is one quotation or JSON as a whole has the sentences that
    are in it. Each sentence is a part of the text, in its order, and all between them is blank.
    """
    # The segmenter knows languages, and takes one with a region or script for English.
    language = affordable_language(text, language.partition("-")[0])
    parts = fragments.wrapped_parts(text) if len(text) > 1 else []
    pieces = _wrapped_pieces(text, parts, language) if parts else _pieces(text, 0, language)
    return [text[start:end] for start, end in _sentences(pieces)]


def one_a_line(sentences: Iterable[str]) -> str:
    """Join sentences of `split` to a text with one a line; a list number stands before its sentence."""
    return "\n".join(map(fragments.with_markers_in_line, sentences))


def words(text: str) -> int:
    """Count the words of `text`: runs of characters between blanks.

    Where a run holds a script that is written without blanks between words, its characters are counted instead: each
    of Han and Hiragana, each letter of Thai, Lao, Khmer and Burmese with its marks, each row of Katakana. What else
    stands in such a run is a word if it holds a letter or a number.
    """
    if text.isascii() or not _WITHOUT_BLANKS.search(text):
        return len(text.split())
    return sum(_words_of_run(run) for run in text.split())


def _words_of_run(run: str) -> int:
    if not _WITHOUT_BLANKS.search(run):
        return 1
    others = sum(1 for other in _RUNS.split(run) if _LETTER_OR_NUMBER.search(other))
    return len(_CHARACTERS.findall(run)) + others


def _pieces(text: str, offset: int, language: str) -> list[_Piece]:
    """Return what the segmenter finds in each line of a text that begins at this offset."""
    found: list[_Piece] = []
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = offset + line.index(stripped[0])
            if stripped.isalpha():
                found.append((start, start + len(stripped), False))
            elif fragments.is_heading(stripped) or fragments.is_no_sentence(stripped):
                found.append((start, start + len(stripped), True))
            else:
                found += _pieces_of_line(stripped, start, language)
        offset += len(line)
    return found


def _pieces_of_line(line: str, offset: int, language: str) -> list[_Piece]:
    found: list[_Piece] = []
    for part in segments(line, language):
        piece = part.strip()
        if found and piece and not piece.strip(_EMPHASIS):
            found[-1] = (found[-1][0], offset + part.index(piece[0]) + len(piece), found[-1][2])
        elif piece:
            start = offset + part.index(piece[0])
            found.append((start, start + len(piece), fragments.is_no_sentence(piece, begins_line=not found)))
        offset += len(part)
    return found


def _wrapped_pieces(text: str, parts: list[tuple[int, int]], language: str) -> Iterator[_Piece]:
    """Yield the pieces of the parts of a text, with what stands around and between them as no sentences."""
    marked = [(start, end, True) for start, end in fragments.gaps(parts, len(text)) if text[start:end].strip()]
    inner = (piece for start, end in parts for piece in _pieces(fragments.unescaped(text[start:end]), start, language))
    yield from sorted([*(_trimmed(text, piece) for piece in marked), *inner])


def _trimmed(text: str, piece: _Piece) -> _Piece:
    part = text[piece[0] : piece[1]]
    start = piece[0] + len(part) - len(part.lstrip())
    return start, start + len(part.strip()), piece[2]


def _sentences(pieces: Iterable[_Piece]) -> list[tuple[int, int]]:
    """Return the bounds of the sentences: each piece that is none is put to the next one, the last ones to the last."""
    bounds: list[tuple[int, int]] = []
    begun: int | None = None
    last = 0
    for start, end, is_none in pieces:
        begun = start if begun is None else begun
        last = end
        if not is_none:
            bounds.append((begun, end))
            begun = None
    if begun is not None:
        bounds.append((bounds.pop()[0] if bounds else begun, last))
    return bounds
