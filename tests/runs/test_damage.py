import json
import re
from collections.abc import Callable
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.errors import BenchError
from sumbench.errors import RunError
from sumbench.jobs.compare import CompareRequest
from sumbench.jobs.compare import compare
from sumbench.runs import journal
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.runs.summary_index import indexed
from sumbench.scores import Scores
from sumbench.scores import SummaryKeys
from tests.runs.made import DETAILS
from tests.runs.made import DOCUMENTS
from tests.runs.made import MANIFEST
from tests.runs.made import SCORES
from tests.runs.made import SUMMARIES
from tests.runs.made import write_scores
from tests.runs.made import write_summaries
from tests.runs.made import written

pytestmark = pytest.mark.usefixtures("in_process")


Place = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    None,
    True,
    "",
    "text\n\x1b[31m",
    -1,
    7,
    1.5,
    10**40,
    [],
    [[None]],
    {},
    {"a": {"b": []}},
)


def places(content: Any, place: Place = ()) -> Iterator[Place]:  # noqa: ANN401 - JSON
    """Yield the way to every value in JSON content, from the outside in."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def changed(content: Any, place: Place, change: Callable[[Any, Any], None]) -> str:  # noqa: ANN401
    """Return the content as JSON with one thing changed: `change` gets what holds the value, and its key."""
    copy = deepcopy(content)
    inside = copy
    for key in place[:-1]:
        inside = inside[key]
    change(inside, place[-1])
    return json.dumps(copy)


def put(value: Any, inside: Any, key: Any) -> None:  # noqa: ANN401
    """Put a value in another's place."""
    inside[key] = value


def damaged_manifests() -> Iterator[tuple[str, bytes]]:
    """Yield run.json damaged in many ways, each with what was done to it."""
    whole = MANIFEST.json()
    content = json.loads(whole)
    for number, place in enumerate(places(content)):
        yield f"without {place}", changed(content, place, lambda inside, key: inside.__delitem__(key)).encode()
        # Half of the values at each place, the other half at the next.
        for value in VALUES[number % 2 :: 2]:
            yield f"{value!r} at {place}", changed(content, place, partial(put, value)).encode()
        if isinstance(place[-1], str):
            text = changed(content, place, lambda inside, key: inside.__setitem__(f"{key}_", inside[key]))
            yield f"{place} twice under other names", text.encode()
    for number in range(0, len(whole), 97):
        yield f"cut at {number}", whole[:number].encode()
    for bad in ("NaN", "Infinity", "1e999", "9" * 5000, "'", "\\ud800", '"\\ud800"', "[" * 5000):
        yield f"with {bad[:10]}", whole.replace("12.5", bad).encode()
    yield "UTF-16", whole.encode("utf-16")
    yield "latin-1", whole.replace("a note", "é").encode("latin-1")
    yield "with a mark", b"\xef\xbb\xbf" + whole.encode()
    yield "a key twice", whole.replace('"seed": 0', '"seed": 0, "seed": "x"').encode()
    yield "zeros", bytes(1000)


def one_line(error: BenchError, file: Path) -> bool:
    """Tell whether an error is one line that names a file."""
    return str(file) in str(error) and len(str(error).splitlines()) == 1


def test_no_damage_of_a_manifest_is_a_traceback(tmp_path: Path) -> None:
    """Whatever bytes run.json holds, a comparison is made, or the damage is said in one line that names the file."""
    run = written(tmp_path / "run")
    file = run / "run.json"
    tried = 0
    wrong = []
    for what, text in damaged_manifests():
        file.write_bytes(text)
        tried += 1
        try:
            compare(CompareRequest((f"{run}:lead", f"{run}:m"), statistics={"resamples": 40}, force=True))
        except BenchError as error:
            if not one_line(error, run):
                wrong.append(f"{what}: {error!r}")
        except Exception as error:  # noqa: BLE001 - what this test is for
            wrong.append(f"{what}: {error!r}")
    assert tried >= 500
    assert not wrong, "\n".join(wrong)


