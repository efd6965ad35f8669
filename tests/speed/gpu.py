"""Generation on a GPU beside transformers' own loop: `python -m tests.speed.gpu [--small] [--seconds 8]`.

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

Both are measured without cuDNN's attention, which sumbench sets by itself; what torch's default costs `generate` stands
beside it for the first tokens of a few documents. `--sweep 8 16 32 64` tries sumbench with other batch sizes. It awaits
a card: so far it ran with `--small` on a processor alone. Its figures belong into generation.md.
"""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from sumbench.generation import device
from sumbench.generation import memory
from sumbench.records import Document
from tests.speed import gpu_checkpoints
from tests.speed.gpu_checkpoints import SHAPES
from tests.speed.gpu_checkpoints import Shape
from tests.speed.gpu_checkpoints import Words
from tests.speed.gpu_sides import Side
from tests.speed.gpu_sides import Texts
from tests.speed.gpu_sides import Work
from tests.speed.gpu_sides import compared
from tests.speed.gpu_sides import ours
from tests.speed.gpu_sides import texts_of
from tests.speed.gpu_sides import theirs
from tests.speed.gpu_watch import Watch
from tests.speed.gpu_watch import recorded


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


def timed(side: Side, documents: Sequence[Document]) -> tuple[float, Texts]:
    """Return the seconds that a side takes, and what it writes: numbers on the host, so nothing is left to wait for."""
    start = time.perf_counter()
    made = side(documents)
    return time.perf_counter() - start, made


def measure(side: Side, work: Work, seconds: float) -> tuple[Measured, Texts]:
    """Return a side's figures, and what it writes of the first batch."""
    import torch

    side(work.documents[:2])
    first = work.documents[: work.batch]
    took, texts = timed(side, first)
    count = min(len(work.documents), max(1, round(seconds / took)) * work.batch)
    gpu = work.device == "cuda"
    if gpu:
        torch.cuda.reset_peak_memory_stats()
    spent, made = timed(side, work.documents[:count])
    peak = torch.cuda.max_memory_allocated() / 2**30 if gpu else 0.0
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


def batch_size(shape: Shape, folder: Path, dtype: str, where: str) -> int:
    """Return how many documents `batch_size=auto` would decode together, were each as long as the longest."""
    import torch
    from transformers import AutoConfig

    kind: torch.dtype = getattr(torch, dtype)
    token = shape.beams * memory.token_bytes(AutoConfig.from_pretrained(folder), kind)
    room = memory.worthwhile_bytes(where, device.weights_size(folder, kind))
    room = min(room, int(memory.SHARE * memory.free_bytes(torch.device(where))))
    longest = int(1.1 * shape.tokens + shape.new)
    return max(1, min(memory.max_batch_size(where, shape.beams), room // (token * longest)))


def free() -> None:
    """Give back the memory of what was deleted."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def with_cudnn(work: Work, new: int = 16, count: int = 8) -> str:
    """Say how long the first tokens take by torch's default, which plans cuDNN's attention for each new shape."""
    import torch

    side, some = theirs(work, new), work.documents[:count]
    side(some[:2])
    plain, _ = timed(side, some)
    torch.backends.cuda.enable_cudnn_sdp(enabled=True)
    default, _ = timed(side, some)
    torch.backends.cuda.enable_cudnn_sdp(enabled=False)
    return f"generate's first {new} tokens of {count} documents: {plain:.2f} s, with cuDNN's attention {default:.2f} s"


def cell(work: Work, seconds: float, sweep: Sequence[int]) -> None:
    """Measure the sides with one checkpoint in one number format, and print their figures."""
    import torch

    torch.backends.cuda.enable_cudnn_sdp(enabled=False)
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
    rate, single = alone(side, work, seconds / 2)
    print(f"  {'generate, one by one':34} {len(single):5} documents {rate:8.2f} documents/s")
    print(
        f"  texts as in generate's same batches: {compared(written, padded)}; one by one: {compared(written, single)}"
    )
    del side
    free()
    if work.device == "cuda" and work.dtype != "float32":
        print(f"  {with_cudnn(work)}", flush=True)
        free()
    for size in sweep:
        side = ours(replace(work, batch=size))
        side(work.documents[:1])
        took, _ = timed(side, work.documents[: 2 * size])
        print(f"  sumbench, batch_size={size:<3} {2 * size / took:38.2f} documents/s", flush=True)
        del side
        free()


def show(shape: Shape, home: Path, words: Words, options: argparse.Namespace, until: float) -> None:
    """Make a checkpoint and measure it in each number format while there is time."""
    import torch

    folder, where = home / shape.config, "cuda" if torch.cuda.is_available() else "cpu"
    start = time.perf_counter()
    made = gpu_checkpoints.checkpoint(folder, shape, words, where)
    free()
    print(f"\n{shape.name}, {len(made):,} tokens in its vocabulary: made in {time.perf_counter() - start:.1f} s")
    if shape.anchor and not options.small:
        print(f"  {shape.anchor}", flush=True)
    for dtype in options.dtypes:
        if time.monotonic() > until:
            print(f"\n{shape.name}, {dtype}: left out, the time is used up")
            continue
        batch = options.batch or batch_size(shape, folder, dtype, where)
        count = 2 * max(4 * batch, *options.sweep, 0)
        work = Work(shape, folder, dtype, where, gpu_checkpoints.documents(words, made, count, shape.tokens), batch)
        try:
            cell(work, options.seconds, options.sweep)
        except torch.OutOfMemoryError as error:
            print(f"  out of memory: {str(error).partition('.')[0]}; give a smaller --batch")
        free()


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
    shapes = {shape.config: shape.small() if options.small else shape for shape in SHAPES}
    options.batch = options.batch or (4 if options.small else 0)
    # torch's own order of attention kernels: what sumbench sets is switched on and off here.
    os.environ["TORCH_CUDNN_SDPA_DEPRIORITIZED"] = "0"
    device.configure_torch()
    import torch
    import transformers

    on = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"

    print(f"{on}, torch {torch.__version__}, transformers {transformers.__version__}")
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    words = Words.make(2_000 if options.small else gpu_checkpoints.TRAINED_ON)
    with tempfile.TemporaryDirectory() as home, recorded():
        for name in options.shapes or shapes:
            show(shapes[name], Path(home), words, options, until)


if __name__ == "__main__":
    main()
