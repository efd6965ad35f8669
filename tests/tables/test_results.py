import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.metrics.rouge.values import values
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs import environment
from sumbench.stats import analyse
from sumbench.stats import standings
from sumbench.tables import FORMATS
from sumbench.tables import results as of_analysis
from sumbench.tables.model import Table

ROLES = {"good": "ranked", "better": "ranked", "lead": "floor", "broken": "ranked"}
METRICS = ("rouge2", "rougeL")
VALUES = {"good": (0.2, 0.4), "better": (0.5, 0.3), "lead": (0.1, 0.2), "references": (0.6, 0.8)}


def results(run: Run) -> Table:
    return of_analysis(run.manifest, analyse(run))


def summary(document: str, system: str) -> Summary:
    if system == "broken":
        return Summary(document, system, "", 0, 0, 0, 0.0, error="it broke")
    seen = 50 if system == "better" and document == "b" else 100
    return Summary(document, system, "one two three", 100, seen, 3, seconds=0.5)


@pytest.fixture
def run() -> Run:
    """Two ranked systems, a floor, one that failed, and the references' agreement, on two documents."""
    manifest = Manifest(
        schema=SCHEMA,
        finished=True,
        request=None,
        suite="default",
        sentences=3,
        words=None,
        seed=0,
        corpus=CorpusEntry("two|three", "ab" * 32, 2, 4),
        systems=tuple(
            SystemEntry(
                name,
                role,
                ("two|three",) if name == "good" else (),
                {},
                None,
                "it broke" if name == "broken" else None,
                None,
            )
            for name, role in ROLES.items()
        ),
        metrics=(
            MetricEntry("rouge", values(["rouge2", "rougeL"]), {"rouge2": "rouge2|f1|x", "rougeL": "rougeL|f1|x"}),
        ),
        ranked_by="rouge2",
        started="2026-11-22T20:00:00+00:00",
        seconds=1.0,
        version="0.1.0",
        revision=None,
        python="3.11.7",
        packages={},
        machine=environment.machine(),
    )
    summaries = tuple(summary(document, system) for system in ROLES for document in "ab")
    scores = tuple(
        Score(document, system, metric, value)
        for system, of_system in VALUES.items()
        for document, value in zip("ab", of_system, strict=True)
        for metric in METRICS
    )
    return Run(manifest, summaries, scores)


def longer(run: Run, better: float) -> Run:
    """The same on twenty-six documents, on which `better` stands so far above `good`, and both above the lead."""
    ids = tuple(f"{number:02}" for number in range(26))
    rng = np.random.default_rng(1)
    levels = {"good": 0.4, "better": 0.4 + better, "lead": 0.1, "references": 0.9}
    noise = {name: rng.permutation(np.linspace(-0.02, 0.02, 26)) for name in levels}
    scores = [
        Score(document, name, metric, level + number / 100 + float(noise[name][number]))
        for name, level in levels.items()
        for number, document in enumerate(ids)
        for metric in METRICS
    ]
    corpus = replace(run.manifest.corpus, documents=26)
    summaries = [summary(document, system) for system in ROLES for document in ids]
    return Run(replace(run.manifest, corpus=corpus), summaries, scores)


def test_systems_are_ranked_and_the_others_set_apart(run: Run) -> None:
    """Ranked systems come best first and failed ones last; floors and ceilings have sections of their own."""
    ranked, floors, ceilings = results(run).sections
    assert [row.cells[0] for row in ranked.rows] == ["better †", "good ‡", "broken"]
    assert [row.cells[0] for row in floors.rows] == ["lead"]
    assert [row.cells[0] for row in ceilings.rows] == ["reference agreement"]


def test_scores_are_means_times_100_and_the_best_ranked_is_marked(run: Run) -> None:
    """The mean over documents is shown times 100; a ceiling is never marked as best."""
    ranked, _, ceilings = results(longer(run, better=0.3)).sections
    columns = [column.key for column in results(longer(run, better=0.3)).columns]
    assert ranked.rows[0].cells[columns.index("rouge2")] == pytest.approx(100 * (0.3 + 0.4 + 0.125))
    assert ranked.rows[0].best == {columns.index("rouge2"), columns.index("rougeL")}
    assert ranked.rows[1].best == ceilings.rows[0].best == frozenset()


