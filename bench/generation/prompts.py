"""Prompts: named text files, part of what makes a summary what it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bench.errors import SummarizerError
from bench.registry import unknown

FOLDER = Path(__file__).with_name("prompts")
DOCUMENT = "{document}"
SENTENCES = "{sentences}"
NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Prompt:
    """What a chat model is told: the `system` turn (empty: none) and the `user` turn, which holds `{document}` once.

    `{sentences}` stands for the number of sentences that are asked for, in words up to ten.
    """

    name: str
    system: str
    user: str

    @property
    def fingerprint(self) -> str:
        """The sha256 of both turns."""
        return hashlib.sha256(f"{self.system}\x1f{self.user}".encode()).hexdigest()

    def ask(self, document: str, sentences: int) -> tuple[str, str]:
        """Return the system turn and the user turn that ask for a summary of the text `document`."""
        number = NUMERALS[sentences - 1] if sentences <= len(NUMERALS) else str(sentences)
        user = self.user.replace(SENTENCES, number).replace(DOCUMENT, document)
        return self.system.replace(SENTENCES, number), user


def names() -> list[str]:
    """Return the names of the prompts that ship, sorted."""
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def read(name: str) -> Prompt:
    """Return the prompt of that name, or the one in the file of that path (it ends in .txt).

    The file has the line `[user]` with the user turn under it, and before that, if it wants, `[system]` with the
    system turn. Raises UsageError for an unknown name, SummarizerError for a file that holds no prompt.
    """
    if name.endswith(".txt"):
        return parse(name, _text(Path(name)))
    if name not in names():
        raise unknown("prompt", name, names())
    return parse(name, _text(FOLDER / f"{name}.txt"))


def parse(name: str, text: str) -> Prompt:
    """Return the prompt that a file's `text` holds; raise SummarizerError when it lacks a part."""
    before, marker, user = text.partition("[user]\n")
    if not marker or user.count(DOCUMENT) != 1:
        msg = f"prompt {name}: needs the line [user] and, under it, {DOCUMENT} once"
        raise SummarizerError(msg)
    return Prompt(name, before.strip().removeprefix("[system]").strip(), user.strip())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"prompt {file}: cannot be read: {error}"
        raise SummarizerError(msg) from error
