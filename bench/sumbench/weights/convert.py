"""Converts a GGUF file to a Hugging Face folder: float32 weights, tokenizer, chat template, settings."""

import json
import re
from pathlib import Path
from typing import Any

from sumbench.errors import WeightsError
from sumbench.weights import vocabularies
from sumbench.weights.architectures import ARCHITECTURES
from sumbench.weights.architectures import Architecture
from sumbench.weights.gguf_file import GGUFFile

BLOCK = re.compile(r"blk\.(\d+)\.(.+)")


def gguf_to_folder(gguf: Path, folder: Path) -> None:
    """Convert the causal language model in the file `gguf` into `folder`, which is created.

    Supported are the models of `architectures` with the tokenizers of `vocabularies`. The same file gives the same
    bytes on every machine. Raises WeightsError for any other file.
    """
    try:
        file = GGUFFile(gguf)
        model = ARCHITECTURES[file.require("general.architecture", ARCHITECTURES)](file)
        folder.mkdir(parents=True)
        _write_settings(model, folder)
        _write_tokenizer(model, folder)
        _write_weights(model, folder)
    except (ValueError, KeyError, IndexError) as error:
        msg = f"{gguf.name} cannot be converted: {error.args[0] if error.args else type(error).__name__}"
        raise WeightsError(msg) from error


def _write_settings(model: Architecture, folder: Path) -> None:
    special = {
        "bos_token_id": model.file["tokenizer.ggml.bos_token_id"],
        "eos_token_id": model.file["tokenizer.ggml.eos_token_id"],
        "pad_token_id": model.file.get("tokenizer.ggml.padding_token_id"),
    }
    _write_json(folder / "config.json", {**model.config(), **special})
    _write_json(folder / "generation_config.json", special)


def _write_tokenizer(model: Architecture, folder: Path) -> None:
    vocabularies.save_tokenizer(model.file, folder)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "clean_up_tokenization_spaces": False,
            "model_max_length": model.setting("context_length"),
            "tokenizer_class": "PreTrainedTokenizerFast",
            **vocabularies.special_tokens(model.file),
        },
    )
    if template := model.file.get("tokenizer.chat_template"):
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")


def _write_weights(model: Architecture, folder: Path) -> None:
    from safetensors.numpy import save_file

    tensors = {}
    for path, tensor in model.file.tensors():
        block = BLOCK.fullmatch(path)
        part, _, kind = (block[2] if block else path).rpartition(".")
        if part not in model.part_names:
            msg = f"tensor {path} has no place in a {type(model).__name__} model"
            raise ValueError(msg)
        prefix = f"model.layers.{block[1]}." if block else ""
        tensors[f"{prefix}{model.part_names[part]}.{kind}"] = model.to_transformers(part, tensor)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _write_json(file: Path, settings: dict[str, Any]) -> None:
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