def test_where_nothing_stands_out_nothing_is_bold(run: Run) -> None:
    """Systems that cannot be told apart share a letter; of all ranked ones together, none is marked as best."""
    table = results(longer(run, better=0.001))
    ranked, floors, _ = table.sections
    place = [column.key for column in table.columns].index("rouge2")
    assert [row.marks.get(place) for row in (*ranked.rows, *floors.rows)] == ["a", "a", None, "b"]
    assert [place in row.best for row in ranked.rows] == [False, False, False]


def test_where_no_outcome_could_show_a_difference_there_are_no_letters(run: Run) -> None:
    """Two documents tell no two systems apart, whatever they score: the table says so, above and below."""
    table = results(run)
    assert not any(mark for section in table.sections for row in section.rows for mark in row.marks.values())
    assert not any(row.best for section in table.sections for row in section.rows)
    said = "2 documents and 3 pairs: no difference could have been shown"
    assert any(sentence.startswith(said) for sentence in table.verdict)
    assert f"{said}, so there are no letters, nothing is bold" in table.notes


def test_one_document_gives_neither_interval_nor_letters(run: Run) -> None:
    """The table says that one document cannot support them."""
    alone = Run(
        replace(run.manifest, corpus=replace(run.manifest.corpus, documents=1)),
        tuple(one for one in run.summaries if one.document == "a"),
        tuple(one for one in run.scores if one.document == "a"),
    )
    table = results(alone)
    assert "interval" not in {column.key for column in table.columns}
    assert "one document (or one source) cannot support an interval, nor a test" in table.notes
    assert not any(mark for section in table.sections for row in section.rows for mark in row.marks.values())


def test_documents_of_one_source_are_drawn_together(run: Run) -> None:
    """Two documents that share their source support an interval no more than one does, and the table says so."""
    shared = replace(run.manifest.corpus, clusters={"a": "the same", "b": "the same"})
    table = results(Run(replace(run.manifest, corpus=shared), run.summaries, run.scores))
    assert "interval" not in {column.key for column in table.columns}
    assert any("documents share 1 source:" in note for note in table.notes)


@pytest.mark.parametrize(
    ("languages", "guessed", "unclear", "says"),
    [
        ({}, 0, 0, []),
        ({"en": 9}, 0, 0, []),
        ({"en": 9}, 9, 0, ["language: en (9 documents); guessed: `--language` says it where that is wrong"]),
        ({"de": 8, "en": 1}, 0, 0, ["language: de (8 documents), en (1)"]),
        (
            {"de": 5, "en": 4},
            3,
            1,
            [
                (
                    "language: de (5 documents), en (4); 3 of them guessed (1 unclear: taken for the commonest in "
                    "their script): `--language` says it where that is wrong"
                )
            ],
        ),
        (
            dict.fromkeys("abcdefgh", 1),
            0,
            0,
            ["language: a (1 document), b (1), c (1), d (1), e (1), f (1), 2 more"],
        ),
        (
            {"zh-Hant": 5, "th": 2, "en": 2},
            0,
            0,
            [
                "language: zh-Hant (5 documents), th (2), en (2)",
                "words of th, zh are counted by characters, as there are no blanks between them",
            ],
        ),
    ],
)
def test_the_languages_are_said_where_a_reader_needs_them(
    run: Run, languages: dict[str, int], guessed: int, unclear: int, says: list[str]
) -> None:
    """Guesses, and anything but English; of nothing but English as said, nothing."""
    corpus = replace(
        run.manifest.corpus,
        documents=sum(languages.values()) or 2,
        languages=languages,
        guessed=guessed,
        unclear=unclear,
    )
    notes = results(Run(replace(run.manifest, corpus=corpus), run.summaries, run.scores)).notes
    assert [note for note in notes if note.startswith(("language", "words of"))] == says


def test_what_was_cut_or_failed_is_counted_and_said(run: Run) -> None:
    """The share of the input seen, the count of failures and the reasons stand in the table."""
    table = results(run)
    columns = [column.key for column in table.columns]
    better, _, broken = table.sections[0].rows
    assert better.cells[columns.index("seen")] == pytest.approx(75.0)
    assert broken.cells[columns.index("failed")] == 2
    notes = "\n".join(table.notes)
    assert "good was trained on two|three" in notes
    for text in ("better, 1 document", "broken could not be loaded: it broke", "sha256 abababababababab"):
        assert text in notes


