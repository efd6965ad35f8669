"""Languages on the command line: guessed, said, shown, recorded, and the same through every path."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import sumbench
from sumbench.cli import main
from sumbench.errors import UsageError
from sumbench.runs.store import read_run
from tests.languages.texts import TEXTS

pytestmark = pytest.mark.usefixtures("in_process")


VALUES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
CASES = (
    "The mills were closing after floods.",
    "Ferries linked both islands daily.",
    "The choirs were winning prizes.",
)
OUTPUTS = ("The mill closed after the flood.", "A ferry links both islands day by day.", "The choir wins a prize.")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two documents in each language, with references and equal outputs, as text and as tables."""
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": f"{code}{number}", "document": " ".join(sentences), "reference": sentence, "output": sentence}
        for code, sentences in TEXTS.items()
        for number, sentence in enumerate(sentences)
    ]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "all.txt").write_text("".join(row["reference"] + "\n" for row in rows), "utf-8")
    return tmp_path


def figures(run: str, system: str) -> dict[str, set[float]]:
    """Return the values of each ROUGE in a run."""
    scores = read_run(Path(run)).scores
    return {name: {each.value for each in scores if (each.metric, each.system) == (name, system)} for name in VALUES}


@pytest.mark.parametrize(
    "command",
    [
        ["score", "all.jsonl"],
        ["score", "all.jsonl", "--stream"],
        ["score", "--references", "all.txt", "--outputs", "output=all.txt"],
        ["score", "--references", "all.jsonl", "--outputs", "output=all.txt"],
        ["run", "--corpus", "all.jsonl", "--systems", "outputs,path=all.jsonl,as=output", "--metrics", "rouge"],
    ],
    ids=["table", "stream", "text", "table and text", "run"],
)
def test_equal_texts_score_100_in_every_language(home: Path, command: Sequence[str]) -> None:
    """By default, on every path: words of each script count, none is dropped."""
    assert main([*command, "--out", "made", "--quiet"]) == 0
    assert figures("made", "output") == {name: {1.0} for name in VALUES}
    entry = read_run(home / "made").manifest.corpus
    assert (sum(entry.languages.values()), entry.guessed) == (2 * len(TEXTS), 2 * len(TEXTS))
    assert len(entry.languages) >= len(TEXTS) - 2


def test_every_path_gives_a_document_the_same_language(home: Path) -> None:
    """So the fingerprints of a run, a score and a stream are one."""
    assert main(["score", "all.jsonl", "--out", "score", "--quiet"]) == 0
    assert main(["score", "all.jsonl", "--stream", "--out", "stream", "--quiet"]) == 0
    systems = "outputs,path=all.jsonl"
    assert main(["run", "--corpus", "all.jsonl", "--systems", systems, "--out", "run", "--quiet"]) == 0
    entries = [read_run(home / name).manifest.corpus for name in ("score", "stream", "run")]
    assert len({entry.fingerprint for entry in entries}) == 1
    assert entries[0] == entries[1]
    assert entries[0].languages == entries[2].languages


@pytest.mark.parametrize("name", ["en", "English", "english", "eng", "en_XX", "eng_Latn", "en-US"])
def test_a_language_means_the_same_by_every_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Column, option and flag: the figures are those of English words and stems, and so is the fingerprint."""
    monkeypatch.chdir(tmp_path)
    rows = [{"reference": text, "output": output} for text, output in zip(CASES, OUTPUTS, strict=True)]
    (tmp_path / "plain.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "column.jsonl").write_text("".join(json.dumps({**row, "language": name}) + "\n" for row in rows))
    commands = (
        ["plain.jsonl"],
        ["column.jsonl"],
        [f"plain.jsonl,language={name}"],
        ["plain.jsonl", "--language", name],
    )
    for number, command in enumerate(commands):
        assert main(["score", *command, "--out", f"r{number}", "--quiet"]) == 0
    made = [figures(f"r{number}", "output") for number in range(len(commands))]
    assert made == made[:1] * len(commands)
    assert made[0]["rouge1"] != {0.0}
    assert len({read_run(tmp_path / f"r{number}").manifest.corpus.fingerprint for number in range(len(commands))}) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["score", "all.jsonl", "--language", "Germn"],
        ["score", "all.jsonl", "--stream", "--language", "Germn"],
        ["score", "--references", "all.txt", "--outputs", "s=all.txt", "--language", "Germn"],
        ["score", "all.jsonl", "--rouge", "-n 2 -m", "--language", "Germn"],
        ["run", "--corpus", "all.jsonl", "--systems", "lead", "--language", "Germn"],
        ["corpora", "check", "all.jsonl", "--language", "Germn"],
    ],
)
def test_an_unknown_language_is_refused(home: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with the nearest name, before anything is written."""
    assert main(command) == 2
    assert "unknown language 'Germn': did you mean 'German' (de)?" in capsys.readouterr().err
    assert not (home / "results").exists()


