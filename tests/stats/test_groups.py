import pytest

from sumbench.errors import UsageError
from sumbench.records import Document
from sumbench.stats.groups import Group
from sumbench.stats.groups import by_length
from sumbench.stats.groups import by_metadata
from sumbench.stats.groups import by_position
from sumbench.stats.groups import content_position


def of_length(*lengths: int) -> list[Document]:
    return [Document(str(at), "word " * length, ("word",)) for at, length in enumerate(lengths)]


def about(reference: str, text: str = "alpha beta gamma delta epsilon zeta eta theta iota") -> Document:
    return Document(reference, text, (reference,))


def test_lengths_fall_into_the_terciles_of_the_corpus() -> None:
    """There are three groups of about the same number of documents, labelled by their lengths."""
    groups = by_length(of_length(100, 20, 30, 900, 50, 500))
    assert groups == (
        Group("up to 43 words", (1, 2)),
        Group("44 to 233 words", (0, 4)),
        Group("over 233 words", (3, 5)),
    )
    assert [group.documents for group in groups] == [2, 2, 2]


def test_documents_of_one_length_make_one_group() -> None:
    """Where terciles fall together, no document is counted twice and no group is empty; no documents, no groups."""
    assert by_length(of_length(7, 7, 7, 7)) == (Group("up to 7 words", (0, 1, 2, 3)),)
    assert by_length([]) == ()


def test_metadata_groups_come_in_the_order_of_their_values() -> None:
    """Documents stand under their value of the key, those without it last under a label of their own."""
    documents = [
        Document("a", "", (), metadata={"genre": "sport"}),
        Document("b", "", ()),
        Document("c", "", (), metadata={"genre": "news", "date": "2020"}),
        Document("d", "", (), metadata={"genre": "sport"}),
    ]
    assert by_metadata(documents, "genre") == (Group("news", (2,)), Group("sport", (0, 3)), Group("(none)", (1,)))
    with pytest.raises(UsageError, match="no document has 'topic' in its metadata: there are date, genre"):
        by_metadata(documents, "topic")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("alpha beta", 0.0),
        ("theta iota", 1.0),
        ("epsilon zeta", 4 / 7),
        ("Alpha, beta! And: theta iota.", 0.5),
        ("gamma and nothing else", 2 / 8),
        ("nothing here", None),
        ("", None),
    ],
)
def test_content_stands_where_the_bigrams_of_the_reference_occur(reference: str, expected: float | None) -> None:
    """0 is the start of the source and 1 its end, by words where no bigram occurs, None where no word does."""
    assert content_position(about(reference)) == (None if expected is None else pytest.approx(expected))


def test_content_that_occurs_often_stands_in_the_middle_of_its_places() -> None:
    """Every occurrence counts, each bigram of a reference once, and references are taken together."""
    assert content_position(about("one two", "one two three one two")) == pytest.approx(0.5)
    both = Document("x", "one two three four five", ("one two one two", "four five"))
    assert content_position(both) == pytest.approx(0.5)


def test_documents_fall_into_groups_by_the_position_of_their_content() -> None:
    """Early, middle and late come in order, and what is not in the source at all comes last."""
    documents = [
        about("theta iota"),
        about("unknown"),
        about("alpha beta"),
        about("delta epsilon"),
        about("beta gamma"),
    ]
    assert by_position(documents) == (
        Group("0% to 14%", (2, 4)),
        Group("14% to 43%", (3,)),
        Group("43% to 100%", (0,)),
        Group("not in the source", (1,)),
    )


def test_stated_positions_come_first() -> None:
    """What metadata state is taken, in the order of a text; other values follow, and documents without one are last."""
    stated = ["spread", "end", None, "aside", "beginning", "end", "middle"]
    documents = [
        Document(str(at), "alpha beta gamma", ("alpha beta",), metadata={} if value is None else {"position": value})
        for at, value in enumerate(stated)
    ]
    assert by_position(documents) == (
        Group("beginning", (4,)),
        Group("middle", (6,)),
        Group("end", (1, 5)),
        Group("spread", (0,)),
        Group("aside", (3,)),
        Group("(none)", (2,)),
    )
    assert by_position(documents[2:3]) == (Group("0% to 100%", (0,)),)
