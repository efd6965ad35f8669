r"""SmolLM2 over news articles in lm-evaluation-harness (its hf backend) beside this project's batches, both in one run.

    python3 -m venv /tmp/harness && /tmp/harness/bin/pip install lm-eval==0.4.13 accelerate torch==2.13.0 \
        transformers==5.23.0
    python -m tests.speed.lm_eval --python /tmp/harness/bin/python [--rounds 1] [--articles 8] [--new 80]

Both have the same weights in float32, the same rendered prompts (the numbers of their tokens are compared), greedy
decoding, and the same limit of new tokens. The harness goes on until the model ends the text or the limit is reached.
So does our side here: the length budget, which would end most texts sooner, is off. Loading is not counted. The
harness looks for a batch size by reading dummy texts of full length, which is given apart from the rest; `--batch 8`
spares it that. Its context is set to what the prompts need: with the model's own, that search would take all memory.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sumbench.generation import checkpoint
from sumbench.generation import decoding
from sumbench.generation import device
from sumbench.generation import memory
from sumbench.generation import prompts
from sumbench.generation.batching import Batcher
from sumbench.generation.chat import Chat
from sumbench.generation.requests import Answer
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue
from sumbench.length import Length
from sumbench.weights import Store
from tests.speed.generation import articles

device.configure_torch()


class Ours:
    """The causal system's way of reading and decoding, with no end but the model's own and the limit."""

    def __init__(self, folder: Path, chat: Chat) -> None:
        """Load the model."""
        from transformers import AutoModelForCausalLM

        self._chat = chat
        self._model = checkpoint.load_model(
            "ours", AutoModelForCausalLM, folder, device.choose_placement("cpu", "auto", folder)
        )

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Return what follows each prompt's text."""

        def write(intake: RequestIntake) -> Iterator[tuple[GenerationRequest, Answer]]:
            for row in decoding.decode(self._model, intake, self._chat.max_new_tokens, lambda *_: False):
                yield row.request, Answer(self._chat.text(row.written), len(row.written), row.seconds)

        tokenizer: Any = self._chat.tokenizer
        requests = [GenerationRequest(tokenizer(text, add_special_tokens=False)["input_ids"], "en") for text in texts]
        batcher = Batcher(write, memory.max_batch_size("cpu"), memory.max_batch_tokens(self._model))
        made = dict(batcher.run(RequestQueue(requests)))
        answers = [made[request] for request in requests]
        return [answer.text if isinstance(answer, Answer) else str(answer) for answer in answers]


def theirs(python: str, given: dict[str, Any]) -> dict[str, Any]:
    """Let the harness answer in its own environment; return what it tells."""
    side = Path(__file__).with_name("lm_eval_side.py")
    # With -P this module does not stand in for the package of the same name.
    done = subprocess.run(
        [python, "-P", str(side)], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the harness failed:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Let both sides take turns and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="the Python of an environment that has lm-eval")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--articles", type=int, default=8)
    parser.add_argument("--new", type=int, default=80)
    parser.add_argument("--batch", default="auto", help="the harness's batch size: auto, or a number")
    arguments = parser.parse_args()
    folder = Store.default(quiet=True).folder("smollm2-135m")
    chat = Chat(
        checkpoint.load_tokenizer("ours", folder), prompts.read_prompt("summarize"), Length(3), 8192, arguments.new
    )
    ids = [chat.ids(document.text) for document in articles(arguments.articles)]
    texts = [str(chat.tokenizer.decode(one)) for one in ids]
    lengths = [len(one) for one in ids]
    ours = Ours(folder, chat)
    given = {"folder": str(folder), "prompts": texts, "new": arguments.new, "batch": arguments.batch}
    given["longest"] = max(lengths)
    for number in range(1, arguments.rounds + 1):
        told = theirs(arguments.python, given)
        start, work = time.perf_counter(), time.process_time()
        made = ours(texts)
        took, worked = time.perf_counter() - start, time.process_time() - work
        print(f"round {number}: {len(texts)} prompts; the same numbers of tokens: {told['lengths'] == lengths}")
        bare, bare_work = told["seconds"] - told["search"], told["work"]
        rate = 60 * len(texts)
        print(
            f"  lm-eval {told['version']}, hf, batch {arguments.batch}: {rate / told['seconds']:.1f} documents a minute"
        )
        print(f"  without its search for a batch size ({told['search']:.0f} s): {rate / bare:.1f} documents a minute")
        print(f"  processor time, search included: {bare_work:.1f} s")
        print(f"  sumbench, batch auto: {rate / took:.1f} documents a minute; {worked:.1f} s of processor time")
        print(f"  ratio: {told['seconds'] / took:.2f} x, without the search {bare / took:.2f} x")
        same = sum(one.strip() == other.strip() for one, other in zip(told["texts"], made, strict=True))
        print(f"  the same texts: {same} of {len(texts)}", flush=True)


if __name__ == "__main__":
    main()
