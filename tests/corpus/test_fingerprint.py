"""The fingerprint of a corpus."""

from dataclasses import replace

import pytest

from sumbench.corpus import Corpus
from sumbench.records import Document

DOCUMENTS = (Document("a", "It rained.", ("Rain.",)), Document("b", "It snowed.", ("Snow.", "It was white.")))


@pytest.mark.parametrize(
    "changed",
    [{"id": "c"}, {"language": "de"}, {"text": "It hailed."}, {"references": ("Hail.",)}],
    ids=["id", "language", "text", "references"],
)
def test_the_fingerprint_tells_every_change_that_changes_a_score(changed: dict[str, str]) -> None:
    """Another id, language, text or reference of one document is another corpus; another title is the same."""
    first, second = DOCUMENTS
    fingerprint = Corpus("c", DOCUMENTS).fingerprint
    assert Corpus("c", (first, replace(second, **changed))).fingerprint != fingerprint  # type: ignore[arg-type]
    assert Corpus("c", (first, replace(second, title="Snow"))).fingerprint == fingerprint
    assert Corpus("c", DOCUMENTS[::-1]).fingerprint != fingerprint
