"""The side of lm-evaluation-harness in `tests.speed.lm_eval`; it runs in the environment that has it.

Reads one JSON object on stdin (checkpoint, prompts, new tokens, batch size) and writes one on the last line of stdout.
"""

import json
import sys
import time
from typing import Any

import lm_eval
from datasets import Dataset
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.huggingface import HFLM


class Timed(HFLM):  # type: ignore[misc]
    """The harness's model, with a clock at what it does with the prompts and at its search for a batch size."""

    seconds = work = search = 0.0
    lengths: list[int]

    def generate_until(self, requests: list[Any], *, disable_tqdm: bool = False) -> list[str]:
        """Answer all requests."""
        self.lengths = [len(self.tok_encode(request.args[0])) for request in requests]
        start, work = time.perf_counter(), time.process_time()
        answers: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        self.seconds, self.work = time.perf_counter() - start, time.process_time() - work
        return answers

    def _detect_batch_size(self, *arguments: object, **options: object) -> int:
        start = time.perf_counter()
        found: int = super()._detect_batch_size(*arguments, **options)
        self.search += time.perf_counter() - start
        return found


def main() -> None:
    """Run a task made of the prompts, and tell its answers."""
    given = json.load(sys.stdin)
    model = Timed(
        pretrained=given["folder"],
        device="cpu",
        dtype="float32",
        batch_size=given["batch"],
        max_batch_size=len(given["prompts"]),
        max_length=given["longest"] + given["new"],
        add_bos_token=False,
    )
    rows = Dataset.from_list([{"prompt": prompt, "answer": ""} for prompt in given["prompts"]])
    task = ConfigurableTask(
        config={
            "task": "summaries",
            "custom_dataset": lambda **_: {"test": rows},
            "test_split": "test",
            "output_type": "generate_until",
            "doc_to_text": "prompt",
            "doc_to_target": "answer",
            "generation_kwargs": {"until": [], "max_gen_toks": given["new"], "do_sample": False},
            "metric_list": [{"metric": "bypass", "aggregation": "bypass", "higher_is_better": False}],
        }
    )
    found = lm_eval.evaluate(lm=model, task_dict={"summaries": task}, log_samples=True, bootstrap_iters=0)
    samples = sorted(found["samples"]["summaries"], key=lambda sample: sample["doc_id"])
    told = {
        "texts": [sample["resps"][0][0] for sample in samples],
        "lengths": model.lengths,
        "seconds": model.seconds,
        "work": model.work,
        "search": model.search,
        "version": lm_eval.__version__,
    }
    sys.stdout.write("\n" + json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
