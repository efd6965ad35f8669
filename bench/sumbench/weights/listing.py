"""Lists the models of the catalog and the store, for `sumbench weights list`."""

from typing import NamedTuple

from sumbench.errors import WeightsError
from sumbench.weights.catalog import Model
from sumbench.weights.licences import accepted_licences
from sumbench.weights.store import Store


class ListedModel(NamedTuple):
    """A model: its download size in bytes (None where only the hub knows it) and whether it is in the store.

    The description ends with the corpora that the model was trained on, the languages it was trained for, and the
    licence to be accepted.
    `parameters` is None where it is not known. `accepted` is None for a licence that need not be accepted.
    """

    name: str
    kind: str
    licence: str
    download: int | None
    installed: bool
    description: str
    parameters: int | None = None
    trained_on: tuple[str, ...] = ()
    terms: str = ""
    accepted: bool | None = None


def list_models(store: Store) -> list[ListedModel]:
    """Return the catalog's models, then the store's other models."""
    agreed = accepted_licences(store.home)
    known = [
        ListedModel(
            model.name,
            model.kind,
            model.licence,
            model.download,
            store.installed(model.name),
            _described(model, agreed=model.licence in agreed),
            model.parameters,
            model.trained_on,
            model.terms,
            model.licence in agreed if model.terms else None,
        )
        for model in store.models.values()
    ]
    others = [name for name in store.names() if name not in store.models]
    return known + [
        ListedModel(name, "", "", None, installed=True, description=_origin(store, name)) for name in others
    ]


def _origin(store: Store, name: str) -> str:
    try:
        return store.origin(name)
    except WeightsError:
        return "damaged: sumbench weights verify says how"


def _described(model: Model, *, agreed: bool) -> str:
    parts = [model.description]
    if model.trained_on:
        parts.append(f"trained on {', '.join(model.trained_on)}")
    if model.languages:
        parts.append(f"for {', '.join(model.languages)}")
    if model.terms and not agreed:
        parts.append(f"needs --accept-license {model.licence}")
    return "; ".join(parts)


def find_damaged_models(store: Store, names: list[str]) -> list[str]:
    """Verify the named models (none named: all in the store); return a message for each that is damaged."""
    faults = []
    for name in names or store.names():
        try:
            store.verify(name)
        except WeightsError as error:
            faults.append(str(error))
    return faults
