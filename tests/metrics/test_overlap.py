from collections.abc import Sequence
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from sumbench.errors import UsageError
from sumbench.metrics import Metric
from sumbench.metrics import build_metrics
from sumbench.metrics.bleu import BleuMetric
from sumbench.metrics.chrf import ChrfMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing import check_metric
from tests.metrics.scored import batch

TEXTS = st.lists(
    st.sampled_from(["the", "bridge", "The", "bridge.", "(nine", "to", "four)", "a", "&amp;", "3.5", "-", "é", "橋"]),
    max_size=14,
).map(" ".join) | st.text("ab .,\nÀ橋", max_size=12)


def scores(metric: Metric, references: Sequence[str], texts: Sequence[str]) -> dict[str, list[float]]:
    """Return the scores of several systems' summaries of one document, and of the references, by value name."""
    document = Document("d", "", tuple(references))
    summaries = [Summary("d", f"s{at}", text, None, None, 0, None) for at, text in enumerate(texts)]
    found = batch(metric, [document], summaries, fail_fast=True).scores
    names = [value.name for value in metric.values()]
    return {
        name: [score.value for score in found if score.metric == name and score.value is not None] for name in names
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.lists(TEXTS, min_size=1, max_size=3), st.booleans())
def test_every_score_is_sacrebleus_in_every_bit(references: list[str], texts: list[str], lowercase: bool) -> None:  # noqa: FBT001
    """BLEU, chrF and chrF++ of each summary equal `sentence_score`, also against several references."""
    peers = {
        "bleu": BLEU(effective_order=True, lowercase=lowercase),
        "chrf": CHRF(lowercase=lowercase),
        "chrfpp": CHRF(word_order=2, lowercase=lowercase),
    }
    found = scores(BleuMetric(lowercase=lowercase), references, texts)
    found |= scores(ChrfMetric(lowercase=lowercase), references, texts)
    joined = [text.replace("\n", " ") for text in references]
    for name, peer in peers.items():
        expected = [peer.sentence_score(text.replace("\n", " "), joined).score for text in texts]
        assert found[name][: len(texts)] == expected


@pytest.mark.parametrize(
    ("metric", "peers"),
    [
        (BleuMetric(handling="jackknife"), {"bleu": BLEU(effective_order=True)}),
        (ChrfMetric(handling="jackknife"), {"chrf": CHRF(), "chrfpp": CHRF(word_order=2)}),
    ],
)
def test_jackknife_leaves_each_reference_out(metric: Metric, peers: dict[str, BLEU | CHRF]) -> None:
    """A summary's score is the mean over references left out, the agreement that of each against the others."""
    references = [
        "The council voted for the bridge.",
        "Nine to four for a bridge.",
        "Work begins in May on the bridge.",
    ]
    text = "The council voted nine to four for the bridge."
    rests = [[*references[:at], *references[at + 1 :]] for at in range(3)]
    for name, peer in peers.items():
        summary, agreement = scores(metric, references, [text])[name]
        assert summary == pytest.approx(fmean(peer.sentence_score(text, rest).score for rest in rests), abs=1e-12)
        each = [peer.sentence_score(own, rest).score for own, rest in zip(references, rests, strict=True)]
        assert agreement == pytest.approx(fmean(each), abs=1e-12)


def test_documents_of_different_shape_share_a_batch() -> None:
    """Documents with one and with three references, and systems that lack one, get what they get alone."""
    documents = [Document("a", "", ("The bridge.",)), Document("b", "", ("A ship.", "The ship sank.", "Rain"))]
    summaries = [
        Summary("b", "one", "The ship", None, None, 0, None),
        Summary("a", "two", "bridge", None, None, 0, None),
        Summary("b", "two", "A ship sank.", None, None, 0, None),
    ]
    for metric in (ChrfMetric(), BleuMetric()):
        together = batch(metric, documents, summaries, fail_fast=True).scores
        for document in documents:
            own = [summary for summary in summaries if summary.document == document.id]
            alone = list(batch(metric, [document], own, fail_fast=True).scores)
            assert alone == [score for score in together if score.document == document.id]
        assert {score.document for score in together if score.system == "references"} == {"b"}


