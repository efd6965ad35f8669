"""Flags that several commands share: which documents of a corpus, and which columns of a table."""

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
    group.add_argument("--language-column", metavar="NAME", help="a table's column of languages ('': none)")
    group.add_argument(
        "--language",
        metavar="NAME",
        help="the language of documents that do not say theirs: German, de, deu, zh-Hant (default: guessed)",
    )


def corpus(arguments: argparse.Namespace) -> str | None:
    """Return the corpus that the command line names, with what its flags say of it; None where there is none.

    Raises UsageError for such flags without a corpus.
    """
    from sumbench.errors import UsageError

    named: str | None = arguments.corpus
    if named is not None:
        return described(named, arguments)
    flags = ("document_column", "reference_column", "id_column", "language_column", "language")
    if said := next((flag for flag in flags if getattr(arguments, flag) is not None), None):
        raise UsageError(f"--{said.replace('_', '-')} needs a corpus to be named")
    return None


def described(name: str, arguments: argparse.Namespace) -> str:
    """Return the corpus name with the columns and the language that the command line's flags name."""
    from sumbench.corpus import with_columns

    flags = (
        arguments.document_column,
        arguments.reference_column,
        arguments.id_column,
        arguments.language_column,
        arguments.language,
    )
    return name if all(flag is None for flag in flags) else with_columns(name, *flags)
