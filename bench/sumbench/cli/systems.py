"""`sumbench systems`: lists systems and checkpoints, or shows one."""

import argparse
import sys
from typing import TYPE_CHECKING

from sumbench.cli.examples import Example

if TYPE_CHECKING:
    from sumbench.tables.model import Table

HELP = "list the systems and the checkpoints of the catalog, or show one"

EXAMPLES = (
    Example("the systems with their options, and the models of the catalog", "sumbench systems"),
    Example("one system in full", "sumbench systems textrank"),
    Example("one model: size, licence, training corpora, whether it is at hand", "sumbench systems bart-large-cnn"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("name", nargs="?", metavar="NAME", help="show this system or checkpoint in full")


def run(arguments: argparse.Namespace) -> int:
    """Print the tables of systems and checkpoints, or those of one of them."""
    from sumbench.tables.terminal import render

    sys.stdout.write("\n".join(render(table) for table in _tables(arguments.name)))
    return 0


def _tables(name: str | None) -> "list[Table]":
    from sumbench.errors import UsageError
    from sumbench.registry import unknown
    from sumbench.systems import REGISTRY
    from sumbench.systems.naming import FAMILIES
    from sumbench.tables import systems
    from sumbench.weights import Store
    from sumbench.weights.catalog import catalog
    from sumbench.weights.catalog import find_model
    from sumbench.weights.licences import accepted_licences

    if name is None:
        return [systems.systems_table(), systems.checkpoints_table(catalog().values())]
    tables = [systems.system_table(name)] if name in REGISTRY else []
    model = find_model(name)
    if model is not None and model.kind not in FAMILIES:
        raise UsageError(f"{name} is a model that checks summaries, and no system: sumbench metrics lists what for")
    if model is not None:
        store = Store.default()
        agreed = model.licence in accepted_licences(store.home)
        checkpoint = systems.checkpoint_table(model, at_hand=store.installed(model.name), accepted=agreed)
        tables = [checkpoint, *(tables or [systems.system_table(FAMILIES[model.kind])])]
    if not tables:
        raise unknown("system or checkpoint", name, [*REGISTRY, *catalog()], listed_by="sumbench systems")
    return tables