def test_signatures_are_sacrebleus_own_within_ours() -> None:
    """What sacrebleu says of itself stands in the line, but for the number of references, with what we add."""
    bleu, chrf = BLEU(effective_order=True, references=[[""]]), CHRF(word_order=2, references=[[""]])
    theirs = str(bleu.get_signature()).removeprefix("nrefs:1|")
    assert BleuMetric().signatures(["en"]) == {"bleu": f"bleu|sentence|{theirs}|refs:sacrebleu|agg:mean"}
    theirs = str(chrf.get_signature()).removeprefix("nrefs:1|")
    lines = ChrfMetric(handling="jackknife").signatures(["en", "zh"])
    assert lines["chrfpp"] == f"chrfpp|sentence|{theirs}|refs:jackknife|agg:mean"
    assert "|tok:char+zh|" in BleuMetric().signatures(["th", "zh-Hant"])["bleu"]


def test_the_language_chooses_the_tokenizer() -> None:
    """Chinese is read by sacrebleu's own tokenizer for it, Thai by characters; `tok` overrules the language."""
    for language, tok, reference, text in (
        ("zh", "zh", "今天下大雨。", "今天下雨了。"),
        ("th", "char", "ฝนตกหนัก", "ฝนตก"),
    ):
        document = Document("d", "", (reference,), language=language)
        summary = Summary("d", "s", text, None, None, 0, None)
        for metric, own in ((BleuMetric(), tok), (BleuMetric(tok="none"), "none")):
            (score,) = batch(metric, [document], [summary]).scores
            assert score.value == BLEU(effective_order=True, tokenize=own).sentence_score(text, [reference]).score


@pytest.mark.parametrize(("language", "tok", "package"), [("ja", "ja-mecab", "MeCab"), ("ko", "ko-mecab", "mecab_ko")])
def test_japanese_and_korean_are_read_by_mecab(language: str, tok: str, package: str) -> None:
    """With its dictionary the words are sacrebleu's; without it, one line says what to install before anything runs."""
    reference, text = (
        ("今日は雨が降る。", "今日は雨だ。") if language == "ja" else ("오늘은 비가 온다.", "오늘 비가 온다.")
    )
    try:
        __import__(package)
    except ImportError:
        with pytest.raises(
            UsageError, match=rf"bleu: the tokenizer {tok} is not installed: pip install 'sumbench\[mecab\]'"
        ):
            BleuMetric().signatures([language])
        return
    document = Document("d", "", (reference,), language=language)
    (score,) = batch(BleuMetric(), [document], [Summary("d", "s", text, None, None, 0, None)]).scores
    assert score.value == BLEU(effective_order=True, tokenize=tok).sentence_score(text, [reference]).score
    assert f"|tok:{tok}-" in BleuMetric().signatures([language])["bleu"]


def test_readers_are_told_that_figures_are_means_of_sentence_scores() -> None:
    """A note says so, and with several references that a reference meets one fewer, unless it is jackknifed."""
    (said,) = BleuMetric().reader_notes(several_references=False)
    assert said.startswith("bleu: figures are means of sentence-level BLEU")
    assert "handling=jackknife has both meet as many" in ChrfMetric().reader_notes(several_references=True)[1]
    assert len(ChrfMetric(handling="jackknife").reader_notes(several_references=True)) == 1


def test_they_keep_the_contract_and_are_named_like_others() -> None:
    """Both pass the checks for authors of metrics, and their options are those of the command line."""
    check_metric(BleuMetric)
    check_metric(ChrfMetric)
    bleu, chrf = build_metrics(["bleu,smooth=floor,lowercase=true", "chrf,handling=jackknife"])
    assert (bleu, chrf) == (
        BleuMetric(name="bleu,smooth=floor,lowercase=true", smooth="floor", lowercase=True),
        ChrfMetric(name="chrf,handling=jackknife", handling="jackknife"),
    )
    with pytest.raises(UsageError, match="unknown tok 'spm': known are language, 13a"):
        build_metrics(["bleu,tok=spm"])
