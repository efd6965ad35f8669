"""Which class of a classifier means what, by its name or as it is said."""

import pytest

from sumbench.errors import MetricError
from sumbench.metrics.consistency import labels

NUMBERED = {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}


@pytest.mark.parametrize(
    ("names", "entailed", "contradicted"),
    [
        ({0: "entailment", 1: "neutral", 2: "contradiction"}, 0, 2),
        ({0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}, 2, 0),
        ({0: "Contradicts", 1: "Entails", 2: "None"}, 1, 0),
        ({0: "1: entailment", 1: "2: neutral", 2: "3: contradiction"}, 0, 2),
        ({0: "entailment", 1: "not_entailment"}, 0, None),
        ({0: "NonEntailment", 1: "Entailment"}, 1, None),
    ],
)
def test_entailment_and_contradiction_are_found_by_name(
    names: dict[int, str], entailed: int, contradicted: int | None
) -> None:
    """Whatever the order, the letter case and the form of the word; what is not entailment is none."""
    assert labels.find_entailment("m", names, "") == entailed
    assert labels.find_contradiction("m", names, "") == contradicted


def test_classes_without_names_are_refused_until_they_are_said() -> None:
    """No order is guessed among three; a name or a number says which it is, and a wrong one is refused."""
    with pytest.raises(
        MetricError, match=r"^m: the model's classes are 0 'LABEL_0', .* none says that it is entailment"
    ):
        labels.find_entailment("m", NUMBERED, "")
    with pytest.raises(MetricError, match="give entailment_label=NAME or its number"):
        labels.find_entailment("m", NUMBERED, "")
    assert labels.find_entailment("m", NUMBERED, "label_2") == labels.find_entailment("m", NUMBERED, "2") == 2
    with pytest.raises(MetricError, match=r"^m: entailment_label=3 is none of the model's classes: 0 'LABEL_0'"):
        labels.find_entailment("m", NUMBERED, "3")
    with pytest.raises(MetricError, match="more than one is entailment"):
        labels.find_entailment("m", {0: "entailment", 1: "entailed"}, "")


def test_two_classes_without_names_are_those_of_the_published_checkers() -> None:
    """The second is supported for claims and hallucinated for tokens; names and what is said go before it."""
    two = {0: "LABEL_0", 1: "LABEL_1"}
    assert labels.find_supported("m", two, "") == labels.find_hallucinated("m", two, "") == 1
    assert labels.find_supported("m", two, "LABEL_0") == 0
    assert labels.find_supported("m", {0: "SUPPORTED", 1: "NOT_SUPPORTED"}, "") == 0
    assert labels.find_supported("m", {0: "inconsistent", 1: "consistent"}, "") == 1
    assert labels.find_hallucinated("m", {0: "Hallucinated", 1: "Supported"}, "") == 0
    assert labels.find_hallucinated("m", {0: "supported", 1: "not supported"}, "") == 1
    with pytest.raises(MetricError, match="supported_label="):
        labels.find_supported("m", NUMBERED, "")
