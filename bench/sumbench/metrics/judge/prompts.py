"""Reads a judge's prompt from a text file: turns with placeholders, and qualities with anchored scales."""

import hashlib
import json
import re
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench.errors import UsageError
from sumbench.generation.prompts import described
from sumbench.generation.prompts import prompt_file_text
from sumbench.registry import unknown

PROMPTS_FOLDER = Path(__file__).with_name("prompts")
QUALITIES, PAIRS, WHOLE = "qualities", "pairs", "whole"
"""The prompts that ship: for rating, for comparing, and the one that passes a question on to a system."""

_HEADING = re.compile(r"^\[(?P<kind>(?:system|user)(?=\])|quality\b)(?P<more>[^\]\n]*)\][ \t]*$", re.MULTILINE)
_QUALITY = re.compile(r"\s+(?P<name>[a-z][a-z0-9_]*)\s+(?P<low>-?\d+)\s*-\s*(?P<high>\d+)\s*")
_PLACEHOLDER = re.compile(r"\{(document|summary|references|qualities|answer|first|second)\}")


@dataclass(frozen=True)
class Quality:
    """What a judge rates: its `name`, whole numbers from `low` to `high`, and the `rubric` that says what they mean."""

    name: str
    low: int
    high: int
    rubric: str


@dataclass(frozen=True)
class JudgeQuestion:
    """One question to a judge: the turns of a chat (`system` may be empty), and the JSON `schema` of its answer."""

    system: str
    user: str
    schema: Mapping[str, Any]
    language: str = ""

    @property
    def whole(self) -> str:
        """Both turns as one text."""
        return "\n\n".join(part for part in (self.system, self.user) if part)

    @property
    def digest(self) -> str:
        """The SHA-256 of both turns: questions of the same text are one."""
        return hashlib.sha256(f"{self.system}\x1f{self.user}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class JudgePrompt:
    """The texts of a judge's prompt, and the qualities that it rates: none for one that compares."""

    name: str
    text: str
    system: str
    user: str
    qualities: tuple[Quality, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def has(self, placeholder: str) -> bool:
        """Tell whether a placeholder stands in it."""
        return f"{{{placeholder}}}" in self.system + self.user

    def question(
        self, texts: Mapping[str, str], answer: str, schema: Mapping[str, Any], language: str
    ) -> JudgeQuestion:
        """Return the question about some `texts`, by the placeholders that they fill.

        Each stands between marks with a number that follows from all of the texts, so that none can hold the mark that
        ends it. `answer` says how to answer. What is filled in is looked at no further: a placeholder in a document is
        text.
        """
        seal = hashlib.sha256("\x1f".join(texts.values()).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        rubrics = "\n\n".join(f"{each.name} ({each.low} to {each.high}): {each.rubric}" for each in self.qualities)
        filled = {name: f"<{name} {seal}>\n{text}\n</{name} {seal}>" for name, text in texts.items()}
        filled |= {"qualities": rubrics, "answer": answer}

        def fill(part: str) -> str:
            return _PLACEHOLDER.sub(lambda found: filled.get(found[1], found[0]), part)

        return JudgeQuestion(fill(self.system), fill(self.user), schema, language)


def read_judge_prompt(owner: str, name: str, *, needed: Collection[str], optional: Collection[str]) -> JudgePrompt:
    """Return the prompt of that name, or the one in the file of that path (it ends in .txt).

    The file has `[user]` with the user turn under it, optionally `[system]` before it, and behind it one section
    `[quality NAME LOW-HIGH]` for each quality, if the placeholder `{qualities}` is among those `needed`. Lines before
    the first of these that begin with # describe it. Each of the placeholders `needed` stands in it once, each of the
    `optional` ones once at most. Raises UsageError, beginning with its `owner`, for any other file, and SummarizerError
    for one that cannot be read.
    """
    if not name.endswith(".txt") and name not in {QUALITIES, PAIRS}:
        raise UsageError(
            f"{owner}: {unknown('prompt', name, [QUALITIES, PAIRS])}; one of your own is a file: ./MINE.txt"
        )
    text = prompt_file_text(Path(name) if name.endswith(".txt") else PROMPTS_FOLDER / f"{name}.txt")
    where = f"{owner}: prompt {name}"
    body = described(text)[1]
    found = list(_HEADING.finditer(body))
    ends = [each.start() for each in found[1:]] + [len(body)]
    sections = [
        (each["kind"], each["more"], body[each.end() : end].strip()) for each, end in zip(found, ends, strict=True)
    ]
    turns = {kind: part for kind, _, part in sections if kind != "quality"}
    if not turns.get("user") or len(turns) < sum(kind != "quality" for kind, _, _ in sections):
        raise UsageError(f"{where}: needs the line [user] once and, under it, the question")
    qualities = tuple(_quality(where, more, part) for kind, more, part in sections if kind == "quality")
    prompt = JudgePrompt(name, text, turns.get("system", ""), turns["user"], qualities)
    _check_placeholders(where, prompt, needed, optional)
    if "qualities" in needed:
        _check_qualities(where, qualities)
    return prompt


def _quality(where: str, more: str, rubric: str) -> Quality:
    named = _QUALITY.fullmatch(more)
    if named is None or int(named["low"]) >= int(named["high"]):
        raise UsageError(f"{where}: [quality{more}] names no quality: write [quality NAME 1-5], in lower case")
    if not rubric:
        raise UsageError(f"{where}: [quality{more}] has nothing under it: say what its numbers mean")
    return Quality(named["name"], int(named["low"]), int(named["high"]), rubric)


def _check_qualities(where: str, qualities: tuple[Quality, ...]) -> None:
    if not qualities:
        raise UsageError(f"{where}: names no quality: add a section [quality NAME 1-5]")
    names = [quality.name for quality in qualities]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"{where}: the quality {twice} is there twice")
    if reserved := next((name for name in names if name == "spread" or name.endswith("_spread")), None):
        raise UsageError(f"{where}: a quality cannot be called {reserved}: the spread among draws is called so")
    if len({(quality.low, quality.high) for quality in qualities}) > 1:
        raise UsageError(f"{where}: its qualities have several scales, of which no mean can be taken: give them one")


def _check_placeholders(where: str, prompt: JudgePrompt, needed: Collection[str], optional: Collection[str]) -> None:
    named = [found[1] for found in _PLACEHOLDER.finditer(prompt.system + prompt.user)]
    for placeholder in (*needed, *optional):
        number = named.count(placeholder)
        if number > 1 or (placeholder in needed and not number):
            raise UsageError(f"{where}: needs {{{placeholder}}} {'once' if placeholder in needed else 'once at most'}")
    if idle := next((placeholder for placeholder in named if placeholder not in {*needed, *optional}), None):
        raise UsageError(f"{where}: {{{idle}}} means nothing here")


def ratings_schema(qualities: tuple[Quality, ...]) -> Mapping[str, Any]:
    """Return the JSON schema of an answer that rates these qualities."""
    rated = {
        quality.name: _object(
            {
                "reason": {"type": "string"},
                "score": {"type": "integer", "enum": list(range(quality.low, quality.high + 1))},
            }
        )
        for quality in qualities
    }
    return {"name": "ratings", "strict": True, "schema": _object(rated)}


def ratings_answer(qualities: tuple[Quality, ...]) -> str:
    """Return the words that ask for an answer of that schema."""
    low, high = qualities[0].low, qualities[0].high
    shape = json.dumps({quality.name: {"reason": "...", "score": "N"} for quality in qualities}).replace('"N"', "N")
    return (
        "Answer with one JSON object and nothing else. For each quality it holds first the reason, one or two "
        "sentences that name what in the summary decides, and then the score N, a whole number from "
        f"{low} to {high}:\n{shape}"
    )


VERDICTS = ("A", "B", "tie")
"""What a judge may answer to the question which of two summaries is the better one."""

VERDICT_SCHEMA: Mapping[str, Any] = {
    "name": "verdict",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"reason": {"type": "string"}, "better": {"type": "string", "enum": list(VERDICTS)}},
        "required": ["reason", "better"],
        "additionalProperties": False,
    },
}

VERDICT_ANSWER = (
    "Answer with one JSON object and nothing else. It holds first the reason, one or two sentences that name what "
    'decides, and then which one is better: "A", "B", or "tie" where neither is:\n{"reason": "...", "better": "..."}'
)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
