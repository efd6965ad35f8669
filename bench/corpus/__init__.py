"""Corpora: readers of documents with references, and the presets that ship."""

from pathlib import Path

from bench.corpus import folder
from bench.corpus import rows
from bench.corpus.corpus import Corpus
from bench.errors import CorpusError
from bench.registry import unknown

__all__ = ["PRESETS", "Corpus", "open_corpus"]

_PACKAGE = Path(__file__).resolve().parents[1]

PRESETS: dict[str, str] = {
    "references": "twelve articles of several genres and lengths, three or four references each",
}


def _shipped(name: str) -> Path:
    """Return the folder of a preset: beside the package in a checkout, inside it when installed from a wheel."""
    beside = _PACKAGE.parent / name
    return beside if (beside / "README.md").exists() else _PACKAGE / "_data" / name


def open_corpus(name: str) -> Corpus:
    """Read the corpus that `name` means: a preset, a folder of articles, or a .jsonl file.

    A path wins over a preset of the same name only when it is written as one (`./references`). Raises CorpusError.
    """
    if name in PRESETS:
        return folder.read(_shipped(name), name)
    path = Path(name).expanduser()
    if path.is_dir():
        return folder.read(path, path.resolve().name)
    if path.suffix == ".jsonl":
        return rows.read(path, path.stem)
    if path.exists():
        raise CorpusError(f"{name}: is neither a folder of articles nor a .jsonl file")
    if path.parent == Path():
        raise CorpusError(str(unknown("corpus or folder", name, list(PRESETS), listed_by="sumbench corpora")))
    raise CorpusError(f"{name}: no such folder")
