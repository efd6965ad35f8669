"""What a user points at is opened: odd paths and columns, pipes, run folders, folders of parts."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.api import score as api_score
from sumbench.cli import main
from sumbench.run_record import Run
from sumbench.runs.store import read_run

pytestmark = pytest.mark.usefixtures("in_process")


ROWS: list[dict[str, Any]] = [
    {"id": "a", "document": "The council voted. It rained.", "references": ["The council voted.", "A vote was held."]},
    {"id": "b", "document": "It rained all day. Ships came.", "references": ["It rained all day.", "Rain fell."]},
    {
        "id": "c",
        "document": "A baker gave bread. Work began.",
        "references": ["A baker gave bread.", "Bread was free."],
    },
]
TEXTS = {"a": "The council voted.", "b": "Ships were seen.", "c": "A baker worked."}
SECONDS = 60
"""So long a command may take: one that waits for a pipe for ever fails its test."""


def write(file: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """References, and one system's outputs as text and as a table in another order."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "refs.jsonl", ROWS)
    (tmp_path / "out.txt").write_text("".join(f"{text}\n" for text in TEXTS.values()))
    write(tmp_path / "out.jsonl", ({"id": key, "output": TEXTS[key]} for key in "cab"))
    return tmp_path


def sumbench(*arguments: str) -> int:
    return main([*arguments, "--quiet"])


def made(*arguments: str) -> Run:
    """Return what a command that must succeed leaves in the folder `out`, which it has for itself."""
    out = Path(f"out-{len(list(Path.cwd().glob('out-*')))}")
    assert sumbench(*arguments, "--out", str(out)) == 0
    return read_run(out)


def values(run: Run, system: str = "s") -> list[float]:
    return [score.value for score in run.scores if score.system == system]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that a command of wrong usage or unusable input prints."""
    assert sumbench(*arguments) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    return line


@pytest.mark.parametrize("name", ["my, data/news, 2020.jsonl", "a,b=c.jsonl", "C:\\my, data\\x.jsonl", "x,id=y.jsonl"])
def test_paths_may_hold_commas_blanks_and_equals_signs(files: Path, name: str) -> None:
    """The table is read wherever it may be named, with columns of any name; the run goes on under its written name."""
    columns = {"id": "an, id", "document": "my body", "references": "a+b"}
    rows = [{columns[key]: value[0] if key == "references" else value for key, value in row.items()} for row in ROWS]
    write(files / name, [{**row, "my, key": f"x={row['an, id']}", "the=output": "Rain."} for row in rows])
    flags = ["--document-column", "my body", "--reference-column", "a+b", "--id-column", "an, id"]
    filters = ["--filter", "my, key=x=b", "--filter", "the=output=Rain."]
    run = made("run", "--corpus", name, *flags, "--systems", "lead", *filters, "--no-cache")
    assert [(document.text, document.references) for document in run.documents] == [
        (ROWS[1]["document"], ("It rained all day.",))
    ]
    assert sumbench("run", "--resume", "out-0") == 0
    assert main(["compare", "out-0", "--by", "my, key"]) == 0
    odd = f'{name},document=my body,reference=a+b,id="an, id"'
    assert made("run", "--corpus", odd, "--systems", "lead").manifest.corpus.documents == 3
    scored = made("score", name, *flags, "--output-column", "the=output")
    assert [summary.text for summary in scored.summaries] == ["Rain."] * 3
    assert made(
        "score", "--references", name, *flags, "--outputs", f"s=m={name}", f"t={name}", "--output-column", "my body"
    )


def test_outputs_suites_and_articles_may_have_odd_paths(files: Path) -> None:
    """Outputs, ids, a suite, its corpus and systems, folders of articles and patterns are read from such paths."""
    (files / "out, v=2.txt").write_bytes((files / "out.txt").read_bytes())
    (files / "ids, some").write_text("a\nb\n")
    for row in ROWS:
        article = files / "my, articles=1" / row["id"]
        article.mkdir(parents=True)
        (article / "article.txt").write_text(row["document"])
        (article / "reference-1.txt").write_text(row["references"][0])
    write(files / "data,2020" / "1.jsonl", ROWS)
    suite = 'corpus = "my, articles=1"\nsystems = ["outputs,path=out, v=2.txt,as=s", "lead"]\nmetrics = ["rouge"]\n'
    (files / "my, suite.toml").write_text(suite)
    run = made("run", "my, suite.toml", "--ids", "ids, some")
    assert [summary.text for summary in run.summaries if summary.system == "s"] == [TEXTS["a"], TEXTS["b"]]
    assert sumbench("run", "--resume", "out-0") == 0
    both = made("run", "--corpus", "data,2020/*.jsonl", "--systems", "lead,sentences=1,outputs,path=out, v=2.txt,as=s")
    assert (both.manifest.corpus.documents, {summary.system for summary in both.summaries}) == (
        3,
        {"lead,sentences=1", "s"},
    )


def test_standard_input_is_references_outputs_or_corpus(files: Path) -> None:
    """What is piped in is read as what it is, and scores, fingerprints and texts are those of the files."""
    plain = made("score", "refs.jsonl", "--outputs", "s=out.txt")
    for number, (source, arguments) in enumerate(
        [
            ("refs.jsonl", ["score", "--references", "-", "--outputs", "s=out.txt"]),
            ("out.txt", ["score", "refs.jsonl", "--outputs", "s=/dev/stdin", "--stream"]),
            ("refs.jsonl", ["run", "--corpus", "-", "--systems", "outputs,path=out.txt,as=s"]),
            ("out.txt", ["run", "--corpus", "refs.jsonl", "--systems", "outputs,path=-,as=s"]),
        ]
    ):
        done = piped(source, *arguments, "--out", f"piped-{number}")
        assert (done.returncode, done.stderr) == (0, "")
        run = read_run(files / f"piped-{number}")
        assert run.manifest.corpus.fingerprint == plain.manifest.corpus.fingerprint
        assert [score for score in run.scores if score.system == "s"] == [s for s in plain.scores if s.system == "s"]
    resumed = piped("refs.jsonl", "run", "--resume", "piped-2")
    assert (resumed.returncode, "read a pipe (-): to go on, give its own command again" in resumed.stderr) == (2, True)


def piped(source: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run sumbench with a file's content coming through a pipe."""
    with subprocess.Popen(["cat", source], stdout=subprocess.PIPE) as content:
        command = [sys.executable, "-m", "sumbench", *arguments, "--quiet"]
        return subprocess.run(
            command, stdin=content.stdout, capture_output=True, text=True, timeout=SECONDS, check=False
        )


