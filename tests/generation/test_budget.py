import pytest

from sumbench.generation.budget import ends_sentence
from sumbench.generation.budget import fills_budget
from sumbench.generation.budget import trim_to_budget
from sumbench.length import Length


def test_a_summary_has_one_sentence_a_line() -> None:
    """Paragraphs and runs of sentences become lines."""
    assert (
        trim_to_budget(" It rained. Nobody came.\n\nThe end came. ", Length(3), cut=False)
        == "It rained.\nNobody came.\nThe end came."
    )


def test_what_exceeds_the_budget_is_cut() -> None:
    """Only the first k sentences stay."""
    assert trim_to_budget("It rained. Nobody came. The end came.", Length(2), cut=False) == "It rained.\nNobody came."


def test_an_unfinished_sentence_at_the_limit_is_dropped() -> None:
    """A model that was cut off leaves no half sentence, unless it is all there is or beyond the budget anyway."""
    assert trim_to_budget("It rained. Nobody came to the", Length(3), cut=True) == "It rained."
    assert trim_to_budget("Nobody came to the", Length(3), cut=True) == "Nobody came to the"
    assert trim_to_budget("It rained. Nobody came. The end", Length(2), cut=True) == "It rained.\nNobody came."


def test_a_sentence_that_the_model_left_open_itself_stays() -> None:
    """Without a cut, a last sentence without a full stop is the model's own way of writing."""
    assert (
        trim_to_budget("It rained. Nobody came to the hall", Length(3), cut=False)
        == "It rained.\nNobody came to the hall"
    )


def test_nothing_written_is_an_empty_summary() -> None:
    """Blanks alone give no sentence."""
    assert trim_to_budget(" \n ", Length(3), cut=True) == ""


@pytest.mark.parametrize(
    "sentence", ["It rained.", "Did it?", 'He said "no."', "So it is (they say!)", "Ende …", "雨が降った。"]
)
def test_end_marks_are_seen_through_quotation_marks_and_brackets(sentence: str) -> None:
    """A closing quotation mark or bracket after the end mark does not hide it."""
    assert ends_sentence(sentence)
    assert not ends_sentence(sentence + " and")


def test_the_budget_is_full_once_a_further_sentence_stands() -> None:
    """Two words into sentence k + 1 nothing can change the first k any more, and not before."""
    assert not fills_budget("It rained. Nobody came.", Length(2))
    assert not fills_budget("It rained. Nobody came. The", Length(2))
    assert fills_budget("It rained. Nobody came. The end", Length(2))
    assert not fills_budget("", Length(1))


def test_a_budget_in_words_keeps_whole_sentences() -> None:
    """As many of the first sentences stay as have so many words together; one at least, however long it is."""
    text = "It rained. Nobody came to it. The end came."
    kept = {words: trim_to_budget(text, Length(words=words), cut=False) for words in (1, 2, 5, 6, 8, 9)}
    assert kept == {
        1: "It rained.",
        2: "It rained.",
        5: "It rained.",
        6: "It rained.\nNobody came to it.",
        8: "It rained.\nNobody came to it.",
        9: "It rained.\nNobody came to it.\nThe end came.",
    }
    assert trim_to_budget("It rained. Nobody came to", Length(words=9), cut=True) == "It rained."
    assert trim_to_budget("It rained. Nobody came to", Length(words=9), cut=False) == "It rained.\nNobody came to"
    assert not fills_budget("It rained. Nobody", Length(words=2))
    assert fills_budget("It rained. Nobody came", Length(words=2))


@pytest.mark.parametrize("length", [*(Length(k) for k in (1, 2, 3)), *(Length(words=k) for k in (4, 9, 15))], ids=str)
@pytest.mark.parametrize(
    "text",
    [
        'Mr. Smith went to the U.S. on Monday. "It rained," he said. Nobody came at 3 p.m. on Friday. The end came.',
        "It rose by 2.5 per cent (from 3. to 4. place). “We won. We did,” said Dr. No. All left. It was late. Very.",
        "One came.\n\nTwo came, e.g. the mayor. Three (or four?) came. 'Five came.' Six! Seven? Eight of them came.",
    ],
)
def test_stopping_when_full_changes_no_summary(text: str, length: Length) -> None:
    """For every beginning of a text at which decoding would stop, the summary is that of the whole text."""
    stops = [text[:end] for end in range(len(text)) if fills_budget(text[:end], length)]
    assert stops
    assert {trim_to_budget(stop, length, cut=False) for stop in stops} == {trim_to_budget(text, length, cut=False)}
