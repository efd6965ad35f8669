"""The sides of the GPU benchmark, sumbench's system and a loop of `generate`, and their texts compared."""

import statistics
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.speed.gpu_checkpoints import END
from tests.speed.gpu_checkpoints import PAD
from tests.speed.gpu_checkpoints import Shape

SENTENCES = 10_000
"""A length budget that no text fills: all sides write the same tokens."""

Texts = dict[str, list[int]]
Side = Callable[[Sequence[Document]], Texts]


@dataclass(frozen=True)
class Work:
    """A checkpoint in a number format on a device, with documents and how many go into a batch."""

    shape: Shape
    folder: Path
    dtype: str
    device: str
    documents: Sequence[Document]
    batch: int


def ours(work: Work) -> Side:
    """Return the system as a run has it."""
    kind = f"causal,prompt=tldr,sentences={SENTENCES},clean=false" if work.shape.causal else "seq2seq"
    options = f"model={work.folder},dtype={work.dtype},batch_size={work.batch},max_new_tokens={work.shape.new}"
    if not work.shape.causal:
        # As published: the limit of tokens is max_length, which counts the decoder's start.
        options = options.rpartition(",")[0]
    summarize = build_system(f"{kind},{options}").load(Context(0, Store.default(offline=True, quiet=True), work.device))

    def run(documents: Sequence[Document]) -> Texts:
        made = list(summarize(documents))
        if failed := [summary.error for summary in made if summary.error and not summary.raw]:
            raise RuntimeError(failed[0])
        return {summary.document: [int(token) for token in str(summary.raw).split()] for summary in made}

    return run


def theirs(work: Work, new: int = 0) -> Side:
    """Return what a user writes without sumbench: batches through `generate`, padded.

    `new` is the most tokens (0: as many as the shape has).
    """
    import torch
    import transformers

    shape, auto = work.shape, "CausalLM" if work.shape.causal else "Seq2SeqLM"
    words: Any = transformers.AutoTokenizer.from_pretrained(work.folder)
    loaded: Any = getattr(transformers, f"AutoModelFor{auto}").from_pretrained(
        work.folder, dtype=getattr(torch, work.dtype)
    )
    model = loaded.to(work.device).eval()
    limit = {"max_new_tokens": new or shape.new} if shape.causal or new else {}
    if new:
        limit["min_length"] = 0

    def run(documents: Sequence[Document]) -> Texts:
        made: Texts = {}
        for start in range(0, len(documents), work.batch):
            some = documents[start : start + work.batch]
            texts = [f"{one.text}\n\nTL;DR:" if shape.causal else one.text for one in some]
            batch = words(texts, return_tensors="pt", padding=True, truncation=True).to(work.device)
            with torch.inference_mode():
                output = model.generate(
                    input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], **limit
                ).cpu()
            begun = batch["input_ids"].shape[1] if shape.causal else 1
            made.update((one.id, row) for one, row in zip(some, output[:, begun:].tolist(), strict=True))
        return made

    return run


def texts_of(made: Texts) -> Texts:
    """Return tokens without padding behind the end."""
    return {key: [token for token in row if token not in (PAD, END)] for key, row in made.items()}


def compared(ours: Texts, theirs: Texts) -> str:
    """Say how many texts are the same token by token, and where those that are not begin to differ."""
    pairs = [(texts_of(ours)[key], row) for key, row in texts_of(theirs).items()]
    other = [first_difference(mine, row) for mine, row in pairs if mine != row]
    behind = f" (the others from token {statistics.median_low(other)} on, in the median)" if other else ""
    return f"{len(pairs) - len(other)} of {len(pairs)}{behind}"


def first_difference(mine: Sequence[int], other: Sequence[int]) -> int:
    """Return the number of the first token that differs, from 1."""
    same = (a == b for a, b in zip(mine, other, strict=False))
    return next((number for number, equal in enumerate(same, 1) if not equal), min(len(mine), len(other)) + 1)
