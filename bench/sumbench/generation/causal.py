"""Back end for causal models in torch: greedy or sampled decoding that stops when the length budget is full."""

import time
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import cast

from sumbench.errors import SummarizerError
from sumbench.generation import checkpoint
from sumbench.generation import decoding
from sumbench.generation.chat import Chat
from sumbench.generation.requests import Answer
from sumbench.generation.requests import Backend
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.sampling import ChooseTokens
from sumbench.generation.sampling import DecodingMethod
from sumbench.generation.sampling import force_chosen

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerBase

MAX_PREFILL_TOKENS = 16_384
"""The most tokens in one prefill batch, because activations take memory beside keys and values."""


def causal_backend(model: "PreTrainedModel", chat: Chat, method: DecodingMethod) -> Backend:
    """Return a back end that continues prompts until the model ends or the `chat`'s length budget is full."""
    batched = decoding.supports_batched_decoding(model)
    ends = frozenset(decoding.end_tokens(model.generation_config))

    def full(request: GenerationRequest, tokens: list[int]) -> bool:
        return chat.full(tokens, request.language)

    def write(intake: RequestIntake) -> Iterator[tuple[GenerationRequest, Answer]]:
        most, choose = chat.max_new_tokens, method.choose()
        rows = (
            decoding.decode(model, intake, most, full, choose)
            if batched
            else _GenerateLoop(chat.tokenizer, model, most, full, choose).rows(intake)
        )
        for row in rows:
            language = row.request.language
            ended = row.written[-1] in ends or chat.full(row.written, language)
            yield row.request, chat.answer(row.written, ended=ended, language=language, seconds=row.seconds)

    return write


@dataclass(frozen=True)
class _GenerateLoop:
    """Decodes with transformers' `generate`, in padded batches: for models that `decoding` does not support."""

    tokenizer: "PreTrainedTokenizerBase"
    model: "PreTrainedModel"
    most: int
    full: decoding.IsDone
    choose: ChooseTokens

    def rows(self, intake: RequestIntake) -> Iterator[decoding.GeneratedSequence]:
        """Continue prompts as `decoding.decode` does."""
        while requests := intake.batch(MAX_PREFILL_TOKENS):
            start = time.perf_counter()
            written = self._batch(requests)
            seconds = (time.perf_counter() - start) / len(requests)
            for request, tokens in zip(requests, written, strict=True):
                yield decoding.GeneratedSequence(
                    request, _without_padding(request, self._until_end(tokens), self.full), seconds
                )

    def _batch(self, requests: Sequence[GenerationRequest]) -> list[list[int]]:
        """Return the tokens generated for each request, padded on the right to one length."""
        import torch
        from transformers import GenerationConfig
        from transformers import LogitsProcessorList
        from transformers import StoppingCriteriaList

        padding = (
            self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else self.tokenizer.eos_token_id
        )
        if padding is None and len(requests) > 1:
            raise SummarizerError("the tokenizer has no token to pad with: give batch_size=1")
        longest = max(len(request.ids) for request in requests)
        ids = torch.full((len(requests), longest), padding or 0)
        mask = torch.zeros_like(ids)
        for number, request in enumerate(requests):
            ids[number, longest - len(request.ids) :] = torch.tensor(request.ids)
            mask[number, longest - len(request.ids) :] = 1

        def criterion(tokens: "torch.Tensor", _scores: "torch.Tensor", **_: object) -> "torch.Tensor":
            rows = zip(requests, tokens[:, longest:].tolist(), strict=True)
            done = [self.full(request, self._until_end(row)) for request, row in rows]
            return torch.tensor(done, dtype=torch.bool, device=tokens.device)

        with torch.inference_mode(), checkpoint.silence_transformers():
            output = self.model.generate(  # type: ignore[operator]
                ids.to(self.model.device),
                attention_mask=mask.to(self.model.device),
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    do_sample=False, num_beams=1, max_new_tokens=self.most, pad_token_id=padding
                ),
                stopping_criteria=StoppingCriteriaList([criterion]),
                logits_processor=LogitsProcessorList([force_chosen(self.choose, requests)]),
            )
        return cast("list[list[int]]", cast("torch.Tensor", output)[:, longest:].tolist())

    def _until_end(self, tokens: list[int]) -> list[int]:
        """Cut the padding of a row that ended before the others."""
        ends = decoding.end_tokens(self.model.generation_config)
        end = next((number for number, token in enumerate(tokens) if token in ends), len(tokens) - 1)
        return tokens[: end + 1]


def _without_padding(request: GenerationRequest, tokens: list[int], full: decoding.IsDone) -> list[int]:
    """Cut what follows in a row that was full before the others (by binary search)."""
    if not full(request, tokens):
        return tokens
    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if full(request, tokens[:middle]) else (middle + 1, high)
    return tokens[:low]
