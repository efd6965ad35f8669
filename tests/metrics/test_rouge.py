import math
from pathlib import Path
from statistics import fmean

import pytest
from rouge_score.rouge_scorer import RougeScorer

from sumbench.corpus import open_corpus
from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.metrics.rouge import RougeMetric
from sumbench.metrics.rouge.metric import ROUGE_TYPES
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from tests.metrics.scored import batch
from tests.metrics.scored import scored

FOLDER = Path(__file__).parents[2] / "bench" / "sumbench" / "metrics" / "rouge"


def summary(document: Document, text: str, error: str | None = None) -> Summary:
    return Summary(document.id, "system", text, 1, 1, 1, 0.0, error)


def value(scores: list[Score], metric: str, system: str = "system") -> float:
    (found,) = (score.value for score in scores if (score.metric, score.system) == (metric, system))
    return found


def test_a_system_is_scored_by_jackknife_over_rouge_score_figures() -> None:
    """On a real article each figure is the mean, over references left out, of the best F1 among the others."""
    document = open_corpus("references").documents[0]
    text = "\n".join(document.text.split("\n")[:3])
    scores = scored(RougeMetric(), [document], [summary(document, text)])
    peer = RougeScorer(list(ROUGE_TYPES), use_stemmer=True)
    for name in ROUGE_TYPES:
        each = [peer.score(reference, text)[name].fmeasure for reference in document.references]
        expected = fmean(max(each[:i] + each[i + 1 :]) for i in range(len(each)))
        assert value(scores, name) == pytest.approx(expected, abs=1e-12)


def test_agreement_scores_each_reference_against_the_others() -> None:
    """The agreement is the mean over references of the best F1 against any other."""
    document = open_corpus("references").documents[1]
    scores = scored(RougeMetric(), [document], [])
    peer = RougeScorer(["rouge2"], use_stemmer=True)
    expected = fmean(
        max(peer.score(other, one)["rouge2"].fmeasure for other in document.references if other != one)
        for one in document.references
    )
    assert value(scores, "rouge2", "references") == pytest.approx(expected, abs=1e-12)
    assert {score.system for score in scores} == {"references"}


def test_one_reference_has_no_agreement_and_is_scored_as_it_is(document: Document) -> None:
    """With a single reference there is nothing to leave out and nobody to agree with."""
    alone = Document("a", document.text, document.references[:1])
    scores = scored(RougeMetric(), [alone], [summary(alone, alone.references[0])])
    assert value(scores, "rougeLsum") == 1.0
    assert {score.system for score in scores} == {"system"}


def test_a_failed_summary_has_no_score(document: Document) -> None:
    """What failed is not scored as an empty summary; an empty summary that did not fail scores 0."""
    failed = scored(RougeMetric(), [document], [summary(document, "", error="broke")])
    assert {score.system for score in failed} == {"references"}
    assert value(scored(RougeMetric(), [document], [summary(document, "")]), "rouge1") == 0.0


def test_the_language_chooses_words_and_the_signature_says_so() -> None:
    """Identical Chinese texts score 1, and the signature names the tokenizer."""
    chinese = Document("z", "", ("今天下雨。",), language="zh")
    assert value(scored(RougeMetric(), [chinese], [summary(chinese, "今天下雨。")]), "rouge1") == 1.0
    signatures = RougeMetric().signatures(["zh"])
    assert "tok:unicode" in signatures["rouge1"]
    assert "sent:none" in signatures["rougeL"]
    assert "sent:newline" in signatures["rougeLsum"]


def test_a_text_that_cannot_be_scored_is_named(document: Document) -> None:
    """A lone surrogate is refused with the document's id and the system's name."""
    with pytest.raises(MetricError, match=r"system's summary of document 'bridge' holds a lone surrogate"):
        batch(RougeMetric(), [document], [summary(document, "\ud800")], fail_fast=True)


@pytest.fixture(scope="module")
def loaded(evaluate_offline: None, tmp_path_factory: pytest.TempPathFactory) -> object:  # noqa: ARG001
    """The metric as evaluate loads it by its path, offline."""
    import evaluate

    return evaluate.load(str(FOLDER), cache_dir=str(tmp_path_factory.mktemp("cache")))


