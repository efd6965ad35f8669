"""Encodes documents so that their control tokens are text: `<|im_end|>` in an article ends no turn.

A tokenizer finds the names of its control tokens anywhere in a text. Its twin here knows the same tokens under other
names, which no document holds; in the text around the document they take the place of the usual ones. All else is the
same: normalization, splitting, and what is written where document and prompt meet.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from uuid import uuid4

from sumbench.weights.vocabularies import BLANK

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase
    from transformers import PreTrainedTokenizerFast

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
"""How SentencePiece names a single byte of text."""


class EncodedText(NamedTuple):
    """The tokens of a text, and each one's first and last character offset in it."""

    ids: list[int]
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class DocumentEncoder:
    """Encodes documents for a model, whose `tokenizer` must be a fast one, with the text around them."""

    tokenizer: "PreTrainedTokenizerBase"

    def spans(self, document: str) -> list[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""
        return self.encode(("", ""), document, special=False).spans

    def encode(self, around: Sequence[str], document: str, *, special: bool) -> EncodedText:
        """Return the tokens of the texts `around` a document with the document between each two of them.

        Names of control tokens are control in the texts around it, text in the document. With `special` the tokenizer
        adds its tokens for the beginning and the end of a text. The offsets are those in the whole text, unless the
        document holds names of control tokens and the texts around it do, too.
        """
        encoding = self.tokenizer(
            document.join(around), add_special_tokens=special, return_offsets_mapping=True, verbose=False
        )
        usual = EncodedText(encoding["input_ids"], encoding["offset_mapping"])
        if not self._has_control(usual, around, document):
            return usual
        twin = self._twin
        renamed = twin.backend.encode(document.join(map(twin.rename, around)), add_special_tokens=special)
        return EncodedText(renamed.ids, renamed.offsets)

    def _has_control(self, encoded: EncodedText, around: Sequence[str], document: str) -> bool:
        """Tell whether a control token begins or ends within the document."""
        text = document.join(around)
        bounds, end = [], 0
        for part in around[:-1]:
            bounds.append((end + len(part), end + len(part) + len(document)))
            end = bounds[-1][1]
        return any(
            self._is_name(token, text[first:last])
            for token, (first, last) in zip(encoded.ids, encoded.spans, strict=True)
            if token in self._control and any(first < end and last > start for start, end in bounds)
        )

    def _is_name(self, token: int, text: str) -> bool:
        """Tell whether a control token stands for its name, and not for a character that the vocabulary lacks."""
        if token != self.tokenizer.unk_token_id:
            return True
        return unicodedata.normalize("NFKC", text).strip() == self._control[token]

    @cached_property
    def _control(self) -> Mapping[int, str]:
        return control_tokens(self.tokenizer)

    @cached_property
    def _twin(self) -> "_Twin":
        return _Twin.of(self.tokenizer, self._control)


def control_tokens(tokenizer: "PreTrainedTokenizerBase") -> dict[int, str]:
    """Return a tokenizer's control tokens: their names by id.

    They are its special tokens; added tokens that look like marks (`<think>`, `[INST]`, `__en__`) or that its chat
    template writes; and pieces of a Unigram vocabulary that look so and were not learned from text: their score is 0.
    White space and single characters are text even where they are special.
    """
    templates = tokenizer.chat_template or ""
    written = "".join(templates.values()) if isinstance(templates, dict) else templates
    found = {
        index: token.content
        for index, token in tokenizer.added_tokens_decoder.items()
        if len(_visible(token.content)) > 1 and (token.special or token.content in written or _is_mark(token.content))
    }
    model = _backend(tokenizer).model
    if type(model).__name__ == "Unigram":
        pieces = json.loads(_backend(tokenizer).to_str())["model"]["vocab"]
        for index, (piece, score) in enumerate(pieces):
            if score == 0 and _is_mark(piece) and not _BYTE.fullmatch(piece):
                found.setdefault(index, piece)
    return found


def plain_tokenizer(tokenizer: "PreTrainedTokenizerBase") -> "PreTrainedTokenizerFast":
    """Return a tokenizer with the same tokens for texts, to which no text is a control token.

    Its special tokens have other names, which nobody writes.
    """
    from transformers import PreTrainedTokenizerFast

    twin = _Twin.of(tokenizer, control_tokens(tokenizer))
    named = {role: twin.names.get(str(name), name) for role, name in tokenizer.special_tokens_map.items()}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=twin.backend,
        **named,
        model_max_length=tokenizer.model_max_length,
        padding_side=tokenizer.padding_side,
        truncation_side=tokenizer.truncation_side,
        model_input_names=tokenizer.model_input_names,
    )


@dataclass(frozen=True)
class _Twin:
    """A tokenizer that knows control tokens by other names: `names` has them by the usual ones."""

    backend: "Tokenizer"
    names: Mapping[str, str]

    @classmethod
    def of(cls, tokenizer: "PreTrainedTokenizerBase", control: Mapping[int, str]) -> "_Twin":
        from tokenizers import Tokenizer

        # Drawn anew in each process, so that no document can hold such a name.
        nonce = uuid4().hex
        names = {name: f"\U0010fff0{nonce}-{index}\U0010fff1" for index, name in control.items()}
        described = json.loads(_backend(tokenizer).to_str())
        for token in described["added_tokens"]:
            if token["content"] in names:
                # Found in a text as it stands: normalization could change the name.
                token.update(content=names[token["content"]], normalized=False)
        _rename_pieces(described["model"], names)
        return cls(Tokenizer.from_str(json.dumps({**described, "truncation": None, "padding": None})), names)

    def rename(self, text: str) -> str:
        """Return a text with the usual names of control tokens replaced."""
        return self._usual.sub(lambda match: self.names[match[0]], text) if self.names else text

    @cached_property
    def _usual(self) -> re.Pattern[str]:
        # Longest first, as the tokenizer finds them.
        return re.compile("|".join(map(re.escape, sorted(self.names, key=len, reverse=True))))


def _rename_pieces(model: dict[str, Any], names: Mapping[str, str]) -> None:
    """Rename pieces of a model's vocabulary, so that no text is split into them."""
    vocabulary = model["vocab"]
    if isinstance(vocabulary, list):
        model["vocab"] = [[names.get(piece, piece), score] for piece, score in vocabulary]
    else:
        model["vocab"] = {names.get(piece, piece): index for piece, index in vocabulary.items()}
    if model.get("unk_token") in names:
        model["unk_token"] = names[model["unk_token"]]
    if "merges" in model:
        pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"])
        model["merges"] = [pair for pair in pairs if names.keys().isdisjoint([*pair, "".join(pair)])]


def _backend(tokenizer: "PreTrainedTokenizerBase") -> "Tokenizer":
    backend: Tokenizer = getattr(tokenizer, "backend_tokenizer")  # noqa: B009 - only fast tokenizers have one
    return backend


def _visible(name: str) -> str:
    return name.replace(BLANK, " ").strip()


def _is_mark(name: str) -> bool:
    """Tell whether a token's name is letters or digits between signs, as `<think>` and `[INST]` are."""
    text = _visible(name)
    return len(text) > 1 and not text[0].isalnum() and not text[-1].isalnum() and any(map(str.isalnum, text))
