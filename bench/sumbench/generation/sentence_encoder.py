"""Loads sentence-transformers checkpoints, to which no text is a control token."""

from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.errors import SummarizerError
from sumbench.errors import first_line
from sumbench.generation import checkpoint
from sumbench.generation import control_tokens

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


def load_encoder(name: str, folder: Path, where: "torch.device", *, trusted: bool = False) -> "SentenceTransformer":
    """Load the checkpoint in `folder`; raise SummarizerError, naming who needs it, for one that cannot embed sentences.

    With `trusted`, code that the checkpoint ships may run.
    """
    from sentence_transformers import SentenceTransformer

    try:
        with checkpoint.silence_transformers():
            loaded = SentenceTransformer(
                str(folder),
                device=str(where),
                local_files_only=True,
                trust_remote_code=trusted,
                model_kwargs={"use_safetensors": True},
            )
            _read_plain_text(loaded)
            return loaded
    except Exception as error:
        msg = f"{name}: the model in {folder} cannot be loaded: {first_line(error)}"
        raise SummarizerError(msg) from error


def _read_plain_text(encoder: Any) -> None:  # noqa: ANN401 - its modules declare neither attribute
    """Let an encoder take what looks like its control tokens in a document ("[SEP]") as text."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase

    for module in encoder:
        words = getattr(module, "processor", getattr(module, "tokenizer", None))
        if isinstance(words, PreTrainedTokenizerBase) and words.is_fast:
            module.processor = control_tokens.plain_tokenizer(words)
        elif isinstance(words, Tokenizer):
            words.encode_special_tokens = True
