"""Small random checkpoints with real tokenizers, for tests that run them through the code that loads real ones."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import numpy as np

if TYPE_CHECKING:
    from transformers import LlamaConfig
    from transformers import LlamaForCausalLM
    from transformers import PreTrainedTokenizerFast

TEXT = """The council met on Monday and voted for the bridge by nine to four. It rained all day in the valley, and
the baker gave everyone bread. Work on the bridge begins in May; it will cost 2,150,000 euros. "Who pays?" asked
a farmer. Nobody could say, but the mayor promised an answer before the summer. In 2019 the old bridge was closed."""

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tokenizer(*, template: str | None = TEMPLATE) -> "PreTrainedTokenizerFast":
    """Train a byte-level BPE tokenizer with SmolLM's ways on a few sentences."""
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import models
    from tokenizers import pre_tokenizers
    from tokenizers import trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    inner.decoder = decoders.ByteLevel()
    inner.train_from_iterator(
        [TEXT],
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=list(SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=inner,
        unk_token=SPECIAL[0],
        bos_token=SPECIAL[1],
        eos_token=SPECIAL[2],
        pad_token=SPECIAL[2],
        chat_template=template,
    )


def llama(vocabulary: int, *, context: int = 512) -> "LlamaForCausalLM":
    """Make a random Llama model of two layers."""
    import torch
    from transformers import LlamaConfig
    from transformers import LlamaForCausalLM

    torch.manual_seed(1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=context,
            bos_token_id=1,
            eos_token_id=2,
            pad_token_id=2,
            tie_word_embeddings=True,
            initializer_range=0.5,
        )
    )


def causal(folder: Path, *, template: str | None = TEMPLATE, context: int = 512) -> Path:
    """Save a causal checkpoint with its tokenizer."""
    words = tokenizer(template=template)
    words.save_pretrained(folder)
    llama(len(words), context=context).save_pretrained(folder)
    return folder


def embedding(folder: Path) -> Path:
    """Save a sentence-transformers checkpoint: a random BERT, mean pooling, normalized."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize
    from sentence_transformers.sentence_transformer.modules import Pooling
    from sentence_transformers.sentence_transformer.modules import Transformer
    from transformers import BertConfig
    from transformers import BertModel

    words = tokenizer(template=None)
    torch.manual_seed(1)
    model = BertModel(
        BertConfig(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=128,
        )
    )
    plain = folder.with_name(folder.name + "-bert")
    words.save_pretrained(plain)
    model.save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=64)
    SentenceTransformer(modules=[transformer, Pooling(32), Normalize()], device="cpu").save(str(folder))
    return folder


def gguf(file: Path, *, pre: str = "smollm") -> dict[str, "np.ndarray[Any, Any]"]:
    """Write a random Llama model as a 4-bit GGUF file, as llama.cpp lays it out; return the dequantized weights.

    The weights have transformers' names and its order of rows.
    """
    from gguf import GGMLQuantizationType
    from gguf import GGUFWriter
    from gguf.quants import dequantize
    from gguf.quants import quantize

    words = tokenizer()
    model = llama(len(words))
    config = model.config
    writer = GGUFWriter(str(file), "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads or 0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10_000.0)
    vocabulary = sorted(words.get_vocab().items(), key=lambda item: item[1])
    inner = json.loads(words.backend_tokenizer.to_str())
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([word for word, _ in vocabulary])
    writer.add_token_types([3 if word in SPECIAL else 1 for word, _ in vocabulary])
    writer.add_token_merges([" ".join(merge) for merge in inner["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template(TEMPLATE)
    expected = {}
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        values = tensor.numpy()
        kind = GGMLQuantizationType.Q4_1 if values.ndim == 2 else GGMLQuantizationType.F32
        packed = quantize(_paired(values, name, config), kind)
        writer.add_tensor(_gguf_name(name), packed, raw_dtype=kind)
        expected[name] = dequantize(quantize(values, kind), kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def _paired(values: "np.ndarray[Any, Any]", name: str, config: "LlamaConfig") -> "np.ndarray[Any, Any]":
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])
    if heads is None:
        return values
    halves = values.reshape(heads, 2, len(values) // heads // 2, -1)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(values.shape))


def _gguf_name(name: str) -> str:
    from sumbench.weights.architectures import Llama

    for ours, theirs in Llama.part_names.items():
        if name == f"{theirs}.weight":
            return f"{ours}.weight"
        if name.endswith(f".{theirs}.weight"):
            return f"blk.{name.split('.')[2]}.{ours}.weight"
    raise ValueError(name)


OWN_CODE = """
import os
from pathlib import Path

from transformers import LlamaConfig
from transformers import LlamaForCausalLM

Path(os.environ["CODE_RAN"]).touch()


class HomemadeConfig(LlamaConfig):
    model_type = "homemade"


class HomemadeForCausalLM(LlamaForCausalLM):
    config_class = HomemadeConfig
"""


def homemade(folder: Path) -> Path:
    """Save a causal checkpoint of a kind that transformers does not know, with its own code, which leaves a mark."""
    causal(folder)
    (folder / "modeling_homemade.py").write_text(OWN_CODE)
    file = folder / "config.json"
    classes = {"AutoConfig": "HomemadeConfig", "AutoModelForCausalLM": "HomemadeForCausalLM"}
    named = {auto: f"modeling_homemade.{cls}" for auto, cls in classes.items()}
    file.write_text(json.dumps({**json.loads(file.read_text()), "model_type": "homemade", "auto_map": named}))
    return folder
