"""Documents, references and systems' outputs from .jsonl files, one JSON object a line."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.corpus.corpus import Corpus
from bench.errors import CorpusError
from bench.records import Document

TEXT = ("document", "article", "dialogue", "text", "source")
REFERENCES = ("references", "reference", "summary", "highlights", "target")
OUTPUT = ("output", "prediction", "hypothesis", "summary")
ID = "id"
SYSTEMS = "systems"


@dataclass(frozen=True)
class Row:
    """A line of a .jsonl file, with the place that errors name."""

    where: str
    values: Mapping[str, Any]

    def texts(self, names: Sequence[str], what: str) -> tuple[str, ...]:
        """Return the text, or list of texts, under the first of `names` that the row has."""
        for name in names:
            if name in self.values:
                found = self.values[name]
                texts = (found,) if isinstance(found, str) else found
                if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
                    raise CorpusError(f"{self.where}: {name} is neither a text nor a list of texts")
                return tuple(self._sound(text, name) for text in texts)
        has = ", ".join(self.values) or "nothing"
        raise CorpusError(f"{self.where}: no {what}: needs one of {', '.join(names)}, has {has}")

    def text(self, names: Sequence[str], what: str) -> str:
        """Return the one text under the first of `names` that the row has."""
        texts = self.texts(names, what)
        if len(texts) != 1:
            raise CorpusError(f"{self.where}: {len(texts)} texts where one {what} is wanted")
        return texts[0]

    def _sound(self, text: str, name: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{self.where}: {name} holds half a surrogate pair (character {error.start + 1}): no Unicode text"
            ) from None
        return text

    def outputs(self) -> dict[str, str]:
        """Return the row's outputs by system; the system of a row with a single output is ""."""
        if SYSTEMS not in self.values:
            return {"": self.text(OUTPUT, "output")}
        found = self.values[SYSTEMS]
        if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
            raise CorpusError(f"{self.where}: {SYSTEMS} is no object of texts")
        return {system: self._sound(text, f"{SYSTEMS}, {system}") for system, text in found.items()}

    def id(self, default: str) -> str:
        """Return the row's id as a text."""
        value = self.values.get(ID, default)
        if not isinstance(value, str | int):
            raise CorpusError(f"{self.where}: id is neither a text nor a number")
        return str(value)


def rows(file: Path) -> Iterator[Row]:
    """Read a .jsonl file line by line; blank lines are passed over.

    Raises CorpusError with the line's number for one that is no JSON object or not UTF-8.
    """
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield Row(f"{file}, line {number}", _object(line, f"{file}, line {number}"))
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


def _object(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CorpusError(f"{where}: not UTF-8") from None
    except ValueError as error:
        raise CorpusError(f"{where}: no JSON: {error}") from None
    if not isinstance(value, dict):
        raise CorpusError(f"{where}: no JSON object, but a {type(value).__name__}")
    return value


def read(file: Path, name: str, *, needs_text: bool = True) -> Corpus:
    """Read a corpus: id (else the row's number), a document, and one reference or a list of them a line.

    Texts are taken as they stand; a newline in a reference ends a sentence. Without `needs_text` the documents' own
    texts may be missing or empty, as where only references and outputs were published.
    """
    documents = []
    for number, row in enumerate(rows(file), 1):
        references = row.texts(REFERENCES, "reference")
        if not references or not all(text.strip() for text in references):
            raise CorpusError(f"{row.where}: a reference is missing or empty")
        text = row.text(TEXT, "document") if needs_text or any(key in row.values for key in TEXT) else ""
        if needs_text and not text.strip():
            raise CorpusError(f"{row.where}: the document is empty")
        language = row.values.get("language", "en")
        documents.append(Document(row.id(str(number)), text, references, language=str(language)))
    if not documents:
        raise CorpusError(f"{file}: holds no rows")
    return Corpus(name, tuple(documents))


def outputs(file: Path) -> dict[str, dict[str, str]]:
    """Read systems' outputs: by system, then by document id.

    A row has either `systems`, an object of texts by system name, or one output of the system "" (the file's own).
    """
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows(file), 1):
        identifier = row.id(str(number))
        for system, text in row.outputs().items():
            texts = found.setdefault(system, {})
            if identifier in texts:
                raise CorpusError(f"{row.where}: id {identifier!r} comes twice")
            texts[identifier] = text
    return found
