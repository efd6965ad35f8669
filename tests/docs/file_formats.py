"""The part of the page of files that says every field, from the records themselves."""

import dataclasses
import inspect
import re

from sumbench import manifest
from sumbench import records
from sumbench.scores import schema
from tests.docs.api import described

MANIFEST = (
    *("Manifest", "CorpusEntry", "SystemEntry", "WeightsEntry", "Telemetry", "RequestCounts", "AddressCounts"),
    *("MetricEntry", "Value", "Spending", "Machine", "ShardEntry", "MergedEntry"),
)

HEAD = """# Files

Every file of a run's folder, with all of its fields, from the records that are written (`python -m tests.docs` writes
this page). What is read back is checked against the same records: damage is one line with file, line and field.

| file | what |
|---|---|
| `run.json` | how the run came about ([below](#runjson)) |
| `documents.parquet` | the documents, or their ids and hashes ([below](#documentsparquet)) |
| `summaries.jsonl` | every summary, the journal of the run ([below](#summariesjsonl)) |
| `summaries.jsonl.bad` | lines of the journal that held no summary, set aside when the run was resumed |
| `scores.parquet` | every score ([below](#scoresparquet)) |
| `scores.jsonl` | the journal of scores that cost, until scores.parquet has them |
| `details.jsonl` | what metrics said beside their values, where they did ([below](#detailsjsonl)) |
| `ratings.jsonl` | what people said of the summaries, where they were rated ([below](#ratingsjsonl)) |
| `table.md`, `table.csv`, `published.md` | the tables that were shown |
| `report.html` | [the page](../guide/page.md) |
| `checksums.sha256` | the SHA-256 of each of them, as `sha256sum --check` reads it; there once the run is finished |
| `.lock` | held by the process that writes the run |
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD, f"## run.json\n\nSchema {manifest.SCHEMA}. Older versions are read.\n"]
    for name in MANIFEST:
        parts.append(f"### {name}\n")
        parts += _record(getattr(manifest, name))
    parts += ["## documents.parquet\n", "Columns:\n", *_record(records.Document)]
    parts.append(
        "With `--no-texts` they are `id`, `language` and `sha256` (of id, language, text and references). In a shard, "
        "`position` is the document's place in the whole corpus, from 0.\n"
    )
    parts += ["## summaries.jsonl\n", "A line is an object:\n", *_record(records.Summary)]
    parts += ["## scores.parquet\n", " ".join((inspect.getdoc(schema) or "").split()) + "\n"]
    parts += [
        "| column | type |\n|---|---|",
        *(f"| `{each.name}` | {_type(str(each.type))} |" for each in schema()),
    ]
    parts += ["", "## details.jsonl\n", "A line is an object:\n", *_record(records.Detail)]
    parts += ["## ratings.jsonl\n", "A line is an object:\n", *_record(records.Rating)]
    parts += ["## Preferences\n", "What a page to rate exports, and `correlate --ratings` reads:\n"]
    parts += _record(records.Preference)
    return "\n".join(parts)


def _record(record: type) -> list[str]:
    """Return what a record's docstring says, and its fields with their types."""
    rows = [f"| `{each.name}` | {_type(str(inspect.formatannotation(each.type)))} |" for each in _fields(record)]
    return [*described(inspect.getdoc(record) or ""), "| field | type |\n|---|---|", *rows, ""]


def _fields(record: type) -> tuple["dataclasses.Field[object]", ...]:
    return dataclasses.fields(record)


def _type(text: str) -> str:
    text = re.sub(r"\b(?:sumbench\.\w+|collections\.abc|typing)\.", "", text).replace("|", "or")
    # Python writes it one way before 3.14, and another from then on.
    text = re.sub(r"^Optional\[(.*)\]$", r"\1 or None", text)
    return f"`{text}`"