def test_the_reason_of_a_failure_stands_under_the_table(run: Run) -> None:
    """Each system's first failure is said in one line, and the number of others; what did not load is said once."""
    reason = "the server answered 500:\n" + "of no use " * 99
    failed = tuple(
        replace(each, error=reason) if each.system == "good" else replace(each, error="it broke")
        for each in run.summaries
        if each.system in {"good", "broken"}
    )
    whole = tuple(each for each in run.summaries if each.system not in {"good", "broken"})
    notes = [note for note in results(Run(run.manifest, whole + failed, run.scores)).notes if "failed on" in note]
    (note,) = notes
    assert note.startswith("good failed on a: the server answered 500: of no use of")
    assert note.endswith("… (and 1 more: summaries.jsonl has every reason)")
    assert "\n" not in note
    assert len(note) < 400


def test_a_system_that_thinks_is_noted(run: Run) -> None:
    """How many tokens of thought a summary took, and that these are not scored."""
    took = Telemetry(0.0, None, None, None, None, None, None, None, 0, mean_thought_tokens=120.4)
    good, *others = run.manifest.systems
    thinking = run.with_manifest(replace(run.manifest, systems=(replace(good, telemetry=took), *others)))
    assert "good thinks: 120 tokens of thought a summary, not scored" in results(thinking).notes
    assert not [note for note in results(run).notes if "thinks" in note]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("xsum", "xsum"),
        ("xsum,split=validation", "xsum-validation"),
        ("hub:EdinburghNLP/xsum,split=test", "xsum"),
        ("hub:somebody/xsum,config=plain", "xsum-plain"),
        ("hub:copies/xsum,split=train", "xsum-train"),
    ],
)
def test_a_system_trained_on_the_corpus_is_marked_however_that_is_named(run: Run, asked: str, name: str) -> None:
    """By preset, split or the hub's name: row and note say so; on another corpus neither does."""
    systems = [replace(entry, trained_on=("xsum",) * (entry.name == "good")) for entry in run.manifest.systems]
    corpus = replace(run.manifest.corpus, name=name)
    changed = replace(run.manifest, systems=tuple(systems), corpus=corpus, request={"corpus": asked})
    table = results(Run(changed, run.summaries, run.scores))
    assert table.sections[0].rows[1].cells[0] == "good ‡"
    assert any(note.startswith(f"‡ good was trained on {name}: ") for note in table.notes)
    elsewhere = replace(changed, corpus=run.manifest.corpus, request={"corpus": "samsum"})
    other = results(Run(elsewhere, run.summaries, run.scores))
    assert "‡" not in "".join([*(str(row.cells[0]) for row in other.sections[0].rows), *other.notes])


def test_standings_count_documents_cut_and_failed(run: Run) -> None:
    """A standing says on how many documents it rests."""
    better = next(row for row in standings(run) if row.system == "better")
    assert (better.scored, better.cut, better.failed, better.words) == (2, 1, 0, 3.0)


def test_markdown_aligns_numbers_marks_the_best_and_escapes(run: Run) -> None:
    """Numbers are right-aligned, the best is bold, and no text can break the table."""
    text = FORMATS["markdown"](results(longer(run, better=0.3)))
    assert "| ------------------- | -----------: | ------------- | ---------: | -----------: |" in text
    row = r"^\| better              \|  \*\*82\.50\*\* a \| 7\d\.\d–8\d\.\d     \|      100\.0 \|  \*\*82\.50\*\* a \|"
    assert re.search(row, text, re.MULTILINE)
    assert "two\\|three" in text
    assert "| *floors*            |              |" in text


@pytest.fixture
def drawn(run: Run) -> Run:
    """The same with three draws of `good`, the third of which failed on the second document."""
    entries = tuple(replace(one, samples=3) if one.name == "good" else one for one in run.manifest.systems)
    draws = (("a", 2, 0.3), ("a", 3, 0.1), ("b", 2, 0.5))
    more = tuple(replace(summary(document, "good"), draw=draw) for document, draw, _ in draws)
    failed = replace(summary("b", "good"), draw=3, text="", error="it broke")
    scores = tuple(
        Score(document, "good", metric, value, draw) for document, draw, value in draws for metric in METRICS
    )
    return Run(replace(run.manifest, systems=entries), (*run.summaries, *more, failed), (*run.scores, *scores))


