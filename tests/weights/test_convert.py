from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.errors import WeightsError
from bench.weights.convert import gguf_to_folder
from tests.generation import tiny


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
