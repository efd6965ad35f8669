"""Prompts continued by a causal model, greedily or sampled, until the length budget is full."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import cast

from bench.errors import SummarizerError
from bench.generation import budget
from bench.generation import checkpoint
from bench.generation import decoding
from bench.generation.batching import Answer
from bench.generation.batching import Request
from bench.generation.batching import Write
from bench.generation.chat import Chat
from bench.generation.sampling import Choose
from bench.generation.sampling import Decoding
from bench.generation.sampling import only_chosen

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


def writer(model: "PreTrainedModel", chat: Chat, how: Decoding) -> Write:
    """Return what continues prompts, until the model ends or what the `chat` asked for is full."""
    continue_all = _in_step if decoding.in_step(model) else _by_generate
    ends = frozenset(decoding.end_tokens(model.generation_config))

    def write(requests: Sequence[Request]) -> list[Answer]:
        def full(place: int, tokens: list[int]) -> bool:
            return chat.full(tokens, requests[place].language)

        answers = []
        prompts = [request.ids for request in requests]
        for row in continue_all(model, chat, prompts, full, how.choose(requests)):
            language = requests[row.place].language
            written = chat.text(row.written)
            ended = row.written[-1] in ends or chat.full(row.written, language)
            text = budget.summary(written, chat.sentences, cut=not ended, language=language)
            answers.append(Answer(text, len(row.written), row.seconds))
        return answers

    return write


def _in_step(
    model: "PreTrainedModel", chat: Chat, prompts: Sequence[Sequence[int]], full: decoding.Done, choose: Choose
) -> list[decoding.Row]:
    return decoding.decode(model, prompts, chat.max_new_tokens, full, choose)


def _by_generate(
    model: "PreTrainedModel", chat: Chat, prompts: Sequence[Sequence[int]], full: decoding.Done, choose: Choose
) -> list[decoding.Row]:
    """Continue the prompts with transformers' own loop, padded on the left to one length."""
    import torch
    from transformers import GenerationConfig
    from transformers import LogitsProcessorList
    from transformers import StoppingCriteriaList

    start = time.perf_counter()
    tokenizer = chat.tokenizer
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    if padding is None and len(prompts) > 1:
        raise SummarizerError("the tokenizer has no token to pad with: give batch_size=1")
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), padding or 0)
    mask = torch.zeros_like(ids)
    for number, prompt in enumerate(prompts):
        ids[number, longest - len(prompt) :] = torch.tensor(list(prompt))
        mask[number, longest - len(prompt) :] = 1
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False, num_beams=1, max_new_tokens=chat.max_new_tokens, pad_token_id=padding
    )
    ends = frozenset(decoding.end_tokens(model.generation_config))

    def criterion(tokens: "torch.Tensor", _scores: "torch.Tensor", **_: object) -> "torch.Tensor":
        done = [full(place, _until_end(row, ends)) for place, row in enumerate(tokens[:, longest:].tolist())]
        return torch.tensor(done, dtype=torch.bool, device=tokens.device)

    with torch.inference_mode(), checkpoint.quiet():
        output = model.generate(  # type: ignore[operator]
            ids.to(model.device),
            attention_mask=mask.to(model.device),
            generation_config=settings,
            stopping_criteria=StoppingCriteriaList([criterion]),
            logits_processor=LogitsProcessorList([only_chosen(choose)]),
        )
    written = cast("torch.Tensor", output)[:, longest:].tolist()
    seconds = (time.perf_counter() - start) / len(prompts)
    return [
        decoding.Row(place, len(prompts[place]), _shortest(place, _until_end(row, ends), full), seconds)
        for place, row in enumerate(written)
    ]


def _until_end(tokens: list[int], ends: frozenset[int]) -> list[int]:
    """Leave out what pads a row that ended before the others."""
    end = next((number for number, token in enumerate(tokens) if token in ends), len(tokens) - 1)
    return tokens[: end + 1]


def _shortest(place: int, tokens: list[int], full: decoding.Done) -> list[int]:
    """Leave out what pads a row that was full before the others."""
    if not full(place, tokens):
        return tokens
    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if full(place, tokens[:middle]) else (middle + 1, high)
    return tokens[:low]
