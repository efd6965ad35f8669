import re
import time

import pytest
import regex
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sentencex import segment

from sumbench.segmentation import SHORT
from sumbench.segmentation import in_windows
from sumbench.segmentation import segments
from sumbench.segmentation import window_size
from sumbench.sentences import COUNTED_BY_CHARACTERS
from sumbench.sentences import one_a_line
from sumbench.sentences import split
from sumbench.sentences import words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Mr. Hale paid $3.5 million. Gone.", ["Mr. Hale paid $3.5 million.", "Gone."]),
        ("A heading\nFirst one. Second one.\n\n  Third.  ", ["A heading", "First one.", "Second one.", "Third."]),
        (" \n\t\n", []),
        ("他走了。她留下了。", ["他走了。", "她留下了。"]),
        ("He said so ... And left.", ["He said so ...", "And left."]),
        ("It cost $ 7. 42. He paid.", ["It cost $ 7.", "42.", "He paid."]),
        ("It opened in 1999. She left.", ["It opened in 1999.", "She left."]),
    ],
)
def test_line_breaks_and_the_segmenter_end_sentences(text: str, sentences: list[str]) -> None:
    """Lines are never joined; within a line abbreviations and decimals do not end a sentence."""
    assert split(text) == sentences


@pytest.mark.parametrize(
    "number",
    [
        *("1.", "2)", "(3)", "4", "12.", "1.2", "1.2.", "[5]", "(a)", "a)", "b.", "C.", "IV.", "iv)", "(ii)", "XII."),
        *("xl.", "1:", "１．", "٣.", "३.", "①", "一、", "（二）", "А)", "أ)", "**1.**", "999."),
    ],
)
def test_a_list_number_is_no_sentence(number: str) -> None:
    """It belongs to the sentence that follows it, on its line or on the next."""
    for text in (f"{number} The mill closed.", f"{number}\nThe mill closed.", f"{number}\n\n\tThe mill closed."):
        assert split(text) == [text]
        assert one_a_line(split(text)) == f"{number} The mill closed."


@pytest.mark.parametrize(
    "numbers", [("1.", "2.", "3."), ("I.", "II.", "III."), ("(a)", "(b)", "(c)"), ("1.", "2.", "20.")]
)
@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_list_has_as_many_sentences_as_items(numbers: tuple[str, ...], between: str) -> None:
    """Each item is one sentence, with its number."""
    items = [
        f"{number} {what}" for number, what in zip(numbers, ("Mill closed.", "It rained.", "All left."), strict=True)
    ]
    assert split(between.join(items)) == items


@pytest.mark.parametrize(
    "line",
    [
        *("# Summary", "### What happened?", "**Key points**", "**Key points:**", "__Result__", "---", "***", "* * *"),
        *("===", "___", "~~~", "```", "```json", "-", "*", "+", "•", "–", "|---|:--|"),
    ],
)
def test_headings_rules_fences_and_bullets_are_no_sentences(line: str) -> None:
    """They stay with the sentence after them, the last with the one before, on lines of their own."""
    assert split(f"{line}\n\nHe left. She stayed.\n{line}") == [f"{line}\n\nHe left.", f"She stayed.\n{line}"]
    assert one_a_line([f"{line}\n\nHe left."]) == f"{line}\nHe left."
    assert split(line) == [line]


@pytest.mark.parametrize(
    "line", ["**The mill closed.**", "#1 is the mill.", "*It rained*", "Summary", "-5 degrees", "I"]
)
def test_what_looks_a_little_like_a_mark_is_a_sentence(line: str) -> None:
    """Bold sentences, hashtags and short lines count as before."""
    assert split(f"{line}\nShe stayed.") == [line, "She stayed."]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('"He left. She stayed. It rained."', 3),
        ("“He left. She stayed.”", 2),
        ("„Er ging. Sie blieb.“", 2),
        ("« Il est parti. Elle est restée. »", 2),
        ("「彼は去った。彼女は残った。」", 2),
        ("'He didn't go. She stayed.'", 2),
        ('{"summary": "He left. She stayed."}', 2),
        ('[{"summary": "He left."}, {"summary": "She stayed. It rained."}]', 3),
        ('{"a": "He said \\"No.\\" She stayed.\\nIt rained."}', 3),
        ('```json\n{\n  "summary": "He left. She stayed."\n}\n```', 2),
        ('"I left. I did," he said. "She stayed."', 2),
        ('{"summary": "He left. She', 2),
    ],
)
def test_a_quoted_text_has_the_sentences_that_are_in_it(text: str, count: int) -> None:
    """So has JSON; a quotation within a text is one sentence as before, and nothing of the text is lost."""
    sentences = split(text)
    assert len(sentences) == count
    assert re.sub(r"\s|\\n", "", "".join(sentences)) == re.sub(r"\s|\\n", "", text)


PIECES = [
    "He left.",
    "Dr. No came!",
    "1.",
    "IV.",
    '"Why? How?"',
    "# News",
    "---",
    "(see p. 5)",
    "下雨了。",
    "\n",
    "\n\n",
    "•",
    "``",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.sampled_from(["en", "de", "it", "zh"]))
