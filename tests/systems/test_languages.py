"""Light systems on documents in many languages."""

from pathlib import Path

import pytest

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_systems
from sumbench.weights import Store
from tests.languages.texts import TEXTS


@pytest.mark.parametrize("name", ["textrank", "lsa", "luhn", "sumbasic", "kl", "lead", "oracle"])
def test_a_document_in_any_language_has_a_summary(name: str) -> None:
    """Where there are no stems or stop words for a language, or their package is missing, they are left out."""
    (system,) = build_systems([name], sentences=1, words=None, batch_size=None)
    documents = [Document(code, "\n".join(each), each[:1], language=code) for code, each in TEXTS.items()]
    documents += [Document("zh-TW", "新橋。\n新路。", ("新橋。",), language="zh-Hant")]
    made = list(system.load(Context(0, Store(Path("none"), offline=True), "cpu"))(documents))
    assert [(one.document, one.error) for one in made if isinstance(one, Summary) and one.error] == []
    assert len(made) == len(documents)


def test_a_region_changes_no_stems() -> None:
    """A document in the Portuguese of Brazil is summarized as one in Portuguese is."""
    (system,) = build_systems(["textrank"], sentences=1, words=None, batch_size=None)
    text = "\n".join((TEXTS["pt"][1], "O rio corre.", "As obras custam milhões.", "Uma obra custa milhões em maio."))
    documents = [Document(code, text, ("As obras.",), language=code) for code in ("pt", "pt-BR")]
    portuguese, brazilian = system.load(Context(0, Store(Path("none"), offline=True), "cpu"))(documents)
    assert isinstance(portuguese, Summary)
    assert isinstance(brazilian, Summary)
    assert portuguese.text == brazilian.text
