"""Parses a corpus name with options: `NAME[,key=value…]`; see `spec_text` for names and values with commas."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from types import MappingProxyType

from sumbench.corpus.columns import Columns
from sumbench.corpus.conventions import CONVENTIONS
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.rows import is_table
from sumbench.errors import UsageError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.registry import unknown
from sumbench.spec_text import items
from sumbench.spec_text import joined_items
from sumbench.spec_text import longest_path
from sumbench.spec_text import names_a_path
from sumbench.spec_text import pieces
from sumbench.spec_text import quoted
from sumbench.spec_text import quoted_beginning
from sumbench.spec_text import unquoted

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "document": "the column of the documents",
        "reference": "the column of the references, or several with + between them (one that has a + in quotes)",
        "id": "the column of the ids",
        "language": "the language of documents whose row does not say: a name (German) or a code (de, deu, zh-Hant)",
        "language_column": "the column of the languages; language_column= for none of those with a usual name",
        "sentences": f"how references are cut into sentences, one of {', '.join(CONVENTIONS)}",
        "merge": "yes: rows in succession with the same document are one document with several references",
        "config": "the data set's configuration on the hub",
        "split": "the data set's split",
        "folder": "the folder of the data set's repository that holds the splits",
        "revision": "the data set's commit, tag or branch on the hub",
        "path": "a preset's data set in a local folder",
    }
)

REFERENCE = "reference"

HUB_PREFIX = "hub:"
"""What a name begins with that is one of the Hugging Face hub."""

HUB_ONLY = ("config", "split", "folder", "revision", "path")


@dataclass(frozen=True)
class Spec:
    """A corpus name and its options, as given on the command line.

    Of the options only `reference` has its quotes still, as it may name several columns. The spec as a text means the
    same wherever it is read: what has commas is quoted there, so that no file needs to exist.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = (f"{key}={value if key == REFERENCE else quoted(value)}" for key, value in self.options.items())
        return ",".join((quoted(self.name), *told))

    @property
    def language(self) -> str:
        """The code of the language that the options say, "" for none; raises UsageError for an unknown one."""
        said = self.options.get("language", "und")
        try:
            return canonical(said)
        except UnknownLanguageError as error:
            raise UsageError(f"corpus {self}: language={said}: {error}") from None

    def refuse_options(self, what: str, *taken: str) -> None:
        """Raise UsageError for an option that `what` the name means does not take: all but those that are `taken`."""
        idle = next((key for key in self.options if key not in taken), None)
        if idle is not None:
            none = f"no option but {taken[0]}=…" if taken else "no options"
            raise UsageError(f"corpus {self}: {what} takes {none}: leave out {idle}=…")

    def table_reader(self, *, sentences: str, needs_text: bool = True, strict: bool = True) -> DocumentReader:
        """Return the reader of a table; raise UsageError for an option that only a data set of the hub takes."""
        given = next((key for key in HUB_ONLY if key in self.options), None)
        if given:
            raise UsageError(f"corpus {self}: {given}=… goes with hub:NAME, not with a table")
        return self.reader(sentences=sentences, needs_text=needs_text, strict=strict)

    def reader(self, *, sentences: str = LINES, needs_text: bool = True, strict: bool = True) -> DocumentReader:
        """Return the reader that the options describe; `sentences` is the default sentence convention."""
        chosen = self.options
        named = chosen.get("sentences", sentences)
        convention(named)
        if chosen.get("merge", "no") not in {"yes", "no"}:
            raise UsageError(f"corpus {self}: merge={chosen['merge']}: give yes or no")
        return DocumentReader(
            Columns(
                chosen.get("document"),
                tuple(items(chosen.get(REFERENCE, ""))),
                chosen.get("id"),
                chosen.get("language_column"),
            ),
            sentences=named,
            language=self.language,
            needs_text=needs_text,
            merge=chosen.get("merge") == "yes",
            strict=strict,
        )


def parse_spec(text: str) -> Spec:
    """Parse `NAME[,key=value…]`; NAME is in quotes, or the longest path that exists, or what the first comma ends.

    Raises UsageError.
    """
    written = quoted_beginning(text)
    name = unquoted(written) if written else _path(text) or text.partition(",")[0]
    rest = text[len(written or name) :].removeprefix(",")
    hint = ": what has a comma goes in double quotes" if '"' not in text else ""
    options: dict[str, str] = {}
    for pair in pieces(rest) if rest else ():
        key, equals, value = pair.lstrip().partition("=")
        if not equals:
            raise UsageError(f"corpus {text!r}: {_no_file(text, name)}{pair!r} is no key=value{hint}")
        if key not in OPTIONS:
            raise UsageError(
                f"corpus {text!r}: {_no_file(text, name)}{unknown('option of a corpus', key, list(OPTIONS))}"
            )
        if key in options:
            raise UsageError(f"corpus {text!r}: {key}=… is given twice")
        options[key] = value if key == REFERENCE else unquoted(value)
    return Spec(name, options)


def _path(text: str) -> str:
    """Return the longest beginning of a text that is a path; "" where there is none. `hub:` may stand before it."""
    end = longest_path(text, prefix=HUB_PREFIX)
    return text[: end or 0]


def _no_file(text: str, name: str) -> str:
    """Return the beginning of an error about an option in what may have been meant as a path with commas."""
    meant = not names_a_path(name) and (is_table(text) or any(mark in text for mark in "/\\"))
    return "there is no such file, and " if meant else ""


def with_columns(  # noqa: PLR0913, PLR0917 - one for each flag
    text: str,
    document: str | None = None,
    references: Sequence[str] | None = None,
    identifier: str | None = None,
    language_column: str | None = None,
    language: str | None = None,
) -> str:
    """Return the corpus name with the columns, and the language, that flags name added as options.

    Raises UsageError for a column whose name cannot be written as an option, and for an unknown language.
    """
    spec = parse_spec(text)
    named = {
        "document": document,
        REFERENCE: joined_items(tuple(references or ())),
        "id": identifier,
        "language_column": language_column,
        "language": said_language(language),
    }
    said = {key: value for key, value in named.items() if value or (key == "language_column" and value is not None)}
    return str(Spec(spec.name, {**spec.options, **said}))


def said_language(language: str | None) -> str:
    """Return the code of the language that a flag says, "" where it is not given; raise UsageError for no language."""
    if language is None:
        return ""
    try:
        return canonical(language)
    except UnknownLanguageError as error:
        raise UsageError(f"--language {language!r}: {error}") from None
