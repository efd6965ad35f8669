"""Similarity: the cosine of what the sentence encoder itself makes of two texts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics.meaning.sentence_vectors import SentenceEncoder
from sumbench.metrics.meaning.similarity import Similarity
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights import Store
from tests.conftest import ARTICLE
from tests.conftest import REFERENCES
from tests.metrics import encoder

CONTEXT = MetricContext(0, Store(Path("nowhere"), offline=True), "cpu")
DOCUMENT = Document("1", "The mayor gave bread.", ("The mayor promised bread.", "Bread in May."), language="en")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder."""
    return encoder.save(tmp_path_factory.mktemp("model") / "tiny")


def values(metric: Similarity, *texts: str, document: Document = DOCUMENT) -> list[float]:
    found = [Summary("1", f"s{number}", text, 0, 0, 0, 0.0) for number, text in enumerate(texts)]
    scored = LoadedMetric(metric, metric.load(CONTEXT)).found([document], found)
    (array,) = scored.values.values()
    return list(map(float, array))


def test_is_the_cosine_of_sentence_transformers_own_embeddings(model: Path) -> None:
    """Each reference, or the document, is embedded as the library does it by itself, one text at a time."""
    from sentence_transformers import SentenceTransformer

    alone = SentenceTransformer(str(model), device="cpu")

    def embed(text: str) -> np.ndarray:
        return np.asarray(alone.encode([text])[0], np.float64)

    texts = ["Bread.", "The council met.", "In May the mayor gave everyone bread."]
    cosines = np.array([[embed(text) @ embed(one) for one in DOCUMENT.references] for text in texts])
    metric = Similarity(name="s", model=str(model))
    assert values(replace(metric, handling="max"), *texts) == pytest.approx(cosines.max(axis=1), abs=1e-6)
    assert values(metric, *texts) == pytest.approx(cosines.mean(axis=1), abs=1e-6)
    own = [embed(text) @ embed(DOCUMENT.text) for text in texts]
    assert values(replace(metric, against="document"), *texts) == pytest.approx(own, abs=1e-6)


def test_nothing_of_a_long_text_is_cut_off(model: Path) -> None:
    """Its vector is the mean of its windows' by their numbers of tokens; windows end between words."""
    loaded = SentenceEncoder("s", str(model), CONTEXT)
    windows = loaded._windows(ARTICLE)
    assert "".join("".join(text for text, _ in windows).split()) == "".join(ARTICLE.split())
    assert all(0 < size <= encoder.ROOM for _, size in windows)
    (whole,) = loaded.embed([ARTICLE])
    parts = loaded.embed([text for text, _ in windows])
    mean = np.average([part.vector for part in parts], axis=0, weights=[size for _, size in windows])
    assert whole.vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert whole.long
    assert not any(part.long for part in parts)


def test_needs_follow_from_what_is_compared(model: Path) -> None:
    """Against the document no references are needed, the value has a name of its own, and an empty text has 0."""
    metric = Similarity(name="s", model=str(model), against="document")
    assert (metric.needs.references, metric.needs.source) == (False, True)
    assert [value.name for value in metric.values()] == ["similarity_document"]
    assert values(metric, "", document=replace(DOCUMENT, references=())) == [0.0]


@pytest.mark.weights
def test_the_real_model_knows_a_paraphrase(store: Store) -> None:
    """On all-MiniLM-L6-v2 the figures are those of 2026-11-27, and a paraphrase is nearer than another sentence."""
    metric = Similarity(name="s")
    document = replace(DOCUMENT, references=REFERENCES)
    texts = ("The town council backs the bridge.", "A baker gave everyone bread.")
    found = [Summary("1", f"s{number}", text, 0, 0, 0, 0.0) for number, text in enumerate(texts)]
    scored = LoadedMetric(metric, metric.load(MetricContext(0, store, "cpu"))).found([document], found)
    assert scored.values["similarity"] == pytest.approx([0.63955, 0.03082], abs=1e-4)
