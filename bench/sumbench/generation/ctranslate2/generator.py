"""Back end for causal models in ctranslate2: greedy decoding that stops when the length budget is full.

Each document is processed alone, by one thread: ctranslate2 prefills prompts of different lengths together only up to
the length of the shortest, and processes the rest of the others token by token.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

from sumbench.errors import SummarizerError
from sumbench.generation import decoding
from sumbench.generation.chat import Chat
from sumbench.generation.ctranslate2.concurrency import run_in_threads
from sumbench.generation.requests import Answer
from sumbench.generation.requests import Backend
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake

if TYPE_CHECKING:
    from transformers import GenerationConfig


def ctranslate2_causal_backend(name: str, generator: Any, chat: Chat, settings: "GenerationConfig") -> Backend:  # noqa: ANN401
    """Return a back end that continues prompts greedily until the model ends or the `chat`'s length budget is full.

    `settings` are those that the checkpoint ships; raises SummarizerError for one that ctranslate2 does not support.
    """
    if changed := decoding.changed_settings(settings):
        msg = f"{name}: ctranslate2 does not decode with {changed[0]}, which the checkpoint asks for"
        raise SummarizerError(f"{msg}; leave out backend=ctranslate2")
    ends = decoding.end_tokens(settings)

    def begin(request: GenerationRequest) -> Any:  # noqa: ANN401
        written: list[int] = []

        def full(step: Any) -> bool:  # noqa: ANN401
            written.append(step.token_id)
            return chat.full(written, request.language)

        return generator.generate_batch(
            [chat.tokenizer.convert_ids_to_tokens(request.ids)],
            asynchronous=True,
            beam_size=1,
            sampling_topk=1,
            max_length=chat.max_new_tokens,
            end_token=ends or None,
            return_end_token=True,
            include_prompt_in_result=False,
            callback=full,
        )[0]

    def write(intake: RequestIntake) -> Iterator[tuple[GenerationRequest, Answer]]:
        for request, result, seconds in run_in_threads(intake, begin, generator.num_generators):
            row = result.sequences_ids[0]
            ended = bool(row) and (row[-1] in ends or chat.full(row, request.language))
            yield request, chat.answer(row, ended=ended, language=request.language, seconds=seconds)

    return write
