"""`sumbench corpora`: what can be summarized."""

import argparse
import sys
from typing import TYPE_CHECKING

from sumbench.cli import selecting

if TYPE_CHECKING:
    from sumbench.tables.model import Table

HELP = "list the corpora, show one, or check what is in it"

CHECK = "check"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this corpus; or `check`, to look through one")
    parser.add_argument("corpus", nargs="?", metavar="CORPUS", help="with check: a folder, table, hub:NAME or preset")
    selecting.add_columns(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the table of corpora, of one of them, or of what is in one."""
    from sumbench.tables.terminal import render

    sys.stdout.write(render(_table(arguments)))
    return 0


def _table(arguments: argparse.Namespace) -> "Table":
    from sumbench.corpus import open_source
    from sumbench.corpus import presets
    from sumbench.corpus.check import check_documents
    from sumbench.errors import UsageError
    from sumbench.tables.corpora import check_table
    from sumbench.tables.corpora import preset_table
    from sumbench.tables.listings import corpora_table

    if arguments.name == CHECK:
        name = selecting.corpus(arguments)
        if name is None:
            raise UsageError("corpora check: name the corpus: sumbench corpora check CORPUS")
        source = open_source(name, strict=False)
        return check_table(source.name, check_documents(source.documents))
    if arguments.corpus is not None:
        raise UsageError(f"corpora {arguments.name} {arguments.corpus}: did you mean: sumbench corpora check CORPUS?")
    if arguments.name is None:
        return corpora_table()
    if arguments.name not in presets():
        source = open_source(arguments.name, strict=False)
        return check_table(source.name, check_documents(source.documents))
    return preset_table(presets()[arguments.name])
