"""SmolLM2 over news articles: a plain loop of `generate` beside the batches of the causal system, both in one run.

    python -m tests.speed.generation [--rounds 1] [--articles 8] [--new 80]

Both sides write at most the same number of tokens under the same length budget; their texts are compared. The sides
take turns, round by round, and the ratio is taken within a round, since other work on the machine slows both.
"""

import argparse
import sys
import time
from collections.abc import Callable
from collections.abc import Sequence

from bench.corpus import open_corpus
from bench.generation import device
from bench.records import Document
from bench.systems import Context
from bench.systems.causal import Causal
from bench.weights import Store

device.share_cores()


def articles(count: int) -> list[Document]:
    """Return the shortest articles that ship: without them all time goes into one long report."""
    return sorted(open_corpus("references").documents, key=lambda document: len(document.text))[:count]


class Loop:
    """What a user writes without sumbench: one document after the other through `generate`."""

    def __init__(self, store: Store, new: int) -> None:
        """Load model and prompt."""
        from transformers import AutoModelForCausalLM

        from bench.generation import checkpoint
        from bench.generation import prompts
        from bench.generation.chat import Chat

        folder = store.folder("smollm2-135m")
        self._chat = Chat(checkpoint.tokenizer("loop", folder), prompts.read("summarize"), 3, 8192, new)
        self._model = AutoModelForCausalLM.from_pretrained(folder)

    def __call__(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the summary of each document."""
        import torch
        from transformers import StoppingCriteriaList

        from bench.generation import budget

        made = {}
        for document in documents:
            ids = self._chat.ids(document.text)
            beginning = len(ids)

            def full(tokens: torch.Tensor, _scores: torch.Tensor, beginning: int = beginning, **_: object) -> object:
                text = self._chat.text(tokens[0, beginning:].tolist())
                return torch.tensor([budget.full(text, 3)])

            with torch.inference_mode():
                output = self._model.generate(  # type: ignore[misc]
                    torch.tensor([ids]),
                    attention_mask=torch.ones(1, beginning, dtype=torch.long),
                    do_sample=False,
                    max_new_tokens=self._chat.max_new_tokens,
                    stopping_criteria=StoppingCriteriaList([full]),
                )[0, beginning:].tolist()
            text = self._chat.text(output)
            ended = output[-1] == self._chat.tokenizer.eos_token_id or budget.full(text, 3)
            made[document.id] = budget.summary(text, 3, cut=not ended)
        return made


class Batches:
    """The causal system, as a run has it."""

    def __init__(self, store: Store, new: int, batch_size: str) -> None:
        """Load the system."""
        system = Causal(name="smollm2-135m", max_new_tokens=new, batch_size=batch_size)
        self._summarize = system.load(Context(0, store, "cpu"))

    def __call__(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the summary of each document."""
        return {summary.document: summary.text for summary in self._summarize(documents)}


def main() -> None:
    """Let both sides take turns and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--articles", type=int, default=8)
    parser.add_argument("--new", type=int, default=80)
    arguments = parser.parse_args()
    store = Store.default(quiet=True)
    documents = articles(arguments.articles)
    sides: dict[str, Callable[[Sequence[Document]], dict[str, str]]] = {
        "plain loop": Loop(store, arguments.new),
        "one by one": Batches(store, arguments.new, "1"),
        "batches": Batches(store, arguments.new, "auto"),
    }
    for number in range(1, arguments.rounds + 1):
        texts = {}
        base = base_work = 0.0
        for name, side in sides.items():
            start, work = time.perf_counter(), time.process_time()
            texts[name] = side(documents)
            took, worked = time.perf_counter() - start, time.process_time() - work
            base, base_work = base or took, base_work or worked
            same = sum(texts[name][one.id] == texts["plain loop"][one.id] for one in documents)
            sys.stdout.write(
                f"round {number}  {name:10}  {60 * len(documents) / took:6.1f} documents a minute ({base / took:.2f} x)"
                f"  {took:6.1f} s, {worked:6.1f} s of processor time ({base_work / worked:.2f} x)"
                f"  {same} of {len(documents)} texts as in the loop\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
