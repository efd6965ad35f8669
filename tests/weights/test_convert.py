from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench.corpus import open_corpus
from sumbench.errors import WeightsError
from sumbench.weights import Store
from sumbench.weights.convert import gguf_to_folder
from tests.generation import tiny
from tests.weights import gemma


def test_a_gguf_becomes_a_checkpoint_that_computes_the_same(tmp_path: Path) -> None:
    """The converted folder loads in transformers and gives the logits of the dequantized weights."""
    import torch
    from transformers import AutoModelForCausalLM

    expected = tiny.gguf(tmp_path / "tiny.gguf")
    gguf_to_folder(tmp_path / "tiny.gguf", tmp_path / "model")
    auto: Any = AutoModelForCausalLM
    converted, report = auto.from_pretrained(tmp_path / "model", output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    original = tiny.llama(len(tiny.tokenizer()))
    original.load_state_dict({name: torch.tensor(values) for name, values in expected.items()}, strict=False)
    tokens = torch.arange(3, 40)[None]
    with torch.inference_mode():
        assert torch.allclose(converted(tokens).logits, original(tokens).logits, atol=1e-4)
    for name, values in expected.items():
        assert np.array_equal(converted.state_dict()[name].numpy(), values)


def test_the_tokenizer_of_a_gguf_cuts_and_joins_text_as_the_original(tmp_path: Path) -> None:
    """Tokens, special tokens and chat template survive; digits and the blanks before them stay apart."""
    from transformers import AutoTokenizer

    tiny.gguf(tmp_path / "tiny.gguf")
    gguf_to_folder(tmp_path / "tiny.gguf", tmp_path / "model")
    converted, original = AutoTokenizer.from_pretrained(tmp_path / "model"), tiny.tokenizer()
    text = f"{tiny.TEXT}\n\n12 years,   345 bridges <|im_end|> naïve “quotes” — 北京"
    assert converted(text)["input_ids"] == original(text)["input_ids"]
    assert converted.decode(converted(text)["input_ids"]) == text
    assert converted.eos_token == original.eos_token
    turns = [{"role": "user", "content": "Hello"}]
    asked = [
        words.apply_chat_template(turns, add_generation_prompt=True, tokenize=False) for words in (converted, original)
    ]
    assert asked[0] == asked[1]


def test_a_gemma_in_gguf_becomes_a_checkpoint_that_computes_the_same(tmp_path: Path) -> None:
    """Norms, windows and both kinds of rotary positions are the original's, over texts longer than a window."""
    import torch
    from transformers import AutoModelForCausalLM

    expected = gemma.gguf(tmp_path / "gemma.gguf")
    gguf_to_folder(tmp_path / "gemma.gguf", tmp_path / "model")
    auto: Any = AutoModelForCausalLM
    converted, report = auto.from_pretrained(tmp_path / "model", output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    original = gemma.gemma(converted.config.vocab_size)
    original.load_state_dict({name: torch.tensor(values) for name, values in expected.items()}, strict=False)
    tokens = torch.arange(5, 45)[None]
    with torch.inference_mode():
        assert torch.allclose(converted(tokens).logits, original(tokens).logits, atol=1e-4)
    assert (converted.config.bos_token_id, converted.config.eos_token_id) == (2, 1)


def test_a_sentencepiece_vocabulary_in_gguf_cuts_and_joins_text_as_sentencepiece(tmp_path: Path) -> None:
    """Merges, blanks, digits, tokens of the user, and bytes for letters that are not in it: the library's own ids."""
    from transformers import AutoTokenizer

    gemma.gguf(tmp_path / "gemma.gguf")
    gguf_to_folder(tmp_path / "gemma.gguf", tmp_path / "model")
    converted, original = AutoTokenizer.from_pretrained(tmp_path / "model"), gemma.vocabulary()
    for text in (tiny.TEXT, "The  old   bridge\n\n\ncosts 2019[multimodal] naïve “quotes” — 北京 🦉", "a", " The"):
        ids = converted(text)["input_ids"]
        assert ids == [2, *original.encode(text)], text
        assert converted.decode(ids, skip_special_tokens=True) == text
    assert (converted.eos_token, converted.pad_token, converted.unk_token) == ("</s>", "<pad>", "<unk>")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prefix": True}, r"tokenizer\.ggml\.add_space_prefix is True; known are False"),
        ({"scaling": "yarn"}, r"gemma3\.rope\.scaling\.type is 'yarn'; known are 'linear', 'none', None"),
    ],
)
def test_a_gemma_with_ways_of_its_own_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """Settings that the conversion would get wrong are named, never passed over."""
    gemma.gguf(tmp_path / "gemma.gguf", **change)
    with pytest.raises(WeightsError, match=f"gemma\\.gguf cannot be converted: {message}"):
        gguf_to_folder(tmp_path / "gemma.gguf", tmp_path / "model")


@pytest.mark.weights
def test_gemmas_own_file_is_read_as_google_meant_it(store: Store) -> None:
    """The 4-bit weights of the package index read an article's begin with ease; texts are cut into Gemma's tokens."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers import AutoTokenizer

    if not store.installed("gemma-3-270m"):
        pytest.skip("gemma-3-270m is not in the store: sumbench weights pull gemma-3-270m --accept-license Gemma")
    folder = store.folder("gemma-3-270m")
    words = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    assert words("Hello, world!")["input_ids"] == [2, 9259, 236764, 1902, 236888]
    article = open_corpus("references").documents[0].text
    ids = torch.tensor([words(article)["input_ids"][:200]])
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    with torch.inference_mode():
        loss = model(ids, labels=ids).loss
    assert torch.exp(loss) < 40


def test_a_conversion_gives_the_same_bytes_again(tmp_path: Path) -> None:
    """Two conversions of one file are equal byte for byte, so their fingerprint is."""
    tiny.gguf(tmp_path / "tiny.gguf")
    for name in ("one", "two"):
        gguf_to_folder(tmp_path / "tiny.gguf", tmp_path / name)
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert "model.safetensors" in files
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)


def test_a_gguf_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """A way of cutting words that is not known is an error that names it, never a wrong tokenizer."""
    tiny.gguf(tmp_path / "tiny.gguf", pre="martian")
    with pytest.raises(WeightsError, match=r"tiny\.gguf cannot be converted: tokenizer\.ggml\.pre is 'martian'"):
        gguf_to_folder(tmp_path / "tiny.gguf", tmp_path / "model")


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    """Bytes that are no GGUF end in one clear line."""
    (tmp_path / "tiny.gguf").write_bytes(b"not at all" * 100)
    with pytest.raises(WeightsError, match=r"tiny\.gguf cannot be converted"):
        gguf_to_folder(tmp_path / "tiny.gguf", tmp_path / "model")
