"""Keys and values of documents' encodings in beam search. It needs torch: import it where a model is at work."""

import torch
from transformers import Cache
from transformers import DynamicCache
from transformers import EncoderDecoderCache
from transformers import PreTrainedModel


class SharedEncoderCache(DynamicCache):
    """What the beams of documents see of their encodings.

    All beams of a document see the same, so that nothing has to move when beams change places; moving it would copy
    all of it at each step, which for long documents takes longer than the step itself.
    """

    def reorder_cache(self, beam_idx: torch.LongTensor) -> None:
        """Leave all as it is."""


def beam_search_cache(model: PreTrainedModel) -> Cache:
    """Return a cache for a search by an encoder with a decoder."""
    config = model.config.get_text_config(decoder=True)
    return EncoderDecoderCache(DynamicCache(config=config), SharedEncoderCache(config=config))
