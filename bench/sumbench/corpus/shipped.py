"""The corpora that ship with sumbench: folders of articles, each told from the others by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sumbench.languages import ENGLISH

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ShippedCorpus:
    """A corpus that ships: its `folder`, and what a listing says of it.

    `language` is that of articles whose about.toml does not say; where it is empty, every one says its own.
    """

    what: str
    folder: str
    licence: str
    language: str = ""

    @property
    def path(self) -> Path:
        """The folder: at the top of a checkout, inside the package when it was installed from a wheel."""
        top = _PACKAGE.parents[1]
        return (top if (top / "pyproject.toml").exists() else _PACKAGE / "_data") / self.folder


SHIPPED: Mapping[str, ShippedCorpus] = MappingProxyType(
    {
        "references": ShippedCorpus(
            "forty articles of many genres and lengths, three or four references each",
            "references",
            "CC BY 4.0",
            ENGLISH,
        ),
        "languages": ShippedCorpus(
            "sixteen articles, two each in ar, de, es, hi, ja, ru, tr and zh, with two references each",
            "references/languages",
            "CC BY 4.0",
        ),
    }
)
"""The corpora that come with sumbench, by name."""
