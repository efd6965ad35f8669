"""Tells, without network access, whether a corpus would be read from the hub."""

from dataclasses import dataclass
from pathlib import Path

from sumbench.corpus.presets import presets
from sumbench.corpus.spec import HUB_PREFIX
from sumbench.corpus.spec import parse_spec


@dataclass(frozen=True)
class RemoteCorpus:
    """A corpus that would be read from the hub: its name in tables and its data set there.

    `rows` is the size of its split where that is known; with `merged`, several rows may make one document.
    """

    name: str
    hub: str
    rows: int | None = None
    merged: bool = False


def find_remote(corpus: str) -> RemoteCorpus | None:
    """Return what is known of a corpus that would be read from the hub; None for a local one."""
    spec = parse_spec(corpus)
    preset = presets().get(spec.name)
    if "path" in spec.options:
        return None
    if preset is not None and preset.hub:
        same = spec.options.get("config", preset.options.get("config")) == preset.options.get("config")
        rows = preset.sizes.get(spec.options.get("split", preset.options["split"])) if same else None
        merged = {**preset.options, **spec.options}.get("merge") == "yes"
        return RemoteCorpus(preset.label(spec.options), preset.hub, rows, merged)
    home = spec.name.removeprefix(HUB_PREFIX)
    if home == spec.name or home.startswith((".", "~", "/")) or Path(home).is_dir():
        return None
    return RemoteCorpus(home.rpartition("/")[2], home)
