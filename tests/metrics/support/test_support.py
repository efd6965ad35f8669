"""The metric's values, details and what it leaves unjudged."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from sumbench import sentences
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.metrics.support import SupportMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.seeds import stream
from sumbench.testing import check_metric
from sumbench.weights import Store
from tests.metrics.scored import batch
from tests.metrics.support.looking import found
from tests.metrics.support.looking import unsupported

REFERENCES = Path(__file__).parents[3] / "references"
ARTICLES = {folder.name: (folder / "article.txt").read_text("utf-8") for folder in sorted(REFERENCES.glob("*-*"))}

TEXT = "Ann Smith sold 12 boats on 3 May 2024 for $1.5 million. The mayor of Paris came."


def values(text: str, document: Document) -> dict[str, float]:
    """Return the values of one summary of a document."""
    scored = batch(SupportMetric(), [document], [Summary(document.id, "s", text, None, None, 0, None)])
    return {score.metric: score.value for score in scored.scores}


def test_it_does_what_a_metric_must() -> None:
    """The contract holds."""
    check_metric(SupportMetric)


def test_values_count_what_is_unsupported_and_what_was_looked_up() -> None:
    """Numbers and names are told apart, and a summary counts once however much of it is wrong."""
    document = Document("a", TEXT, ())
    assert values("Ann sold 13 boats on 4 May.\nThe mayor of London came.", document) == {
        "unsupported": 1.0,
        "unsupported_items": 3.0,
        "unsupported_numbers": 2.0,
        "unsupported_names": 1.0,
        "judged_numbers": 2.0,
        "judged_names": 2.0,
    }


def test_a_summary_without_numbers_and_names_is_supported() -> None:
    """There is nothing in it that the source could lack, so that all is 0."""
    assert set(values("nothing was said of it", Document("a", TEXT, ())).values()) == {0.0}


def test_readers_see_one_value_where_less_is_better() -> None:
    """It stands in the table of what needs no references; the others are details for programs."""
    (metric,) = build_metrics(["support"])
    (main,) = (value for value in metric.values() if value.main)
    assert (main.name, main.table, main.direction) == ("unsupported", WITHOUT_REFERENCES, "lower")
    assert not metric.needs.references
    assert metric.needs.source


def test_details_say_where_what_why_and_what_is_nearest() -> None:
    """A span has offsets in the summary, the number of its sentence, and the nearest thing in the document."""
    text = "She came.\nAnn sold 12 boats for $1.8 million."
    scored = batch(SupportMetric(), [Document("a", TEXT, ())], [Summary("a", "s", text, None, None, 0, None)])
    (detail,) = scored.details
    (span,) = detail.content["spans"]
    assert (detail.metric, span["kind"], span["sentence"]) == ("unsupported", "amount", 2)
    assert text[span["start"] : span["end"]] == span["text"] == "$1.8 million"
    assert TEXT[span["source"]["start"] : span["source"]["end"]] == span["source"]["text"] == "$1.5 million"
    assert span["reason"] == "The source has no amount '$1.8 million'; the nearest is '$1.5 million'."


def test_a_supported_summary_has_no_details() -> None:
    """Nothing is said where there is nothing to say."""
    summary = Summary("a", "s", "Ann sold 12 boats.", None, None, 0, None)
    assert batch(SupportMetric(), [Document("a", TEXT, ())], [summary]).details == []


def test_a_title_is_part_of_the_source() -> None:
    """A name of the title is supported, and nothing of it is pointed to as if it stood in the text."""
    document = Document("a", "The boats were sold.", (), title="Ravensholme sells 48 boats")
    summary = Summary("a", "s", "The Ravensholme boats: 47 were sold.", None, None, 0, None)
    (detail,) = batch(SupportMetric(), [document], [summary]).details
    (span,) = detail.content["spans"]
    assert span["text"] == "47"
    assert "source" not in span


def test_a_count_is_judged_only_where_the_source_counts_the_same() -> None:
    """Three of a list of names is what a reader counted; four cars for three is an error, so is a larger number."""
    assert unsupported("Ann, Bob and Carl came.", "Three people came.") == []
    assert unsupported("Three cars came.", "Four cars came.") == ["Four"]
    assert unsupported("Ann, Bob and Carl came.", "Thirty people came.") == ["Thirty"]


@pytest.mark.parametrize(
    ("language", "source", "summary", "wrong"),
    [
        ("de", "Es kostete 1.500 Euro und 2,5 Prozent.", "Es kostete 1500 € und 2,5 %.", []),
        ("de", "Es kostete 1.500 Euro.", "Es kostete 1,5 Euro.", ["1,5 Euro"]),
        ("en", "It cost 1.500 euros.", "It cost 1500 euros.", ["1500 euros"]),
        ("de", "Es kamen neunzig Leute am 3. Mai 2024.", "Am 03.05.2024 kamen 90 Leute.", []),
        ("de", "Es kamen neunzig Leute.", "Es kamen 95 Leute mit dem Bürgermeister von Rom.", ["95"]),
        ("fr", "Quatre-vingt-dix bateaux, 1 500 euros.", "90 bateaux à Lyon, 1500 euros.", ["Lyon"]),
        ("es", "Unos noventa barcos de Cádiz.", "Son 90 barcos de Cadiz.", []),
        ("it", "Novanta barche.", "Sono 90 barche.", []),
        ("nl", "Negentig boten.", "Er zijn 90 boten.", []),
        ("pt", "Noventa barcos.", "São 90 barcos.", []),
        ("ru", "Путин приехал в Москву, там 1250 человек.", "В Москве у Путина 1250 человек.", []),
        ("ru", "Там девяносто человек.", "Там 90 человек из Москвы.", ["Москвы"]),
        ("ru", "Там 1250 человек.", "Там 1350 человек.", ["1350"]),
        ("zh", "售出3万台,共2024台。", "售出30000台,共2025台。", ["2025"]),
        ("ar", "جاء ٣٤٥ شخصا", "جاء 345 شخصا", []),
    ],
)
def test_languages_have_their_own_numbers_and_names(language: str, source: str, summary: str, wrong: list[str]) -> None:
    """Signs, number words and capitals are those of the language; what it does not tell is not judged."""
    assert unsupported(source, summary, language) == wrong


def test_sentences_of_the_source_are_supported() -> None:
    """Whatever sentences of an article make a summary, in any order, nothing of it is unsupported."""
    draws = stream(5, "sentences")
    for text in ARTICLES.values():
        parts = sentences.split(text)
        for joined in ("\n", " "):
            summary = joined.join(draws.permutation(parts)[:8].tolist())
            assert unsupported(text, summary) == []


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["3", "1,000", "May", "per", "cent", "%", "half", "of", "Mr.", "Smith", "to", "km", "two"]),
            st.sampled_from(
                [". ", "\n", "-", "'s", "third", "million", "a", "$", "pm", "U.S.", "ninety", "3/5", "'24"]
            ),
            st.text(max_size=4),
        ),
        max_size=30,
    ).map(" ".join),
    st.sampled_from(["en", "de", "fr", "ru", "zh"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_sentences_of_any_text_are_supported(text: str, language: str, draws: random.Random) -> None:
    """One sentence a line, as summaries are written: what is copied as it stands is never unsupported."""
    parts = sentences.split(text, language)
    draws.shuffle(parts)
    assert found(text, "\n".join(parts), language) == ()


def test_order_and_company_change_nothing() -> None:
    """Every summary has the same values alone, among others, and in another order."""
    documents = [Document(name, text, ("-",)) for name, text in list(ARTICLES.items())[:6]]
    summaries = [
        Summary(each.id, system, "\n".join(other.text.split("\n")[:2]), None, None, 0, None)
        for each in documents
        for system, other in zip("abcdef", documents, strict=True)
    ]
    scorer = SupportMetric().load(MetricContext(0, Store(Path("unused"), offline=True)))
    whole = scorer(documents, summaries).values["unsupported_items"]
    backwards = scorer(documents[::-1], summaries[::-1]).values["unsupported_items"][::-1]
    alone = [
        scorer([document], [summary]).values["unsupported_items"][0]
        for summary in summaries
        for document in documents
        if document.id == summary.document
    ]
    assert np.array_equal(whole, backwards)
    assert np.array_equal(whole, alone)
    assert whole.max() > 0


def test_own_references_are_hardly_ever_flagged() -> None:
    """Of the numbers and names in the shipped references less than 3 % are unsupported."""
    looked_up = wrong = 0.0
    for folder in sorted(REFERENCES.glob("*-*")):
        document = Document(folder.name, ARTICLES[folder.name], ())
        for file in sorted(folder.glob("reference-*.txt")):
            measured = values(file.read_text("utf-8"), document)
            looked_up += measured["judged_numbers"] + measured["judged_names"]
            wrong += measured["unsupported_items"]
    assert looked_up > 1000
    assert wrong < 0.03 * looked_up


def test_the_signature_names_the_library_where_it_reads_number_words() -> None:
    """German number words are text2num's, English ones our own."""
    assert "text2num-" in SupportMetric().signatures(["en", "de-AT"])["unsupported"]
    assert "text2num" not in SupportMetric().signatures(["en", "ru"])["unsupported"]


@pytest.mark.parametrize("text", ["9" * 5000, "1" + "0" * 5000, "0." + "0" * 5000, "5" * 5000 + ":00", "million " * 90])
def test_numbers_beyond_all_measure_are_looked_up_too(text: str) -> None:
    """A model that writes digits without end has a score like any other."""
    assert values(f"It was {text} of 7.", Document("a", TEXT, ()))["judged_numbers"] >= 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le record est de 2:15:123, et non 31:302024."),
        ("en", "The sign \uff9e stands by itself, says Ann \uff9e of IBM."),
    ],
)
def test_odd_signs_between_digits_and_letters_are_looked_up_too(language: str, text: str) -> None:
    """Digits that only look like groups of thousands are numbers, and a letter that is a mark is a word."""
    document = Document("a", text, (), title=text, language=language)
    for summary in (text, f"X{text} Bonn"):
        assert "judged_numbers" in values(summary, document)


def test_a_piece_of_a_number_is_not_copied() -> None:
    """A whole summary that is a part of the source's text only by its digits is no copy."""
    assert unsupported("Some 150 people came.", "50 people came.") == ["50"]
    assert unsupported("Some 1.50 people came.", "50 people came.") == ["50"]
