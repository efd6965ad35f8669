from itertools import permutations
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from sumbench.rouge import CorpusCounts
from sumbench.rouge import CorpusScorer
from sumbench.rouge import DocumentTexts
from sumbench.rouge import RougeError
from sumbench.rouge import RougeScorer
from sumbench.rouge import corpus as corpus_module
from sumbench.rouge import language_tokenizer
from sumbench.rouge import lockstep
from sumbench.rouge import unions
from sumbench.rouge.lcs import lcs_length
from sumbench.rouge.lcs import position_masks
from sumbench.rouge.lcs import trace_lcs
from tests.rouge.material import HARD_CASES
from tests.rouge.material import ROUGE_TYPES
from tests.rouge.material import Characters
from tests.rouge.material import corpus_pairs
from tests.rouge.material import odd_texts
from tests.rouge.material import texts

documents = st.integers(0, 3).flatmap(
    lambda systems: st.lists(
        st.builds(
            DocumentTexts,
            st.lists(texts, min_size=1, max_size=3),
            st.lists(texts, min_size=systems, max_size=systems),
        ),
        min_size=1,
        max_size=4,
    )
)


def check(corpus: list[DocumentTexts], scorer: CorpusScorer, plain: RougeScorer) -> None:
    """Compare every count of a corpus with that of the plain scorer."""
    counts = CorpusCounts.concatenate(list(scorer.stream(corpus)))
    for place, document in enumerate(corpus):
        pairs = [
            (counts.systems, product(enumerate(document.summaries), enumerate(document.references))),
            (counts.agreement, permutations(enumerate(document.references), 2)),
        ]
        for arrays, met in pairs:
            for (system, summary), (reference, target) in met:
                expected = plain.counts(target, summary)
                found = {name: tuple(part[place, system, reference] for part in arrays[name]) for name in ROUGE_TYPES}
                assert found == expected
        assert counts.present[place].sum() == len(document.references)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all of the array version's parts so small that small texts have several, and nothing is done singly."""
    monkeypatch.setattr(lockstep, "_FEW_PAIRS", 1)
    monkeypatch.setattr(lockstep, "_BATCH_PAIRS", 3)
    monkeypatch.setattr(lockstep, "_TABLE_WORDS", 7)
    monkeypatch.setattr(unions, "_CHUNK_PAIRS", 4)
    monkeypatch.setattr(corpus_module, "_BLOCK_CHARACTERS", 40)


@settings(max_examples=60)
@given(documents, st.booleans())
def test_made_up_corpora_count_as_single_pairs(corpus: list[DocumentTexts], stem: bool) -> None:  # noqa: FBT001
    """Every count of a corpus is the plain scorer's, the references' counts against one another included."""
    check(corpus, CorpusScorer(ROUGE_TYPES, stem, agreement=True), RougeScorer(ROUGE_TYPES, stem))


@pytest.mark.usefixtures("small_parts")
def test_parts_join_seamlessly() -> None:
    """Blocks, chunks and batches of any size give the same counts."""

    @settings(max_examples=30)
    @given(documents)
    def compare(corpus: list[DocumentTexts]) -> None:
        check(corpus, CorpusScorer(ROUGE_TYPES, agreement=True), RougeScorer(ROUGE_TYPES))

    compare()


def test_the_corpus_counts_as_single_pairs() -> None:
    """Every two texts of the shipped corpus have the plain scorer's counts, long articles included."""
    corpus = [DocumentTexts([reference], [text]) for reference, text in corpus_pairs()]
    check(corpus, CorpusScorer(ROUGE_TYPES, use_stemmer=True), RougeScorer(ROUGE_TYPES, use_stemmer=True))


def test_hard_cases_count_as_single_pairs() -> None:
    """Every two hard cases have the plain scorer's counts."""
    corpus = [DocumentTexts([reference], HARD_CASES) for reference in HARD_CASES]
    check(corpus, CorpusScorer(ROUGE_TYPES, use_stemmer=True), RougeScorer(ROUGE_TYPES, use_stemmer=True))


@given(odd_texts, odd_texts)
def test_any_characters_count_as_single_pairs(reference: str, text: str) -> None:
    """Texts of any Unicode characters have the plain scorer's counts."""
    check([DocumentTexts([reference], [text])], CorpusScorer(ROUGE_TYPES), RougeScorer(ROUGE_TYPES))


@settings(max_examples=30)
@given(documents)
def test_other_tokenizers_count_as_single_pairs(corpus: list[DocumentTexts]) -> None:
    """A tokenizer of another language, and one of one's own, give the plain scorer's counts."""
    turkish = language_tokenizer("tr")
    check(
        corpus,
        CorpusScorer(ROUGE_TYPES, tokenizer=turkish, agreement=True),
        RougeScorer(ROUGE_TYPES, tokenizer=turkish),
    )

    own = Characters()
    check(corpus, CorpusScorer(ROUGE_TYPES, tokenizer=own, agreement=True), RougeScorer(ROUGE_TYPES, tokenizer=own))