def said(folder: Path) -> str | None:
    """Read every part of a run; return the file of a one-line error, None where there is none."""
    try:
        run = read_run(folder)
        assert (run.documents, run.summaries, run.details) is not None
    except BenchError as error:
        return str(error).partition(":")[0].partition(",")[0] if one_line(error, folder) else str(error)
    return None


def test_a_run_reads_as_it_was_written(tmp_path: Path) -> None:
    """Every part of a run comes back as it was; the parts are read when they are asked for."""
    folder = written(tmp_path / "run")
    run = read_run(folder)
    assert (run.manifest, run.scores, run.ids) == (MANIFEST, SCORES, tuple("abcd"))
    assert (run.documents, run.summaries, run.details) == (DOCUMENTS, SUMMARIES, DETAILS)
    lazy = read_run(folder)
    for name in ("summaries.jsonl", "details.jsonl"):
        (folder / name).unlink()
    assert lazy.details == ()
    assert lazy.summaries == ()
    assert lazy.ids == tuple("abcd")


def test_a_run_without_texts_keeps_ids_and_hashes(tmp_path: Path) -> None:
    """With --no-texts nothing of documents or references is in the folder but what names them."""
    folder = written(tmp_path / "run", texts=False)
    table = pq.read_table(folder / "documents.parquet")
    assert table.column_names == ["id", "language", "sha256"]
    assert len(set(table.column("sha256").to_pylist())) == 4
    run = read_run(folder)
    assert run.ids == tuple("abcd")
    with pytest.raises(RunError, match=r"documents\.parquet: holds no texts: the run was made with --no-texts"):
        _ = run.documents


