"""`sumbench corpora`: lists, shows and checks corpora."""

import argparse
import sys
from typing import TYPE_CHECKING

from sumbench.cli import selecting
from sumbench.cli.examples import Example

if TYPE_CHECKING:
    from sumbench.tables.model import Table

HELP = "list the corpora, show one, or check what is in it"

CHECK = "check"

EXAMPLES = (
    Example("the corpora that have names", "sumbench corpora"),
    Example("one of them: source, size, licence, pitfalls", "sumbench corpora cnn_dailymail"),
    Example("what is amiss in your own table", "sumbench corpora check articles.csv --document-column body"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_argument_group("what is shown")
    what.add_argument("name", nargs="?", metavar="NAME", help="show this corpus; or `check`, to look through one")
    what.add_argument("corpus", nargs="?", metavar="CORPUS", help="with check: a folder, table, hub:NAME or preset")
    selecting.add_columns(parser.add_argument_group("columns of a table, and language"))


def run(arguments: argparse.Namespace) -> int:
    """Print the table of corpora, of one of them, or of what is in one."""
    from sumbench.tables.terminal import render

    sys.stdout.write(render(_table(arguments)))
    return 0


def _table(arguments: argparse.Namespace) -> "Table":
    from sumbench.corpus import SHIPPED
    from sumbench.corpus import open_source
    from sumbench.corpus import presets
    from sumbench.corpus.check import check_documents
    from sumbench.errors import UsageError
    from sumbench.tables.corpora import check_table
    from sumbench.tables.corpora import preset_table
    from sumbench.tables.corpora import shipped_table
    from sumbench.tables.listings import corpora_table

    if arguments.name == CHECK:
        name = selecting.corpus(arguments)
        if name is None:
            raise UsageError("corpora check: name the corpus: sumbench corpora check CORPUS")
        source = open_source(name, strict=False)
        return check_table(source.name, check_documents(source.documents), source.notes)
    if arguments.corpus is not None:
        raise UsageError(f"corpora {arguments.name} {arguments.corpus}: did you mean: sumbench corpora check CORPUS?")
    if arguments.name is None:
        return corpora_table()
    if arguments.name in SHIPPED:
        return shipped_table(arguments.name)
    if arguments.name not in presets():
        source = open_source(arguments.name, strict=False)
        return check_table(source.name, check_documents(source.documents), source.notes)
    return preset_table(presets()[arguments.name])
