"""Grounding: claim checkers' published input and probabilities, chunks, and what their classes are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.testing import check_metric
from tests.metrics import classifiers
from tests.metrics.claimed import check_spans
from tests.metrics.claimed import content
from tests.metrics.claimed import renamed
from tests.metrics.claimed import scores

SOURCE = "It rained all day in the valley. The mayor met Zoë in Łódź 😀. The council granted the bridge."
CLAIMS = ("The baker met the mayor.", "Who pays, «Zoë» 😀?")


@pytest.fixture(scope="module")
def roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checker of RoBERTa's kind, its classes without names, as MiniCheck's; it reads 160 tokens."""
    return classifiers.roberta(tmp_path_factory.mktemp("models") / "roberta", limit=160)


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checker of Flan-T5's kind."""
    return classifiers.t5(tmp_path_factory.mktemp("models") / "t5")


def logits(folder: Path, auto: str, text: str, **inputs: Any) -> Any:  # noqa: ANN401 - a tensor
    """Return what transformers' own model says of a text by its own tokenizer."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        model = getattr(transformers, auto).from_pretrained(folder).eval()
        return model(**tokenizer(text, return_tensors="pt"), **inputs).logits


@pytest.mark.parametrize("make", [classifiers.roberta, classifiers.deberta])
def test_classifiers_read_source_and_claim_as_published(
    make: Callable[..., Path], offline: MetricContext, tmp_path: Path
) -> None:
    """Source and claim are one text with the end mark between them; the second class is supported."""
    folder = make(tmp_path / "model", limit=160)
    mark = "</s>" if make is classifiers.roberta else "[SEP]"
    expected = [
        float(logits(folder, "AutoModelForSequenceClassification", f"{SOURCE}{mark}{claim}").softmax(-1)[0, 1])
        for claim in CLAIMS
    ]
    found = scores(f"grounding,model={folder}", offline, SOURCE, "\n".join(CLAIMS))
    assert [each["score"] for each in content(found)["sentences"]] == pytest.approx(expected, abs=1e-5)
    assert found.values["grounding"][0] == pytest.approx(np.mean(expected), abs=1e-5)
    assert found.values["grounding_min"][0] == pytest.approx(min(expected), abs=1e-5)
    assert found.values["grounding_share"][0] == np.mean(np.array(expected) > 0.5)
    said = scores(f"grounding,model={folder},supported_label=0", offline, SOURCE, "\n".join(CLAIMS))
    assert said.values["grounding"][0] == pytest.approx(1 - np.mean(expected), abs=1e-5)


def test_a_sequence_to_sequence_checker_answers_with_a_token(t5: Path, offline: MetricContext) -> None:
    """It is asked as published, and its probability is that of the token 1 against the token that begins 0."""
    import torch

    tokens = classifiers.pieces(t5=True)
    one, zero = tokens("1")["input_ids"][0], tokens("0")["input_ids"][0]
    begun = torch.zeros((1, 1), dtype=torch.long)
    expected = []
    for claim in CLAIMS:
        asked = f"predict: {SOURCE}</s>{claim}"
        row = logits(t5, "AutoModelForSeq2SeqLM", asked, decoder_input_ids=begun)[0, 0, [zero, one]]
        expected.append(float(row.softmax(-1)[1]))
    found = scores(f"grounding,model={t5}", offline, SOURCE, "\n".join(CLAIMS))
    assert [each["score"] for each in content(found)["sentences"]] == pytest.approx(expected, abs=1e-5)
    turned = scores(f"grounding,model={t5},supported=0,unsupported=1", offline, SOURCE, "\n".join(CLAIMS))
    assert turned.values["grounding"][0] == pytest.approx(1 - np.mean(expected), abs=1e-5)
    with pytest.raises(MetricError, match=r"reads 16 tokens at once, .*: give a wider window="):
        build_metric(f"grounding,model={t5},window=16,prefix=Is what stands behind this supported? ").load(offline)
    with pytest.raises(MetricError, match="supported=1 and unsupported=1 begin with the same token"):
        build_metric(f"grounding,model={t5},unsupported=1").load(offline)


@pytest.mark.parametrize("window", [0, 48])
def test_a_claim_has_the_highest_probability_of_any_chunk(roberta: Path, offline: MetricContext, window: int) -> None:
    """Chunks are of whole sentences, cover the source to its end, and the best one is named."""
    sentences = [f"The mayor met {name} in the valley." for name in ("Zoë", "nobody", "the baker 😀", "everyone")] * 6
    long = " ".join(sentences)
    spec = f"grounding,model={roberta},chunk=40,window={window}"
    found = scores(spec, offline, long, "\n".join(CLAIMS))
    assert check_spans(found, long, ["\n".join(CLAIMS)])
    best = content(found)["sentences"][0]
    alone = [
        content(scores(spec, offline, " ".join(sentences[start:end]), CLAIMS[0]))["sentences"][0]["score"]
        for start in range(len(sentences))
        for end in range(start + 1, len(sentences) + 1)
        if " ".join(sentences[start:end]) == long[best["source"]["start"] : best["source"]["end"]]
    ]
    assert alone
    assert max(alone) == pytest.approx(best["score"], abs=1e-5)
    more = scores(spec, offline, f"{long} The council granted the bridge.", "\n".join(CLAIMS))
    assert not np.isclose(more.values["grounding"][0], found.values["grounding"][0], atol=1e-9) or window


def test_an_end_mark_in_a_source_is_text(roberta: Path, offline: MetricContext) -> None:
    """What an article says about "</s>" does not end the source: it is read letter by letter."""
    text = "The mayor wrote </s> on Monday."
    own = float(logits(roberta, "AutoModelForSequenceClassification", f"{text}</s>{CLAIMS[0]}").softmax(-1)[0, 1])
    found = scores(f"grounding,model={roberta}", offline, text, CLAIMS[0])
    assert abs(found.values["grounding"][0] - own) > 1e-4


def test_classes_are_refused_where_nothing_tells_which_is_supported(
    ruled: Path, offline: MetricContext, tmp_path: Path
) -> None:
    """Three without names are; a classifier of entailment checks claims, too."""
    numbered = renamed(ruled, tmp_path / "numbered", ("LABEL_0", "LABEL_1", "LABEL_2"))
    with pytest.raises(MetricError, match="none says that it is supported: give supported_label=NAME"):
        build_metric(f"grounding,model={numbered}").load(offline)
    found = scores(f"grounding,model={ruled}", offline, "The council granted the bridge.", "Who pays?")
    assert found.values["grounding"][0] > 0.9
    with pytest.raises(UsageError, match="chunk=-1 means nothing"):
        build_metric("grounding,chunk=-1")
    with pytest.raises(UsageError, match="window=8 holds no sentence"):
        build_metric("grounding,window=8")


def test_the_contract_is_kept_whatever_the_batches(roberta: Path, t5: Path, offline: MetricContext) -> None:
    """Cutting batches in another way changes nothing but rounding."""
    for folder in (roberta, t5):
        check_metric(build_metric(f"grounding,model={folder}"), context=offline, tolerance=1e-5)
