from collections.abc import Sequence

import numpy as np
import pytest

from sumbench.metrics.copying import CopyingMetric
from sumbench.metrics.copying.fragments import SourceWords
from sumbench.metrics.copying.places import Places
from sumbench.metrics.words import Words
from sumbench.metrics.words import tokenizer
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing import check_metric
from tests.metrics.scored import batch
from tests.rouge.scripts import TEXTS


def fragments(article: Sequence[str], summary: Sequence[str]) -> list[Sequence[str]]:
    """F(A, S) word by word, as figure 3 of Grusky et al. (2018) has it."""
    found = []
    i = 0
    while i < len(summary):
        best: Sequence[str] = ()
        j = 0
        while j < len(article):
            if summary[i] != article[j]:
                j += 1
                continue
            k = 0
            while i + k < len(summary) and j + k < len(article) and summary[i + k] == article[j + k]:
                k += 1
            if k > len(best):
                best = summary[i : i + k]
            j += k
        if best:
            found.append(best)
        i += max(len(best), 1)
    return found


def measured(document: str, summary: str, language: str = "en") -> dict[str, float]:
    found = batch(
        CopyingMetric(), [Document("a", document, (), language=language)], [Summary("a", "s", summary, 0, 0, 0, 0)]
    )
    return {score.metric: score.value for score in found.scores}


@pytest.mark.parametrize("letters", ["ab", "abcd", "abcdefghijklmnop"])
def test_values_equal_a_slow_reckoning_on_random_texts(letters: str) -> None:
    """Fragments, coverage, density, compression and novel n-grams are those of the definitions, word by word."""
    random = np.random.default_rng(len(letters))
    for _ in range(60):
        article, summary = (list(random.choice(list(letters), random.integers(1, most))) for most in (80, 25))
        slow = fragments(article, summary)
        fast = SourceWords(article).fragments(summary)
        assert [summary[each.summary : each.summary + each.length] for each in fast] == slow
        assert [article[each.source : each.source + each.length] for each in fast] == slow
        found = measured(" ".join(article), " ".join(summary))
        assert found["coverage"] == pytest.approx(sum(map(len, slow)) / len(summary))
        assert found["density"] == pytest.approx(sum(len(each) ** 2 for each in slow) / len(summary))
        assert found["compression"] == pytest.approx(len(article) / len(summary))
        assert found["longest_copy"] == max(map(len, slow), default=0)
        for name, size in (("novel_unigrams", 1), ("novel_bigrams", 2), ("novel_trigrams", 3), ("novel_4grams", 4)):
            mine, theirs = (
                {tuple(text[at : at + size]) for at in range(len(text) - size + 1)} for text in (summary, article)
            )
            assert found.get(name) == (pytest.approx(len(mine - theirs) / len(mine)) if mine else None)


def test_copies_are_placed_in_the_document() -> None:
    """Words copied from the beginning are at 0, from the end at 1; single words do not tell, as they stand anywhere."""
    document = "one two three four five six seven eight nine ten eleven"
    assert measured(document, "one two")["copied_from"] == pytest.approx(0.05)
    assert measured(document, "ten eleven")["copied_from"] == pytest.approx(0.95)
    assert measured(document, "One two, then ten eleven!")["copied_from"] == pytest.approx(0.5)
    assert "copied_from" not in measured(document, "eleven and one")


def test_the_longest_copy_is_shown_in_both_texts() -> None:
    """A copy of ten words and more has its characters in the summary, and in the document, as these are written."""
    copied = "Wind tore the roof off the old mill's barn (again) — twice!"
    document = f"It was “late”, they said. {copied} Nobody saw it."
    summary = f"On Monday, {copied.lower()} Then it rained."
    found = batch(CopyingMetric(), [Document("a", document, ())], [Summary("a", "s", summary, 0, 0, 0, 0)])
    (detail,) = found.details
    (span,) = detail.content["spans"]
    assert detail.metric == "longest_copy"
    assert span["text"] == summary[span["start"] : span["end"]] == copied.lower().rstrip("!")
    place = span["source"]
    assert place["text"] == document[place["start"] : place["end"]] == copied.rstrip("!")
    assert span["reason"] == "12 words as in the document"


@pytest.mark.parametrize("language", TEXTS)
def test_a_copy_is_a_copy_in_every_script(language: str) -> None:
    """A text is copied whole from itself, whatever its script, and its words are found where they stand."""
    text = TEXTS[language]
    words = Words().of(text, language)
    found = measured(f"1 {text} 2", text, language)
    assert found["coverage"] == 1
    assert found["density"] == found["longest_copy"] == len(words)
    assert found["novel_unigrams"] == 0
    places = Places(text, tokenizer(language))
    spans = [places.span(at, 1) for at in range(len(words))]
    assert [tokenizer(language).tokenize(text[start:end]) for start, end in spans] == [[word] for word in words]
    assert places.span(0, len(words)) == (spans[0][0], spans[-1][1])


def test_a_summary_without_words_has_no_value_and_is_no_failure() -> None:
    """Nothing is scored 0 for it: the values are absent, and a note says of which summary."""
    found = batch(CopyingMetric(), [Document("a", "A text.", ())], [Summary("a", "s", "?!", 0, 0, 0, 0)])
    assert not list(found.scores)
    assert not found.failed
    (note,) = found.notes
    assert note.texts == ["s's summary of document 'a'"]
    assert note.what.startswith("summaries for which coverage, density, compression")


def test_references_are_measured_as_if_they_were_summaries() -> None:
    """Their row has the mean over a document's references, also where there is a single one."""
    documents = [Document("a", "one two three", ("one two", "five")), Document("b", "one two", ("one two",))]
    found = batch(CopyingMetric(), documents, [])
    coverage = {score.document: score.value for score in found.scores if score.metric == "coverage"}
    assert coverage == {"a": 0.5, "b": 1.0}
    assert {score.system for score in found.scores} == {"references"}


def test_it_keeps_to_the_contract() -> None:
    """What is asked of a metric of one's own holds for it."""
    check_metric(CopyingMetric())


def test_words_are_found_once_and_not_kept_for_ever() -> None:
    """A text that comes again has the very list; beyond the most words it starts afresh."""
    words = Words(most=6)
    first = words.of("One two three", "en")
    assert words.of("One two three", "en") is first
    words.of("four five six", "en")
    assert words.of("One two three", "en") is not first
