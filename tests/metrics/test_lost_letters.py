from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.jobs.finish import Finished
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.plan import plan
from sumbench.jobs.requests import Given
from sumbench.jobs.requests import Request
from sumbench.jobs.rescore import rescore
from sumbench.jobs.score import score
from sumbench.metrics import BatchNote
from sumbench.metrics import Metric
from sumbench.metrics import NoteTally
from sumbench.metrics.rouge import OriginalRouge
from sumbench.metrics.rouge import RougeMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights import Store
from tests.metrics.scored import batch
from tests.rouge.scripts import TEXTS

CHINESE = "我们在北京大学。"
ENGLISH = "The café is open."

LOSE = "lose more than a tenth of their letters, as words are runs of a-z and 0-9 alone"


def document(name: str, *references: str, language: str = "en") -> Document:
    return Document(name, "", references, language=language)


def summary(name: str, text: str, system: str = "s") -> Summary:
    return Summary(name, system, text, None, None, 0, None)


DOCUMENTS = [document("a", ENGLISH, CHINESE), document("b", CHINESE), document("c", CHINESE, language="zh")]
SUMMARIES = [
    summary("a", ENGLISH),
    summary("b", CHINESE),
    summary("c", CHINESE),
    summary("b", CHINESE, "t"),
]


def test_texts_that_lose_letters_are_noted() -> None:
    """English words note references and summaries by name; what is read in its own language is not noted."""
    found = batch(RougeMetric(), DOCUMENTS, SUMMARIES)
    remedy = "if they are not in English, say which language it is: --language"
    assert list(found.notes) == [
        BatchNote(f"references that {LOSE}", ["reference 2 of document 'a'", "reference 1 of document 'b'"], remedy),
        BatchNote(f"summaries that {LOSE}", ["s's summary of document 'b'", "t's summary of document 'b'"], remedy),
    ]
    assert not batch(RougeMetric(), DOCUMENTS[2:], SUMMARIES[2:3]).notes


def test_a_batch_scored_one_by_one_has_each_text_noted_once() -> None:
    """Where one summary cannot be scored, the notes on the others are as ever."""
    broken = [*SUMMARIES, summary("b", "\ud800", "u")]
    found = batch(RougeMetric(), DOCUMENTS, broken)
    assert [len(note.texts) for note in found.notes] == [2, 2]
    assert found.failed == 1


@pytest.mark.parametrize("metric", [RougeMetric(preset="perl"), OriginalRouge(options="-n 2 -m")])
def test_the_words_of_rouge_155_refuse_references_and_note_summaries(metric: Metric) -> None:
    """A reference that ROUGE-1.5.5 does not read is refused with its document; a summary is noted."""
    with pytest.raises(MetricError, match=r"reference 2 of document 'a' loses .*: ROUGE-1.5.5 reads .*--rouge google"):
        batch(metric, DOCUMENTS, SUMMARIES, fail_fast=True)
    found = batch(metric, [document("d", ENGLISH)], [summary("d", CHINESE)])
    assert [(note.what, note.texts) for note in found.notes] == [
        (f"summaries that {LOSE}", ["s's summary of document 'd'"])
    ]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("tok", ["default", "words"])
def test_equal_texts_score_one(language: str, tok: str) -> None:
    """In every language a summary that equals its reference has all values 1, and nothing is noted."""
    found = batch(
        RougeMetric(tok=tok), [document("a", TEXTS[language], language=language)], [summary("a", TEXTS[language])]
    )
    assert {score.value for score in found.scores} == {1.0}
    assert not found.notes


def test_words_of_a_dictionary_are_an_option() -> None:
    """The signature names the dictionary; it goes with the words of the language alone."""
    assert "|tok:rjieba-" in RougeMetric(tok="words").signatures(["zh"])["rouge2"]
    assert "|tok:unicode|" in RougeMetric().signatures(["zh"])["rouge2"]
    with pytest.raises(UsageError, match="unknown tok 'jieba': known are default, words"):
        RougeMetric(tok="jieba")
    with pytest.raises(UsageError, match="tok=words does not go with preset=perl"):
        RougeMetric(tok="words", preset="perl")


def test_notes_are_counted_over_batches() -> None:
    """Notes of the same words are one line, with the number of texts and the first one."""
    tally = NoteTally()
    for texts in (["x", "y"], [], ["z"]):
        tally.add([BatchNote("odd ones", texts, "mend them"), BatchNote("short ones", texts)])
    assert tally.lines("m") == ("m: odd ones: 3, the first: x; mend them", "m: short ones: 3, the first: x")


def _scored(tmp_path: Path, *metrics: str | Metric, stream: bool = False) -> tuple[Path, Finished]:
    references = tmp_path / "references.jsonl"
    references.write_text(f'{{"id": "a", "reference": "{CHINESE}", "language": "en"}}\n')
    outputs = tmp_path / "outputs.txt"
    outputs.write_text(f"{CHINESE}\n")
    request = ScoreRequest([str(references)], {"s": str(outputs)}, metrics=metrics or None, stream=stream)
    return score(request, Store(tmp_path, offline=True), tmp_path / "run")


@pytest.mark.parametrize("stream", [False, True])
def test_notes_stand_under_the_table(tmp_path: Path, *, stream: bool) -> None:
    """What was noted is in the table and in run.json, also of a stream."""
    _, finished = _scored(tmp_path, stream=stream)
    metric, *_ = finished.run.manifest.metrics
    assert [note.split(", ")[0] for note in metric.notes] == [
        "rouge: references that lose more than a tenth of their letters",
        "rouge: summaries that lose more than a tenth of their letters",
    ]
    assert set(metric.notes) <= set(finished.table.notes)


def test_a_metric_that_is_added_refuses_before_anything_is_written(tmp_path: Path) -> None:
    """A run keeps its scores where ROUGE-1.5.5 cannot read the references; planning a run refuses, too."""
    folder, _ = _scored(tmp_path)
    before = (folder / "run.json").read_bytes()
    with pytest.raises(MetricError, match="reference 1 of document 'a' loses"):
        rescore(folder, [OriginalRouge(options="-n 1")], Store(tmp_path, offline=True))
    assert (folder / "run.json").read_bytes() == before
    given = Given(corpus=[replace(document("a", CHINESE), text="text")], metrics=[RougeMetric(preset="perl")])
    with pytest.raises(MetricError, match="reference 1 of document 'a' loses"):
        plan(Request(), Store(tmp_path, offline=True), given=given)