def test_a_shells_pipes_are_read_once(files: Path) -> None:
    """`<(…)` works for references and outputs at once, compressed or not; the fingerprint is that of the content."""
    command = (
        f'"{sys.executable}" -m sumbench score --references <(gzip -c refs.jsonl) --outputs s=<(cat out.txt) --quiet'
    )
    done = subprocess.run(
        ["bash", "-c", f"{command} --out run"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    piped_run, plain = read_run(files / "run"), made("score", "refs.jsonl", "--outputs", "s=out.txt")
    assert values(piped_run) == values(plain)
    parts = [run.manifest.systems[0].fingerprint for run in (piped_run, plain)]
    assert parts[0]["sha256"] == parts[1]["sha256"]


def test_a_fifo_is_read_as_what_comes_through(files: Path) -> None:
    """A second command reads what is written then; a CSV is known by its header, though the name says nothing."""
    os.mkfifo(files / "fifo")

    def feed(text: str) -> threading.Thread:
        thread = threading.Thread(target=(files / "fifo").write_text, args=(text,), daemon=True)
        thread.start()
        return thread

    for text in ("Rain.", "Sun, too."):
        feeding = feed("id,output\n" + "".join(f'{key},"{text}"\n' for key in "bca"))
        run = made("score", "refs.jsonl", "--outputs", "s=fifo")
        feeding.join(SECONDS)
        assert {summary.text for summary in run.summaries} == {text}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["score", "--references", "-", "--outputs", "s=-"],
            "standard input (-) can be only one of references, outputs",
        ),
        (["score", "refs.jsonl", "--outputs", "s=-", "t=/dev/stdin"], "standard input (-) can be only one"),
        (["score", "-", "--outputs", "s=/dev/fd/0", "--stream"], "standard input (-) can be only one"),
        (["run", "--corpus", "-", "--systems", "outputs,path=-"], "standard input (-) can be only one"),
        (["run", "--corpus", "-", "--systems", "lead", "--ids", "-"], "standard input (-) can be only one"),
        (["score", "refs.jsonl", "--outputs", "s=/dev/zero"], "/dev/zero: is a device: pipe something in"),
        (["score", "/dev/null", "--outputs", "s=out.txt"], "/dev/null: nothing came through it"),
    ],
)
@pytest.mark.usefixtures("files")
def test_a_pipe_that_is_of_no_use_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """It would be read twice, never end, or holds nothing: that is said in a line."""
    assert says in said(capsys, *arguments)


