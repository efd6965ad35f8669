"""The store of model weights: every model ends here as an ordinary Hugging Face folder, verified by sha256."""

import os
import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from bench.errors import WeightsError
from bench.progress import Progress
from bench.progress import Silent
from bench.progress import on_stderr
from bench.weights import code
from bench.weights import local
from bench.weights import manifest
from bench.weights.catalog import Model
from bench.weights.catalog import catalog
from bench.weights.hashing import Remembered

HUB_ID = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)


@dataclass(frozen=True)
class Store:
    """Model weights under `home`.

    A model is named by its catalog name, by a local Hugging Face folder (used where it is), or by a hub id
    (`OWNER/NAME`, or `OWNER/NAME@REVISION`; without a revision, the commit that is newest when it is first fetched).
    With `offline`, what is missing is an error instead of a download. `models` is the catalog. Code that a checkpoint
    brings along is fetched and run only for the models that are named in `trusted`.
    """

    home: Path
    offline: bool = False
    progress: Progress = field(default_factory=Silent)
    models: Mapping[str, Model] = field(default_factory=catalog, repr=False, hash=False)
    trusted: frozenset[str] = frozenset()

    @classmethod
    def default(cls, *, offline: bool = False, quiet: bool = False, trusted: Iterable[str] = ()) -> "Store":
        """Return the user's store: `$SUMBENCH_HOME`, else the folder "sumbench" in the user's cache."""
        from platformdirs import user_cache_path

        named = os.environ.get("SUMBENCH_HOME")
        home = Path(named).expanduser().absolute() if named else user_cache_path("sumbench", appauthor=False)
        return cls(home, offline, on_stderr(quiet=quiet), trusted=frozenset(trusted))

    def folder(self, name: str) -> Path:
        """Return the folder of the model `name`, every file of it verified; fetch the model first where it is missing.

        A file that was hashed before and is untouched since is not hashed again.
        Raises WeightsError when it cannot be fetched, or when a file is not what it was.
        """
        if self.own(name):
            local.check(Path(name))
            return Path(name)
        place = self.place(name)
        if manifest.read(place) is None or (self.trusts(name) and code.missing(place)):
            if self.offline:
                flag = f"--trust-remote-code {name} " if self.trusts(name) else ""
                msg = f"weights {name!r} are not in the store {self.home}, and nothing is fetched offline: "
                msg += f"sumbench weights pull {flag}{name}"
                raise WeightsError(msg)
            self.pull(name)
        else:
            self._check(name, Remembered.of(self.home).sha256)
        return place

    def pull(self, name: str) -> Path:
        """Fetch the model `name` where it is missing or damaged, and return its folder.

        Raises WeightsError with the reason of every source that was tried.
        """
        if manifest.DERIVED in name and not self.own(name):
            raise WeightsError(f"{name!r} is not fetched: it is made of another model by the system that needs it")
        from bench.weights.fetch import fetch

        return Path(name) if self.own(name) else fetch(self, name)

    def trusts(self, name: str) -> bool:
        """Tell whether the code that the model `name` brings along may be run."""
        return name in self.trusted

    def accept(self, licence: str) -> str:
        """Remember that the user accepts the terms of a licence of the catalog (Gemma, …); return its exact name.

        Raises UsageError for a licence that no model asks to be accepted.
        """
        from bench.weights import licences

        return licences.accept(self.home, licence, self.models.values())

    def fingerprint(self, name: str) -> str:
        """Return the sha256 of the model `name` as it is kept: of the list of its files' sha256."""
        if self.own(name):
            folder = Path(name)
            files = local.model_files(folder, with_code=self.trusts(name))
            return manifest.digest(manifest.hashes(folder, files, Remembered.of(self.home).sha256))
        return self._kept(name).fingerprint

    def origin(self, name: str) -> str:
        """Return in a few words where the kept model `name` was taken from."""
        return f"the folder {Path(name).resolve()}" if self.own(name) else self._kept(name).origin

    def installed(self, name: str) -> bool:
        """Tell whether the model `name` is at hand (not whether its files are intact)."""
        return self.own(name) or manifest.read(self.place(name)) is not None

    def verify(self, name: str) -> None:
        """Hash every kept file of the model `name`; raise WeightsError for the first that is missing or changed."""
        if self.own(name):
            local.check(Path(name))
            return
        self._check(name, manifest.sha256)

    def _check(self, name: str, hashed: manifest.Hasher) -> None:
        place = self.place(name)
        if fault := manifest.damage(place, self._kept(name), hashed):
            pull = f"fetch them again: sumbench weights pull {name}"
            mend = "the next run makes them again" if manifest.DERIVED in name else pull
            msg = f"weights {name!r} are damaged: {place / fault}; {mend}"
            raise WeightsError(msg)

    def remove(self, name: str) -> None:
        """Delete the model `name` from the store, if it is there; a folder of the user's own is left alone."""
        from bench.weights.fetch import discard

        if not self.own(name):
            discard(self, name)

    def names(self) -> list[str]:
        """Return the names of all models in the store, sorted."""
        kept = (manifest.read(file.parent) for file in self.home.glob(f"weights/*/{manifest.FILE}"))
        return sorted(found.name for found in kept if found)

    def place(self, name: str) -> Path:
        """Return where the store keeps the model `name`; raise WeightsError for a name that means nothing."""
        if name in self.models:
            return self.home / "weights" / name
        if HUB_ID.fullmatch(name) and not name.startswith("."):
            return self.home / "weights" / name.replace("/", "--")
        if manifest.DERIVED in name and "/" not in name and (self.home / "weights" / name).is_dir():
            return self.home / "weights" / name
        from bench.registry import unknown

        hint = unknown("weights", name, list(self.models), listed_by="sumbench weights list")
        msg = f"{hint}; or name a folder, or OWNER/NAME on the hub"
        raise WeightsError(msg)

    def own(self, name: str) -> bool:
        """Tell whether `name` is a folder of the user's own, and no model of the catalog."""
        return bool(name) and name not in self.models and Path(name).is_dir()

    def _kept(self, name: str) -> manifest.Manifest:
        kept = manifest.read(self.place(name))
        if kept is None:
            msg = f"weights {name!r} are not in the store {self.home}: sumbench weights pull {name}"
            raise WeightsError(msg)
        return kept
