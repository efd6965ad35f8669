"""Architectures of small instruct models, with random weights: what is decoded here is what transformers writes."""

from typing import Any

import numpy as np
import pytest

from sumbench.generation import decoding
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue

MOST = 10
WINDOW = {"sliding_window": 8}
COMMON: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "initializer_range": 0.6,
}
GROUPED = {**COMMON, "num_key_value_heads": 2, "intermediate_size": 48}
KINDS: dict[str, dict[str, Any]] = {
    "Cohere": GROUPED,
    "Falcon": COMMON,
    "Gemma2": {**GROUPED, **WINDOW, "head_dim": 8, "query_pre_attn_scalar": 8},
    "GPTNeoX": {**COMMON, "intermediate_size": 48},
    "Granite": GROUPED,
    "Mistral": {**GROUPED, **WINDOW},
    "OPT": {**COMMON, "ffn_dim": 48, "word_embed_proj_dim": 32, "init_std": 0.6},
    "Olmo2": GROUPED,
    "Phi3": GROUPED,
    "Qwen2": {**GROUPED, **WINDOW, "use_sliding_window": True, "max_window_layers": 1},
    "Qwen3": {**GROUPED, "head_dim": 8},
    "SmolLM3": GROUPED,
}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_decoded_as_transformers_decodes_each(kind: str) -> None:
    """Prompts of all lengths, beyond windows and below, four at a time."""
    import torch
    import transformers

    torch.manual_seed(1)
    config = getattr(transformers, f"{kind}Config")(**KINDS[kind])
    model: Any = getattr(transformers, f"{kind}ForCausalLM")(config).eval()
    assert decoding.supports_batched_decoding(model)
    rng = np.random.default_rng(4)
    asked = [GenerationRequest(rng.integers(10, 290, length).tolist(), "en") for length in (60, 41, 40, 33, 32, 9, 5)]
    rows = decoding.decode(model, RequestIntake(RequestQueue(asked), 4), MOST, lambda *_: False)
    made = {row.request: row.written for row in rows}
    for request in asked:
        ids = torch.tensor([request.ids])
        output = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=MOST)
        assert made[request] == output[0, ids.shape[1] :].tolist()


def test_states_that_recur_are_left_to_transformers() -> None:
    """A model that keeps no keys and values is not decoded here."""
    import transformers

    config = transformers.MambaConfig(vocab_size=300, hidden_size=32, num_hidden_layers=2)
    assert not decoding.supports_batched_decoding(transformers.MambaForCausalLM(config))