def test_a_terminal_is_not_waited_for(files: Path) -> None:
    """Standard input to which nobody pipes anything is refused at once."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "sumbench", "score", str(files / "refs.jsonl"), "--outputs", "s=-"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=SECONDS, check=False)
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (2, "sumbench: -: is a terminal: pipe something in, or name a file\n")


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("The cat sat.\nA dog, it ran.\n\n", ["The cat sat.", "A dog, it ran.", ""]),
        ("{Laughter} Yes.\n[Music] No.\nSo.", ["{Laughter} Yes.", "[Music] No.", "So."]),
        ('{"output": "x"}\n{"output": "y"}\n{"output": ""}', ["x", "y", ""]),
        ('[{"output": "x"},\n {"output": "y"}, {"output": "z"}]', ["x", "y", "z"]),
        ('{\n "rows": [{"output": "x"}, {"output": "y"}, {"output": "z"}]}', ["x", "y", "z"]),
        ('n,output\n1,x\n2,"y, y"\n3,z\n', ["x", "y, y", "z"]),
        ("n\tprediction\n1\tx\n2\ty, y\n3\tz\n", ["x", "y, y", "z"]),
    ],
)
def test_content_says_what_a_pipe_holds(files: Path, content: str, texts: list[str]) -> None:
    """JSON lines, JSON, CSV and TSV by a usual column name, else a text a line."""
    reading, writing = os.pipe()
    os.write(writing, content.encode())
    os.close(writing)
    assert sumbench("score", "refs.jsonl", "--outputs", f"s=/dev/fd/{reading}", "--out", "run") in {0, 3}
    os.close(reading)
    assert [summary.text for summary in read_run(files / "run").summaries] == texts


def journal(file: Path, *rows: Mapping[str, Any]) -> Path:
    """Write summaries as a run's journal has them."""
    made_of = {"input_tokens": 3, "seen_tokens": 3, "output_tokens": 2, "seconds": 0.1, "error": None, "draw": 1}
    return write(file, ({**made_of, "failure": None, **row} for row in rows))


