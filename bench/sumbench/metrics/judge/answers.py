"""Reads a judge's answer: the JSON object in a text, its scores or verdict, and whether it is a refusal."""

import json
import re
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from sumbench.errors import MetricError
from sumbench.errors import one_line
from sumbench.metrics.judge.prompts import VERDICTS
from sumbench.metrics.judge.prompts import Quality

_TRIES = 64
"""So many opening braces of an answer are tried as the beginning of its JSON object."""

_REFUSAL = re.compile(
    r"\W*(?:(?:i['’]?m|i am) (?:(?:very|so|really) )?sorry|sorry,|i (?:can['’]?t|cannot|can not|won['’]?t|will not"
    r"|am unable to|am not able to|must decline)|i['’]?m (?:unable|not able) to|unfortunately, i (?:can|am)"
    r"|as an ai\b)",
    re.IGNORECASE,
)
"""How an answer begins that reads like a refusal (English alone); it counts as one where no JSON is in it."""


class UnreadableError(MetricError):
    """An answer that is not what was asked for."""


class AnswerRefusedError(UnreadableError):
    """An answer that reads like a refusal."""


class JudgeScore(NamedTuple):
    """A score with the reason that was given for it."""

    score: int
    reason: str


def read_ratings(text: str, qualities: tuple[Quality, ...]) -> dict[str, JudgeScore]:
    """Return the rating of each quality in an answer; raise UnreadableError where one is missing or off its scale."""
    found = _answer_objects(text, [quality.name for quality in qualities])
    rated = [{quality.name: _rating(each, quality) for quality in qualities} for each in found]
    _check_same([{name: rating.score for name, rating in each.items()} for each in rated])
    return rated[-1]


def read_verdict(text: str) -> tuple[str, str]:
    """Return which summary an answer takes for the better one (A, B or tie), and why; raise UnreadableError."""
    found = [(_verdict(each["better"]), _reason(each)) for each in _answer_objects(text, ["better"])]
    _check_same([verdict for verdict, _ in found])
    return found[-1]


def _check_same(said: Sequence[object]) -> None:
    if any(each != said[0] for each in said):
        raise UnreadableError(f"the judge's answer holds {len(said)} objects that say different things")


def _verdict(said: object) -> str:
    short = str(said).strip().casefold().removeprefix("summary ").strip(' ".')
    verdict = next((verdict for verdict in VERDICTS if verdict.casefold() == short), None)
    if verdict is None:
        raise UnreadableError(f"better is {one_line(repr(said))}, and must be one of {', '.join(VERDICTS)}")
    return verdict


def _rating(found: Mapping[str, Any], quality: Quality) -> JudgeScore:
    said = found[quality.name]
    score = said.get("score") if isinstance(said, Mapping) else said
    scale = f"a whole number from {quality.low} to {quality.high}"
    number = _whole(score)
    if number is None or not quality.low <= number <= quality.high:
        raise UnreadableError(f"the score of {quality.name} is {one_line(repr(score))}, and must be {scale}")
    return JudgeScore(number, _reason(said) if isinstance(said, Mapping) else "")


def _whole(score: object) -> int | None:
    """Return a score as a whole number, also where it was written as text; None where it is none."""
    if isinstance(score, str) and re.fullmatch(r"\s*-?\d{1,6}(?:\.0+)?\s*", score):
        score = float(score)
    if isinstance(score, bool) or not isinstance(score, int | float) or score != score // 1:
        return None
    return int(score)


def _reason(said: Mapping[str, Any]) -> str:
    reason = said.get("reason", "")
    return reason if isinstance(reason, str) else json.dumps(reason, ensure_ascii=False)


def _answer_objects(text: str, keys: Collection[str]) -> list[dict[str, Any]]:
    """Return the objects in a text that have all of the keys, in whatever case they are written there.

    They may stand in a code fence, among other words, or within an object around them.
    """
    if answers := [each for each in _objects(text) if set(keys) <= each.keys()]:
        return answers
    if _REFUSAL.match(text):
        raise AnswerRefusedError(f"the judge refused: {one_line(text)}")
    some = next((each for each in _objects(text)), None)
    if some is not None and (absent := [key for key in keys if key not in some]):
        raise UnreadableError(f"the judge's answer has no {', '.join(absent)}: {one_line(text)}")
    what = f"no JSON object: {one_line(text)}" if text.strip() else "nothing"
    raise UnreadableError(f"the judge's answer holds {what}")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a text, those within another one behind it; keys are in lower case."""
    decoder = json.JSONDecoder(strict=False)
    at = -1
    for _ in range(_TRIES):
        at = text.find("{", at + 1)
        if at < 0:
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        at = end - 1
        if isinstance(found, dict):
            yield from _within(found)


def _within(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {key.strip().lower(): value for key, value in found.items()}
    yield from (
        {key.strip().lower(): value for key, value in each.items()} for each in found.values() if isinstance(each, dict)
    )
