"""Generation on a GPU beside transformers' own loop: `python -m tests.speed.gpu [--small] [--seconds 8] [--minutes 7.5]`.

Makes checkpoints of the shapes of BART-large-cnn, PEGASUS-large and a Llama of 1.7 B on the machine itself, with random
weights, and summarizes made-up documents of about 780 tokens in float32 and bfloat16: by sumbench, by `generate` with
the same batches, padded, and by `generate` one by one. It needs torch and transformers, this repository with the
package's pure dependencies, and no network. Texts mean nothing, and hardly any ends before the limit of tokens: that is
the hardest case, with no row to spare. Documents are as many as take about `--seconds` a side.

Printed are documents and tokens written a second, from texts to summaries and without loading; the peak of the GPU's
memory; and the share of time outside the model, which is what is left of a run in which the device is waited for before
and after every forward pass of encoder or model. Texts are compared token by token. In bfloat16 a batch's logits differ
from those of a single text in their last bits, and random weights have near ties everywhere: there, few texts can be
equal one by one, and the first difference says how far they go together.

`generate` is measured without cuDNN's attention, as sumbench is by its own settings; how it goes with torch's default
stands beside it. Not yet run on a card: its figures belong into generation.md. `--small` shows it on a processor.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.generation import device

# torch's own order of attention kernels: what sumbench sets is switched on and off below.
os.environ["TORCH_CUDNN_SDPA_DEPRIORITIZED"] = "0"
device.configure_torch()

import torch

from sumbench.generation import memory
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.speed import gpu_checkpoints
from tests.speed.gpu_checkpoints import END
from tests.speed.gpu_checkpoints import PAD
from tests.speed.gpu_checkpoints import SHAPES
from tests.speed.gpu_checkpoints import Shape
from tests.speed.gpu_checkpoints import Words
from tests.speed.gpu_watch import Watch
from tests.speed.gpu_watch import recorded

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SENTENCES = 10_000
"""A length budget that no text fills: all sides write the same tokens."""

Texts = dict[str, list[int]]
Side = Callable[[Sequence[Document]], Texts]


@dataclass(frozen=True)
class Work:
    """A checkpoint in a number format, with documents and how many go into a batch."""

    shape: Shape
    folder: Path
    dtype: str
    documents: Sequence[Document]
    batch: int


@dataclass(frozen=True)
class Measured:
    """What a side did: documents and tokens a second, peak memory in GiB, the share of time outside the model."""

    documents: int
    rate: float
    tokens: float
    peak: float
    outside: float

    def row(self, side: str) -> str:
        """Return a line of the table."""
        return (
            f"  {side:34} {self.documents:5} documents {self.rate:8.2f} documents/s {self.tokens:9,.0f} tokens/s "
            f"{self.peak:5.1f} GiB {self.outside:4.0%} outside the model"
        )


def ours(work: Work) -> Side:
    """Return the system as a run has it."""
    kind = f"causal,prompt=tldr,sentences={SENTENCES},clean=false" if work.shape.causal else "seq2seq"
    options = f"model={work.folder},dtype={work.dtype},batch_size={work.batch},max_new_tokens={work.shape.new}"
    if not work.shape.causal:
        # As published: the limit of tokens is max_length, which counts the decoder's start.
        options = options.rpartition(",")[0]
    summarize = build_system(f"{kind},{options}").load(Context(0, Store.default(offline=True, quiet=True), DEVICE))

    def run(documents: Sequence[Document]) -> Texts:
        made = list(summarize(documents))
        if failed := [summary.error for summary in made if summary.error and not summary.raw]:
            raise RuntimeError(failed[0])
        return {summary.document: [int(token) for token in str(summary.raw).split()] for summary in made}

    return run


def theirs(work: Work) -> Side:
    """Return what a user writes without sumbench: batches through `generate`, padded."""
    import transformers

    shape, auto = work.shape, "CausalLM" if work.shape.causal else "Seq2SeqLM"
    words: Any = transformers.AutoTokenizer.from_pretrained(work.folder)
    loaded: Any = getattr(transformers, f"AutoModelFor{auto}").from_pretrained(
        work.folder, dtype=getattr(torch, work.dtype)
    )
    model = loaded.to(DEVICE).eval()
    limit = {"do_sample": False, "max_new_tokens": shape.new} if shape.causal else {}

    def run(documents: Sequence[Document]) -> Texts:
        made: Texts = {}
        for start in range(0, len(documents), work.batch):
            some = documents[start : start + work.batch]
            texts = [f"{one.text}\n\nTL;DR:" if shape.causal else one.text for one in some]
            batch = words(texts, return_tensors="pt", padding=True, truncation=True).to(DEVICE)
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


def timed(side: Side, documents: Sequence[Document]) -> tuple[float, Texts]:
    """Return the seconds that a side takes, and what it writes: numbers on the host, so nothing is left to wait for."""
    start = time.perf_counter()
    made = side(documents)
    return time.perf_counter() - start, made


def measure(side: Side, work: Work, seconds: float) -> tuple[Measured, Texts]:
    """Return a side's figures, and what it writes of the first batch."""
    side(work.documents[:2])
    first = work.documents[: work.batch]
    took, texts = timed(side, first)
    count = min(len(work.documents), max(1, round(seconds / took)) * work.batch)
    if DEVICE == "cuda":
        torch.cuda.reset_peak_memory_stats()
    spent, made = timed(side, work.documents[:count])
    peak = torch.cuda.max_memory_allocated() / 2**30 if DEVICE == "cuda" else 0.0
    with Watch(work.shape) as watch:
        whole, _ = timed(side, first)
    written = sum(map(len, texts_of(made).values()))
    return Measured(count, count / spent, written / spent, peak, 1 - watch.seconds / whole), texts


