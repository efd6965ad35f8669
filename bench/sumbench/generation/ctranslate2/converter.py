"""Converts checkpoints to ctranslate2's format. It imports ctranslate2: import it where a model is converted."""

from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import torch
from ctranslate2.converters import TransformersConverter

from sumbench.errors import BenchError
from sumbench.errors import SummarizerError
from sumbench.generation import checkpoint
from sumbench.generation.checkpoint import Checkpoint
from sumbench.generation.device import Placement

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerBase

NORM_FIRST = {"bart": False, "mbart": True, "pegasus": True}
"""Whether a family normalizes before each layer's work instead of after it.

Older checkpoints say so in their settings, which ctranslate2 reads; transformers 5 neither needs nor writes it.
"""


class Converter(TransformersConverter):  # type: ignore[misc]
    """ctranslate2's own converter, with models and tokenizers from the code that loads them for torch."""

    def __init__(self, name: str, opened: Checkpoint) -> None:
        """Prepare the conversion of a checkpoint for the system `name`."""
        super().__init__(str(opened.folder))
        self._name = name
        self._opened = opened

    def _load(self) -> Any:  # noqa: ANN401 - the converter's own hook
        spec = super()._load()
        if self._opened.config.is_encoder_decoder:
            # The decoder's start token depends on settings and language; it is passed with each document.
            spec.config.decoder_start_token = None
        return spec

    def load_model(self, model_class: Any, _folder: str, **_: object) -> "PreTrainedModel":  # noqa: ANN401
        """Load the model in float32, with the configuration entries that ctranslate2 reads."""
        placement = Placement(torch.device("cpu"), torch.float32)
        model = checkpoint.load_model(self._name, model_class, self._opened.folder, placement)
        complete_config(model)
        return model

    def load_tokenizer(self, _class: Any, _folder: str, **_: object) -> "PreTrainedTokenizerBase":  # noqa: ANN401
        """Return the tokenizer, which is already loaded."""
        return self._opened.tokenizer


def complete_config(model: "PreTrainedModel") -> None:
    """Add to a model's configuration what transformers 5 keeps elsewhere or only in the model's code."""
    config: Any = model.config
    if config.model_type in NORM_FIRST:
        config.normalize_before = NORM_FIRST[config.model_type]
        config.normalize_embedding = hasattr(model.get_encoder(), "layernorm_embedding")
    if config.is_encoder_decoder and getattr(config, "decoder_start_token_id", None) is None:
        config.decoder_start_token_id = config.eos_token_id


def convert(name: str, opened: Checkpoint, compute: str, target: Path) -> None:
    """Convert a checkpoint to the number format `compute`, into the folder `target`.

    Raises SummarizerError for a model that ctranslate2 cannot convert.
    """
    try:
        with checkpoint.silence_transformers():
            Converter(name, opened).convert(str(target), quantization=compute)
    except BenchError:
        raise
    except Exception as error:
        reason = str(error).partition(" (supported")[0].splitlines() or [type(error).__name__]
        msg = f"{name}: ctranslate2 cannot convert a model of the kind {opened.config.model_type!r}: {reason[0]}"
        raise SummarizerError(f"{msg}; leave out backend=ctranslate2") from error