def test_damaged_bytes_of_any_file_are_one_line(tmp_path: Path) -> None:
    """A file that is cut, overwritten in the middle, or something else altogether is named, or read as far as it is."""
    folder = written(tmp_path / "run")
    for name in ("documents.parquet", "scores.parquet", "summaries.jsonl", "details.jsonl"):
        file = folder / name
        whole = file.read_bytes()
        some = range(0, len(whole), max(len(whole) // 60, 1))
        for content in (
            b"\x00" * 100,
            b"PAR1PAR1",
            b"\xff\xfe{}\n",
            b"[" * 10_000 + b"\n",
            *(whole[:number] for number in some),
            *(whole[:number] + b"\xff\x00\x7f" + whole[number + 3 :] for number in some),
        ):
            file.write_bytes(content)
            # A journal, or details, that are cut at the end of a line hold less, and are whole.
            assert said(folder) is None or said(folder) == str(file)
        file.unlink()
        if name.endswith("parquet"):
            with pytest.raises(RunError, match=f"{name}: no such file"):
                read_run(folder)
        file.write_bytes(whole)


LINES = (
    ("{}", "document: missing"),
    ('{"document": "a"}', "system: missing"),
    ("[]", "expected an object, got a list"),
    ('{"document"', "input data was truncated"),
    ("null", "expected an object, got null"),
    ("{line, 'draw': 'x'}", "draw: expected a whole number, got a text"),
    ("{line, 'text': None}", "text: expected a text, got null"),
    ("{line, 'seconds': []}", "seconds: expected a number or null, got a list"),
    ("{line, 'colour': 1}", "colour: no such field"),
    ("{line, 'system': 'other'}", "system: 'other' is not in the run"),
    ("{line, 'document': 'z'}", "document: 'z' is not in the run"),
    ("{line, 'draw': 0}", "draw: expected 1 or more, got 0"),
    ("{line, 'draw': -1}", "draw: expected 1 or more, got -1"),
    ("{line}", "a second summary of 'a' by lead, draw 1"),
)


def poisoned(line: str) -> bytes:
    """Return a line of LINES: with `line` it is the first summary with the fields behind it."""
    if not line.startswith("{line"):
        return line.encode() + b"\n"
    fields = json.loads(line.replace("line", "'line': 0").replace("'", '"').replace("None", "null"))
    del fields["line"]
    return json.dumps({**json.loads(journal.line(SUMMARIES[0])), **fields}).encode() + b"\n"


@pytest.mark.parametrize(("line", "says"), LINES)
def test_a_poisoned_line_of_a_journal_is_named(tmp_path: Path, line: str, says: str) -> None:
    """A line that holds no summary of the run is said with its number and its field."""
    folder = written(tmp_path / "run")
    file = folder / "summaries.jsonl"
    file.write_bytes(file.read_bytes() + poisoned(line))
    for read in (lambda: read_run(folder).summaries, lambda: indexed(file, ["lead", "m"], list("abcd"))):
        with pytest.raises(RunError, match=rf"summaries\.jsonl, line 9: (no summary: )?({says})"):
            read()


@pytest.mark.parametrize(("line", "says"), LINES[:-1])
def test_a_poisoned_line_is_set_aside_when_the_run_goes_on(
    tmp_path: Path, line: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Resuming loses nothing: the line is kept beside the journal as it was, a warning names it, the others count."""
    folder = written(tmp_path / "run")
    file = folder / "summaries.jsonl"
    whole = file.read_bytes()
    for bad in (poisoned(line), b"again\n"):
        file.write_bytes(bad + whole)
        found = RunFolder(folder).recover_summaries({"lead": 2, "m": 2}, {name: at for at, name in enumerate("abcd")})
        assert {one for of_system in found.values() for one in of_system} == {one for one in SUMMARIES if not one.error}
        assert file.read_bytes() == whole
    assert (folder / "summaries.jsonl.bad").read_bytes() == poisoned(line) + b"again\n"
    assert re.search(rf"line 1: ({says}).*summaries\.jsonl\.bad", caplog.text)


def first(column: pa.ChunkedArray, value: float) -> pa.Array:
    """Return a column with another first value."""
    return pa.array([value, *column.to_pylist()[1:]])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.drop_columns(["value"]), "column 'value' is missing"),
        (lambda table: table.drop_columns(["system"]), "column 'system' is missing"),
        (lambda table: table.set_column(4, "value", pa.array(["x"] * len(table))), "x"),
        (lambda table: table.set_column(4, "value", first(table["value"], float("nan"))), "row 1: .*nan is no score"),
        (lambda table: table.set_column(4, "value", pa.array([0.5] * len(table))), "row 22: expected a value, or"),
        (lambda table: table.set_column(4, "value", pa.nulls(len(table), pa.float64())), "row 1: expected a value"),
        (lambda table: table.set_column(3, "draw", pa.array([0] * len(table))), "draws count from 1"),
        (lambda table: table.set_column(3, "draw", pa.array([2**40] * len(table))), "[Ii]nteger"),
        (lambda table: table.set_column(1, "system", pa.array(["n"] * len(table))), "column 'system': 'n' is not in"),
        (lambda table: table.set_column(2, "metric", pa.array(["n"] * len(table))), "column 'metric': 'n' is not in"),
        (lambda table: table.set_column(0, "document", pa.array(["n"] * len(table))), "column 'document': 'n' is not"),
        (lambda table: table.set_column(0, "document", pa.nulls(len(table), pa.string())), "a name is missing"),
        (lambda table: table.set_column(0, "document", pa.array([[1]] * len(table))), "list"),
        (lambda table: pa.concat_tables([table, table.slice(3, 1)]), "row 25: a second score of b lead rouge1, draw 1"),
        (lambda table: table.append_column("value", table["value"]), "column 'value' is there twice"),
    ],
)
def test_scores_that_are_not_the_runs_are_named(
    tmp_path: Path, change: Callable[[pa.Table], pa.Table], says: str
) -> None:
    """Other columns, types, names or values in scores.parquet are said in one line with the file and the column."""
    folder = written(tmp_path / "run")
    file = folder / "scores.parquet"
    pq.write_table(change(pq.read_table(file)), file)
    with pytest.raises(RunError, match=rf"scores\.parquet: .*{says}") as caught:
        read_run(folder)
    assert one_line(caught.value, file)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.drop_columns(["id"]), "column 'id' is missing"),
        (lambda table: table.drop_columns(["references"]), "column 'references' is missing"),
        (lambda table: table.slice(1), "has 3 documents, run.json has 4"),
        (lambda table: table.set_column(0, "id", pa.array(["a", "b", "c", "c"])), "two documents have the id 'c'"),
        (lambda table: table.set_column(0, "id", pa.array([1, 2, 3, 4])), "column 'id': expected string, got int64"),
        (lambda table: table.set_column(1, "text", pa.array(["", None, "", ""])), "column 'text': a value is missing"),
        (lambda table: table.set_column(2, "references", pa.array([[None]] * 4, pa.list_(pa.string()))), "is missing"),
        (lambda table: table.set_column(2, "references", pa.array(["x"] * 4)), "column 'references': expected list"),
        (lambda table: table.set_column(5, "metadata", pa.array(["{}"] * 4)), "column 'metadata': expected map"),
    ],
)
def test_documents_that_are_not_the_runs_are_named(
    tmp_path: Path, change: Callable[[pa.Table], pa.Table], says: str
) -> None:
    """Other columns, types or numbers of documents.parquet are said in one line with the file and the column."""
    folder = written(tmp_path / "run")
    file = folder / "documents.parquet"
    pq.write_table(change(pq.read_table(file)), file)
    with pytest.raises(RunError, match=rf"documents\.parquet: .*{says}") as caught:
        _ = read_run(folder).documents
    assert one_line(caught.value, file)


def test_a_damaged_line_of_details_is_named(tmp_path: Path) -> None:
    """details.jsonl is checked as the journal is, and a run without details has no such file."""
    folder = written(tmp_path / "run")
    file = folder / "details.jsonl"
    file.write_bytes(file.read_bytes() + b'{"document": "a", "system": "m", "metric": 1, "content": {}}\n')
    with pytest.raises(RunError, match=r"details\.jsonl, line 2: no detail: metric: expected a text, got a whole numb"):
        _ = read_run(folder).details
    RunFolder(folder).write_details(())
    assert not file.exists()
    assert read_run(folder).details == ()


def test_a_full_disk_is_one_line_and_leaves_the_old_files(small_disk: Path) -> None:
    """Whatever part does not fit is named, and the one that was there before stays."""
    run = RunFolder(small_disk)
    with run.claimed():
        run.write_documents(DOCUMENTS, texts=True)
        write_scores(run, SCORES)
        run.write_details(DETAILS)
        write_summaries(run, SUMMARIES)
    before = {file.name: file.read_bytes() for file in small_disk.iterdir()}
    draw = np.random.default_rng(0)
    long = "".join(map(chr, draw.integers(0x4E00, 0x9FFF, 100_000)))
    keys = SummaryKeys((f"{number}", "lead", 1) for number in range(20_000))
    writes: dict[str, Callable[[], None]] = {
        "documents.parquet": lambda: run.write_documents([replace(DOCUMENTS[0], text=long)], texts=True),
        "scores.parquet": lambda: write_scores(run, Scores.of_metric(keys, "rouge1", draw.random(20_000), {})),
        "details.jsonl": lambda: run.write_details([replace(DETAILS[0], content={"a": long})]),
        "summaries.jsonl": lambda: write_summaries(run, [replace(SUMMARIES[0], text=long)]),
    }
    for name, write in writes.items():
        with pytest.raises(RunError, match=f"{name}: cannot be written: .*No space left") as caught:
            write()
        assert one_line(caught.value, small_disk)
    assert {file.name: file.read_bytes() for file in small_disk.iterdir()} == before
