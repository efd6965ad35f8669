"""Presets: corpora.toml read, each data set of the field with what is known about it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_FILE = Path(__file__).parent / "corpora.toml"


@dataclass(frozen=True)
class Preset:
    """A corpus under a short name.

    `hub` is the data set's name on the hub; empty for one that is not had there, and `get` says how then. `options`
    are those of a corpus' name (columns, configuration, split, how sentences are told apart). `sizes` counts the
    rows of each split, `configs` says what other configurations there are, and `pitfalls` what to beware of. `checked`
    says against what these facts were checked; empty for those that were not.
    """

    name: str
    what: str
    hub: str = ""
    get: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    configs: str = ""
    licence: str = ""
    paper: str = ""
    checked: str = ""
    pitfalls: tuple[str, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)

    def label(self, options: Mapping[str, str]) -> str:
        """Return the corpus' name in tables: the preset's, with the configuration and split that `options` change."""
        changed = (options.get(key, "") for key in ("config", "split") if options.get(key) != self.options.get(key))
        return "-".join((self.name, *filter(None, changed)))


@cache
def presets() -> Mapping[str, Preset]:
    """Return the presets by name, in the file's order."""
    content: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text("utf-8"))
    return MappingProxyType(
        {
            name: Preset(name, **{**entry, "pitfalls": tuple(entry.get("pitfalls", ()))})
            for name, entry in content.items()
        }
    )


def preset_name(corpus: str) -> str:
    """Return the name of the preset that a corpus is, named in its own way (`NAME[,key=value…]`), or "".

    The hub's data sets and copies of them are known by their name, whoever's they are: `hub:ccdv/cnn_dailymail` is
    cnn_dailymail.
    """
    name = corpus.partition(",")[0]
    if name in presets():
        return name
    if not name.startswith("hub:"):
        return ""
    last = name.removeprefix("hub:").rstrip("/").rpartition("/")[2]
    return next((key for key, preset in presets().items() if last in {key, preset.hub.rpartition("/")[2]}), "")
