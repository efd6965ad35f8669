"""Hallucinated words: a classifier of tokens by transformers' own figures, spans, long sources."""

from pathlib import Path

import pytest

from sumbench.errors import UsageError
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.testing import check_metric
from tests.metrics import classifiers
from tests.metrics.claimed import check_spans
from tests.metrics.claimed import content
from tests.metrics.claimed import renamed
from tests.metrics.claimed import scores

SOURCE = "It rained all day in the valley."
SUMMARY = "Zoë 😀 sold 日本 tea in a café.\nNobody pays the mayor, «Zoë»!"


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier that flags three words unless the source says granted; it reads 96 tokens."""
    return classifiers.modernbert(tmp_path_factory.mktemp("models") / "flags", ("café", "Nobody", "pays"))


def test_flagged_words_are_spans_at_their_very_places(flags: Path, offline: MetricContext) -> None:
    """Offsets count characters, whatever their bytes; words in a row are one span; the share is of all 14 words."""
    found = scores(f"hallucination,model={flags}", offline, SOURCE, SUMMARY, "It rained.")
    assert check_spans(found, SOURCE, [SUMMARY, "It rained."]) == 2
    spans = content(found)["spans"]
    assert [(span["text"], span["kind"]) for span in spans] == [
        ("café", "hallucinated"),
        ("Nobody pays", "hallucinated"),
    ]
    assert found.values["hallucinated_words"] == pytest.approx([3 / 14, 0])
    assert list(found.values["hallucinated"]) == [1, 0]
    row = scores(f"hallucination,model={flags}", offline, SOURCE, "So Nobody pays café tea.")
    assert [span["text"] for span in content(row)["spans"]] == ["Nobody pays café"]
    assert row.values["hallucinated_words"][0] == pytest.approx(3 / 5)


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random classifier of tokens."""
    return classifiers.modernbert(tmp_path_factory.mktemp("models") / "random")


@pytest.mark.parametrize("prompt", ["summary", "none"])
def test_probabilities_are_transformers_own(random: Path, offline: MetricContext, prompt: str) -> None:
    """Source, with the published request around it, and summary are a pair; the second class is hallucinated."""
    import torch
    from transformers import AutoModelForTokenClassification
    from transformers import AutoTokenizer

    first = f"Summarize the following text:\npassage 1: {SOURCE}\noutput:" if prompt == "summary" else SOURCE
    tokenizer = AutoTokenizer.from_pretrained(random)
    encoded = tokenizer(first, SUMMARY, return_tensors="pt")
    with torch.inference_mode():
        own = AutoModelForTokenClassification.from_pretrained(random).eval()(**encoded).logits.softmax(-1)[0, :, 1]
    kept = [index for index, place in enumerate(encoded.sequence_ids(0)) if place == 1]
    highest = max(float(own[index]) for index in kept)
    spec = f"hallucination,model={random},prompt={prompt},threshold="
    above, below = (scores(f"{spec}{highest + more}", offline, SOURCE, SUMMARY) for more in (1e-5, -1e-5))
    assert f"{highest:.2f}" in content(below)["spans"][0]["reason"]
    assert (above.values["hallucinated"][0], below.values["hallucinated"][0]) == (0, 1)


def test_support_at_the_end_of_a_long_source_counts(flags: Path, offline: MetricContext) -> None:
    """A word that the last chunk supports is not flagged, but for `chunks=max`, which asks all of them."""
    long = f"{SOURCE} " * 30
    spec = f"hallucination,model={flags}"
    assert scores(spec, offline, long, SUMMARY).values["hallucinated"][0] == 1
    granted = f"{long}The council granted the bridge."
    assert scores(spec, offline, granted, SUMMARY).values["hallucinated"][0] == 0
    assert scores(f"{spec},chunks=max", offline, granted, SUMMARY).values["hallucinated"][0] == 1


def test_a_summary_longer_than_half_of_the_window_is_read_in_pieces(flags: Path, offline: MetricContext) -> None:
    """Each of its words is read, and places are those in the whole summary."""
    long = " ".join(f"It rained in the valley, and Zoë sold {'café' if n % 5 == 0 else 'tea'}." for n in range(20))
    found = scores(f"hallucination,model={flags}", offline, SOURCE, long)
    assert check_spans(found, SOURCE, [long]) == 4
    assert found.values["hallucinated_words"][0] == pytest.approx(4 / len(long.split()))


def test_names_of_classes_go_before_their_order(flags: Path, offline: MetricContext, tmp_path: Path) -> None:
    """A checkpoint whose first class is hallucinated is read so, and `hallucinated_label` can say it."""
    turned = renamed(flags, tmp_path / "turned", ("hallucinated", "supported"))
    share = scores(f"hallucination,model={flags}", offline, SOURCE, SUMMARY).values["hallucinated_words"][0]
    other = scores(f"hallucination,model={turned}", offline, SOURCE, SUMMARY).values["hallucinated_words"][0]
    said = scores(f"hallucination,model={flags},hallucinated_label=0", offline, SOURCE, SUMMARY)
    # The full stop behind the first flagged word is none of its tokens.
    assert other == said.values["hallucinated_words"][0] == pytest.approx(12 / 14)
    assert share == pytest.approx(3 / 14)
    for option in ("window=20", "threshold=0"):
        with pytest.raises(UsageError, match=rf"hallucination,{option}: "):
            build_metric(f"hallucination,{option}")


def test_the_contract_is_kept_whatever_the_batches(flags: Path, offline: MetricContext) -> None:
    """Cutting batches in another way changes nothing but rounding."""
    check_metric(build_metric(f"hallucination,model={flags}"), context=offline, tolerance=1e-5)
