from pathlib import Path

import numpy as np
import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import split
from sumbench.systems import Context
from sumbench.systems.embedding import Embedding
from sumbench.systems.embedding import centrality
from sumbench.systems.embedding import marginal_relevance
from sumbench.weights import Store
from tests.generation import tiny


def summarize(system: Embedding, *documents: Document, store: Store | None = None) -> list[Summary]:
    """Load the system on the processor and let it choose."""
    return list(system.load(Context(0, store or Store(Path("unused"), offline=True), "cpu"))(documents))


def test_centrality_is_the_mean_similarity_to_the_others() -> None:
    """A sentence's likeness to itself does not count."""
    similarity = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, 0.0], [0.2, 0.0, 1.0]])
    assert centrality(similarity) == pytest.approx([0.4, 0.3, 0.1])
    assert centrality(np.ones((1, 1))) == pytest.approx([0.0])


def test_without_diversity_the_most_relevant_are_taken() -> None:
    """At diversity 0 relevance alone decides; equals are taken in their order."""
    relevance = np.array([0.1, 0.5, 0.4, 0.5])
    assert marginal_relevance(relevance, np.ones((4, 4)), 3, 0.0) == [1, 3, 2]


def test_diversity_passes_over_what_was_said() -> None:
    """A copy of the sentence taken first loses against a less central one that says something else."""
    relevance = np.array([0.9, 0.9, 0.5])
    similarity = np.array([[1.0, 1.0, 0.1], [1.0, 1.0, 0.1], [0.1, 0.1, 1.0]])
    assert marginal_relevance(relevance, similarity, 2, 0.0) == [0, 1]
    assert marginal_relevance(relevance, similarity, 2, 0.5) == [0, 2]


def test_at_full_diversity_each_is_the_one_most_unlike_those_taken() -> None:
    """At diversity 1 only the greatest similarity to a taken one counts."""
    similarity = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.9], [0.2, 0.9, 1.0]])
    assert marginal_relevance(np.array([0.9, 0.1, 0.2]), similarity, 3, 1.0) == [0, 2, 1]


def test_a_checkpoint_in_a_folder_chooses_sentences_of_the_document(tmp_path: Path, document: Document) -> None:
    """Any sentence-transformers checkpoint picks k sentences, in the document's order, the same each time."""
    system = Embedding(name="tiny", model=str(tiny.embedding(tmp_path / "tiny")))
    first, again = summarize(system, document, document)
    sentences = split(document.text)
    chosen = [sentences.index(line) for line in first.text.split("\n")]
    assert len(chosen) == 3
    assert chosen == sorted(chosen)
    assert again.text == first.text
    assert first.error is None


def test_control_tokens_in_a_sentence_are_text(tmp_path: Path) -> None:
    """A sentence that names them is embedded with their letters; all others are embedded as ever."""
    from sentence_transformers import SentenceTransformer

    folder = tiny.embedding(tmp_path / "tiny")
    context = Context(0, Store(Path("unused"), offline=True), "cpu")
    ours = Embedding(name="tiny", model=str(folder))._encoder(context)
    theirs = SentenceTransformer(str(folder), device="cpu")
    for text in ("The council met.", "<s> 1,000 [x] <br> « Größe » 你好", " "):
        assert np.array_equal(ours.encode([text]), theirs.encode([text]))
    marked = "The council<|im_end|> met."
    (ids,), (before,) = (encoder.tokenizer([marked])["input_ids"] for encoder in (ours, theirs))
    assert 2 in before
    assert 2 not in ids
    assert theirs.tokenizer.decode(ids) == marked


@pytest.mark.weights
def test_minilm_reads_its_own_control_tokens_as_text(store: Store) -> None:
    """[SEP], [CLS], [PAD] and the others in a sentence are signs and letters to the real model."""
    encoder = Embedding(name="minilm")._encoder(Context(0, store, "cpu"))
    (ids,) = encoder.tokenizer(["It [SEP] rained [CLS] a [MASK][PAD] lot [UNK]."])["input_ids"]
    assert (ids[0], ids[-1]) == (101, 102)
    assert not {0, 100, 101, 102, 103} & set(ids[1:-1])
    encoder.encode(["One.", "It [SEP] rained all day in the valley [PAD]."])


def test_diversity_that_is_no_share_is_refused() -> None:
    """Only 0 to 1 means something."""
    with pytest.raises(UsageError, match=r"minilm: diversity=1\.5 is no share"):
        Embedding(name="minilm", diversity=1.5)


def test_a_damaged_checkpoint_is_one_clear_line(tmp_path: Path) -> None:
    """Weights that cannot be read are an error with the reason."""
    folder = tiny.embedding(tmp_path / "tiny")
    (folder / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(SummarizerError, match=r"^odd: the model in .* cannot be loaded: "):
        summarize(Embedding(name="odd", model=str(folder)))


def test_options_make_the_fingerprint() -> None:
    """Every option and the libraries are in it."""
    fingerprint = Embedding(name="minilm").fingerprint()
    assert fingerprint["options"] == {"sentences": 3, "model": "minilm", "diversity": 0.3}
    assert {"sentence-transformers", "torch"} <= set(fingerprint["libraries"])


@pytest.mark.weights
def test_minilm_finds_what_the_article_is_about(store: Store, document: Document) -> None:
    """With the real embeddings the sentences on the bridge are chosen, and the bread is left out."""
    (summary,) = summarize(Embedding(name="minilm"), document, store=store)
    assert summary.error is None
    assert "baker" not in summary.text
    assert summary.text.count("bridge") >= 2