def test_a_run_is_references_outputs_and_corpus(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its documents make the same corpus, with metadata and language; its systems come under their names or another."""
    write(files / "refs.jsonl", ({**row, "genre": "news", "language": "de"} for row in ROWS))
    first = made("run", "--corpus", "refs.jsonl", "--systems", 'lead,sentences=1,as="one, two",random', "--limit", "2")
    again = made("run", "--corpus", "out-0", "--systems", "lead,outputs,path=out-0,system=random")
    assert (again.documents, again.manifest.corpus.name) == (first.documents, first.manifest.corpus.name)
    assert again.manifest.corpus.fingerprint == first.manifest.corpus.fingerprint
    assert values(again, "lead") == values(
        made("run", "--corpus", "refs.jsonl", "--systems", "lead", "--limit", "2"), "lead"
    )
    every = made(
        "score", "--references", "out-0", "--outputs", "out-0", "x=out-0:one, two", "y=out-0/summaries.jsonl:random"
    )
    own = made("score", "--references", "out-0")
    for run in (every, own):
        assert [values(run, name) for name in ("one, two", "random")] == [
            values(first, name) for name in ("one, two", "random")
        ]
    assert (values(every, "x"), values(every, "y")) == (values(first, "one, two"), values(first, "random"))
    api = api_score("out-0", "out-0", out="api", quiet=True)
    assert (
        values(read_run(files / "api"), "random")
        == values(first, "random")
        == [score.value for score in api.scores if score.system == "random"]
    )
    (files / "two.txt").write_text("Rain.\nSun.\n")
    beside = made("score", "out-0", "--outputs", "out-0:random", "s=two.txt")
    assert {summary.system for summary in beside.summaries} == {"random", "s"}
    assert 'holds the outputs of "one, two", random: say whose are meant: FILE:SYSTEM' in said(
        capsys, "score", "out-0", "--outputs", "s=out-0"
    )
    assert "no outputs of 'rnadom': it holds \"one, two\", random" in said(
        capsys, "score", "out-0", "--outputs", "s=out-0:rnadom"
    )
    assert "is named twice, in out-0:one, two and in out-0/summaries.jsonl:one, two: give one another name" in said(
        capsys, "score", "out-0", "--outputs", "out-0", "out-0/summaries.jsonl"
    )


def test_draws_and_failures_stay_what_they_are(files: Path) -> None:
    """Each draw of a journal is a summary, of which the mean counts; a failure keeps its reason and kind."""
    refused = {"text": "", "error": "I cannot help", "failure": "refusal"}
    journal(
        files / "summaries.jsonl",
        *({"document": key, "system": "d", "text": TEXTS[key], "draw": 1} for key in "abc"),
        *({"document": key, "system": "d", "text": "Rain.", "draw": 2} for key in "cb"),
        {"document": "a", "system": "d", "draw": 2, **refused},
        {"document": "a", "system": "alone", "text": "One.\nTwo."},
        {"document": "b", "system": "alone", **refused},
    )
    for arguments in (
        ["score", "refs.jsonl", "--outputs", "summaries.jsonl"],
        [
            "run",
            "--corpus",
            "refs.jsonl",
            "--systems",
            ",".join(f"outputs,path=summaries.jsonl,system={s}" for s in ("d", "alone")),
        ],
    ):
        assert sumbench(*arguments, "--out", arguments[0]) == 3
        run = read_run(files / arguments[0])
        assert {entry.name: entry.samples for entry in run.manifest.systems} == {"d": 2, "alone": 1}
        by_key = {(each.system, each.document, each.draw): each for each in run.summaries}
        assert len(by_key) == 9
        assert [by_key["d", key, 2].text for key in "bc"] == ["Rain.", "Rain."]
        assert by_key["d", "a", 1].text == TEXTS["a"]
        failed = [
            (by_key[key].error, by_key[key].failure) for key in (("d", "a", 2), ("alone", "b", 1), ("alone", "c", 1))
        ]
        assert failed == [("I cannot help", "refusal")] * 2 + [("no output was given", "missing")]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"document": "a", "system": "s", "text": "x", "draw": 0}], "s has the draws 0: count them from 1"),
        ([{"document": "a", "system": "s", "text": "x"}] * 2, "line 2: id 'a' comes twice"),
        ([{"document": "a", "system": "", "text": "x"}], "line 1: names no system"),
        ([{"document": None, "system": "s", "text": "x"}], "line 1: names no document"),
        ([{"document": "a", "system": "s", "text": "x", "draw": "first"}], "draw 'first' is no whole number"),
        ([{"document": "a", "system": "s", "text": "", "failure": "bad"}], "failure 'bad' is none of missing, empty"),
    ],
)
def test_a_wrong_journal_is_named_by_its_line(
    files: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, Any]], says: str
) -> None:
    """Nothing of it is scored."""
    journal(files / "j.jsonl", *rows)
    assert says in said(capsys, "score", "refs.jsonl", "--outputs", "s=j.jsonl")


def test_a_run_without_what_is_asked_of_it_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No texts, no documents, not finished, a stream: each is said in a line that names the run."""
    made("score", "refs.jsonl", "--outputs", "s=out.txt", "--no-texts")
    write(files / "short.jsonl", ({key: row[key] for key in ("id", "references")} for row in ROWS))
    made("score", "short.jsonl", "--outputs", "s=out.txt")
    no_texts = "out-0: holds no texts of its documents: the run was made with --no-texts"
    assert no_texts in said(capsys, "score", "--references", "out-0", "--outputs", "s=out.txt")
    assert no_texts in said(capsys, "run", "--corpus", "out-0", "--systems", "lead")
    assert values(made("score", "refs.jsonl", "--outputs", "out-0"))
    assert "the document is empty: the run was of summaries" in said(
        capsys, "run", "--corpus", "out-1", "--systems", "lead"
    )
    assert values(made("score", "--references", "out-1", "--outputs", "s=out.txt"))
    assert "a folder of articles" not in said(capsys, "run", "--corpus", "out-1,document=x", "--systems", "lead")
    assert "--stream: out-1 is a run's folder" in said(
        capsys, "score", "refs.jsonl", "--outputs", "s=out-1", "--stream"
    )
    record = json.loads((files / "out-1" / "run.json").read_text())
    (files / "out-1" / "run.json").write_text(json.dumps({**record, "finished": False}))
    assert "out-1: the run is not finished: give its own command again" in said(
        capsys, "score", "refs.jsonl", "--outputs", "out-1"
    )


def test_a_folder_of_parts_is_one_table_or_text(files: Path) -> None:
    """Parts are read in natural order, whatever the format, as references, outputs and corpus; companions are none."""
    numbers = [1, 2, 10]
    for number, row in zip(numbers, ROWS, strict=True):
        write(files / "json" / f"part-{number}.jsonl", [row])
        (files / "text").mkdir(exist_ok=True)
        (files / "text" / f"part-{number}.txt").write_text(TEXTS[row["id"]] + "\n")
        spark = files / "spark.parquet" / f"part-{number:05}-3f2b-c000.snappy.parquet"
        spark.parent.mkdir(exist_ok=True)
        pq.write_table(pa.Table.from_pylist([{**row, "output": TEXTS[row["id"]]}]), spark)
        sets = files / "sets" / f"test-{numbers.index(number):05}-of-00003.parquet"
        sets.parent.mkdir(exist_ok=True)
        pq.write_table(pa.Table.from_pylist([row]), sets)
    for name in ("_SUCCESS", ".part-1.crc", "README.md", "dataset_info.json"):
        (files / "spark.parquet" / name).write_text("{}")
    (files / "text" / "part-11.txt").touch()
    plain = made("score", "refs.jsonl", "--outputs", "s=out.txt")
    for references in ("json", "spark.parquet", "sets", "json/*.jsonl"):
        for outputs in ("text", "text/part-*.txt", "spark.parquet"):
            run = made("score", references, "--outputs", f"s={outputs}")
            assert (values(run), run.manifest.corpus.fingerprint) == (values(plain), plain.manifest.corpus.fingerprint)
    stream = made("score", "json", "--outputs", "s=text", "--stream")
    assert (values(stream), stream.manifest.corpus.name) == (values(plain), "json")
    run = made("run", "--corpus", "sets,document=document", "--systems", "outputs,path=text,as=s")
    assert (values(run), run.documents) == (values(plain), plain.documents)
    shutil.copytree(files / "text", files / "second")
    several = made("score", "--references", "text", "second", "--outputs", "s=text", "--metrics", "rouge")
    assert set(values(several)) == {1.0}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["train-1.jsonl", "test-1.jsonl"],
            "holds files of several kinds, test-*.jsonl and train-*.jsonl: name those you",
        ),
        (["a.jsonl", "b.jsonl", "c.csv"], "several kinds, a*.jsonl and b*.jsonl and 1 more: name those you mean"),
        (["test-00000-of-00003.jsonl", "test-00002-of-00003.jsonl"], "parts: holds 2 of 3 parts: get the others, too"),
        (["state.json", "data-00000-of-00001.arrow"], "is what `save_to_disk` wrote: name it hub:parts"),
        (["README.md"], "holds neither article.txt nor a folder with one"),
    ],
)
def test_a_folder_of_what_is_not_one_thing_is_refused(
    files: Path, capsys: pytest.CaptureFixture[str], names: list[str], says: str
) -> None:
    """Splits are not mixed, and missing parts are not passed over."""
    for name in names:
        write(files / "parts" / name, ROWS)
    assert says in said(capsys, "run", "--corpus", "parts", "--systems", "lead")


def test_systems_of_one_name_are_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two files that hold a system of one name need another name for one of them; a name may hold equals signs."""
    for name in ("one.jsonl", "two.jsonl"):
        write(files / name, ({"id": key, "systems": {"x": "Rain.", f"T=0.5 {name}": "Sun."}} for key in "abc"))
    line = said(capsys, "score", "refs.jsonl", "--outputs", "one.jsonl", "two.jsonl")
    assert "system 'x' is named twice, in one.jsonl:x and in two.jsonl:x: give one another name, NAME=FILE" in line
    assert "system 's' is named twice" in said(capsys, "score", "refs.jsonl", "--outputs", "s=out.txt", "s=out.jsonl")
    run = made("score", "refs.jsonl", "--outputs", "one.jsonl", "T=1=two.jsonl:x")
    assert list(dict.fromkeys(summary.system for summary in run.summaries)) == ["x", "T=0.5 one.jsonl", "T=1"]
    assert "give NAME=FILE" in said(capsys, "score", "refs.jsonl", "--outputs", "out.txt")
