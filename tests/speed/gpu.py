"""The causal system on a GPU beside `generate`: `python -m tests.speed.gpu [--documents 480] [--new 128]`.

The model has the shape of SmolLM2-135M and random weights, made here: it needs no network, and writes as many tokens as
it may, so that all sides do the same work. Its texts mean nothing. Prints tokens written a second, the ratio to padded
batches of `generate`, and the peak of the GPU's memory. Without a GPU it runs on the processor.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from sumbench.corpus import open_corpus
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store

END = "<|endoftext|>"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
VOCABULARY, SENTENCES, BATCH = 8_000, 200, 32


def pieces(count: int) -> list[Document]:
    """Return so many documents of 100 to 700 words: parts of the articles that ship."""
    lines = [line for document in open_corpus("references").documents for line in document.text.splitlines() if line]
    made: list[Document] = []
    at = 0
    while len(made) < count:
        wanted, words = 100 + 600 * (len(made) * 37 % 100) // 100, ""
        while len(words.split()) < wanted:
            words += lines[at % len(lines)] + "\n"
            at += 1
        made.append(Document(f"{len(made):05}", words, ("a reference",)))
    return made


def checkpoint(folder: Path, documents: Sequence[Document]) -> None:
    """Save a random model with a tokenizer that is trained on the documents."""
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import models
    from tokenizers import pre_tokenizers
    from tokenizers import trainers
    from transformers import LlamaConfig
    from transformers import LlamaForCausalLM
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator([document.text for document in documents[:200]], trainer)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=inner, eos_token=END, pad_token=END, model_max_length=2048
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=2048,
        eos_token_id=0,
        pad_token_id=0,
    )
    model: Any = LlamaForCausalLM(config)
    model.to(torch.bfloat16).save_pretrained(folder)


def generated(folder: Path, new: int, size: int) -> Callable[[Sequence[Document]], int]:
    """Return what a user writes without sumbench: padded batches through `generate`, the longest documents first."""
    from transformers import AutoModelForCausalLM
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder, padding_side="left")
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    model = loaded.to(DEVICE)

    def run(documents: Sequence[Document]) -> int:
        texts = sorted((f"{document.text}\n\nTL;DR:" for document in documents), key=len, reverse=True)
        written = 0
        for start in range(0, len(texts), size):
            batch = tokenizer(texts[start : start + size], return_tensors="pt", padding=True).to(DEVICE)
            with torch.inference_mode():
                output = model.generate(**batch, do_sample=False, max_new_tokens=new)
            ends = output[:, batch["input_ids"].shape[1] :] == 0
            written += int((~ends).sum())
        return written

    return run


def ours(folder: Path, new: int) -> Callable[[Sequence[Document]], int]:
    """Return the causal system, as a run has it."""
    spec = f"causal,model={folder},prompt=tldr,max_new_tokens={new},sentences={SENTENCES},dtype=bfloat16"
    summarize = build_system(spec).load(Context(0, Store.default(offline=True, quiet=True), DEVICE))
    return lambda documents: sum(summary.output_tokens for summary in summarize(documents))


def main() -> None:
    """Let the sides take turns and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=480)
    parser.add_argument("--new", type=int, default=128)
    parser.add_argument("--alone", type=int, default=24, help="so many documents one by one (0: none)")
    arguments = parser.parse_args()
    documents = pieces(arguments.documents)
    on = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
    print(f"{on}, torch {torch.__version__}, {len(documents)} documents, {arguments.new} tokens each")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "model"
        checkpoint(folder, documents)
        sides = {
            f"generate, batches of {BATCH}": (generated(folder, arguments.new, BATCH), documents),
            f"generate, one by one ({arguments.alone})": (
                generated(folder, arguments.new, 1),
                documents[: arguments.alone],
            ),
            "sumbench, causal": (ours(folder, arguments.new), documents),
        }
        base = 0.0
        for name, (side, some) in sides.items():
            if not some:
                continue
            side(some[:4])
            if DEVICE == "cuda":
                torch.cuda.reset_peak_memory_stats()
            start = time.perf_counter()
            # Every side returns numbers that were on the device: nothing is left to wait for.
            rate = side(some) / (time.perf_counter() - start)
            base = base or rate
            peak = torch.cuda.max_memory_allocated() / 2**30 if DEVICE == "cuda" else 0.0
            print(f"{name:40} {rate:9,.0f} tokens a second ({rate / base:5.2f} x), {peak:5.1f} GiB at most", flush=True)


if __name__ == "__main__":
    main()
