"""A small random BERT with the marks of BERT, as a sentence-transformers checkpoint."""

from pathlib import Path

from tests.generation.tiny import TEXT

ROOM = 30
"""How many tokens it reads at once beside its marks."""


def save(folder: Path) -> Path:
    """Save it: three layers, mean pooling, normalized; return the folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize
    from sentence_transformers.sentence_transformer.modules import Pooling
    from sentence_transformers.sentence_transformer.modules import Transformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig
    from transformers import BertModel
    from transformers import BertTokenizer

    words = BertWordPieceTokenizer()
    words.train_from_iterator([TEXT, "abcdefghijklmnopqrstuvwxyz"], vocab_size=160, show_progress=False)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=ROOM + 2,
        initializer_range=0.5,
    )
    plain = folder.with_name(f"{folder.name}-bert")
    BertModel(config).save_pretrained(plain)
    BertTokenizer(tokenizer_object=words._tokenizer, model_max_length=ROOM + 2).save_pretrained(plain)
    modules = [Transformer(str(plain), max_seq_length=ROOM + 2), Pooling(16), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    return folder
