"""Tokenizers of the catalog's families, with the classes that load real ones, trained on a few articles."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any

from tests.generation import pairs
from tests.generation import tiny

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

T5: dict[str, Any] = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
MBART: dict[str, Any] = {"pad_id": -1, "eos_id": 2, "unk_id": 0, "bos_id": 1}
BYTES: dict[str, Any] = {
    "model_type": "bpe",
    "byte_fallback": True,
    "normalization_rule_name": "identity",
    "remove_extra_whitespaces": False,
}
GEMMA: dict[str, Any] = {**BYTES, "pad_id": 0, "eos_id": 1, "bos_id": 2, "unk_id": 3, "add_dummy_prefix": False}


def sentencepiece(class_: str, file: str, user: tuple[str, ...], options: Mapping[str, Any], folder: Path) -> Any:  # noqa: ANN401
    """Train a sentencepiece model with the pieces `user` of its own, and load it as transformers' `class_`."""
    from sentencepiece import SentencePieceTrainer
    from transformers import AutoTokenizer

    SentencePieceTrainer.train(
        input=",".join(map(str, pairs.ARTICLES)),
        model_prefix=str(folder / file),
        vocab_size=500,
        hard_vocab_limit=False,
        minloglevel=2,
        user_defined_symbols=list(user),
        **options,
    )
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": class_, "model_max_length": 512}))
    (folder / "config.json").write_text("{}")
    return AutoTokenizer.from_pretrained(folder)


def bytewise(_folder: Path) -> "PreTrainedTokenizerFast":
    """Return a tokenizer as Qwen's and DeepSeek's: marks that are no special tokens, one that takes blanks with it."""
    from tokenizers.normalizers import NFC
    from transformers import AddedToken

    words = tiny.tokenizer()
    words.backend_tokenizer.normalizer = NFC()
    words.add_tokens([AddedToken(mark, normalized=False) for mark in ("<think>", "</think>", "<｜User｜>")])
    words.add_tokens(
        [AddedToken("<|end|>", special=True, rstrip=True), AddedToken("<mask>", special=True, lstrip=True)]
    )
    return words


def whole(_folder: Path) -> "PreTrainedTokenizerFast":
    """Return a tokenizer that takes what is in its vocabulary as it stands, as Llama 3's, and splits no words."""
    from tokenizers.pre_tokenizers import ByteLevel

    words = tiny.tokenizer()
    model: Any = words.backend_tokenizer.model
    model.ignore_merges = True
    words.backend_tokenizer.model = model
    words.backend_tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=False)
    return words


def gguf(_folder: Path) -> "PreTrainedTokenizerFast":
    """Return the tokenizer of a Gemma in a GGUF file, whose marks are pieces of its own."""
    from transformers import PreTrainedTokenizerFast

    from sumbench.weights.gguf_file import GGUFFile
    from sumbench.weights.vocabularies import build_tokenizer
    from sumbench.weights.vocabularies import special_tokens
    from tests.weights import gemma

    file = _folder / "gemma.gguf"
    gemma.gguf(file)
    read = GGUFFile(file)
    return PreTrainedTokenizerFast(tokenizer_object=build_tokenizer(read), **special_tokens(read))  # type: ignore[no-untyped-call]


def unlisted(folder: Path) -> "PreTrainedTokenizerFast":
    """Return a T5 tokenizer with a piece `<n>` of its own that is not among the tokens that were added."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    words = sentencepiece("T5Tokenizer", "spiece", ("<n>",), T5, folder)
    described = json.loads(words.backend_tokenizer.to_str())
    described["added_tokens"] = [token for token in described["added_tokens"] if token["content"] != "<n>"]
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=Tokenizer.from_str(json.dumps(described)), **words.special_tokens_map
    )


def small(kind: str, _folder: Path) -> "PreTrainedTokenizerFast":
    """Return the tokenizer of a small sequence-to-sequence checkpoint."""
    return pairs.tokenizer(kind)


FAMILIES: Mapping[str, Callable[[Path], "PreTrainedTokenizerFast"]] = MappingProxyType(
    {
        "smollm": lambda _: tiny.tokenizer(),
        "qwen": bytewise,
        "llama3": whole,
        "llama": partial(sentencepiece, "LlamaTokenizer", "tokenizer", ("<think>", "[INST]"), BYTES),
        "gemma": partial(
            sentencepiece, "GemmaTokenizer", "tokenizer", ("<start_of_turn>", "<unused7>", "\n\n", "▁▁"), GEMMA
        ),
        "gemma-gguf": gguf,
        "bart": partial(small, "bart"),
        "t5gemma": partial(small, "t5gemma"),
        "t5": partial(sentencepiece, "T5Tokenizer", "spiece", (), T5),
        "mt5": partial(sentencepiece, "T5Tokenizer", "spiece", (), {**T5, "byte_fallback": True}),
        "unlisted": unlisted,
        "pegasus": partial(sentencepiece, "PegasusTokenizer", "spiece", ("<n>",), T5),
        "mbart": partial(sentencepiece, "MBartTokenizer", "sentencepiece.bpe", (), MBART),
        "mbart50": partial(sentencepiece, "MBart50Tokenizer", "sentencepiece.bpe", (), MBART),
        "nllb": partial(sentencepiece, "NllbTokenizer", "sentencepiece.bpe", (), {**MBART, "model_type": "bpe"}),
    }
)
"""A tokenizer of each family, made in an empty folder."""


def make(family: str, folder: Path) -> "PreTrainedTokenizerFast":
    """Make a family's tokenizer in a new folder under this one."""
    own = folder / family
    own.mkdir()
    return FAMILIES[family](own)
