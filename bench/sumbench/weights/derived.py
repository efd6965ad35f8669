"""What is made of a model once and kept beside it in the store, such as its weights in another number format."""

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
    """Return the folder of what `make` makes of a model, of some `kind` (a word for its name in the store).

    It is made again where a file is not what it was, the model has changed, or `how` it is made, which stands in the
    manifest. A process that is killed while it makes one leaves nothing behind that is taken for whole.
    Raises WeightsError when it cannot be kept.
    """
    sha256 = store.fingerprint(model)
    # A folder of the user's own may share its name with others, so its content is in the name.
    stem = f"{Path(model).resolve().name}-{sha256[:12]}" if store.own(model) else store.place(model).name
    place = store.home / "weights" / f"{stem}{DERIVED_MARK}{kind}"
    origin = f"made of {model} (sha256 {sha256}): {how}"
    try:
        with exclusive(store, place) as workshop:
            if not is_intact(place, origin):
                made = workshop / "model"
                with store.progress.task(f"{place.name}: {how}, once"):
                    make(made)
                manifest.write_weights_manifest(made, place.name, origin)
                move_into_store(place, made, workshop)
    except OSError as error:
        msg = f"{place.name} cannot be kept in {store.home}: {error.strerror or error}"
        raise WeightsError(msg) from error
    return place