def test_a_flag_speaks_for_every_source(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables, text files, streams and folders take it; the note under the table says it."""
    (home / "one" / "art").mkdir(parents=True)
    (home / "one" / "art" / "article.txt").write_text("Nein. Ja.")
    (home / "one" / "art" / "reference-1.txt").write_text("Nein.")
    commands = (
        ["score", "all.jsonl"],
        ["score", "all.jsonl", "--stream"],
        ["score", "--references", "all.txt", "--outputs", "s=all.txt"],
        ["run", "--corpus", "all.jsonl", "--systems", "lead"],
        ["run", "--corpus", "one", "--systems", "lead"],
    )
    for number, command in enumerate(commands):
        assert main([*command, "--language", "Dutch", "--out", f"r{number}", "--quiet"]) == 0
        entry = read_run(home / f"r{number}").manifest.corpus
        assert (list(entry.languages), entry.guessed, entry.unclear) == (["nl"], 0, 0)
        assert f"language: nl ({entry.documents} document" in capsys.readouterr().out
    assert main(["run", "--language", "Dutch", "--systems", "lead"]) == 2
    assert "--language needs a corpus to be named" in capsys.readouterr().err


def test_the_note_says_what_was_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, how many are guesses, how many of them unclear, and the remedy; of what ships, nothing."""
    german, chinese = TEXTS["de"], TEXTS["zh"]
    texts = [*german, "Nein.", *chinese]
    (tmp_path / "t.txt").write_text("".join(f"{text}\n" for text in texts), "utf-8")
    file = str(tmp_path / "t.txt")
    command = ["score", "--references", file, "--outputs", f"s={file}", "--out", str(tmp_path / "run"), "--quiet"]
    assert main([*command, "--format", "json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert (
        "language: de (3 documents), zh (2); guessed (2 unclear: taken for the commonest in their script): "
        "`--language` says it where that is wrong"
    ) in notes
    assert "words of zh are counted by characters, as there are no blanks between them" in notes
    assert main(["run", "--systems", "lead", "--limit", "3", "--out", str(tmp_path / "own"), "--quiet"]) == 0
    assert "language:" not in capsys.readouterr().out


def test_python_takes_languages_too(tmp_path: Path) -> None:
    """`language=` goes with rows, files and Documents, and an error names the parameter."""
    rows = [
        {"document": "Nein. Ja.", "reference": "Ja."},
        {"document": "Nein.", "reference": "Ja.", "language": "French"},
    ]
    given = sumbench.score(rows, {"s": ["Ja.", "Ja."]}, language="German", out=tmp_path / "a")
    assert [document.language for document in given.documents] == ["de", "fr"]
    documents = [sumbench.Document("a", "", (TEXTS["zh"][0],)), sumbench.Document("b", "", ("Ja.",), language="de")]
    made = sumbench.score(documents, {"s": [TEXTS["zh"][0], "Ja."]}, out=tmp_path / "b")
    assert [document.language for document in made.documents] == ["zh", "de"]
    assert {score.value for score in made.scores if score.metric == "rouge1"} == {1.0}
    ran = sumbench.run(rows, "lead", language="nld_Latn", out=tmp_path / "c")
    assert [document.language for document in ran.documents] == ["nl", "fr"]
    with pytest.raises(UsageError, match=r"^language='Germn': unknown language"):
        sumbench.score(rows, {"s": ["Ja.", "Ja."]}, language="Germn", out=tmp_path / "d")
