from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies

from sumbench.stats.letters import letter
from sumbench.stats.letters import letters

Difference = set[frozenset[int]]


def apart(*pairs: str) -> Difference:
    return {frozenset(map(int, pair)) for pair in pairs}


@strategies.composite
def families(draw: strategies.DrawFn) -> tuple[list[float], Difference]:
    means = draw(strategies.lists(strategies.integers(0, 5).map(float), max_size=9))
    pairs = [frozenset(pair) for pair in combinations(range(len(means)), 2)]
    return means, set(draw(strategies.lists(strategies.sampled_from(pairs)))) if pairs else set()


@pytest.mark.parametrize(
    ("means", "differing", "expected"),
    [
        ([], apart(), []),
        ([1], apart(), ["a"]),
        ([3, 2, 1], apart(), ["a", "a", "a"]),
        ([3, 2, 1], apart("01", "02", "12"), ["a", "b", "c"]),
        ([3, 2, 1], apart("02"), ["a", "ab", "b"]),
        ([1, 2, 3], apart("02"), ["b", "ab", "a"]),
        ([4, 3, 2, 1], apart("02", "03", "13"), ["a", "ab", "bc", "c"]),
        ([4, 3, 2, 1], apart("03", "12"), ["ab", "ac", "bd", "cd"]),
        ([5, 4, 3, 2, 1], apart("03", "04", "13", "14", "24"), ["a", "a", "ab", "bc", "c"]),
        ([6, 5, 4, 3, 2, 1], apart("04", "15", "23", "34", "35", "45"), ["ab", "ac", "bc", "a", "c", "b"]),
    ],
)
def test_known_displays(means: list[float], differing: Difference, expected: list[str]) -> None:
    """Families with a known display get it: all alike or apart, chains, crossings, a letter that would have no use."""
    assert letters(means, differing) == expected


@given(families())
def test_two_systems_share_a_letter_exactly_when_they_do_not_differ(family: tuple[list[float], Difference]) -> None:
    """For any family of differences every system has a letter, and letters say which pairs differ."""
    means, differing = family
    shown = letters(means, differing)
    assert all(shown)
    for one, other in combinations(range(len(means)), 2):
        assert bool(set(shown[one]) & set(shown[other])) == (frozenset({one, other}) not in differing)


@given(families())
def test_the_leader_has_the_first_letter(family: tuple[list[float], Difference]) -> None:
    """A system of the highest mean has an a."""
    means, differing = family
    if means:
        assert "a" in letters(means, differing)[means.index(max(means))]


def test_letters_do_not_run_out() -> None:
    """After a to z come A to Z, and then the same with a prime, so that no two columns look alike."""
    assert [letter(place) for place in (0, 25, 26, 51, 52, 104)] == ["a", "z", "A", "Z", "a′", "a′′"]
