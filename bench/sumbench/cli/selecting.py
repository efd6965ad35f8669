"""Flags that several commands share: which documents of a corpus, which columns of a table, and what a run keeps."""

import argparse

from sumbench.cli.parsing import ArgumentGroup


def add_arguments(group: ArgumentGroup) -> None:
    """Declare the flags that say which part of a corpus is taken and what a table's columns hold."""
    group.add_argument("--limit", type=int, metavar="N", help="only the first N documents")
    group.add_argument("--sample", type=int, metavar="N", help="N documents drawn by the seed")
    group.add_argument("--ids", metavar="FILE", help="only the documents whose ids stand in FILE, one a line")
    group.add_argument(
        "--filter", action="append", default=[], metavar="KEY=VALUE", help="only documents with this metadata"
    )
    add_columns(group)


def add_columns(group: ArgumentGroup) -> None:
    """Declare the flags that name a table's columns."""
    group.add_argument("--document-column", metavar="NAME", help="a table's column of documents")
    group.add_argument(
        "--reference-column", nargs="+", metavar="NAME", help="a table's column, or columns, of references"
    )
    group.add_argument("--id-column", metavar="NAME", help="a table's column of ids")


def add_no_texts(group: ArgumentGroup) -> None:
    """Declare the flag that keeps texts out of a run's folder."""
    group.add_argument(
        "--no-texts",
        action="store_true",
        help="keep documents and references out of the run's folder, which has their ids and hashes (it still has the "
        "summaries)",
    )


def corpus(arguments: argparse.Namespace) -> str | None:
    """Return the corpus that the command line names, with the columns that its flags name; None where there is none.

    Raises UsageError for columns without a corpus.
    """
    from sumbench.corpus import with_columns
    from sumbench.errors import UsageError

    columns = (arguments.document_column, arguments.reference_column, arguments.id_column)
    if not any(columns):
        named: str | None = arguments.corpus
        return named
    if arguments.corpus is None:
        raise UsageError("--document-column, --reference-column and --id-column need a corpus to be named")
    return with_columns(arguments.corpus, *columns)
