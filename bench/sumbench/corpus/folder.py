"""Reads article folders: `article.txt` with `reference-*.txt` beside it, and optionally `about.toml`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sumbench.corpus.corpus import Corpus
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.sentences import split

ARTICLE = "article.txt"
ABOUT = "about.toml"
REFERENCES = "reference-*.txt"


def read_folder(path: Path, name: str) -> Corpus:
    """Read the article folder `path`, or every article folder in it sorted by name, as the corpus `name`.

    UTF-8 byte-order marks and carriage returns are dropped. Subfolders whose name begins with a dot are ignored.
    Whatever is missing, empty, duplicate or not UTF-8 raises CorpusError, which names the file.
    """
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if (path / ARTICLE).exists():
        inner = next((folder for folder in folders if (folder / ARTICLE).exists()), None)
        if inner is not None:
            raise CorpusError(f"{path}: holds {ARTICLE} and the article folder {inner.name}: name the one you mean")
        folders = [path]
    if not folders:
        raise CorpusError(f"{path}: holds neither {ARTICLE} nor a folder with one")
    return Corpus(name, tuple(_documents(folders)))


def _documents(folders: list[Path]) -> Iterator[Document]:
    homes: dict[str, Path] = {}
    for folder in folders:
        document = read_article(folder)
        if document.id in homes:
            raise CorpusError(
                f"{folder}: has the id {document.id!r} of {homes[document.id]}: change `id` in its {ABOUT}"
            )
        homes[document.id] = folder
        yield document


def read_article(folder: Path) -> Document:
    """Read one article folder.

    `about.toml` may give `id` (else the folder's name), `title` and `language`; its other keys become metadata.
    A reference written on one line is split into sentences; otherwise its lines are its sentences.
    """
    text = _text(folder / ARTICLE)
    files = sorted(folder.glob(REFERENCES), key=_by_number)
    if not files:
        raise CorpusError(f"{folder}: no {REFERENCES} beside {ARTICLE}: write at least one reference summary")
    about = _about(folder / ABOUT)
    language = about.pop("language", "en")
    return Document(
        id=about.pop("id", folder.resolve().name),
        text=text,
        references=tuple(_one_sentence_a_line(_text(file), language) for file in files),
        title=about.pop("title", folder.resolve().name),
        language=language,
        metadata=about,
    )


def _by_number(file: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", file.name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _text(file: Path) -> str:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CorpusError(f"{file}: no such file") from None
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None
    if not text.strip():
        raise CorpusError(f"{file}: holds no text")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _one_sentence_a_line(text: str, language: str) -> str:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return "\n".join(split(lines[0], language) if len(lines) == 1 else lines)


def _about(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        about = tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{file}: no valid TOML: {error}") from None
    for key in ("id", "title", "language"):
        if not isinstance(about.get(key, ""), str) or about.get(key) == "":
            raise CorpusError(f"{file}: {key} must be a text in quotes")
    return {key: value if isinstance(value, str) else str(value) for key, value in about.items()}
