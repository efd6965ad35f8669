import numpy as np
import pytest

from sumbench.metrics.text import TextMetric
from sumbench.metrics.text.diversity import mtld
from sumbench.metrics.text.readability import FORMULAS
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing import check_metric
from tests.languages.texts import TEXTS
from tests.metrics.scored import batch


def measured(summary: str, language: str = "en") -> dict[str, float]:
    found = batch(TextMetric(), [Document("a", "", (), language=language)], [Summary("a", "s", summary, 0, 0, 0, 0)])
    assert not found.failed
    return {score.metric: score.value for score in found.scores}


def test_repeated_ngrams_are_those_that_came_before() -> None:
    """Six trigrams of which one came before; a text that is shorter than one n-gram repeats none."""
    found = measured("the old man saw the old man.")
    assert found["repeated_bigrams"] == pytest.approx(2 / 6)
    assert found["repeated_trigrams"] == pytest.approx(1 / 5)
    assert found["repeated_4grams"] == 0
    assert measured("Ships.")["repeated_trigrams"] == 0


def test_sentences_that_repeat_an_earlier_one_are_found_with_their_place() -> None:
    """Exactly, whatever the case and the marks, or nearly; another number in a short sentence is no repetition."""
    first = "The ships of the northern fleet left the harbour early on Monday morning."
    nearly = "The ships of the northern fleet left the harbour early on Monday."
    other = "Profit rose 3 percent in 2019. Profit rose 5 percent in 2020."
    text = f"{first} {other}\n{first.upper()} {nearly}"
    found = batch(TextMetric(), [Document("a", "", (), language="en")], [Summary("a", "s", text, 0, 0, 0, 0)])
    assert {score.metric: score.value for score in found.scores}["repeated_sentences"] == pytest.approx(2 / 5)
    (detail,) = found.details
    spans = detail.content["spans"]
    assert [text[span["start"] : span["end"]] for span in spans] == [first.upper(), nearly]
    assert [span["reason"] for span in spans] == ["repeats sentence 1", "nearly repeats sentence 1"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It rained.", 0),
        ("It rained .", 0),
        ("“It rained!”", 0),
        ("It rained… 🌧️", 0),
        ("It rained (hard.) **", 0),
        ("It rained and", 1),
        ("It rained:", 1),
        ("It rained,", 1),
    ],
)
def test_a_text_without_an_end_mark_is_cut_off(text: str, cut: int) -> None:
    """Quotation marks, brackets, emphasis and emoji may stand behind the mark; commas and colons end nothing."""
    assert measured(text)["cut_off"] == cut


@pytest.mark.parametrize("language", TEXTS)
def test_whole_sentences_of_every_language_are_neither_cut_off_nor_foreign(language: str) -> None:
    """Where a language sets no end marks, nothing is said of its ends."""
    found = measured("\n".join(TEXTS[language]), language)
    assert found.get("cut_off") == (None if language in {"th", "lo"} else 0)
    assert found["other_language"] == found["repeated_sentences"] == found["no_words"] == 0
    assert ("flesch" in found, "ari" in found) == (language in FORMULAS, language == "en")


def test_another_language_is_told_only_where_it_is_clear() -> None:
    """A German summary of an English text is, and an English one of a German; what is too short to tell is not."""
    german, english = " ".join(TEXTS["de"]), " ".join(TEXTS["en"])
    assert measured(german, "en")["other_language"] == measured(english, "de")["other_language"] == 1
    assert measured(english, "en")["other_language"] == measured(german, "de")["other_language"] == 0
    assert measured("Brücke", "en")["other_language"] == 0
    assert measured(" ".join(TEXTS["ja"]), "zh")["other_language"] == 1


def test_readability_follows_the_formulas() -> None:
    """Worked by hand: 10 words and 14 syllables in two sentences, 45 letters; German and Russian have their own."""
    found = measured("The council voted for the bridge.\nWork begins on Monday.")
    assert found["flesch"] == pytest.approx(206.835 - 1.015 * 5 - 84.6 * 1.4)
    assert found["ari"] == pytest.approx(4.71 * 4.5 + 0.5 * 5 - 21.43)
    german = measured("Der Rat stimmte für die neue Brücke.", "de")
    assert german["flesch"] == pytest.approx(180 - 7 - 58.5 * 10 / 7)
    russian = measured("Совет проголосовал за новый мост.", "ru")
    assert russian["flesch"] == pytest.approx(206.835 - 1.3 * 5 - 60.1 * 11 / 5)


def factors(words: list[str]) -> float:
    """The factors of MTLD by their definition, each type-token ratio counted anew."""
    count, start = 0.0, 0
    for end in range(1, len(words) + 1):
        ratio = len(set(words[start:end])) / (end - start)
        if ratio <= 0.72:
            count, start = count + 1, end
    rest = words[start:]
    return count + ((1 - len(set(rest)) / len(rest)) / 0.28 if rest else 0)


def test_mtld_equals_its_definition_on_random_texts() -> None:
    """The mean over both directions; none for a text of fewer than 50 words, nor for one that repeats nothing."""
    random = np.random.default_rng(1)
    for size in (50, 60, 150):
        words = [str(number) for number in random.integers(0, 60, size)]
        expected = (size / factors(words) + size / factors(words[::-1])) / 2
        assert mtld(words) == pytest.approx(expected)
    assert mtld(words[:49]) is None
    assert mtld([str(number) for number in range(90)]) is None


def test_a_text_without_words_says_that_alone() -> None:
    """Signs alone are no summary; that is a fault of its own, and the text has no readability and no end."""
    found = measured("… !?")
    assert found["no_words"] == 1
    assert found["text_words"] == 0
    assert not {"flesch", "ari", "mtld", "cut_off"} & found.keys()


def test_long_texts_of_one_sign_take_no_longer_than_others() -> None:
    """A hundred thousand sentences are looked at in little time."""
    assert measured("Yes, it is so. " * 20_000)["repeated_sentences"] == pytest.approx(1, abs=1e-3)


def test_it_keeps_to_the_contract() -> None:
    """What is asked of a metric of one's own holds for it."""
    check_metric(TextMetric())
