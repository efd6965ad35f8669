"""Presets: known data sets of the field, described in corpora.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sumbench.corpus.spec import HUB_PREFIX
from sumbench.spec_text import quoted_beginning
from sumbench.spec_text import unquoted

_FILE = Path(__file__).parent / "corpora.toml"


@dataclass(frozen=True)
class Preset:
    """A corpus under a short name.

    `hub` is the data set's name on the hub; empty for one that is not there, and then `get` says how to obtain it.
    `options` are those of a corpus name (columns, configuration, split, sentence convention). `sizes` counts the rows
    of each split, `configs` describes the other configurations, and `pitfalls` are warnings. `checked` says against
    what these facts were checked; empty if they were not.
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
    """Return the preset's name for a corpus given as `NAME[,key=value…]`, or "" where it is none.

    Data sets of the hub and copies of them match by their last name, whoever the owner: `hub:ccdv/cnn_dailymail` is
    cnn_dailymail.
    """
    name = unquoted(quoted_beginning(corpus) or corpus.partition(",")[0])
    if name in presets():
        return name
    if not name.startswith(HUB_PREFIX):
        return ""
    last = name.removeprefix(HUB_PREFIX).rstrip("/").rpartition("/")[2]
    return next((key for key, preset in presets().items() if last in {key, preset.hub.rpartition("/")[2] or key}), "")
