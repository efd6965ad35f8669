"""Converts a GGUF file's tokenizer to one that transformers loads: byte-level BPE or SentencePiece BPE."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sumbench.weights.gguf_file import GGUFFile

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NORMAL, CONTROL, USER = 1, 3, 4
"""GGUF's token types: pieces of text, special tokens, and user-defined tokens, matched before BPE."""

SINGLE_DIGITS = MappingProxyType({"smollm": True, "gpt-2": False})
"""The supported pre-tokenizers of byte-level BPE, and whether each splits numbers into single digits."""

BLANK = "▁"
"""SentencePiece's character for a space."""


def build_tokenizer(file: GGUFFile) -> "Tokenizer":
    """Return the file's tokenizer; raise ValueError for an unsupported kind."""
    kinds = {"gpt2": _byte_level, "llama": _sentencepiece}
    kind = file.require("tokenizer.ggml.model", kinds)
    built = kinds[kind](file)
    if file.get("tokenizer.ggml.add_bos_token", kind == "llama"):
        _prepend_bos(built, file)
    return built


def special_tokens(file: GGUFFile) -> dict[str, str]:
    """Return the special tokens by transformers' names for them."""
    words = file["tokenizer.ggml.tokens"]
    return {
        name: words[index]
        for name, key in (
            ("bos_token", "bos"),
            ("eos_token", "eos"),
            ("unk_token", "unknown"),
            ("pad_token", "padding"),
        )
        if (index := file.get(f"tokenizer.ggml.{key}_token_id")) is not None
    }


def save_tokenizer(file: GGUFFile, folder: Path) -> None:
    """Write the file's tokenizer into a folder."""
    build_tokenizer(file).save(str(folder / "tokenizer.json"))


def _byte_level(file: GGUFFile) -> "Tokenizer":
    from tokenizers import AddedToken
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.pre_tokenizers import Digits
    from tokenizers.pre_tokenizers import Sequence as Steps

    single = SINGLE_DIGITS[file.require("tokenizer.ggml.pre", SINGLE_DIGITS)]
    words, kinds = file["tokenizer.ggml.tokens"], file["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in file["tokenizer.ggml.merges"]]
    built = Tokenizer(BPE({word: index for index, word in enumerate(words)}, merges))
    bytes_to_words = ByteLevel(add_prefix_space=False)
    built.pre_tokenizer = Steps([Digits(individual_digits=True), bytes_to_words]) if single else bytes_to_words
    built.decoder = Decoder()
    built.add_special_tokens([AddedToken(word, special=True) for word in _words_of_kind(CONTROL, words, kinds)])
    built.add_tokens([AddedToken(word, normalized=False) for word in _words_of_kind(USER, words, kinds)])
    return built


def _sentencepiece(file: GGUFFile) -> "Tokenizer":
    """Build a BPE over whole texts: spaces are ordinary characters, and unknown characters fall back to bytes."""
    from tokenizers import AddedToken
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import normalizers
    from tokenizers.models import BPE

    file.require("tokenizer.ggml.add_space_prefix", [False])
    words, kinds = file["tokenizer.ggml.tokens"], file["tokenizer.ggml.token_type"]
    scores = file["tokenizer.ggml.scores"]
    pieces = {word: score for word, score, kind in zip(words, scores, kinds, strict=True) if kind == NORMAL}
    built = Tokenizer(
        BPE(
            {word: index for index, word in enumerate(words)},
            bpe_merges(pieces),
            unk_token=words[file["tokenizer.ggml.unknown_token_id"]],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    built.normalizer = normalizers.Replace(" ", BLANK)
    built.decoder = decoders.Sequence([decoders.Replace(BLANK, " "), decoders.ByteFallback(), decoders.Fuse()])
    built.add_special_tokens(
        [AddedToken(word, normalized=False, special=True) for word in _words_of_kind(CONTROL, words, kinds)]
    )
    # Normalized, because tokens with spaces must match after spaces have been replaced.
    built.add_tokens([AddedToken(word, normalized=True) for word in _words_of_kind(USER, words, kinds)])
    return built


def bpe_merges(pieces: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the merges of pieces in order: SentencePiece first merges the pair whose result scores highest.

    Where a piece can be merged from several pairs, the one with the better first part comes first.
    """
    pairs = [
        (-score, -pieces[first], -pieces[second], first, second)
        for whole, score in pieces.items()
        for first, second in _halves(whole)
        if first in pieces and second in pieces
    ]
    return [(first, second) for *_, first, second in sorted(pairs)]


def _halves(word: str) -> Iterator[tuple[str, str]]:
    return ((word[:cut], word[cut:]) for cut in range(1, len(word)))


def _words_of_kind(kind: int, words: Sequence[str], kinds: Sequence[int]) -> list[str]:
    return [word for word, its_kind in zip(words, kinds, strict=True) if its_kind == kind]


def _prepend_bos(built: "Tokenizer", file: GGUFFile) -> None:
    """Make the tokenizer prepend the BOS token to every text."""
    from tokenizers.processors import TemplateProcessing

    index = file["tokenizer.ggml.bos_token_id"]
    token = file["tokenizer.ggml.tokens"][index]
    built.post_processor = TemplateProcessing(
        single=[token, "$A"], pair=[token, "$A", f"{token}:1", "$B:1"], special_tokens=[(token, index)]
    )
