"""The tokenizer in a GGUF file, made anew as one that transformers loads: byte-level BPE, or SentencePiece's BPE."""

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
"""Kinds of tokens in GGUF: pieces of text, special tokens, and texts that are a token wherever they stand."""

SINGLE_DIGITS = MappingProxyType({"smollm": True, "gpt-2": False})
"""The byte-level ways of cutting text into words that are known, and whether each digit is a word in them."""

BLANK = "▁"
"""What SentencePiece writes for a blank."""


def build_tokenizer(file: GGUFFile) -> "Tokenizer":
    """Return the file's tokenizer; raise ValueError for a kind that is not known."""
    kinds = {"gpt2": _byte_level, "llama": _sentencepiece}
    kind = file.require("tokenizer.ggml.model", kinds)
    made = kinds[kind](file)
    if file.get("tokenizer.ggml.add_bos_token", kind == "llama"):
        _prepend_bos(made, file)
    return made


def special_tokens(file: GGUFFile) -> dict[str, str]:
    """Return the special tokens by transformers' names for them."""
    words = file["tokenizer.ggml.tokens"]
    return {
        name: words[place]
        for name, key in (
            ("bos_token", "bos"),
            ("eos_token", "eos"),
            ("unk_token", "unknown"),
            ("pad_token", "padding"),
        )
        if (place := file.get(f"tokenizer.ggml.{key}_token_id")) is not None
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

    single = SINGLE_DIGITS[file.require("build_tokenizer.ggml.pre", SINGLE_DIGITS)]
    words, kinds = file["tokenizer.ggml.tokens"], file["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in file["tokenizer.ggml.merges"]]
    made = Tokenizer(BPE({word: place for place, word in enumerate(words)}, merges))
    bytes_to_words = ByteLevel(add_prefix_space=False)
    made.pre_tokenizer = Steps([Digits(individual_digits=True), bytes_to_words]) if single else bytes_to_words
    made.decoder = Decoder()
    made.add_special_tokens([AddedToken(word, special=True) for word in _words_of_kind(CONTROL, words, kinds)])
    made.add_tokens([AddedToken(word, normalized=False) for word in _words_of_kind(USER, words, kinds)])
    return made


def _sentencepiece(file: GGUFFile) -> "Tokenizer":
    """Make a BPE over whole texts in which blanks are letters, and bytes stand for letters that it lacks."""
    from tokenizers import AddedToken
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import normalizers
    from tokenizers.models import BPE

    file.require("tokenizer.ggml.add_space_prefix", [False])
    words, kinds = file["tokenizer.ggml.tokens"], file["tokenizer.ggml.token_type"]
    scores = file["tokenizer.ggml.scores"]
    pieces = {word: score for word, score, kind in zip(words, scores, kinds, strict=True) if kind == NORMAL}
    made = Tokenizer(
        BPE(
            {word: place for place, word in enumerate(words)},
            bpe_merges(pieces),
            unk_token=words[file["build_tokenizer.ggml.unknown_token_id"]],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    made.normalizer = normalizers.Replace(" ", BLANK)
    made.decoder = decoders.Sequence([decoders.Replace(BLANK, " "), decoders.ByteFallback(), decoders.Fuse()])
    made.add_special_tokens(
        [AddedToken(word, normalized=False, special=True) for word in _words_of_kind(CONTROL, words, kinds)]
    )
    # Those with blanks are found after blanks have become letters.
    made.add_tokens([AddedToken(word, normalized=True) for word in _words_of_kind(USER, words, kinds)])
    return made


def bpe_merges(pieces: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return in which order pairs of pieces become one: SentencePiece joins those first whose whole scores highest.

    Where a piece can be made of several pairs, the one with the better first part comes first.
    """
    pairs = [
        (-score, -pieces[first], -pieces[second], first, second)
        for whole, score in pieces.items()
        for first, second in _halves(whole)
        if first in pieces and second in pieces
    ]
    return [(first, second) for *_, first, second in sorted(pairs)]


def _halves(word: str) -> Iterator[tuple[str, str]]:
    return ((word[:place], word[place:]) for place in range(1, len(word)))


def _words_of_kind(kind: int, words: Sequence[str], kinds: Sequence[int]) -> list[str]:
    return [word for word, its_kind in zip(words, kinds, strict=True) if its_kind == kind]


def _prepend_bos(made: "Tokenizer", file: GGUFFile) -> None:
    """Let every text begin with the token for the beginning."""
    from tokenizers.processors import TemplateProcessing

    place = file["tokenizer.ggml.bos_token_id"]
    token = file["tokenizer.ggml.tokens"][place]
    made.post_processor = TemplateProcessing(
        single=[token, "$A"], pair=[token, "$A", f"{token}:1", "$B:1"], special_tokens=[(token, place)]
    )
