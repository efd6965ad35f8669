"""Back end for sequence-to-sequence models in torch: documents are encoded one by one and decoded in batches.

Encoded alone, a document needs no padding. That saves work, and its encoding is the same in every batch, also in models
whose attention depends on the padded length (BigBird's blocks, the windows of LED and LongT5).
"""

import time
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from sumbench.generation import budget
from sumbench.generation import checkpoint
from sumbench.generation.cleaning import count_thought_tokens
from sumbench.generation.cleaning import read_written
from sumbench.generation.control_tokens import DocumentEncoder
from sumbench.generation.languages import LanguageMarker
from sumbench.generation.output_decoder import OutputDecoder
from sumbench.generation.requests import Answer
from sumbench.generation.requests import Backend
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.sampling import DecodingMethod
from sumbench.generation.sampling import LogitsProcess
from sumbench.generation.sampling import force_chosen
from sumbench.length import Length
from sumbench.sentences import one_a_line
from sumbench.sentences import split

if TYPE_CHECKING:
    import torch
    from transformers import GenerationConfig
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerBase

NEWLINE = "<n>"
"""How PEGASUS writes a line break."""


@dataclass(frozen=True)
class EncoderInput:
    """The input of an encoder: a document with `prefix` before it, at most `context` tokens in all."""

    tokenizer: "PreTrainedTokenizerBase"
    prefix: str
    context: int

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""
        return self._encoder.spans(text)

    def fits(self, text: str) -> bool:
        """Tell whether a document's text fits into the encoder's input, with prefix and special tokens."""
        return len(self.ids(text)) <= self.context

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the encoder's input for a document's text, in which no control token is one."""
        return self._encoder.encode((self.prefix, ""), text, special=True).ids

    @cached_property
    def _encoder(self) -> DocumentEncoder:
        return DocumentEncoder(self.tokenizer)


@dataclass(frozen=True)
class Seq2SeqTask:
    """How documents are summarized: with the decoding `settings`; `mark` sets the language token of an input.

    The output is cut to the `length` (None: not cut); with one in words, a last sentence that the limit of new tokens
    has cut off is dropped, unless it is the only one. Thoughts are taken out of the output; with `clean`, so is what a
    model that was asked in words wraps around a summary.
    """

    tokenizer: "PreTrainedTokenizerBase"
    settings: "GenerationConfig"
    length: Length | None
    mark: LanguageMarker
    clean: bool = False

    @property
    def max_new_tokens(self) -> int:
        """The most tokens that are written; transformers' `max_length` counts the decoder's start token among them."""
        return int(self.settings.max_new_tokens or self.settings.max_length - 1)

    def answer(self, tokens: Sequence[int], language: str, seconds: float) -> Answer:
        """Return the answer for a decoder's output tokens (special ones included, the start token not)."""
        stops: Any = self.settings.eos_token_id
        ends = {self.tokenizer.pad_token_id, self.tokenizer.eos_token_id}
        ends.update(stops if isinstance(stops, list) else [stops])
        read = read_written(self._decoded(tokens), clean=self.clean)
        # The end of the text is a token, too; where the limit cut the text off, it has none.
        written = min(sum(token not in ends for token in tokens) + 1, self.max_new_tokens)
        if self.length is None:
            text = one_a_line(split(read.text, language))
        else:
            cut = self.length.words is not None and written == self.settings.max_new_tokens
            text = budget.trim_to_budget(read.text, self.length, cut=cut, language=language)
        thought = count_thought_tokens(read.thoughts, tokens, self._decoded)
        return Answer(text, written, seconds, thought, read.kept, read.nothing)

    def _decoded(self, tokens: Sequence[int]) -> str:
        return self._decoder.text(tokens).replace(NEWLINE, "\n")

    @cached_property
    def _decoder(self) -> OutputDecoder:
        return OutputDecoder(self.tokenizer)


def seq2seq_backend(model: "PreTrainedModel", task: Seq2SeqTask, method: DecodingMethod) -> Backend:
    """Return a back end that does the `task` with a model, picking tokens by `method`."""

    def write(intake: RequestIntake) -> Iterator[tuple[GenerationRequest, Answer]]:
        while requests := intake.batch():
            start = time.perf_counter()
            rows = _generate(model, task, requests, method)
            spent = (time.perf_counter() - start) / len(requests)
            for request, row in zip(requests, rows, strict=True):
                # The first token is the decoder's start token.
                yield request, task.answer(row[1:], request.language, spent)

    return write


def _generate(
    model: "PreTrainedModel", task: Seq2SeqTask, requests: Sequence[GenerationRequest], method: DecodingMethod
) -> list[list[int]]:
    """Return the decoder's output tokens for each request."""
    import torch

    processors = [] if method.sampling is None else [force_chosen(method.choose(), requests)]
    with torch.inference_mode(), checkpoint.silence_transformers():
        inputs = [tuple(task.mark(request.ids, request.language)) for request in requests]
        encoded = {ids: _encode(model, ids) for ids in dict.fromkeys(inputs)}
        return _decode(model, [encoded[ids] for ids in inputs], task.settings, processors)


def _encode(model: "PreTrainedModel", ids: Sequence[int]) -> "torch.Tensor":
    """Return a document's encoder states, of shape (tokens, hidden size)."""
    import torch

    inputs: dict[str, Any] = {"input_ids": torch.tensor([list(ids)], device=model.device)}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if model.config.model_type == "led":
        # As in the LED paper: the first token attends to all, and all attend to it.
        inputs["global_attention_mask"] = torch.zeros_like(inputs["input_ids"])
        inputs["global_attention_mask"][:, 0] = 1
    encoder: Any = model.get_encoder()
    if model.config.model_type == "bigbird_pegasus":
        # A short text switches the encoder to full attention for all texts after it, unless reset.
        encoder.set_attention_type(model.config.attention_type)
    return cast("torch.Tensor", encoder(**inputs).last_hidden_state[0, : len(ids)])


def _decode(
    model: "PreTrainedModel",
    encoded: Sequence["torch.Tensor"],
    settings: "GenerationConfig",
    processors: Sequence[LogitsProcess],
) -> list[list[int]]:
    import torch
    from torch.nn.utils.rnn import pad_sequence
    from transformers import LogitsProcessorList
    from transformers.modeling_outputs import BaseModelOutput

    from sumbench.generation.encoder_cache import beam_search_cache

    states = pad_sequence(list(encoded), batch_first=True)
    mask = torch.zeros(states.shape[:2], dtype=torch.long, device=states.device)
    for number, one in enumerate(encoded):
        mask[number, : len(one)] = 1
    generate: Any = model.generate
    output = generate(
        encoder_outputs=BaseModelOutput(last_hidden_state=cast("torch.FloatTensor", states)),
        attention_mask=mask,
        generation_config=settings,
        past_key_values=beam_search_cache(model),
        logits_processor=LogitsProcessorList(processors),
    )
    return cast("list[list[int]]", output.tolist())
