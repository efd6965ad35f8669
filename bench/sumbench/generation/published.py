"""Published use of sequence-to-sequence checkpoints: prefix, decoding settings and input limit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.errors import SummarizerError
from sumbench.generation import languages

if TYPE_CHECKING:
    from transformers import GenerationConfig
    from transformers import PreTrainedConfig
    from transformers import PreTrainedTokenizerBase

TASK = "summarization"
PREFIXES = {"t5": "summarize: "}
"""Prefixes of families whose checkpoints do not always name one."""

TABLES = ("max_encoder_position_embeddings", "max_position_embeddings")
"""Configuration keys for the number of the encoder's positions; the first one present counts."""

NEW_TOKENS = 160
"""The default limit of new tokens, where neither checkpoint nor catalog has one."""

BOUNDLESS = 1_000_000
"""Tokenizers without a limit report a number above this."""


@dataclass(frozen=True)
class PublishedUse:
    """The `prefix` before a document, and the decoding `settings` by transformers' names."""

    prefix: str
    settings: Mapping[str, Any]


def published_use(folder: Path, extra: Mapping[str, Any], prefix: str | None = None) -> PublishedUse:
    """Return the published use of the checkpoint in `folder`, overridden by `extra` settings and a `prefix`.

    Settings are in generation_config.json (in older checkpoints, in config.json), and those for summarization in the
    task_specific_params of either; these override the general ones, as in transformers' former pipeline.
    """
    from transformers import GenerationConfig

    config, generation = _json(folder / "config.json"), _json(folder / "generation_config.json")
    task = {
        **((config.get("task_specific_params") or {}).get(TASK) or {}),
        **((generation.get("task_specific_params") or {}).get(TASK) or {}),
    }
    known = set(GenerationConfig().to_dict()) - {"transformers_version", "task_specific_params"}  # type: ignore[no-untyped-call]
    settings = {
        name: value
        for name, value in {**(generation or config), **task, **extra}.items()
        if name in known and value is not None
    }
    shipped = task.get("prefix") or config.get("prefix") or PREFIXES.get(config.get("model_type", ""), "")
    if not {"max_length", "max_new_tokens"} & set(settings):
        settings["max_new_tokens"] = NEW_TOKENS
    if "max_new_tokens" in settings:
        settings.pop("max_length", None)
    if "min_new_tokens" in settings:
        settings.pop("min_length", None)
    return PublishedUse(shipped if prefix is None else prefix, settings)


def generation_config(
    use: PublishedUse, tokenizer: "PreTrainedTokenizerBase", language: str = "", *, drawn: bool = False
) -> "GenerationConfig":
    """Return the settings for transformers' `generate`: deterministic, with the target `language` token if given.

    Where tokens are `drawn`, which our own code does, there are no beams.
    Raises SummarizerError for a language that the tokenizer has no token for.
    """
    from transformers import GenerationConfig

    settings = {**use.settings, "do_sample": False}
    for name in ("temperature", "top_k", "top_p", "typical_p", "min_p"):
        settings.pop(name, None)
    if drawn:
        # Set explicitly, or the checkpoint's number of beams would be used.
        settings["num_beams"] = 1
    if language:
        # mBART starts its decoder with the language itself; mBART-50 and NLLB force it as the first token.
        starts = languages.is_language_token(tokenizer, settings.get("decoder_start_token_id"))
        settings["decoder_start_token_id" if starts else "forced_bos_token_id"] = languages.language_token(
            tokenizer, language
        )
    return GenerationConfig(**settings)  # type: ignore[no-untyped-call]


def encoder_token_limit(
    name: str, config: "PreTrainedConfig", tokenizer: "PreTrainedTokenizerBase", stated: int, given: int
) -> int:
    """Return how many tokens the encoder reads: the catalog's limit (`stated`, 0: none), else the checkpoint's.

    It is never more than the encoder has positions. Models with relative positions have no such bound; their
    configuration has the length of their first training. Without any limit, it is `given` tokens; raises
    SummarizerError when that is 0, too.
    """
    encoder: Any = getattr(config, "encoder", None)
    encoder = encoder if hasattr(encoder, "to_dict") else config
    positions = next((int(value) for key in TABLES if (value := getattr(encoder, key, None))), 0)
    trained = (int(getattr(encoder, "n_positions", None) or 0), int(tokenizer.model_max_length))
    shipped = [number for number in trained if 0 < number < BOUNDLESS]
    known = [number for number in (positions, stated or min(shipped, default=0)) if number > 0]
    if not known and not given:
        raise SummarizerError(f"{name}: the checkpoint does not say how many tokens it reads: give max_input_tokens=…")
    return min(known, default=given)


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SummarizerError(f"{file} cannot be read: {error}") from error
    return content if isinstance(content, dict) else {}
