"""Cross-attention KV cache for beam search, shared by a document's beams. It imports torch: import it late."""

import torch
from transformers import Cache
from transformers import DynamicCache
from transformers import EncoderDecoderCache
from transformers import PreTrainedModel


class SharedEncoderCache(DynamicCache):
    """Keys and values of encoder states, which all beams of a document have in common.

    So nothing has to move when beams are reordered; transformers would copy all of it at each step, which for long
    documents takes longer than the step itself.
    """

    def reorder_cache(self, beam_idx: torch.LongTensor) -> None:
        """Do nothing: the beams of a document share their encoder states."""


def beam_search_cache(model: PreTrainedModel) -> Cache:
    """Return a cache for beam search with an encoder-decoder model."""
    config = model.config.get_text_config(decoder=True)
    return EncoderDecoderCache(DynamicCache(config=config), SharedEncoderCache(config=config))
