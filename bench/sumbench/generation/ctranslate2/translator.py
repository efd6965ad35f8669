"""Back end for sequence-to-sequence models in ctranslate2: each document alone, by one thread."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from sumbench.errors import SummarizerError
from sumbench.generation import decoding
from sumbench.generation.ctranslate2.concurrency import run_in_threads
from sumbench.generation.requests import Answer
from sumbench.generation.requests import Backend
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.seq2seq import Seq2SeqTask

if TYPE_CHECKING:
    from transformers import GenerationConfig

SHARED_SETTINGS = ("repetition_penalty", "no_repeat_ngram_size", "length_penalty")
"""Settings with the same name and meaning in transformers and ctranslate2."""

SUPPORTED_SETTINGS = frozenset(
    {*SHARED_SETTINGS, "min_length", "min_new_tokens", "forced_bos_token_id", "forced_eos_token_id"}
)
"""The settings that change plain decoding and are supported here."""


def translator_options(name: str, task: Seq2SeqTask) -> dict[str, Any]:
    """Translate a task's settings of transformers' `generate` to ctranslate2's.

    Its beam search ends as soon as `num_beams` summaries have ended, which is early_stopping=True; and where n-grams
    must not repeat, it shares the probability of those left out among the others, so beams can go another way.
    Greedy decoding and plain beam search are the same. Raises SummarizerError for unsupported settings.
    """
    settings = task.settings
    if lacking := [one for one in decoding.changed_settings(settings) if one not in SUPPORTED_SETTINGS]:
        msg = f"{name}: ctranslate2 does not decode with {lacking[0]}, which is asked for"
        raise SummarizerError(f"{msg}; leave out backend=ctranslate2")
    translated = {one: value for one in SHARED_SETTINGS if (value := getattr(settings, one, None)) is not None}
    # transformers' min_length counts the decoder's start token, its max_new_tokens the end-of-text token.
    least = settings.min_new_tokens or max((settings.min_length or 0) - 1, 0)
    forced = settings.forced_eos_token_id is not None
    return {
        **translated,
        "beam_size": settings.num_beams or 1,
        "max_decoding_length": max(task.max_new_tokens - forced, 1),
        "min_decoding_length": least,
    }


def _decoder_start_token(settings: "GenerationConfig") -> int | None:
    """Return the token that the decoder starts with."""
    return next(
        (one for one in (settings.decoder_start_token_id, settings.bos_token_id) if isinstance(one, int)),
        None,
    )


def ctranslate2_seq2seq_backend(name: str, translator: Any, task: Seq2SeqTask) -> Backend:  # noqa: ANN401 - it has no types
    """Return a back end that does the `task` with a converted model."""
    translated = translator_options(name, task)
    names: Any = task.tokenizer.convert_ids_to_tokens
    prefix = [
        names(one)
        for one in (_decoder_start_token(task.settings), task.settings.forced_bos_token_id)
        if one is not None
    ]

    def begin(request: GenerationRequest) -> Any:  # noqa: ANN401
        return translator.translate_batch(
            [names(task.mark(request.ids, request.language))],
            target_prefix=[prefix],
            asynchronous=True,
            max_input_length=0,
            **translated,
        )[0]

    def write(intake: RequestIntake) -> Iterator[tuple[GenerationRequest, Answer]]:
        for request, result, seconds in run_in_threads(intake, begin, translator.num_translators):
            row = cast("list[int]", task.tokenizer.convert_tokens_to_ids(result.hypotheses[0]))
            yield request, task.answer(row, request.language, seconds)

    return write
