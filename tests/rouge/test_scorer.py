import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer as original

from sumbench.rouge import RougeError
from sumbench.rouge import RougeScorer
from tests.rouge.material import HARD_CASES
from tests.rouge.material import ROUGE_TYPES
from tests.rouge.material import Characters
from tests.rouge.material import corpus_pairs
from tests.rouge.material import odd_texts
from tests.rouge.material import texts

ORIGINALS = {stem: original.RougeScorer(ROUGE_TYPES, use_stemmer=stem) for stem in (False, True)}
SCORERS = {stem: RougeScorer(ROUGE_TYPES, use_stemmer=stem) for stem in (False, True)}


@pytest.mark.parametrize("stem", [False, True])
def test_corpus_scores_are_the_original_s(stem: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Every two texts of the corpus have rouge_score's scores, to the last bit."""
    for reference, text in corpus_pairs():
        short = text[:2000]
        assert SCORERS[stem].score(reference, short) == ORIGINALS[stem].score(reference, short)


@pytest.mark.parametrize("stem", [False, True])
def test_hard_cases_are_the_original_s(stem: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Every two hard cases have rouge_score's scores, to the last bit."""
    for reference in HARD_CASES:
        for text in HARD_CASES:
            assert SCORERS[stem].score(reference, text) == ORIGINALS[stem].score(reference, text)


@given(texts, texts, st.booleans())
def test_made_up_texts_score_as_the_original(reference: str, text: str, stem: bool) -> None:  # noqa: FBT001
    """Texts full of repeats and ties have rouge_score's scores, to the last bit."""
    assert SCORERS[stem].score(reference, text) == ORIGINALS[stem].score(reference, text)


@given(odd_texts, odd_texts)
def test_any_characters_score_as_the_original(reference: str, text: str) -> None:
    """Texts of any Unicode characters have rouge_score's scores, to the last bit."""
    assert SCORERS[True].score(reference, text) == ORIGINALS[True].score(reference, text)


@given(st.lists(texts, min_size=1, max_size=4), texts, st.booleans())
def test_several_references_score_as_the_original(references: list[str], text: str, stem: bool) -> None:  # noqa: FBT001
    """Of several references each variant takes the one that rouge_score takes."""
    assert SCORERS[stem].score_multi(references, text) == ORIGINALS[stem].score_multi(references, text)


@given(texts, texts)
def test_own_tokenizer_scores_as_the_original(reference: str, text: str) -> None:
    """A tokenizer of one's own is given the texts that rouge_score gives it."""
    ours = RougeScorer(ROUGE_TYPES, tokenizer=Characters())
    theirs = original.RougeScorer(ROUGE_TYPES, tokenizer=Characters())
    assert ours.score(reference, text) == theirs.score(reference, text)


def test_split_summaries_asks_what_the_original_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """With split_summaries the sentences are those that NLTK's function finds, as in rouge_score."""
    monkeypatch.setattr("nltk.sent_tokenize", lambda text: [part + "." for part in text.split(".")])
    ours = RougeScorer(ROUGE_TYPES, use_stemmer=True, split_summaries=True)
    theirs = original.RougeScorer(ROUGE_TYPES, use_stemmer=True, split_summaries=True)
    reference, text = "A b. C d", "C d. A b"
    assert ours.score(reference, text) == theirs.score(reference, text)
    assert ours.counts(reference, text)["rougeLsum"] != SCORERS[True].counts(reference, text)["rougeLsum"]


def test_split_summaries_without_its_data_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """If NLTK's sentence model is not installed the error says how to get it."""

    def find_nothing(_text: str) -> list[str]:
        raise LookupError

    monkeypatch.setattr("nltk.sent_tokenize", find_nothing)
    with pytest.raises(RougeError, match=r"nltk\.downloader punkt_tab"):
        RougeScorer(["rougeLsum"], split_summaries=True).score("A b.", "A.")


def test_counts_make_the_scores() -> None:
    """The counts behind a score are those of the texts' units."""
    counts = RougeScorer(["rouge2", "rougeL"]).counts("the cat sat on the mat", "the cat on the mat")
    assert counts == {"rouge2": (3, 5, 4), "rougeL": (5, 6, 5)}


@pytest.mark.parametrize("rouge_types", [["rouge0"], ["rouge10"], ["rougeN"], ["rouge1", "rouge"], [], "rouge1", [1]])
def test_unknown_variants_are_refused(rouge_types: list[str]) -> None:
    """A variant that does not exist is refused when the scorer is made."""
    with pytest.raises(RougeError, match="rouge"):
        RougeScorer(rouge_types)


@pytest.mark.parametrize("text", [None, 3, b"bytes", ["a list"], "half \ud800 a pair"])
def test_texts_that_are_none_are_refused(text: str) -> None:
    """What is no string, or no Unicode text, is refused on either side."""
    scorer = RougeScorer(["rouge1"])
    with pytest.raises(RougeError, match="the prediction"):
        scorer.score("a reference", text)
    with pytest.raises(RougeError, match="the target"):
        scorer.score(text, "a summary")
    with pytest.raises(RougeError, match="target 2"):
        scorer.score_multi(["a reference", text], "a summary")


def test_no_references_are_refused() -> None:
    """An empty list of references, or one string in place of a list, is refused."""
    scorer = RougeScorer(["rouge1"])
    with pytest.raises(RougeError, match="empty"):
        scorer.score_multi([], "a summary")
    with pytest.raises(RougeError, match="one string"):
        scorer.score_multi("a reference", "a summary")


def test_a_long_document_is_scored() -> None:
    """A document of 35,000 tokens against a summary of 1,000, either way round, has the right counts."""
    # Short lines make many pairs of sentences.
    document = "\n".join(f"w{line} " + "a b c d e f g" for line in range(4375))
    summary = "\n".join(f"w{line * 30} " + "a b c d e f g" for line in range(125))
    counts = RougeScorer(["rouge1", "rougeL", "rougeLsum"]).counts(document, summary)
    assert counts["rougeL"] == (1000, 35000, 1000)
    assert counts["rouge1"] == (1000, 35000, 1000)
    assert counts["rougeLsum"] == (1000, 35000, 1000)
    back = RougeScorer(["rougeL", "rougeLsum"]).counts(summary, document)
    assert back["rougeL"] == back["rougeLsum"] == (1000, 1000, 35000)
