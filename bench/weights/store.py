"""The store of model weights: every model ends here as an ordinary Hugging Face folder, verified by sha256."""

import os
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from bench.errors import WeightsError
from bench.weights.progress import Progress
from bench.weights.progress import Silent
from bench.weights.progress import on_stderr


@dataclass(frozen=True)
class Store:
    """Model weights under `home`.

    A model is named by its catalog name, by a local Hugging Face folder, or by a hub id.
    With `offline`, what is missing is an error instead of a download.
    """

    home: Path
    offline: bool = False
    progress: Progress = field(default_factory=Silent)

    @classmethod
    def default(cls, *, offline: bool = False, quiet: bool = False) -> "Store":
        """Return the user's store: `$SUMBENCH_HOME`, else the folder "sumbench" in the user's cache."""
        if home := os.environ.get("SUMBENCH_HOME"):
            return cls(Path(home).expanduser(), offline, on_stderr(quiet=quiet))
        from platformdirs import user_cache_path

        return cls(user_cache_path("sumbench", appauthor=False), offline, on_stderr(quiet=quiet))

    def folder(self, name: str) -> Path:
        """Return the verified folder of the model `name`, fetching it first where it is missing."""
        raise WeightsError(f"weights {name!r} cannot be fetched yet")

    def fingerprint(self, name: str) -> str:
        """Return the sha256 of the model `name` as it is kept."""
        raise WeightsError(f"weights {name!r} cannot be fetched yet")

    def origin(self, name: str) -> str:
        """Return in one line where the kept model `name` was taken from."""
        raise WeightsError(f"weights {name!r} cannot be fetched yet")

    def installed(self, name: str) -> bool:
        """Tell whether the model `name` is in the store (not whether its files are intact)."""
        return False

    def verify(self, name: str) -> None:
        """Check every kept file of the model `name`; raise WeightsError for the first that is missing or changed."""

    def remove(self, name: str) -> None:
        """Delete the model `name` from the store, if it is there."""
