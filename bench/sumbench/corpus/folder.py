"""Reads article folders: `article.txt` with `reference-*.txt` beside it, and optionally `about.toml`."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sumbench.corpus import limits
from sumbench.corpus.cells import scalar_text
from sumbench.corpus.languages import reading_language
from sumbench.errors import CorpusError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.natural_order import in_natural_order
from sumbench.records import Document
from sumbench.sentences import split

ARTICLE = "article.txt"
ABOUT = "about.toml"
REFERENCES = "reference-*.txt"


def read_folder(path: Path, language: str = "") -> tuple[Document, ...]:
    """Read the article folder `path`, or every article folder in it sorted by name.

    A subfolder that holds no article but article folders is a corpus of its own (`inner_corpora`) and is not read.
    `language` is that of articles whose about.toml does not say; where it is empty, too, theirs is guessed.
    UTF-8 byte-order marks and carriage returns are dropped. Subfolders whose name begins with a dot are ignored.
    Whatever is missing, empty, duplicate or not UTF-8 raises CorpusError, which names the file.
    """
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if (path / ARTICLE).exists():
        other = next((folder for folder in folders if (folder / ARTICLE).exists()), None)
        if other is not None:
            raise CorpusError(f"{path}: holds {ARTICLE} and the article folder {other.name}: name the one you mean")
        folders = [path]
    if not folders:
        raise CorpusError(f"{path}: holds neither {ARTICLE} nor a folder with one")
    inner = inner_corpora(path)
    folders = [folder for folder in folders if folder not in inner]
    if not folders:
        names = ", ".join(folder.name for folder in inner)
        raise CorpusError(f"{path}: its article folders lie deeper, in {names}: name the folder that holds them")
    return tuple(_documents(folders, language))


def inner_corpora(path: Path) -> list[Path]:
    """Return the subfolders of `path`, by name, that hold no article themselves but folders with articles."""
    return sorted(
        folder
        for folder in path.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(".")
        and not (folder / ARTICLE).exists()
        and any((inner / ARTICLE).exists() for inner in folder.iterdir() if inner.is_dir())
    )


def _documents(folders: list[Path], language: str) -> Iterator[Document]:
    homes: dict[str, Path] = {}
    for folder in folders:
        document = read_article(folder, language)
        if document.id in homes:
            raise CorpusError(
                f"{folder}: has the id {document.id!r} of {homes[document.id]}: change `id` in its {ABOUT}"
            )
        homes[document.id] = folder
        yield document


def read_article(folder: Path, language: str = "") -> Document:
    """Read one article folder; `language` is that of an article whose about.toml does not say.

    `about.toml` may give `id` (else the folder's name), `title` and `language`; its other keys become metadata.
    A reference written on one line is split into sentences; otherwise its lines are its sentences.
    """
    text = _text(folder / ARTICLE)
    files = in_natural_order(folder.glob(REFERENCES))
    if not files:
        raise CorpusError(f"{folder}: no {REFERENCES} beside {ARTICLE}: write at least one reference summary")
    about = _about(folder / ABOUT)
    said = _language(folder / ABOUT, about.pop("language", "")) or language
    references = [_text(file) for file in files]
    read_in = reading_language(said, text, references)
    return Document(
        id=about.pop("id", folder.resolve().name),
        text=text,
        references=tuple(_one_sentence_a_line(reference, read_in) for reference in references),
        title=about.pop("title", folder.resolve().name),
        language=said,
        metadata=about,
    )


def _language(file: Path, said: str) -> str:
    try:
        return canonical(said or "und")
    except UnknownLanguageError as error:
        raise CorpusError(f"{file}: language: {error}") from None


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
    if len(text) > limits.LONGEST_TEXT:
        raise limits.too_long_a_text(text, str(file))
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
    return {key: str(value) if (text := scalar_text(value)) is None else text for key, value in about.items()}
