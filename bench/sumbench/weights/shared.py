"""A store of weights that machines share: a folder, or an address (`s3://bucket/sumbench`), laid out as a store.

Models are copied from it into each machine's own store, once, and verified there.
"""

from pathlib import Path

from sumbench.errors import StorageError
from sumbench.errors import WeightsError
from sumbench.storage import Address
from sumbench.storage import Objects
from sumbench.storage import is_address
from sumbench.weights import manifest
from sumbench.weights.manifest import WeightsManifest


def shown(store: str) -> str:
    """Return a shared store's name for readers: without what is secret in it."""
    return str(_address(store))


def _address(store: str) -> Address:
    return Address.parse(store if is_address(store) else f"file://{Path(store).expanduser().absolute()}")


def _objects(store: str, folder: str) -> Objects:
    return Objects(_address(store) / "weights" / folder)


def shared_manifest(store: str, folder: str) -> WeightsManifest | None:
    """Return the manifest of a model's folder in a shared store, None where it is not there.

    Raises WeightsError for a store that cannot be reached.
    """
    objects = _objects(store, folder)
    try:
        content = objects.read(manifest.MANIFEST_FILE)
    except StorageError as error:
        raise WeightsError(str(error)) from error
    return (
        None
        if content is None
        else manifest.parse_weights_manifest(content, f"{objects.address}/{manifest.MANIFEST_FILE}")
    )


def fetch_files(store: str, folder: str, kept: WeightsManifest, staging: Path) -> None:
    """Fetch a model's files into `staging`; raise WeightsError where one is not as its manifest records it."""
    objects = _objects(store, folder)
    staging.mkdir(parents=True, exist_ok=True)
    try:
        for path in kept.files:
            objects.get(path, staging / path)
    except StorageError as error:
        raise WeightsError(str(error)) from error
    if fault := manifest.find_damage(staging, kept):
        raise WeightsError(f"{objects.address}: is damaged: {fault}")


def push_model(store: str, folder: Path) -> str:
    """Put a stored model's folder into a shared store, and return its address there; what is there already stays.

    Its manifest comes last: a model without one is not there. Raises WeightsError.
    """
    kept = manifest.read_weights_manifest(folder)
    if kept is None:
        raise WeightsError(f"{folder}: holds no model")
    objects = _objects(store, folder.name)
    try:
        if shared_manifest(store, folder.name) != kept:
            objects.remove(manifest.MANIFEST_FILE)
            for path in (*kept.files, manifest.MANIFEST_FILE):
                objects.put(path, folder / path)
    except StorageError as error:
        raise WeightsError(str(error)) from error
    return str(objects.address)