@settings(max_examples=200, deadline=None)
def test_sentences_are_parts_of_the_text_in_order(text: str, language: str) -> None:
    """Between two sentences, before the first and after the last there is nothing but white space."""
    rest = text
    for sentence in split(text, language):
        before, found, rest = rest.partition(sentence)
        assert found == sentence == sentence.strip() != ""
        assert not before.strip()
    assert not rest.strip()


ORDINARY = [
    *("The council met on Monday.", "Dr. Hale paid $3.5 million to the U.S. office.", "It rained, e.g. in the north."),
    *('"We won. We did," she said.', "“It is late. Go home,” he said.", "Nobody came (see p. 5. below).", "Why?"),
    *("J. R. Smith left at 3 p.m. on Friday.", "Il pleut à Paris!", "Die Straße ist Nr. 5.", "It's the boys' house."),
    *("今天天气很好，我们去公园。", "“他走了。她留下了。”他说。", "Wait ... what?", "It ended [1]. So did we."),
]


@given(
    st.lists(st.sampled_from(ORDINARY), min_size=40, max_size=90),
    st.sampled_from(["en", "de", "fr", "es", "ja", "zh", "it", "ru"]),
    st.sampled_from([600, 1000]),
)
@settings(max_examples=60, deadline=None)
def test_windows_change_no_sentence_of_ordinary_text(parts: list[str], language: str, size: int) -> None:
    """A line that is segmented window by window has the same sentences as one that is segmented whole."""
    line = " ".join(parts)
    assert list(in_windows(line, language, size)) == segment(language, line)


@pytest.mark.parametrize("language", ["en", "de", "zh", "ru", "ar", "hi"])
def test_long_lines_of_ordinary_text_are_segmented_whole(language: str) -> None:
    """An article of 100,000 characters without a line break is no reason for windows."""
    prose = [sentence for sentence in ORDINARY if sentence.isascii()]
    line = " ".join(prose * 400)
    assert len(line) > 100_000
    assert window_size(line, language) == len(line)
    assert segments(line, language) == segment(language, line)


ADVERSARIAL = [
    "中。",
    "a!",
    "‘a. ",
    "“A. ",
    "«A. ",
    "``a ",
    '\'90s "Ab." é ',
    '「中 "a" 。',
    "\"A.\" 'B.' ",
    "`a' `b` é. ",
    "က။",
]


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_windows_do_not_grow_with_the_text(unit: str) -> None:
    """Where the segmenter would go over the whole line again and again it gets no more of a text four times as long."""
    size = 60_000 // len(unit)
    small, large = (window_size(unit * repeated, "en") for repeated in (size, 4 * size))
    assert SHORT // 2 <= large <= 1.1 * small < 20_000


@pytest.mark.parametrize("language", ["en", "it", "da"])
@pytest.mark.parametrize("unit", ["中。", "“‘A. ", "Ab cd. ", "1. "])
def test_splitting_takes_linear_time(unit: str, language: str) -> None:
    """Four times the text takes far less than the sixteen times that long which looking back over all of it would."""

    def seconds(text: str) -> float:
        times = []
        for _ in range(2):
            start = time.process_time()
            split(text, language)
            times.append(time.process_time() - start)
        return min(times)

    text = unit * (20_000 // len(unit))
    split(text[:100], language)
    assert seconds(4 * text) < 9 * seconds(text) + 0.1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n", 0),
        ("The mill - closed .", 5),
        ("Завод закрылся — вчера.", 4),
        ("मिल बंद हो गई।", 4),
        ("أُغلق المصنع أمس.", 3),
        ("공장이 문을 닫았다.", 3),
        ("今天天气很好，我们去公园。", 11),
        ("今天， 天气好 。", 6),
        ("我有iPhone 15。", 4),
        ("３天2夜", 4),
        ("コンピューターを買った。", 5),
        ("ประเทศไทย", 9),
        ("น้ำ", 1),
        ("ນ້ຳ", 1),
        ("ភាសាខ្មែរ", 4),
        ("မြန်မာ", 3),
        ("โรงงานปิด ๒๕๖๗", 9),
        ("，。！", 1),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    """Where no blanks stand between words the characters count, with their marks; their punctuation does not."""
    assert words(text) == count


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn"])))
def test_in_scripts_with_blanks_words_are_what_stands_between_them(text: str) -> None:
    """For such texts the count is that of Python's split."""
    unspaced = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\uff70\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
    text = regex.sub(unspaced, "", text)
    assert words(text) == len(text.split())


def test_languages_counted_by_characters_are_those_without_blanks() -> None:
    """A sentence in each is counted by its characters, one in others by its words."""
    samples = {"zh": "工厂", "yue": "工廠", "wuu": "工厂", "ja": "工場", "th": "กข", "lo": "ກຂ", "km": "កខ", "my": "ကခ"}
    assert samples.keys() == COUNTED_BY_CHARACTERS
    assert {words(sample) for sample in samples.values()} == {2}
    assert words("공장") == 1
