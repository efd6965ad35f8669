"""Layout of a store: its folder, its catalog, and how model names map to folders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.registry import unknown
from sumbench.weights import manifest
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import catalog

HUB_ID = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)


@dataclass(frozen=True)
class StoreLayout:
    """Maps model names to folders under `home`.

    `models` is the catalog. Code that a checkpoint ships is fetched and run only for the models named in `trusted`.
    With `offline`, nothing is fetched; `progress` shows what is. `shared` is a store to fetch from first.
    """

    home: Path
    offline: bool = False
    progress: Progress = field(default_factory=Silent)
    models: Mapping[str, Model] = field(default_factory=catalog, repr=False, hash=False)
    trusted: frozenset[str] = frozenset()
    shared: str | None = None

    def model_folder(self, name: str) -> Path:
        """Return the folder of the model `name` in the store; raise WeightsError for an unknown name."""
        if name in self.models:
            return self.home / "weights" / name
        if HUB_ID.fullmatch(name) and not name.startswith("."):
            return self.home / "weights" / name.replace("/", "--")
        if manifest.DERIVED_MARK in name and "/" not in name and (self.home / "weights" / name).is_dir():
            return self.home / "weights" / name
        hint = unknown("weights", name, list(self.models), listed_by="sumbench weights list")
        msg = f"{hint}; or name a folder, or OWNER/NAME on the hub"
        raise WeightsError(msg)

    def name_of(self, folder: Path) -> str:
        """Return the name that a model's folder in the store tells (of a revision, slashes are not told)."""
        name = folder.name
        return name if name in self.models or manifest.DERIVED_MARK in name else name.replace("--", "/", 1)

    def is_local(self, name: str) -> bool:
        """Tell whether `name` is a local folder outside the store, and not a catalog model."""
        return bool(name) and name not in self.models and Path(name).is_dir()

    def trusts(self, name: str) -> bool:
        """Tell whether the code that the model `name` ships may be run."""
        return name in self.trusted
