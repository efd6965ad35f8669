"""The check of a corpus."""

import tracemalloc

import pytest

from sumbench.corpus import check as checks
from sumbench.corpus import open_corpus
from sumbench.corpus.check import check_documents
from sumbench.corpus.resemblance import NearDuplicateFinder
from sumbench.records import Document

SHIPPED = open_corpus("references").documents
TEXT = SHIPPED[0].text


def found(*documents: Document) -> dict[str, tuple[str, ...]]:
    return dict(check_documents(documents).findings)


def test_the_shipped_corpus_has_nothing_amiss() -> None:
    """Counts and lengths are right, and nothing is found."""
    report = check_documents(SHIPPED)
    assert (report.documents, report.references, report.findings) == (40, {3: 39, 4: 1}, ())
    assert report.languages == {"en": 40}
    assert report.reference_words is not None
    assert 50 <= report.reference_words.least <= report.reference_words.median <= report.reference_words.most <= 90
    assert report.extractive is not None
    assert 0.05 < report.extractive < 0.5


def test_what_is_amiss_is_named_by_row() -> None:
    """Each fault has its line, with the ids and rows that show it."""
    faults = found(
        Document("a", "", ("One.",)),
        Document("b", "A text of five words.", ()),
        Document("c", "A text of five words, too.", ("One.", " ")),
        Document("d", "Another text.", ("One.", "One.")),
        Document("e", "Short.", ("This reference is longer.",)),
        Document("f", "The bridge is closed now.", ("bridge is closed",)),
        Document("f", "The ferry is late.", ("Wait.",)),
    )
    assert faults == {
        checks.NO_TEXT: ("a (row 1)",),
        checks.NO_REFERENCE: ("b (row 2)",),
        checks.EMPTY_REFERENCE: ("c (row 3)",),
        checks.SAME_REFERENCES: ("d (row 4)",),
        checks.LONG_REFERENCE: ("e (row 5)",),
        checks.COPIED: ("f (row 6)",),
        checks.SAME_ID: ("f (row 7)",),
    }


def test_many_equal_documents_are_one_finding() -> None:
    """Each is named once, with its row, also where two have one id; memory and time grow with their number alone."""
    some = [Document("a", "A text of more than five words.", ("One.",)), Document("a", "Another one.", ("Two.",))]
    (line,) = found(some[0], some[1], some[0])[checks.DUPLICATE]
    assert line == "a (row 1) = a (row 3)"
    tracemalloc.start()
    many = found(*(Document(str(number), "The rain fell on all of it.", ("One.",), "", "en") for number in range(500)))
    assert tracemalloc.get_traced_memory()[1] < 8e6
    tracemalloc.stop()
    assert many[checks.DUPLICATE][0].count(" = ") == 499
    assert checks.NEAR_DUPLICATE not in many


def test_marks_are_named_by_row_with_their_remedy() -> None:
    """Of references each kind, of documents those that are no part of ordinary text."""
    one = Document("a", "## Mill\nIt closed &amp; burned.", ("It closed.<q>It burned.",))
    two = Document("b", "It <unk> was.", ("**Summary:** It was.",))
    marks = {what: where for what, where in found(one, two).items() if what.startswith("marks")}
    assert marks == {
        "marks in documents: HTML character references": ("a (row 1)",),
        "marks in documents: special tokens of a model": ("b (row 2)",),
        "marks in references: Markdown bold (take them out of the file)": ("b (row 2)",),
        "marks in references: an announcement (take them out of the file)": ("b (row 2)",),
        "marks in references: sentence marks <q> (--sentences q)": ("a (row 1)",),
    }


def test_duplicates_and_near_duplicates_are_told_apart() -> None:
    """A text in other blanks and case is a duplicate, one with a changed word here and there a near-duplicate."""
    edited = TEXT.replace("the", "that", 3)
    documents = [Document(key, text, ("One.",)) for key, text in (("a", TEXT), ("b", TEXT.upper()), ("c", edited))]
    faults = found(*documents, Document("d", SHIPPED[1].text, ("Two.",)))
    assert faults[checks.DUPLICATE] == ("a (row 1) = b (row 2)",)
    near = faults[checks.NEAR_DUPLICATE]
    assert [line.partition(" (")[0] for line in near] == ["a", "b"]
    assert all("≈ c (row 3)" in line for line in near)


def test_resemblance_is_that_of_the_sets_of_sequences() -> None:
    """The estimate is near the true share of five-word sequences in common."""
    words = TEXT.split()
    one, other = words[: len(words) * 3 // 4], words[len(words) // 8 :]

    def shingles(text: list[str]) -> set[tuple[str, ...]]:
        return {tuple(word.casefold() for word in text[at : at + 5]) for at in range(len(text) - 4)}

    true = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
    known = NearDuplicateFinder()
    assert list(known.pairs()) == []
    for text in (one, other):
        known.add(" ".join(text))
    ((first, second, estimate),) = known.pairs()
    assert (first, second) == (0, 1)
    assert estimate == pytest.approx(true, abs=0.15)


def test_a_language_that_the_text_contradicts_is_named() -> None:
    """German said to be English is reported; where nothing is said, the guess is only counted."""
    german = "Der Rat stimmte für die Brücke, und die Arbeit an ihr beginnt im Mai, wie es in dem Bericht heißt."
    report = check_documents(
        [
            Document("a", german, ("Die Brücke.",), language="en"),
            Document("b", german + " Mehr nicht.", ("Die Brücke.",), language="de"),
            Document("c", german + " Es regnete.", ("Die Brücke.",)),
            Document("d", "Bridge May council vote.", ("Bridge.",), language="de"),
        ]
    )
    assert dict(report.findings)[checks.WRONG_LANGUAGE] == ("a (row 1): en declared, looks like de",)
    assert report.languages == {"de": 3, "": 1}
