from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer as original

from sumbench.rouge.lcs import lcs_length
from sumbench.rouge.lcs import position_masks
from sumbench.rouge.lcs import positions
from sumbench.rouge.lcs import trace_lcs
from sumbench.rouge.lcs import union_lcs

tokens = st.lists(st.sampled_from("abcd"), max_size=80)


@given(tokens, tokens)
def test_length_is_the_table_s(reference: list[str], system: list[str]) -> None:
    """The bit rows give the length that the full table gives."""
    assert lcs_length(reference, system) == original._lcs_table(reference, system)[-1][-1]


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
