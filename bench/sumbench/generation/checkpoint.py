"""Loads tokenizers, configurations and models from Hugging Face folders; runs their code only if trusted."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from sumbench.errors import SummarizerError
from sumbench.errors import first_line
from sumbench.weights import code

if TYPE_CHECKING:
    from transformers import GenerationConfig
    from transformers import PreTrainedConfig
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerBase
    from transformers.models.auto.auto_factory import _BaseAutoModelClass

    from sumbench.generation.device import Placement

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "vocab.txt",
    "tekken.json",
)


class Checkpoint(NamedTuple):
    """A checkpoint whose weights are still to be loaded: its folder, tokenizer and configuration."""

    folder: Path
    tokenizer: "PreTrainedTokenizerBase"
    config: "PreTrainedConfig"


def needs_own_code(folder: Path) -> bool:
    """Tell whether the checkpoint in `folder` ships code for a model that transformers does not have."""
    from transformers import CONFIG_MAPPING

    return bool(code.code_files(folder)) and code.model_type(folder) not in CONFIG_MAPPING


def load_tokenizer(name: str, folder: Path, *, trusted: bool = False) -> "PreTrainedTokenizerBase":
    """Load the tokenizer in `folder`; raise SummarizerError where there is none that can be used.

    With `trusted`, code that the checkpoint ships may run; so in the other functions.
    """
    if not any((folder / file).is_file() for file in TOKENIZER_FILES):
        msg = f"{name}: the checkpoint {folder} has no tokenizer"
        raise SummarizerError(msg)
    from transformers import AutoTokenizer

    try:
        loaded = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=trusted)
    except Exception as error:
        raise SummarizerError(_unusable(name, "tokenizer", folder, error)) from error
    if not loaded.is_fast:
        msg = f"{name}: the tokenizer in {folder} does not tell where its tokens lie in the text (no fast tokenizer)"
        raise SummarizerError(msg)
    return cast("PreTrainedTokenizerBase", loaded)


def load_model(  # noqa: PLR0913 - what a model is loaded by
    name: str,
    auto: "type[_BaseAutoModelClass]",
    folder: Path,
    placement: "Placement",
    *,
    trusted: bool = False,
    unneeded: str = "",
    use: str = "system",
) -> "PreTrainedModel":
    """Load the model in `folder` with the transformers class `auto`, in evaluation mode, at its `placement`.

    Raises SummarizerError where that fails, also where the checkpoint lacks weights that the class needs: it was
    trained for another task. Weights whose names begin with `unneeded`, where it is given, may lack. `use` is what the
    model is for, in errors.
    """
    try:
        with silence_transformers():
            loaded, report = auto.from_pretrained(
                folder,
                dtype=placement.dtype,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=trusted,
                **({} if placement.spread is None else {"device_map": placement.spread}),
                output_loading_info=True,
            )
    except Exception as error:
        raise SummarizerError(_unusable(name, "model", folder, error)) from error
    needed = (key for key in report["missing_keys"] if not unneeded or not key.startswith(unneeded))
    if missing := sorted(needed):
        msg = f"{name}: the checkpoint {folder} is no model for this {use}: it has no {missing[0]}"
        raise SummarizerError(msg)
    return cast("PreTrainedModel", (loaded if placement.spread else loaded.to(placement.device)).eval())


def load_config(name: str, folder: Path, *, trusted: bool = False) -> "PreTrainedConfig":
    """Load the model's configuration in `folder`; raise SummarizerError where there is none that can be used."""
    from transformers import AutoConfig

    try:
        with silence_transformers():
            loaded = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=trusted)
    except Exception as error:
        raise SummarizerError(_unusable(name, "model", folder, error)) from error
    return cast("PreTrainedConfig", loaded)


def load_generation_config(folder: Path, config: "PreTrainedConfig") -> "GenerationConfig":
    """Return the generation settings that the checkpoint in `folder` ships, else those of its configuration."""
    from transformers import GenerationConfig

    if (folder / "generation_config.json").is_file():
        return GenerationConfig.from_pretrained(folder, local_files_only=True)
    return GenerationConfig.from_model_config(config)


def context_length(config: "PreTrainedConfig", tokenizer: "PreTrainedTokenizerBase") -> int:
    """Return how many tokens the model can attend to; where its configuration has no limit, the tokenizer's."""
    own = getattr(config.get_text_config(), "max_position_embeddings", None)
    return int(own or tokenizer.model_max_length)


@contextmanager
def silence_transformers() -> Iterator[None]:
    """Keep transformers' bars and warnings off stderr."""
    from transformers.utils import logging as reports

    level, bars = reports.get_verbosity(), reports.is_progress_bar_enabled()
    reports.set_verbosity(logging.ERROR)
    reports.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        reports.set_verbosity(level)
        if bars:
            reports.enable_progress_bar()  # type: ignore[no-untyped-call]


def _unusable(name: str, what: str, folder: Path, error: Exception) -> str:
    return f"{name}: the {what} in {folder} cannot be loaded: {first_line(error)}"
