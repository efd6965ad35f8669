"""The records that travel through sumbench: documents, summaries, scores and details."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Literal
from typing import TypeAlias

FailureKind: TypeAlias = Literal["missing", "empty", "refusal", "error"]
"""Why a document has no summary: there is none among the outputs, the system wrote nothing, it refused, it failed."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article with the summaries that people wrote of it.

    `references` holds one text a reference, its sentences separated by newlines.
    `language` is a code of `sumbench.languages`, such as en or zh-Hant; empty where none is said: a corpus guesses it.
    `metadata` is free (genre, date, licence, ...).
    """

    id: str
    text: str
    references: tuple[str, ...]
    title: str = ""
    language: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one system wrote of one document, and what it took.

    `text` has one sentence a line. `input_tokens` counts the document in the system's own tokens (words, for a
    system without a tokenizer), `seen_tokens` how many of them the system read. `seconds` is wall-clock time.
    These are None where they are not known, as for a summary made elsewhere. Where there is no summary, the text is
    empty, `error` says why, and `failure` of which kind that is (None in journals of earlier versions). `draw` counts,
    from 1, what a system that draws its words at random wrote of the same document; any other writes one.
    `thought_tokens` are those of the `output_tokens` that a model thought with, none of which is in the text. `raw` is
    all that was written, where something was taken off it to get the text (thoughts, an announcement, a code fence);
    None where nothing was.
    """

    document: str
    system: str
    text: str
    input_tokens: int | None
    seen_tokens: int | None
    output_tokens: int
    seconds: float | None
    error: str | None = None
    draw: int = 1
    failure: FailureKind | None = None
    thought_tokens: int = 0
    raw: str | None = None


def checked_answer(summary: Summary) -> Summary:
    """Return a summary as it counts: one without any words is none, and one that failed says of which kind."""
    if summary.error is not None:
        return summary if summary.failure else replace(summary, failure="error")
    return summary if summary.text.strip() else replace(summary, text="", error="wrote nothing", failure="empty")


@dataclass(frozen=True, slots=True)
class Score:
    """One metric's value for one summary (a `draw` of its document), on the metric's own scale (ROUGE: 0 to 1)."""

    document: str
    system: str
    metric: str
    value: float
    draw: int = 1


@dataclass(frozen=True, slots=True)
class ScoreFailure:
    """A summary that a metric could not score, and the reason."""

    document: str
    system: str
    metric: str
    reason: str
    draw: int = 1


@dataclass(frozen=True, slots=True)
class Detail:
    """What a metric says of a summary beside its values, as JSON: spans, an explanation, what a judge answered."""

    document: str
    system: str
    metric: str
    content: Mapping[str, Any]
    draw: int = 1


@dataclass(frozen=True, slots=True)
class Rating:
    """What people said of one quality of a system's summary: a number, more is better.

    `rater` says who, and is empty for the mean of several, or where it is not known.
    """

    document: str
    system: str
    quality: str
    rating: float
    rater: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two systems' summaries of a document a rater preferred, and perhaps why.

    `order` says which was shown first, "ab" or "ba"; empty where it is not known.
    """

    document: str
    a: str
    b: str
    preferred: Literal["a", "b", "tie"]
    reason: str = ""
    rater: str = ""
    order: Literal["", "ab", "ba"] = ""
