"""Summaries written by a causal language model, with its chat template where it has one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from bench.errors import SummarizerError
from bench.errors import UsageError
from bench.generation import budget
from bench.generation import checkpoint
from bench.generation import device
from bench.generation import limits
from bench.generation import prompts
from bench.records import Document
from bench.systems.described import Described
from bench.systems.described import Draft
from bench.systems.described import one_by_one
from bench.systems.protocol import Context
from bench.systems.protocol import Summarizer


@dataclass(frozen=True, kw_only=True)
class Causal(Described):
    """A language model that is asked for a summary, greedily decoded.

    `model` is a catalog name, a folder or a hub id. `sentences` is the length budget: the `prompt` asks for it,
    decoding ends once a further sentence has begun, and what exceeds the budget is cut. Decoding also ends after
    `max_new_tokens`; a last sentence that is cut off there is dropped, unless it is the only one.
    Of a document longer than `max_input_tokens` (0: what the model's context has room for) the model sees the
    beginning; the Summary says how many of its tokens.
    """

    model: str = "smollm2-135m"
    sentences: int = 3
    prompt: str = "summarize"
    max_new_tokens: int = 160
    max_input_tokens: int = 0
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse lengths that mean nothing, and prompts that are not there."""
        for field, least in (("sentences", 1), ("max_new_tokens", 1), ("max_input_tokens", 0)):
            if getattr(self, field) < least:
                msg = f"{self.name}: {field}={getattr(self, field)} is no length: give {least} or more"
                raise UsageError(msg)
        prompts.read(self.prompt)

    @property
    def weights(self) -> str:
        """The name of the weights it needs."""
        return self.model

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; the weights' own sha256 is the store's to tell."""
        return {
            **super().fingerprint(),
            "prompt": prompts.read(self.prompt).fingerprint,
            "decoding": "greedy",
            "long_documents": "truncate",
        }

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        from transformers import AutoModelForCausalLM

        folder = context.store.folder(self.model)
        where = device.choose(context.device)
        tokenizer = checkpoint.tokenizer(self.name, folder)
        model = checkpoint.model(self.name, AutoModelForCausalLM, folder, where, device.precision(where))
        ask = _asker(tokenizer, prompts.read(self.prompt), self.sentences)
        space = checkpoint.context(model, tokenizer)
        room = limits.room(self.name, space, len(_ids(tokenizer, ask(""))), self.max_new_tokens)
        return one_by_one(self.name, lambda document: self._write(document, model, tokenizer, ask, space, room))

    def _write(
        self, document: Document, model: Any, tokenizer: Any, ask: Callable[[str], str], space: int, room: int
    ) -> Draft:
        spans = tokenizer(document.text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
        limit = min(room, self.max_input_tokens or room)
        fit = limits.head(
            document.text,
            spans,
            limit,
            lambda text: len(_ids(tokenizer, ask(text))) + self.max_new_tokens <= space,
        )
        ids = _ids(tokenizer, ask(fit.text))
        written, stopped = self._generate(ids, model, tokenizer, document.language)
        text = budget.summary(
            tokenizer.decode(written, skip_special_tokens=True),
            self.sentences,
            stopped=stopped,
            language=document.language,
        )
        if not text:
            msg = f"{self.name}: the model wrote nothing"
            raise SummarizerError(msg)
        return Draft(text, fit.input_tokens, fit.seen_tokens, len(written))

    def _generate(self, ids: list[int], model: Any, tokenizer: Any, language: str) -> tuple[list[int], bool]:
        """Return the new tokens, and whether the model ended by itself (or was full) instead of being cut off."""
        import torch
        from transformers import GenerationConfig
        from transformers import StoppingCriteria
        from transformers import StoppingCriteriaList

        start = len(ids)
        budgeted = self.sentences

        class Full(StoppingCriteria):
            def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:  # noqa: ANN401, ARG002
                texts = tokenizer.batch_decode(input_ids[:, start:], skip_special_tokens=True)
                done = [budget.full(text, budgeted, language) for text in texts]
                return torch.tensor(done, dtype=torch.bool, device=input_ids.device)

        prompt = torch.tensor([ids], device=model.device)
        with torch.inference_mode(), checkpoint.quiet():
            output = model.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                generation_config=GenerationConfig(
                    do_sample=False,
                    num_beams=1,
                    max_new_tokens=self.max_new_tokens,
                    pad_token_id=tokenizer.pad_token_id
                    if tokenizer.pad_token_id is not None
                    else tokenizer.eos_token_id,
                ),
                stopping_criteria=StoppingCriteriaList([Full()]),
            )
        written = output[0, start:].tolist()
        return written, len(written) < self.max_new_tokens


def _asker(tokenizer: Any, prompt: prompts.Prompt, sentences: int) -> Callable[[str], str]:
    """Return what turns a document's text into the text that the model goes on from."""
    if not tokenizer.chat_template:
        return lambda text: "\n\n".join(part for part in (*prompt.ask(text, sentences), "Summary:") if part)

    def chat(text: str) -> str:
        system, user = prompt.ask(text, sentences)
        turns = [{"role": "user", "content": user}]
        if system:
            turns.insert(0, {"role": "system", "content": system})
        return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))

    return chat


def _ids(tokenizer: Any, text: str) -> list[int]:
    """Return the tokens of a whole prompt; a chat template has put its special tokens there by itself."""
    ids: list[int] = tokenizer(text, add_special_tokens=not tokenizer.chat_template)["input_ids"]
    return ids
