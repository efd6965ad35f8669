"""Derived models: converted once from a stored model (to another number format, say) and kept beside it."""

from collections.abc import Callable
from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.weights import manifest
from sumbench.weights.fetch import exclusive
from sumbench.weights.fetch import is_intact
from sumbench.weights.fetch import move_into_store
from sumbench.weights.manifest import DERIVED_MARK
from sumbench.weights.store import Store


def derived_folder(store: Store, model: str, kind: str, how: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of the model that `make` derives from a stored one; `kind` becomes part of its name.

    It is made again when a file is damaged, the original model has changed, or `how` (in the manifest) differs.
    A process that is killed meanwhile leaves nothing behind that counts as intact. Raises WeightsError when it cannot
    be stored.
    """
    sha256 = store.fingerprint(model)
    # A user's folder may have the same name as another one, so the name holds its checksum.
    stem = f"{Path(model).resolve().name}-{sha256[:12]}" if store.is_local(model) else store.model_folder(model).name
    folder = store.home / "weights" / f"{stem}{DERIVED_MARK}{kind}"
    origin = f"made of {model} (sha256 {sha256}): {how}"
    try:
        with exclusive(store, folder) as scratch:
            if not is_intact(folder, origin):
                staging = scratch / "model"
                with store.progress.task(f"{folder.name}: {how}, once"):
                    make(staging)
                manifest.write_weights_manifest(staging, folder.name, origin)
                move_into_store(folder, staging, scratch)
    except OSError as error:
        msg = f"{folder.name} cannot be kept in {store.home}: {error.strerror or error}"
        raise WeightsError(msg) from error
    return folder
