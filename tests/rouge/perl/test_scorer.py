from collections.abc import Iterator

import pytest

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import PerlRouge

REFERENCES = ["the ship sank slowly", "a ship sank", "it went down\nthe crew was saved"]


def test_pooled_references() -> None:
    """Formula A adds up the counts of all references before it divides."""
    assert PerlRouge("-n 1").score("a b", ["a", "b c d"])["ROUGE-1"] == (0.5, 0.5, 0.5)


def test_best_reference() -> None:
    """Formula B takes the reference with the best recall, whatever its precision."""
    assert PerlRouge("-n 1 -f B").score("a b c d", ["a b c e", "a"])["ROUGE-1"] == (1, 0.25, 0.4)


def test_first_of_equal_references() -> None:
    """Formula B takes the first of references with equal recall."""
    assert PerlRouge("-n 1 -f B").counts("a b", ["a x", "a b x y"])["ROUGE-1"][0].recall == 0.5
    assert PerlRouge("-n 1 -f B").score("a b", ["a x", "a b x y"])["ROUGE-1"].precision == 0.5


@pytest.mark.parametrize(("alpha", "expected"), [("0", 0.25), ("1", 1), ("0.5", 0.4)])
def test_alpha(alpha: str, expected: float) -> None:
    """An alpha of 1 makes F the precision, one of 0 the recall."""
    assert PerlRouge(f"-n 1 -p {alpha}").score("a", ["a b c d"])["ROUGE-1"].f_measure == expected


def test_f_is_made_of_rounded_figures() -> None:
    """F is computed from recall and precision as printed."""
    score = PerlRouge("-n 1").score("a b c", ["a d e f g h i"])["ROUGE-1"]
    assert score == (0.14286, 0.33333, round(0.14286 * 0.33333 / (0.5 * 0.33333 + 0.5 * 0.14286), 5))


def test_prepared_texts() -> None:
    """A text that was prepared once scores on both sides as the text itself."""
    rouge = PerlRouge("-n 2 -w 1.2 -2 4 -U -m -s")
    system, *references = [rouge.prepare(text) for text in REFERENCES]
    assert rouge.score(system, references) == rouge.score(REFERENCES[0], REFERENCES[1:])


def test_sentences() -> None:
    """The tokens of a text can be had sentence by sentence, as they are counted."""
    assert PerlRouge("-m -s").sentences("The ships\n\nwere sinking. Slowly!") == [["ship"], ["sink", "slowli"]]


def test_evaluation() -> None:
    """Every system gets its own instances, in byte order, with scores and counts."""
    instances = [
        Instance("10", {"b": "a b", "a": "a"}, ["a b c d"]),
        Instance("9", {"b": "c"}, ["a b c d", "c"]),
    ]
    evaluation = PerlRouge("-n 1").evaluate(iter(instances))
    assert list(evaluation) == ["a", "b"]
    assert evaluation["a"]["ROUGE-1"].identifiers == ("10",)
    result = evaluation["b"]["ROUGE-1"]
    assert result.metric == "ROUGE-1"
    assert result.identifiers == ("10", "9")
    assert result.scores.tolist() == [[0.5, 1, 0.66667], [0.4, 1, 0.57143]]
    assert result.counts.tolist() == [[4, 2, 2], [5, 2, 2]]
    assert result.averages.recall.low <= result.averages.recall.average <= result.averages.recall.high


def test_order_of_instances() -> None:
    """Instances stand in the byte order of identifier and system, on which the draws depend."""
    instances = [Instance(identifier, {"x": "a"}, ["a"]) for identifier in ("2", "1", "1-b", "10")]
    assert PerlRouge("").evaluate(instances)["x"]["ROUGE-L"].identifiers == ("1-b", "1", "10", "2")


def test_instances_are_read_one_at_a_time() -> None:
    """An instance is scored before the next one is asked for, so a faulty one stops the reading there."""
    read = []

    def stream() -> Iterator[Instance]:
        for number, text in enumerate(["a", "\ud800", "a"]):
            read.append(number)
            yield Instance(str(number), {"x": text}, ["a"])

    with pytest.raises(RougeError, match=r"instance '1': a text holds a lone surrogate \(U\+D800 at character 0\)"):
        PerlRouge("-n 1").evaluate(stream())
    assert read == [0, 1]


@pytest.mark.parametrize(
    ("instances", "message"),
    [
        ([], "there are no instances to score"),
        ([Instance("1", {"x": "a"}, [])], "instance '1': there is no reference"),
        ([Instance("1", {"x": "a"}, "a")], "instance '1': the references must be a list of texts, not one text"),
        ([Instance("1", {}, ["a"])], "instance '1': there is no system text"),
        ([Instance("1", {"x": "a"}, ["a"])] * 2, "instance '1': system 'x' has two texts for it"),
        ([Instance("1", {"x": None}, ["a"])], "instance '1': a text is a NoneType, not a string"),  # type: ignore[dict-item]
    ],
)
def test_unusable_instances(instances: list[Instance], message: str) -> None:
    """What cannot be scored is refused in one line that names the instance."""
    with pytest.raises(RougeError) as refusal:
        PerlRouge("-n 1").evaluate(instances)
    assert str(refusal.value) == message
