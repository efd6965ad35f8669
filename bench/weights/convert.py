"""GGUF to an ordinary Hugging Face folder: weights restored to float32, tokenizer, chat template, settings."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.errors import WeightsError

OWN = (
    "_model_name_or_path",
    "_name_or_path",
    "transformers_version",
    "quantization_config",
    "is_local",
    "local_files_only",
)
"""Settings that tell of the machine and the program that wrote them, not of the model."""


def gguf_to_folder(gguf: Path, folder: Path) -> None:
    """Convert the causal language model in the file `gguf` into `folder`, which is made.

    The same file gives the same bytes on every machine. Raises WeightsError for a file that cannot be converted.
    """
    folder.mkdir(parents=True)
    try:
        with _quietly():
            _write_tokenizer(gguf, folder)
            _write_model(gguf, folder)
    except (ValueError, RuntimeError, KeyError, NotImplementedError) as error:
        msg = f"{gguf.name} cannot be converted: {(str(error).splitlines() or [type(error).__name__])[0]}"
        raise WeightsError(msg) from error
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        _strip(folder / name)


def _write_tokenizer(gguf: Path, folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if _pre_tokenizer(gguf) == "smollm":
        _split_digits(tokenizer)
    tokenizer.save_pretrained(folder)


def _split_digits(tokenizer: Any) -> None:  # noqa: ANN401 - transformers' class has no public name
    """Let every digit be a word of its own, as SmolLM's tokenizer has it; transformers' reading of GGUF loses that."""
    from tokenizers.pre_tokenizers import Digits
    from tokenizers.pre_tokenizers import Sequence

    inner = tokenizer.backend_tokenizer
    inner.pre_tokenizer = Sequence([Digits(individual_digits=True), inner.pre_tokenizer])


def _pre_tokenizer(gguf: Path) -> str:
    from gguf import GGUFReader

    field = GGUFReader(gguf).get_field("tokenizer.ggml.pre")
    return str(field.contents()) if field else ""


def _write_model(gguf: Path, folder: Path) -> None:
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    tensors = model.state_dict()
    if model.config.tie_word_embeddings:
        tensors.pop("lm_head.weight", None)
    tensors = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)


def _strip(file: Path) -> None:
    settings = json.loads(file.read_text(encoding="utf-8"))
    kept = {key: value for key, value in settings.items() if key not in OWN}
    file.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers' own bars and warnings off stderr, where sumbench shows its progress."""
    from transformers.utils import logging

    level, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