def alone(side: Side, work: Work, seconds: float) -> tuple[float, Texts]:
    """Return how many documents a second a side does one by one, and what it writes of as many as there is time for."""
    side(work.documents[:1])
    start, made = time.perf_counter(), {}
    for document in work.documents[: work.batch]:
        made.update(side([document]))
        if time.perf_counter() - start > seconds:
            break
    return len(made) / (time.perf_counter() - start), made


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


def batch_size(shape: Shape, folder: Path, dtype: str) -> int:
    """Return how many documents `batch_size=auto` would decode together, were each as long as the longest."""
    from transformers import AutoConfig

    kind: torch.dtype = getattr(torch, dtype)
    token = shape.beams * memory.token_bytes(AutoConfig.from_pretrained(folder), kind)
    room = memory.worthwhile_bytes(DEVICE, device.weights_size(folder, kind))
    room = min(room, int(memory.SHARE * (memory.free_bytes(torch.device(DEVICE)))))
    return max(
        1, min(memory.max_batch_size(DEVICE, shape.beams), room // (token * int(1.1 * shape.tokens + shape.new)))
    )


def free() -> None:
    """Give back the memory of what was deleted."""
    gc.collect()
    if DEVICE == "cuda":
        torch.cuda.empty_cache()


def cell(work: Work, seconds: float, sweep: Sequence[int]) -> None:
    """Measure the sides with one checkpoint in one number format, and print their figures."""
    torch.backends.cuda.enable_cudnn_sdp(False)
    start = time.perf_counter()
    side = ours(work)
    loaded = time.perf_counter() - start
    print(f"\n{work.shape.name}, {work.dtype}: {work.batch} documents a batch, loaded by sumbench in {loaded:.1f} s")
    mine, written = measure(side, work, seconds)
    print(mine.row("sumbench"), flush=True)
    del side
    free()
    side = theirs(work)
    base, padded = measure(side, work, seconds)
    print(base.row("generate, the same batches"), flush=True)
    print(f"  sumbench is {mine.rate / base.rate:.2f} x as fast")
    if DEVICE == "cuda" and work.dtype != "float32":
        torch.backends.cuda.enable_cudnn_sdp(True)
        took, _ = timed(side, work.documents[: work.batch])
        torch.backends.cuda.enable_cudnn_sdp(False)
        print(
            f"  {'the same, with cuDNN (the default)':34} {work.batch:5} documents {work.batch / took:8.2f} documents/s"
        )
    rate, single = alone(side, work, seconds / 2)
    print(f"  {'generate, one by one':34} {len(single):5} documents {rate:8.2f} documents/s")
    print(
        f"  texts as in generate's same batches: {compared(written, padded)}; one by one: {compared(written, single)}"
    )
    del side
    free()
    for size in sweep:
        side = ours(Work(work.shape, work.folder, work.dtype, work.documents, size))
        side(work.documents[:1])
        took, _ = timed(side, work.documents[: 2 * size])
        print(f"  sumbench, batch_size={size:<3} {2 * size / took:38.2f} documents/s", flush=True)
        del side
        free()


def show(shape: Shape, home: Path, words: Words, options: argparse.Namespace, until: float) -> None:
    """Make a checkpoint and measure it in each number format while there is time."""
    folder = home / shape.config
    start = time.perf_counter()
    made: PreTrainedTokenizerFast = gpu_checkpoints.checkpoint(folder, shape, words, DEVICE)
    free()
    print(f"\n{shape.name}, {len(made):,} tokens in its vocabulary: made in {time.perf_counter() - start:.1f} s")
    if shape.anchor and not options.small:
        print(f"  {shape.anchor}", flush=True)
    for dtype in options.dtypes:
        if time.monotonic() > until:
            print(f"\n{shape.name}, {dtype}: left out, the time is used up")
            continue
        batch = options.batch or batch_size(shape, folder, dtype)
        documents = gpu_checkpoints.documents(
            words, made, max(batch * 8, 2 * max(options.sweep, default=0)), shape.tokens
        )
        cell(Work(shape, folder, dtype, documents, batch), options.seconds, options.sweep)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the shapes one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="small models and short documents, for a processor")
    parser.add_argument("--shapes", nargs="+", choices=[shape.config for shape in SHAPES], metavar="Bart|Pegasus|Llama")
    parser.add_argument("--dtypes", nargs="+", default=["bfloat16", "float32"])
    parser.add_argument("--batch", type=int, default=0, help="documents a batch on all sides (0: what auto allows)")
    parser.add_argument("--sweep", nargs="*", type=int, default=[], help="batch sizes to try sumbench with, too")
    parser.add_argument("--seconds", type=float, default=8.0, help="about so long a side")
    parser.add_argument("--minutes", type=float, default=6.5, help="no further checkpoint is begun after so long")
    options = parser.parse_args(arguments)
    until = time.monotonic() + 60 * options.minutes
    shapes: Mapping[str, Shape] = {shape.config: shape.small() if options.small else shape for shape in SHAPES}
    options.batch = options.batch or (4 if options.small else 0)
    on = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
    import transformers

    print(f"{on}, torch {torch.__version__}, transformers {transformers.__version__}")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    words = Words.make(2_000 if options.small else gpu_checkpoints.TRAINED_ON)
    with tempfile.TemporaryDirectory() as home, recorded():
        for name in options.shapes or shapes:
            show(shapes[name], Path(home), words, options, until)


if __name__ == "__main__":
    main()