def test_evaluate_loads_it_by_its_path(loaded: object, document: Document) -> None:
    """evaluate.load takes the folder and computes the same figures as a run."""
    text = "The council voted for the bridge by nine to four."
    result = loaded.compute(predictions=[text], references=[list(document.references)])  # type: ignore[attr-defined]
    own = scored(RougeMetric(), [document], [summary(document, text)])
    assert {name: result[name] for name in ROUGE_TYPES} == {name: value(own, name) for name in ROUGE_TYPES}
    assert "refs:jackknife" in result["signatures"]["rouge2"]


def test_evaluate_takes_one_reference_and_gives_values_by_document(loaded: object) -> None:
    """A plain text as reference works, and without aggregation there is a value a document."""
    result = loaded.compute(  # type: ignore[attr-defined]
        predictions=["the bridge", "a ship"],
        references=["the bridge", "the bridge"],
        rouge_types=["rouge1"],
        use_aggregator=False,
    )
    assert result["rouge1"] == [1.0, 0.0]
    assert not any(map(math.isnan, result["rouge1"]))


@pytest.mark.parametrize("use_stemmer", [True, False])
@pytest.mark.parametrize("several", [True, False])
def test_evaluate_stems_as_rouge_score_does(loaded: object, *, use_stemmer: bool, several: bool) -> None:
    """With and without stems, and with one reference or the best of several, figures are rouge_score's to the bit."""
    documents = open_corpus("references").documents[:3]
    predictions = ["\n".join(document.text.split("\n")[:3]) for document in documents]
    references = [list(document.references if several else document.references[:1]) for document in documents]
    peer = RougeScorer(list(ROUGE_TYPES), use_stemmer=use_stemmer)
    each = [peer.score_multi(texts, one) for texts, one in zip(references, predictions, strict=True)]
    result = loaded.compute(  # type: ignore[attr-defined]
        predictions=predictions,
        references=references,
        rouge_types=None,
        use_aggregator=False,
        use_stemmer=use_stemmer,
        handling="max",
    )
    assert {name: result[name] for name in ROUGE_TYPES} == {
        name: [scores[name].fmeasure for scores in each] for name in ROUGE_TYPES
    }
    assert f"stem:{'porter-nltk' if use_stemmer else 'none'}|" in result["signatures"]["rouge1"]


def test_evaluate_takes_a_language_by_any_name(loaded: object) -> None:
    """German words and stems, by name or code; what is no language is refused."""
    texts = {"predictions": ["Die Häuser brannten."], "references": ["Das Haus brennt in den Häusern."]}
    english, *german = (
        loaded.compute(**texts, language=name)  # type: ignore[attr-defined]
        for name in ("en", "de", "German", "deu_Latn")
    )
    assert german == german[:1] * 3
    assert german[0]["signatures"] != english["signatures"]
    with pytest.raises(UsageError, match="unknown language 'Germn': did you mean 'German'"):
        loaded.compute(**texts, language="Germn")  # type: ignore[attr-defined]


def test_evaluate_takes_a_tokenizer(loaded: object) -> None:
    """Any function from a text to tokens takes the place of words and stems, as in rouge_score."""

    class Characters:
        def tokenize(self, text: str) -> list[str]:
            return list(text.replace(" ", "").replace("\n", ""))

    predictions, references = ["today it\nrained", "rains fell"], ["it rained\ntoday", "rain fell"]
    # A tokenizer makes stemming idle.
    peer = RougeScorer(list(ROUGE_TYPES), use_stemmer=True, tokenizer=Characters())
    each = [peer.score(texts, one) for texts, one in zip(references, predictions, strict=True)]
    result = loaded.compute(  # type: ignore[attr-defined]
        predictions=predictions,
        references=references,
        use_aggregator=False,
        use_stemmer=True,
        tokenizer=Characters().tokenize,
    )
    assert {name: result[name] for name in ROUGE_TYPES} == {
        name: [scores[name].fmeasure for scores in each] for name in ROUGE_TYPES
    }
    assert "stem:custom|refs:jackknife|sent:newline|tok:custom" in result["signatures"]["rouge1"]
    with pytest.raises(UsageError, match="tokenizer is a str: give a function"):
        loaded.compute(predictions=["a"], references=["a"], tokenizer="words")  # type: ignore[attr-defined]
