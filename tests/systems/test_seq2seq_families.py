"""What some families of sequence-to-sequence checkpoints need beside the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from sumbench.errors import SummarizerError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.weights import Store
from tests.generation import pairs
from tests.generation import tiny

TEXT = "The council met on Monday and voted for the bridge. It rained all day in the valley. "
SHORT = Document("short", "Bread, for all.", ())
LONG = Document("long", TEXT * 3, ())


def load(folder: Path, **options: Any) -> Any:  # noqa: ANN401
    return Seq2Seq(name="tiny", model=str(folder), **options).load(Context(0, Store(Path("none"), offline=True), "cpu"))


def summary(folder: Path, document: Document, **options: Any) -> Summary:  # noqa: ANN401
    (made,) = load(folder, **options)([document])
    assert isinstance(made, Summary)
    return made


def test_bigbirds_blocks_come_back_after_a_short_text(tmp_path: Path) -> None:
    """A text too short for blocks is attended to in full, and the long one after it in blocks all the same."""
    folder = pairs.checkpoint(tmp_path / "bigbird", "bigbird-pegasus")
    summarize = load(folder)
    (alone,) = summarize([LONG])
    list(summarize([SHORT]))
    (after,) = summarize([LONG])
    assert (after.text, after.error) == (alone.text, None)


@pytest.mark.parametrize("kind", ["pegasus", "pegasus-x", "bigbird-pegasus"])
def test_newlines_of_pegasus_become_lines(tmp_path: Path, kind: str) -> None:
    """`<n>` in what the model writes is a line break, never text."""
    newline = pairs.tokenizer(kind).convert_tokens_to_ids("<n>")
    # A model that must begin with a line break, and must not end before four tokens.
    folder = pairs.checkpoint(tmp_path / kind, kind, {"forced_bos_token_id": newline})
    made = summary(folder, SHORT)
    assert made.error is None
    assert "<n>" not in made.text
    assert made.text


@pytest.mark.parametrize("name", ["MBart", "MBart50"])
def test_the_encoder_is_told_the_documents_language(tmp_path: Path, name: str) -> None:
    """The same words as English and as German are two inputs; an option names one language for all."""
    folder = pairs.multilingual(tmp_path / name, name)
    english, german = (summary(folder, Document("one", TEXT, (), language=code)) for code in ("en", "de-AT"))
    assert english.error is None
    assert german.error is None
    assert english.text != german.text
    forced = summary(folder, Document("one", TEXT, (), language="en"), source_language="de_DE")
    assert forced.text == german.text


def test_a_language_without_a_token_fails_that_document_alone(tmp_path: Path) -> None:
    """Its error says what to do; the others are summarized."""
    folder = pairs.multilingual(tmp_path / "mbart", "MBart")
    documents = [Document("a", TEXT, ()), Document("b", TEXT, (), language="sw"), Document("c", TEXT * 2, ())]
    made = {one.document: one for one in load(folder)(documents)}
    assert [identifier for identifier, one in made.items() if one.error] == ["b"]
    assert "no token for the document's language 'sw': give source_language=" in str(made["b"].error)


def test_a_source_language_that_means_nothing_is_refused(tmp_path: Path) -> None:
    """One that the tokenizer does not know, and any where the tokenizer takes none."""
    with pytest.raises(SummarizerError, match="no token for the language 'xx_XX'"):
        load(pairs.multilingual(tmp_path / "mbart", "MBart"), source_language="xx_XX")
    with pytest.raises(SummarizerError, match="takes no source language"):
        load(pairs.checkpoint(tmp_path / "bart", "bart"), source_language="en_XX")


@pytest.mark.parametrize("name", ["MBart", "MBart50"])
def test_mbart_writes_the_language_that_is_asked_for(tmp_path: Path, name: str) -> None:
    """As the decoder's start where the checkpoint starts with a language, else as the first token that is written."""
    folder = pairs.multilingual(tmp_path / name, name)
    french, romanian = (summary(folder, LONG, target_language=language) for language in ("fr_XX", "ro_RO"))
    assert french.error is None
    assert romanian.error is None
    assert french.text != romanian.text
    assert "_XX" not in french.text


@pytest.mark.parametrize("kind", ["pegasus", "mt5", "mbart"])
def test_a_checkpoint_with_a_sentencepiece_model_alone_is_read(tmp_path: Path, kind: str) -> None:
    """Older checkpoints, as PEGASUS, mT5 and mBART, ship a sentencepiece model and no tokenizer.json."""
    folder = pairs.sentencepiece(tmp_path / kind, kind)
    assert not (folder / "tokenizer.json").exists()
    made = summary(folder, LONG)
    assert made.error is None
    assert made.text
    assert made.seen_tokens == made.input_tokens


def test_t5gemma_with_a_chat_template_is_asked_by_a_prompt(tmp_path: Path) -> None:
    """The prompt takes its room, so that less of the document fits, and another prompt makes another summary."""
    folder = pairs.checkpoint(tmp_path / "t5gemma", "t5gemma")
    long = Document("long", TEXT * 12, ())
    plain = summary(folder, long)
    file = folder / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "chat_template": tiny.TEMPLATE}))
    prompt = tmp_path / "short.txt"
    prompt.write_text("[user]\nSum up:\n{document}\n")
    asked = summary(folder, long, prompt=str(prompt))
    assert asked.error is None
    assert plain.seen_tokens is not None
    assert asked.seen_tokens is not None
    assert 20 < asked.seen_tokens < plain.seen_tokens
    assert asked.text != plain.text
    with pytest.raises(SummarizerError, match="context of 96 tokens has no room for a document beside the prompt"):
        load(folder)
