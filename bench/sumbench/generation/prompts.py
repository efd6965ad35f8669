"""Prompts: named text files, part of what makes a summary what it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sumbench.errors import SummarizerError
from sumbench.registry import unknown

FOLDER = Path(__file__).with_name("prompts")
DOCUMENT = "{document}"
SENTENCES = "{sentences}"
ASKED = "TL;DR:"
"""What asks a model that only goes on with a text for a summary of it (Radford et al. 2019, section 3.6)."""
NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Prompt:
    """What a model is told.

    A chat model gets the `system` turn (empty: none) and the `user` turn; one without a chat template goes on from the
    `completion`. User turn and completion hold `{document}` once each; `{sentences}` stands for the number of sentences
    that are asked for, in words up to ten.
    """

    name: str
    system: str
    user: str
    completion: str

    @property
    def fingerprint(self) -> str:
        """The sha256 of all its texts."""
        return hashlib.sha256(f"{self.system}\x1f{self.user}\x1f{self.completion}".encode()).hexdigest()

    @property
    def text(self) -> str:
        """All its texts, as a prompt file has them."""
        parts = (("system", self.system), ("user", self.user), ("completion", self.completion))
        return "\n".join(f"[{heading}]\n{part}" for heading, part in parts if part) + "\n"

    def ask(self, document: str, sentences: int) -> tuple[str, str]:
        """Return the system turn and the user turn that ask for a summary of the text `document`."""
        return _filled(self.system, "", sentences), _filled(self.user, document, sentences)

    def begin(self, document: str, sentences: int) -> str:
        """Return the text that a model without a chat template goes on from to summarize the text `document`."""
        return _filled(self.completion, document, sentences)


def names() -> list[str]:
    """Return the names of the prompts that ship, sorted."""
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def read(name: str) -> Prompt:
    """Return the prompt of that name, or the one in the file of that path (it ends in .txt).

    The file has the line `[user]` with the user turn under it; before that, if it wants, `[system]` with the system
    turn, and after it `[completion]`. Without that, the turns and "TL;DR:" are the completion. Raises UsageError for
    an unknown name, SummarizerError for a file that holds no prompt.
    """
    if name.endswith(".txt"):
        return parse(name, _text(Path(name)))
    if name not in names():
        raise unknown("prompt", name, names())
    return parse(name, _text(FOLDER / f"{name}.txt"))


def parse(name: str, text: str) -> Prompt:
    """Return the prompt that a file's `text` holds; raise SummarizerError when it lacks a part."""
    before, marker, after = text.partition("[user]\n")
    user, completed, completion = after.partition("[completion]\n")
    system, user = before.strip().removeprefix("[system]").strip(), user.strip()
    if not completed:
        completion = "\n\n".join(part for part in (system, user, ASKED) if part)
    for heading, part in (("[user]", user if marker else ""), ("[completion]", completion)):
        if part.count(DOCUMENT) != 1:
            msg = f"prompt {name}: needs the line {heading} and, under it, {DOCUMENT} once"
            raise SummarizerError(msg)
    return Prompt(name, system, user, completion.strip())


def _filled(part: str, document: str, sentences: int) -> str:
    number = NUMERALS[sentences - 1] if sentences <= len(NUMERALS) else str(sentences)
    return part.replace(SENTENCES, number).replace(DOCUMENT, document)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"prompt {file}: cannot be read: {error}"
        raise SummarizerError(msg) from error
