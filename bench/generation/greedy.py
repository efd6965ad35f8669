"""Greedy decoding that ends when the length budget is full."""

from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from bench.generation import budget
from bench.generation import checkpoint
from bench.generation.chat import Chat

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class Written(NamedTuple):
    """What a model wrote: the text, its tokens, and whether it was cut off before it (or the budget) had an end."""

    text: str
    tokens: int
    cut: bool


def write(model: "PreTrainedModel", chat: Chat, ids: list[int], language: str) -> Written:
    """Continue the tokens `ids` greedily, until the model ends or what the `chat` asked for is full."""
    import torch
    from transformers import GenerationConfig
    from transformers import StoppingCriteriaList

    tokenizer = chat.tokenizer
    prompt = torch.tensor([ids], device=model.device)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False, num_beams=1, max_new_tokens=chat.max_new_tokens, pad_token_id=padding
    )

    def text_of(tokens: list[int]) -> str:
        return cast("str", tokenizer.decode(tokens, skip_special_tokens=True))

    def full(tokens: torch.Tensor, _scores: torch.Tensor, **_: object) -> torch.Tensor:
        done = [budget.full(text_of(row), chat.sentences, language) for row in tokens[:, len(ids) :].tolist()]
        return torch.tensor(done, dtype=torch.bool, device=tokens.device)

    with torch.inference_mode(), checkpoint.quiet():
        output = model.generate(  # type: ignore[operator]
            prompt,
            attention_mask=torch.ones_like(prompt),
            generation_config=settings,
            stopping_criteria=StoppingCriteriaList([full]),
        )
    tokens = cast("torch.Tensor", output)[0, len(ids) :].tolist()
    text = text_of(tokens)
    ended = tokens[-1] in _ends(model) or budget.full(text, chat.sentences, language)
    return Written(text, len(tokens), cut=not ended)


def _ends(model: "PreTrainedModel") -> list[int]:
    """Return the tokens with which the model ends a text."""
    ends = getattr(model.generation_config, "eos_token_id", None)
    return ends if isinstance(ends, list) else [ends] if isinstance(ends, int) else []
