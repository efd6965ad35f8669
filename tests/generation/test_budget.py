import pytest

from sumbench.generation.budget import ends_sentence
from sumbench.generation.budget import fills_budget
from sumbench.generation.budget import is_due
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
        "Points:\n1. Mill closed. 2. It rained a lot.\n3.\nNobody came to it. IV. All of them left. V. The end of it.",
        "## News\n\n**1.** Mill closed.\n---\n- It rained here. It was wet.\n```\nNobody came. All left. Very late.",
        '"The mill closed. It rained. Nobody came to the hall. All left early. It was late. Really very late it was."',
        '{"summary": "The mill closed. It rained. Nobody came there. All left early. It was late. Very late it was."}',
        "工厂关闭了。下雨了。没有人来。大家都走了。很晚了。非常晚。“他走了。她留下了。”他说。",
        "One came.\n\nTwo came, e.g. the mayor. Three (or four?) came. 'Five came.' Six! Seven? Eight of them came.",
    ],
)
def test_stopping_when_full_changes_no_summary(text: str, length: Length) -> None:
    """For every beginning of a text at which decoding would stop, the summary is that of the whole text."""
    stops = [text[:end] for end in range(len(text)) if fills_budget(text[:end], length)]
    assert stops or text[0] in '"{'
    assert {trim_to_budget(stop, length, cut=False) for stop in stops} <= {trim_to_budget(text, length, cut=False)}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1. Mill closed. 2. It rained. 3. All left. 4. The end.", "1. Mill closed.\n2. It rained.\n3. All left."),
        (
            "1.\nMill closed.\n2.\nIt rained.\n3.\nAll left.\n4.\nThe end.",
            "1. Mill closed.\n2. It rained.\n3. All left.",
        ),
        (
            "# News\n\nMill closed.\n---\nIt rained. All left. The end.",
            "# News\nMill closed.\n---\nIt rained.\nAll left.",
        ),
        (
            "**Points:**\n- Mill closed.\n- It rained.\n- All left.\n- The end.",
            "**Points:**\n- Mill closed.\n- It rained.\n- All left.",
        ),
        ('"Mill closed. It rained. All left. The end."', '"Mill closed.\nIt rained.\nAll left.'),
        ('{"a": "Mill closed. It rained. All left. The end."}', '{"a": "Mill closed.\nIt rained.\nAll left.'),
        (
            "IV. Mill closed. V. It rained. VI. All left. VII. The end.",
            "IV. Mill closed.\nV. It rained.\nVI. All left.",
        ),
    ],
)
def test_the_budget_counts_sentences(written: str, kept: str) -> None:
    """Numbers of lists, headings, rules and bullets take none of it; quoted and JSON texts take what is in them."""
    assert trim_to_budget(written, Length(3), cut=False) == kept


def test_a_number_without_its_item_is_dropped_where_writing_was_cut() -> None:
    """A number, a year or the last word of a sentence is not."""
    assert trim_to_budget("1. It rained. 2. All left. 3.", Length(2), cut=True) == "1. It rained.\n2. All left."
    assert trim_to_budget("It rained.\nAll left.\n(c)", Length(3), cut=True) == "It rained.\nAll left."
    assert trim_to_budget("It rained. He scored 4.", Length(3), cut=True) == "It rained.\nHe scored 4."
    assert trim_to_budget("1.", Length(3), cut=True) == "1."


def test_budgets_hold_where_no_blanks_stand_between_words() -> None:
    """Whole sentences of so many characters stay, and two of a further sentence end the writing."""
    text = "今天天气很好。我们去公园。下雨了。"
    assert trim_to_budget(text, Length(words=11), cut=False, language="zh") == "今天天气很好。\n我们去公园。"
    assert not fills_budget("他走了。她", Length(1), "zh")
    assert fills_budget("他走了。她留", Length(1), "zh")
    assert fills_budget("今天天气很好。我们去公", Length(words=6), "zh")


def test_looking_at_what_is_written_takes_linear_time() -> None:
    """After each of the first thousand tokens it is looked at, after 100,000 every 200th time."""
    assert all(map(is_due, range(1, 1024)))
    for tokens in (10_000, 100_000):
        assert sum(filter(is_due, range(1, tokens + 1))) < 1000 * tokens
        assert any(map(is_due, range(tokens, tokens + tokens // 500)))
