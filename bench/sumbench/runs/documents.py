"""documents.parquet: the documents of a run with their references, or, without texts, their ids and hashes.

With texts the columns are those of a Document: `id`, `text`, `references` (list of texts), `title`, `language` and
`metadata` (map). Without, they are `id`, `language` and `sha256`: the SHA-256 (hexadecimal) of a document's id,
language, text and references, computed as the fingerprint of a corpus of this document alone. The order is the corpus'.
In a shard's file `position` is the place (from 0) of each document in the whole corpus.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.corpus.corpus import Digest
from sumbench.errors import RunError
from sumbench.records import Document
from sumbench.runs import parquet

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "documents.parquet"

POSITION = "position"
"""The column of a document's place in the whole corpus, in a shard's file."""

_AT_ONCE = 2000


class DocumentWriter:
    """Writes documents.parquet batch by batch."""

    def __init__(self, writer: Any, schema: "pa.Schema", *, texts: bool) -> None:  # noqa: ANN401 - pyarrow has no types
        """Write into an open parquet file of this schema."""
        self._writer, self._schema, self._texts = writer, schema, texts

    def write(self, documents: Sequence[Document], positions: Sequence[int] | None = None) -> None:
        """Write the documents of a batch, those of a shard with their positions."""
        import pyarrow as pa

        for start in range(0, len(documents), _AT_ONCE):
            rows = list(map(self._row, documents[start : start + _AT_ONCE]))
            if positions is not None:
                places = positions[start : start + _AT_ONCE]
                rows = [{**row, POSITION: place} for row, place in zip(rows, places, strict=True)]
            self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))

    def _row(self, document: Document) -> dict[str, Any]:
        if not self._texts:
            return {"id": document.id, "language": document.language, "sha256": document_sha256(document)}
        return {
            "id": document.id,
            "text": document.text,
            "references": list(document.references),
            "title": document.title,
            "language": document.language,
            "metadata": list(document.metadata.items()),
        }


@contextmanager
def writing_documents(file: Path, *, texts: bool, shard: bool = False) -> Iterator[DocumentWriter]:
    """Yield a writer of documents.parquet; the file appears, complete, when the context ends. Raises RunError."""
    import pyarrow as pa

    schema = _schema(texts=texts)
    if shard:
        schema = schema.append(pa.field(POSITION, pa.int64(), nullable=False))
    with parquet.writing_parquet(file, schema) as writer:
        yield DocumentWriter(writer, schema, texts=texts)


def document_sha256(document: Document) -> str:
    """Return the hash that is kept of a document without its texts."""
    digest = Digest()
    digest.add(document)
    return digest.hexdigest()


def read_ids(file: Path) -> tuple[str, ...]:
    """Read the documents' ids, in order; raise RunError for a file that is missing or damaged."""
    table = _checked(parquet.read_parquet(file, ["id"]), file, ("id",))
    ids = tuple(table.column("id").to_pylist())
    seen: set[str] = set()
    for number, each in enumerate(ids, 1):
        seen.add(each)
        if len(seen) < number:
            raise RunError(f"{file}: two documents have the id {each!r}")
    return ids


def read_languages(file: Path) -> tuple[str, ...]:
    """Read the codes of the documents' languages, in order; raise RunError for a file that is missing or damaged."""
    table = _checked(parquet.read_parquet(file, ["language"]), file, ("language",))
    return tuple(table.column("language").to_pylist())


def read_positions(file: Path, of: int) -> tuple[int, ...]:
    """Read the places of a shard's documents among `of` of the whole; raise RunError for a file without, or damaged."""
    import pyarrow as pa

    table = parquet.read_parquet(file, [POSITION])
    if not table.column_names or table.column(POSITION).type != pa.int64() or table.column(POSITION).null_count:
        raise RunError(f"{file}: column {POSITION!r}: expected the documents' places in the whole corpus")
    places = tuple(table.column(POSITION).to_pylist())
    if any(not 0 <= place < of for place in places) or len(set(places)) < len(places):
        raise RunError(f"{file}: column {POSITION!r}: expected different places below {of}")
    return places


def read_documents(file: Path) -> tuple[Document, ...]:
    """Read the documents; raise RunError for a file that is missing, damaged, or without texts."""
    return tuple(_documents(parquet.read_parquet(file), file))


def iter_documents(file: Path) -> Iterator[Document]:
    """Yield the documents, a few at a time in memory; raise RunError as `read_documents` does."""
    for table in parquet.iter_parquet(file, _AT_ONCE):
        yield from _documents(table, file)


def _documents(table: "pa.Table", file: Path) -> Iterator[Document]:
    if "sha256" in table.column_names and "text" not in table.column_names:
        raise RunError(f"{file}: holds no texts: the run was made with --no-texts")
    names = tuple(_schema(texts=True).names)
    table = _checked(table, file, names)
    columns = [table.column(name).to_pylist() for name in names]
    return (
        Document(id_, text, tuple(references), title, language, dict(metadata))
        for id_, text, references, title, language, metadata in zip(*columns, strict=True)
    )


def _schema(*, texts: bool) -> "pa.Schema":
    import pyarrow as pa

    def text(name: str) -> "pa.Field":
        return pa.field(name, pa.string(), nullable=False)

    if not texts:
        return pa.schema([text("id"), text("language"), text("sha256")])
    references = pa.field("references", pa.list_(text("element")), nullable=False)
    metadata = pa.field("metadata", pa.map_(pa.string(), text("value")), nullable=False)
    return pa.schema([text("id"), text("text"), references, text("title"), text("language"), metadata])


def _checked(table: "pa.Table", file: Path, names: Sequence[str]) -> "pa.Table":
    """Return the table with exactly these columns, all of the types they should have and nothing missing in them."""
    wanted = {field.name: field for texts in (True, False) for field in _schema(texts=texts)}
    for name in names:
        if name not in table.column_names:
            raise RunError(f"{file}: column {name!r} is missing")
        column, kind = table.column(name), wanted[name].type
        if not _same_kind(column.type, kind):
            raise RunError(f"{file}: column {name!r}: expected {kind}, got {column.type}")
        inner = [column, *_inner(column)]
        if any(each.null_count for each in inner):
            raise RunError(f"{file}: column {name!r}: a value is missing")
    return table.select(list(names))


def _same_kind(found: "pa.DataType", wanted: "pa.DataType") -> bool:
    """Compare types whatever their inner fields are called, and whether these may be null."""
    import pyarrow as pa

    if pa.types.is_list(wanted):
        return bool(pa.types.is_list(found) and found.value_type == wanted.value_type)
    if pa.types.is_map(wanted):
        return bool(pa.types.is_map(found) and (found.key_type, found.item_type) == (wanted.key_type, wanted.item_type))
    return bool(found == wanted)


def _inner(column: "pa.ChunkedArray") -> Iterator["pa.Array"]:
    """Yield the arrays of texts in a column of lists or maps."""
    import pyarrow as pa

    for chunk in column.chunks:
        if pa.types.is_list(chunk.type):
            yield chunk.flatten()
        elif pa.types.is_map(chunk.type):
            yield chunk.keys
            yield chunk.items
