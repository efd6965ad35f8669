"""Reads prompts from text files: shipped ones by name, the user's by path."""

import hashlib
import re
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.length import Length
from sumbench.registry import unknown

PROMPTS_FOLDER = Path(__file__).with_name("prompts")
DOCUMENT_PLACEHOLDER = "{document}"
SENTENCES_PLACEHOLDER = "{sentences}"
LENGTH_PLACEHOLDER = "{length}"
TLDR = "TL;DR:"
"""Makes a base model continue a text with its summary (Radford et al. 2019, section 3.6)."""
_IN_SENTENCES = re.compile(r"(?:(?:up to|at most|no more than|exactly|about) )?\{sentences\}[ -]sentences?\b")
"""How prompts say a length in sentences; with a budget in words they say "about 50 words" in its place."""
NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Prompt:
    """The texts of a prompt.

    A chat model gets the `system` turn (empty: none) and the `user` turn; a model without a chat template continues the
    `completion`. User turn and completion hold `{document}` once each. `{length}` is replaced by the length requested
    ("three sentences", "about 50 words"), `{sentences}` by the number of sentences, in words up to ten. Where a length
    in words is requested, "up to {sentences} sentences" becomes "about 50 words". The `description` says what it is
    for, and reaches no model.
    """

    name: str
    system: str
    user: str
    completion: str
    description: str = field(default="", compare=False)

    @property
    def fingerprint(self) -> str:
        """The sha256 of all its texts."""
        return hashlib.sha256(f"{self.system}\x1f{self.user}\x1f{self.completion}".encode()).hexdigest()

    @property
    def text(self) -> str:
        """All its texts, as a prompt file has them."""
        parts = (("system", self.system), ("user", self.user), ("completion", self.completion))
        return "\n".join(f"[{heading}]\n{part}" for heading, part in parts if part) + "\n"

    def chat_turns(self, document: str, length: Length) -> tuple[str, str]:
        """Return the system turn and the user turn that request a summary of the text `document`."""
        return _filled(self.system, "", length), _filled(self.user, document, length)

    def completion_prompt(self, document: str, length: Length) -> str:
        """Return the text that a model without a chat template continues with a summary of the text `document`."""
        return _filled(self.completion, document, length)

    def check(self, length: Length) -> None:
        """Raise UsageError where it asks for a number of sentences and a length in words is wanted."""
        texts = (self.system, self.user, self.completion)
        if length.words is not None and any(SENTENCES_PLACEHOLDER in _IN_SENTENCES.sub("", text) for text in texts):
            raise UsageError(
                f"prompt {self.name}: {SENTENCES_PLACEHOLDER} cannot be {length.words} words: "
                f"write {LENGTH_PLACEHOLDER} there ('three sentences', 'about 50 words')"
            )


def prompt_names() -> list[str]:
    """Return the names of the prompts that ship, sorted."""
    return sorted(file.stem for file in PROMPTS_FOLDER.glob("*.txt"))


def read_prompt(name: str) -> Prompt:
    """Return the prompt of that name, or the one in the file of that path (it ends in .txt).

    The file has the line `[user]` with the user turn under it; optionally `[system]` with the system turn before it,
    and `[completion]` after it. Lines before the first of these that begin with # describe it. Without `[completion]`,
    the turns and "TL;DR:" are the completion. Raises UsageError for an unknown name, SummarizerError for
    a file that holds no prompt.
    """
    if name.endswith(".txt"):
        return parse_prompt(name, prompt_file_text(Path(name)))
    if name not in prompt_names():
        hint = unknown("prompt", name, prompt_names(), listed_by="sumbench prompts")
        raise UsageError(f"{hint}; one of your own is a file: ./MINE.txt")
    return parse_prompt(name, prompt_file_text(PROMPTS_FOLDER / f"{name}.txt"))


def prompt_file(name: str) -> str:
    """Return the text of the file of a prompt, which is that of a prompt that can be used; see `read_prompt`."""
    read_prompt(name)
    return prompt_file_text(Path(name) if name.endswith(".txt") else PROMPTS_FOLDER / f"{name}.txt")


def parse_prompt(name: str, text: str) -> Prompt:
    """Parse the text of a prompt file; raise SummarizerError when it lacks a part."""
    description, text = described(text)
    before, marker, after = text.partition("[user]\n")
    user, completed, completion = after.partition("[completion]\n")
    system, user = before.strip().removeprefix("[system]").strip(), user.strip()
    if not completed:
        completion = "\n\n".join(part for part in (system, user, TLDR) if part)
    for heading, part in (("[user]", user if marker else ""), ("[completion]", completion)):
        if part.count(DOCUMENT_PLACEHOLDER) != 1:
            msg = f"prompt {name}: needs the line {heading} and, under it, {DOCUMENT_PLACEHOLDER} once"
            raise SummarizerError(msg)
    return Prompt(name, system, user, completion.strip(), description)


def described(text: str) -> tuple[str, str]:
    """Return the description at the beginning of a prompt file's text, and the text behind it."""
    lines = text.splitlines(keepends=True)
    size = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return " ".join(line.lstrip("#").strip() for line in lines[:size]), "".join(lines[size:])


def _filled(part: str, document: str, length: Length) -> str:
    if length.words is not None:
        asked = f"about {length.words} word{'s' if length.words > 1 else ''}"
        part = _IN_SENTENCES.sub(asked, part)
    else:
        sentences = length.sentences or 0
        number = NUMERALS[sentences - 1] if sentences <= len(NUMERALS) else str(sentences)
        asked = f"{number} sentence{'s' if sentences > 1 else ''}"
        part = part.replace(SENTENCES_PLACEHOLDER, number)
    return part.replace(LENGTH_PLACEHOLDER, asked).replace(DOCUMENT_PLACEHOLDER, document)


def prompt_file_text(file: Path) -> str:
    """Return the text of a prompt's file; raise SummarizerError for one that cannot be read."""
    try:
        # Editors on Windows begin a file with a byte order mark, which no model must see.
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"prompt {file}: cannot be read: {error}"
        raise SummarizerError(msg) from error