def test_draws_stand_in_the_table_with_their_spread(drawn: Run) -> None:
    """The row has the mean over draws, their number and how far apart they lie; systems of one draw have none."""
    table = results(drawn)
    lines = FORMATS["markdown"](table).splitlines()
    # Documents count 0.2 and 0.3, one draw of b having failed; the draws' means are 0.3, 0.4 and 0.05.
    assert [cell.strip() for cell in lines[4].strip("|").split("|")][:5] == [
        *("system", "ROUGE-2", "draws", "answered %", "ROUGE-L")
    ]
    split = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[6:] if line.startswith("|")]
    rows = {cells[0]: cells for cells in split}
    assert rows["good ‡"][:5] == ["good ‡", "25.00", "3 ± 18.03", "83.3", "25.00"]
    shown = {name: row[2] for name, row in rows.items() if row[2]}
    assert shown == {"better †": "1", "good ‡": "3 ± 18.03", "broken": "1", "lead": "1"}
    assert "standard deviation between the draws' mean ROUGE-2" in "\n".join(table.notes)


def test_files_carry_the_numbers_of_draws(drawn: Run) -> None:
    """CSV has the number of draws, the spread of each metric and the draws that failed, each in a column."""
    header, *rows = csv.reader(FORMATS["csv"](results(drawn)).splitlines())
    good = dict(zip(header, next(row for row in rows if row[1] == "good ‡"), strict=True))
    assert (good["samples"], good["failed"], good["failed_draws"]) == ("3", "0", "1")
    assert [float(good[f"{metric}_between_draws"]) for metric in METRICS] == pytest.approx([18.0278, 18.0278], abs=1e-3)


def test_csv_keeps_full_precision(run: Run) -> None:
    """CSV has a header and one row a system, numbers unrounded, missing ones empty."""
    lines = FORMATS["csv"](results(longer(run, better=0.3))).splitlines()
    assert len(lines) == 6
    rows = {row["system"]: row for row in csv.DictReader(lines)}
    better, broken = rows["better"], rows["broken"]
    assert (better["section"], better["rouge2_letters"], better["answered"], broken["answered"]) == (
        "",
        "a",
        "100.0",
        "0.0",
    )
    assert len(better["rouge2_low"]) > 8
    low, value, high = (float(better[key]) for key in ("rouge2_low", "rouge2", "rouge2_high"))
    assert low < value < high
    assert better["interval"] == f"{low:.1f}–{high:.1f}"
    assert (broken["rouge2"], broken["failed"], better["failed"]) == ("", "26", "0")
    assert float(better["lead_difference"]) == pytest.approx(value - float(rows["lead"]["rouge2"]))
    assert float(better["lead_p"]) < 0.001
    assert (better["place_low"], better["place_high"], better["place_kept"]) == ("1", "1", "100.0")


def test_terminal_shows_every_row_and_note(run: Run) -> None:
    """Where stdout is no terminal nothing is cut off, however long the notes are."""
    table = replace(results(run), notes=("x" * 300,))
    text = FORMATS["terminal"](table)
    assert "x" * 300 in text
    for name in ("better †", "good ‡", "broken", "lead", "reference agreement"):
        assert name in text


def test_the_reason_why_there_is_no_interval_is_the_true_one(run: Run) -> None:
    """Where nothing was scored, or every system on one document alone, the table does not speak of one document."""
    failed = results(Run(run.manifest, run.summaries, ()))
    assert "nothing has a score of ROUGE-2: there is no interval, and no test of it" in failed.notes
    single = [score for score in run.scores if (score.document == "a") == (score.system == "good")]
    alone = results(Run(run.manifest, run.summaries, single))
    assert any(note.startswith("no intervals: too few documents or sources (it takes 8, ") for note in alone.notes)
    assert "one document (or one source) cannot support an interval, nor a test" not in (*failed.notes, *alone.notes)