def test_an_analysis_of_one_s_own_is_used() -> None:
    """A function from a text to its sentences' tokens replaces tokenizer and sentences."""
    scorer = CorpusScorer(["rouge1", "rougeLsum"], analyze=lambda text: [line.split(",") for line in text.split(";")])
    counts = scorer.score([["a,b;c d,b"]], {"one": ["b;a,c d"]})
    assert [part.item() for part in counts.systems["rouge1"]] == [3, 4, 3]
    assert [part.item() for part in counts.systems["rougeLsum"]] == [2 + 1, 4, 3]


tokens = st.lists(st.integers(0, 3), max_size=200)


@settings(max_examples=40)
@given(st.lists(st.tuples(tokens, tokens), min_size=17, max_size=40))
def test_lockstep_traces_what_the_plain_version_traces(pairs: list[tuple[list[int], list[int]]]) -> None:
    """In lockstep, over several words, the lengths and the traced positions are the plain version's."""
    lengths = np.array([len(part) for pair in pairs for part in pair])
    starts = np.cumsum(lengths) - lengths
    pairing = lockstep.Pairing(
        groups=np.array([token for pair in pairs for part in pair for token in part], dtype=np.int64),
        vocabularies=np.full(len(pairs), 4),
        references=lockstep.Spans(starts[::2], lengths[::2]),
        reference_of=np.arange(len(pairs)),
        systems=lockstep.Spans(starts[1::2], lengths[1::2]),
    )
    widths = lockstep.word_counts(lengths[::2])
    places = np.cumsum(widths) - widths
    found = np.zeros(widths.sum(), dtype=np.uint64)
    lockstep.lcs_traces(pairing, found, places, np.ones_like(places))
    assert lockstep.lcs_lengths(pairing).tolist() == [lcs_length(*pair) for pair in pairs]
    masks = [sum(int(word) << 64 * nth for nth, word in enumerate(part)) for part in np.split(found, places[1:])]
    assert masks == [trace_lcs(position_masks(one), len(one), other) for one, other in pairs]


def test_scores_are_arrays_of_documents_and_systems() -> None:
    """A corpus' scores are made from its counts by the handling of references that is named."""
    references = [["the cat sat", "a cat sat down"], ["dogs bark"]]
    counts = CorpusScorer(["rouge1"], agreement=True).score(
        references, {"a": ["the cat", "dogs"], "b": ["a", "bark dogs"]}
    )
    scores = counts.scores("rouge1", "max")
    plain = RougeScorer(["rouge1"])
    assert scores.f1.shape == (2, 2)
    assert scores.f1[0, 1] == plain.score_multi(references[0], "a")["rouge1"].fmeasure
    assert counts.scores("rouge1").recall[1, 0] == 0.5
    agreement = counts.agreement_scores("rouge1").f1
    assert agreement[0] == plain.score(*references[0])["rouge1"].fmeasure
    assert np.isnan(agreement[1])


@pytest.mark.parametrize(
    ("references", "systems", "fault"),
    [
        ([["a"], ["b"]], {"lead": ["x"]}, "'lead' has 1 summaries for 2 documents"),
        ([["a"]], {"lead": "x"}, "'lead' has one string"),
        ([["a"], []], {"lead": ["x", "y"]}, "document 2 has no reference"),
        (["a"], {"lead": ["x"]}, "document 1 has one string"),
        ([["a"], ["b"]], {"lead": ["x", None]}, "summary 1 of document 2 is a NoneType"),
        ([["a", "\udc00"]], {"lead": ["x"]}, r"reference 2 of document 1 holds a lone surrogate \(U\+DC00"),
        ([], {"lead": []}, "no documents"),
    ],
)
def test_wrong_corpora_are_refused(references: list[list[str]], systems: dict[str, list[str]], fault: str) -> None:
    """What cannot be scored is refused with what is wrong and where."""
    with pytest.raises(RougeError, match=fault):
        CorpusScorer(["rouge1", "rougeLsum"]).score(references, systems)


def test_a_stream_with_uneven_systems_is_refused() -> None:
    """A document with another number of summaries than the first one is refused."""
    uneven = [DocumentTexts(["a"], ["x", "y"]), DocumentTexts(["b"], ["x"])]
    with pytest.raises(RougeError, match="document 2 has 1 summaries, document 1 has 2"):
        list(CorpusScorer(["rouge1"]).stream(uneven))
