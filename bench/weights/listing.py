"""What the catalog and the store hold, for a reader."""

from typing import NamedTuple

from bench.weights.store import Store


class Listed(NamedTuple):
    """A model: its size in bytes (on the way, None where only the hub knows) and whether the store has it."""

    name: str
    kind: str
    licence: str
    download: int | None
    installed: bool
    description: str


def listing(store: Store) -> list[Listed]:
    """Return the catalog's models, then what else the store holds."""
    known = [
        Listed(model.name, model.kind, model.licence, model.download, store.installed(model.name), model.description)
        for model in store.models.values()
    ]
    others = [name for name in store.names() if name not in store.models]
    return known + [Listed(name, "", "", None, installed=True, description=store.origin(name)) for name in others]


def damaged(store: Store, names: list[str]) -> list[str]:
    """Verify the named models (none named: all that the store holds); return those that are not whole."""
    from bench.errors import WeightsError

    faults = []
    for name in names or store.names():
        try:
            store.verify(name)
        except WeightsError as error:
            faults.append(str(error))
    return faults
