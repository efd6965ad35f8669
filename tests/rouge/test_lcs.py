import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer as original

from sumbench.rouge import lcs
from sumbench.rouge import sentences as several
from sumbench.rouge import unions
from sumbench.rouge.lcs import lcs_length
from sumbench.rouge.lcs import position_masks
from sumbench.rouge.lcs import positions
from sumbench.rouge.lcs import summary_lcs_counts
from sumbench.rouge.lcs import trace_lcs
from sumbench.rouge.lcs import union_lcs

tokens = st.lists(st.sampled_from("abcd"), max_size=80)


@given(tokens, tokens)
def test_length_is_the_table_s(reference: list[str], system: list[str]) -> None:
    """The bit rows give the length that the full table gives."""
    assert lcs_length(reference, system) == original._lcs_table(reference, system)[-1][-1]


@given(tokens, tokens, st.sampled_from([1, 8]))
def test_shorter_ways_of_long_texts_give_the_same(reference: list[str], system: list[str], sparse: int) -> None:
    """Common ends, few equal tokens, and few differences are made use of without another length."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "_LONG", 0)
        patch.setattr(lcs, "_SPARSE", sparse)
        assert lcs_length(reference, system) == original._lcs_table(reference, system)[-1][-1]


sentences = st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=70), min_size=1, max_size=6)


@given(sentences, sentences, st.booleans(), st.sampled_from([1, 1 << 24]))
def test_texts_of_many_sentences_have_the_same_hits(
    reference: list[list[str]], system: list[list[str]], copied: object, listed: int
) -> None:
    """Each different sentence is looked at once, and only with those it shares a token with, without another count."""
    system = [*system, *reference[:3]] if copied else system
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unions, "_MANY_PAIRS", 0)
        patch.setattr(several, "_MOST_SHARED", listed)
        found = unions.long_summary_lcs_counts([*reference, reference[0]], system)
    assert found == summary_lcs_counts([*reference, reference[0]], system)


@given(tokens, tokens)
def test_trace_breaks_ties_as_the_original(reference: list[str], system: list[str]) -> None:
    """Of several longest subsequences the one that rouge_score reads out of its table is found."""
    mask = trace_lcs(position_masks(reference), len(reference), system)
    assert list(positions(mask)) == original.lcs_ind(reference, system)


@given(tokens, st.lists(tokens, max_size=4))
def test_union_is_the_original_s(reference: list[str], system: list[list[str]]) -> None:
    """The union over system sentences holds the positions that rouge_score's does."""
    found = [reference[position] for position in positions(union_lcs(reference, system))]
    assert found == original._union_lcs(reference, system)


def test_positions_of_nothing() -> None:
    """A mask without set bits has no positions."""
    assert list(positions(0)) == []
