"""Parses a corpus name with options: `NAME[,key=value…]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from types import MappingProxyType

from sumbench.corpus.columns import Columns
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.documents import DocumentReader
from sumbench.errors import UsageError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.plugins import split_options
from sumbench.registry import unknown

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "document": "the column of the documents",
        "reference": "the column of the references, or several with + between them",
        "id": "the column of the ids",
        "language": "the language of documents whose row does not say: a name (German) or a code (de, deu, zh-Hant)",
        "language_column": "the column of the languages; language_column= for none of those with a usual name",
        "sentences": "how references are cut into sentences: lines, split, t, n, q or stop",
        "merge": "yes: rows in succession with the same document are one document with several references",
        "config": "the data set's configuration on the hub",
        "split": "the data set's split",
        "folder": "the folder of the data set's repository that holds the splits",
        "revision": "the data set's commit, tag or branch on the hub",
        "path": "a preset's data set in a local folder",
    }
)

HUB_ONLY = ("config", "split", "folder", "revision", "path")


@dataclass(frozen=True)
class Spec:
    """A corpus name and its options, as given on the command line."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return ",".join((self.name, *(f"{key}={value}" for key, value in self.options.items())))

    @property
    def language(self) -> str:
        """The code of the language that the options say, "" for none; raises UsageError for an unknown one."""
        said = self.options.get("language", "und")
        try:
            return canonical(said)
        except UnknownLanguageError as error:
            raise UsageError(f"corpus {self}: language={said}: {error}") from None

    def reader(self, *, sentences: str = LINES, needs_text: bool = True, strict: bool = True) -> DocumentReader:
        """Return the reader that the options describe; `sentences` is the default sentence convention."""
        chosen = self.options
        reference = chosen.get("reference")
        named = chosen.get("sentences", sentences)
        convention(named)
        if chosen.get("merge", "no") not in {"yes", "no"}:
            raise UsageError(f"corpus {self}: merge={chosen['merge']}: give yes or no")
        return DocumentReader(
            Columns(
                chosen.get("document"),
                tuple(reference.split("+")) if reference else (),
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
    """Parse `NAME[,key=value…]`; a path that exists is a name without options. Raises UsageError."""
    if Path(text).expanduser().exists():
        return Spec(text)
    name, pairs = split_options(text)
    options: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"corpus {text!r}: {pair!r} is no key=value")
        if key not in OPTIONS:
            raise UsageError(f"corpus {text!r}: {unknown('option of a corpus', key, list(OPTIONS))}")
        options[key] = value
    return Spec(name, options)


def with_columns(  # noqa: PLR0913, PLR0917 - one for each flag
    text: str,
    document: str | None = None,
    references: list[str] | None = None,
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
        "reference": "+".join(references or ()),
        "id": identifier,
        "language_column": language_column,
    }
    for column in filter(None, named.values()):
        if "," in column:
            raise UsageError(f"column {column!r}: a comma in a column's name cannot be read: rename the column")
    named["language"] = said_language(language)
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
