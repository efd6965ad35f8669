"""SmolLM2 over news articles: a plain loop of `generate` beside the causal system's ways, all in one run.

    python -m tests.speed.generation [--rounds 1] [--articles 8] [--new 80] [--sides batches int8 …]

All sides write at most the same number of tokens under the same length budget; their texts are compared, and scored.
The sides take turns, round by round, and the ratio is taken within a round, since other work on the machine slows all.
"""

import argparse
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.corpus import open_corpus
from sumbench.generation import device
from sumbench.length import Length
from sumbench.records import Document
from sumbench.rouge import RougeScorer
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store

device.configure_torch()


def articles(count: int) -> list[Document]:
    """Return the shortest of the first twelve articles: without them all time goes into one long report."""
    return sorted(open_corpus("references").documents[:12], key=lambda document: len(document.text))[:count]


class Loop:
    """What a user writes without sumbench: one document after the other through `generate`."""

    def __init__(self, store: Store, new: int) -> None:
        """Load model and prompt."""
        from transformers import AutoModelForCausalLM

        from sumbench.generation import checkpoint
        from sumbench.generation import prompts
        from sumbench.generation.chat import Chat

        folder = store.folder("smollm2-135m")
        self._chat = Chat(
            checkpoint.load_tokenizer("loop", folder), prompts.read_prompt("summarize"), Length(3), 8192, new
        )
        self._model = AutoModelForCausalLM.from_pretrained(folder)

    def __call__(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the summary of each document."""
        import torch
        from transformers import StoppingCriteriaList

        from sumbench.generation import budget

        made = {}
        for document in documents:
            ids = self._chat.ids(document.text)
            beginning = len(ids)

            def full(tokens: torch.Tensor, _scores: torch.Tensor, beginning: int = beginning, **_: object) -> object:
                text = self._chat.text(tokens[0, beginning:].tolist())
                return torch.tensor([budget.fills_budget(text, Length(3))])

            with torch.inference_mode():
                output = self._model.generate(  # type: ignore[misc]
                    torch.tensor([ids]),
                    attention_mask=torch.ones(1, beginning, dtype=torch.long),
                    do_sample=False,
                    max_new_tokens=self._chat.max_new_tokens,
                    stopping_criteria=StoppingCriteriaList([full]),
                )[0, beginning:].tolist()
            text = self._chat.text(output)
            ended = output[-1] == self._chat.tokenizer.eos_token_id or budget.fills_budget(text, Length(3))
            made[document.id] = budget.trim_to_budget(text, Length(3), cut=not ended)
        return made


class Batches:
    """The causal system, as a run has it."""

    def __init__(self, store: Store, new: int, options: str) -> None:
        """Load the system."""
        self._summarize = build_system(f"smollm2-135m,max_new_tokens={new},{options}").load(Context(0, store, "cpu"))

    def __call__(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the summary of each document."""
        return {summary.document: summary.text for summary in self._summarize(documents)}


SIDES = {
    "one by one": "batch_size=1",
    "batches": "batch_size=auto",
    "float32": "backend=ctranslate2,compute=float32",
    "int8": "backend=ctranslate2,compute=int8",
}
"""The options of the causal system on each side beside the plain loop; the last two are in ctranslate2."""


def rouge(documents: Sequence[Document], texts: Mapping[str, str]) -> str:
    """Return the mean ROUGE F1 of the texts, of 100, the best of a document's references each."""
    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)
    scores = [scorer.score_multi(document.references, texts[document.id]) for document in documents]
    means = {name: sum(score[name].fmeasure for score in scores) / len(scores) for name in scores[0]}
    return " / ".join(f"{100 * mean:.1f}" for mean in means.values())


def main() -> None:
    """Let the sides take turns and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--articles", type=int, default=8)
    parser.add_argument("--new", type=int, default=80)
    parser.add_argument("--sides", nargs="*", choices=SIDES, default=list(SIDES), metavar="SIDE", help=", ".join(SIDES))
    arguments = parser.parse_args()
    store = Store.default(quiet=True)
    documents = articles(arguments.articles)
    sides: dict[str, Callable[[Sequence[Document]], dict[str, str]]] = {"plain loop": Loop(store, arguments.new)}
    sides |= {name: Batches(store, arguments.new, SIDES[name]) for name in arguments.sides}
    for number in range(1, arguments.rounds + 1):
        texts = {}
        base = base_work = 0.0
        for name, side in sides.items():
            start, work = time.perf_counter(), time.process_time()
            texts[name] = side(documents)
            took, worked = time.perf_counter() - start, time.process_time() - work
            base, base_work = base or took, base_work or worked
            same = sum(texts[name][one.id] == texts["plain loop"][one.id] for one in documents)
            print(
                f"round {number}  {name:10}  {60 * len(documents) / took:6.1f} documents a minute ({base / took:.2f} x)"
                f"  {took:6.1f} s, {worked:6.1f} s of processor time ({base_work / worked:.2f} x)"
                f"  {same} of {len(documents)} texts as in the loop"
                f"  ROUGE-1/2/Lsum {rouge(documents, texts[name])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
