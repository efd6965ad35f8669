"""The store of model weights: each model is an ordinary Hugging Face folder, verified by sha256."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.home import home
from sumbench.progress import on_stderr
from sumbench.weights import code
from sumbench.weights import licences
from sumbench.weights import local
from sumbench.weights import manifest
from sumbench.weights.fetch import fetch_model
from sumbench.weights.hashing import HashCache
from sumbench.weights.layout import StoreLayout

SHARED = "SUMBENCH_WEIGHTS_FROM"
"""The environment variable with the address or folder of a shared store."""


@dataclass(frozen=True)
class Store(StoreLayout):
    """Model weights under `home`.

    A model is named by its catalog name, by a local Hugging Face folder (used where it is), or by a hub id
    (`OWNER/NAME`, or `OWNER/NAME@REVISION`; without a revision, the commit that is newest when it is first fetched).
    With `offline`, what is missing is an error instead of a download.
    """

    @classmethod
    def default(
        cls, *, offline: bool = False, quiet: bool = False, trusted: Iterable[str] = (), shared: str | None = None
    ) -> "Store":
        """Return the user's store: `$SUMBENCH_HOME`, else the folder "sumbench" in the user's cache.

        `shared` is the address or folder of a store to fetch from before anywhere else; by default
        `$SUMBENCH_WEIGHTS_FROM`.
        """
        return cls(
            home(), offline, on_stderr(quiet=quiet), trusted=frozenset(trusted), shared=shared or os.environ.get(SHARED)
        )

    def folder(self, name: str) -> Path:
        """Return the folder of the model `name`, every file of it verified; fetch the model first where it is missing.

        A file that was hashed before and is unchanged since is not hashed again.
        Raises WeightsError when the model cannot be fetched or a file is damaged.
        """
        if self.is_local(name):
            local.check_local_model(Path(name))
            return Path(name)
        folder = self.model_folder(name)
        if self._recorded(name) is None or (self.trusts(name) and code.missing_code(folder)):
            if self.offline:
                flag = f"--trust-remote-code {name} " if self.trusts(name) else ""
                msg = f"weights {name!r} are not in the store {self.home}, and nothing is fetched offline: "
                msg += f"sumbench weights pull {flag}{name}"
                raise WeightsError(msg)
            self.pull(name)
        else:
            self._check(name, HashCache.load(self.home).sha256)
        return folder

    def pull(self, name: str) -> Path:
        """Fetch the model `name` where it is missing or damaged, and return its folder.

        Raises WeightsError with the reason of every source that was tried.
        """
        if manifest.DERIVED_MARK in name and not self.is_local(name):
            raise WeightsError(f"{name!r} is not fetched: it is made of another model by the system that needs it")
        return Path(name) if self.is_local(name) else fetch_model(self, name)

    def accept(self, licence: str) -> str:
        """Record that the user accepts the terms of a licence of the catalog (Gemma, …); return its exact name.

        Raises UsageError for a licence that no model requires to be accepted.
        """
        return licences.accept_licence(self.home, licence, self.models.values())

    def fingerprint(self, name: str) -> str:
        """Return the sha256 of the stored model `name`: of the list of its files' sha256."""
        if self.is_local(name):
            folder = Path(name)
            files = local.local_model_files(folder, with_code=self.trusts(name))
            return manifest.combined_sha256(manifest.hash_files(folder, files, HashCache.load(self.home).sha256))
        return self._manifest(name).fingerprint

    def origin(self, name: str) -> str:
        """Return in a few words where the stored model `name` came from."""
        return f"the folder {Path(name).resolve()}" if self.is_local(name) else self._manifest(name).origin

    def installed(self, name: str) -> bool:
        """Tell whether the model `name` is in the store or local (not whether its files are intact)."""
        return self.is_local(name) or (self.model_folder(name) / manifest.MANIFEST_FILE).is_file()

    def verify(self, name: str) -> None:
        """Hash every file of the stored model `name`; raise WeightsError for the first that is missing or changed.

        Files of a model that the catalog pins must have the sha256 of the catalog, too, whatever was recorded beside
        them when they were fetched. Those that were converted (from GGUF) are only recorded beside them.
        """
        if self.is_local(name):
            local.check_local_model(Path(name))
            return
        self._check(name, sha256)

    def _check(self, name: str, hasher: manifest.Hasher) -> None:
        folder, kept = self.model_folder(name), self._manifest(name)
        if fault := self._unlike_catalog(name, kept) or manifest.find_damage(folder, kept, hasher):
            raise _damaged(name, folder / fault)

    def _unlike_catalog(self, name: str, kept: manifest.WeightsManifest) -> str | None:
        """Return which file of a stored model is not recorded with the catalog's sha256, None where all are."""
        model = self.models.get(name)
        if model is None or model.format == "gguf":
            return None
        for path, expected in model.files.items():
            if kept.files.get(path) != expected:
                return f"{path} is not that of the catalog"
        return None

    def names(self) -> list[str]:
        """Return the names of all models in the store, sorted."""
        return sorted(_name(self, file.parent) for file in self.home.glob(f"weights/*/{manifest.MANIFEST_FILE}"))

    def _manifest(self, name: str) -> manifest.WeightsManifest:
        kept = self._recorded(name)
        if kept is None:
            msg = f"weights {name!r} are not in the store {self.home}: sumbench weights pull {name}"
            raise WeightsError(msg)
        return kept

    def _recorded(self, name: str) -> manifest.WeightsManifest | None:
        """Return the manifest of a stored model, None where there is none; raise WeightsError for a damaged one."""
        try:
            return manifest.read_weights_manifest(self.model_folder(name))
        except WeightsError as error:
            raise _damaged(name, error) from error


def _name(layout: StoreLayout, folder: Path) -> str:
    """Return the name of a stored model: the recorded one, else the one that its folder tells."""
    try:
        kept = manifest.read_weights_manifest(folder)
    except WeightsError:
        kept = None
    return kept.name if kept else layout.name_of(folder)


def _damaged(name: str, fault: object) -> WeightsError:
    pull = f"fetch them again: sumbench weights pull {name}"
    mend = "the next run makes them again" if manifest.DERIVED_MARK in name else pull
    return WeightsError(f"weights {name!r} are damaged: {fault}; {mend}")
