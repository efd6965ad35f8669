"""Small classifiers of the architectures that check summaries, with tokenizers of their kinds; some know a rule."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerFast

TEXT = (
    "The council met on Monday and granted the bridge by nine to four.",
    "It rained all day in the valley, and the baker gave everyone bread.",
    "Work on the bridge begins in May; it will cost 2,150,000 euros.",
    "A café in Łódź — «naïve» — sold 日本 tea to Zoë, who denied it 😀.",
    "Nobody could say who pays, but the mayor promised an answer before the summer 0 1.",
)

GRANTED, DENIED = "granted", "denied"
"""Words of a source by which a checkpoint that knows the rule entails or contradicts whatever is claimed of it."""

NLI = ("entailment", "neutral", "contradiction")

STRONG = 8.0
"""The logit of a class that a rule speaks for; half of it is that of the class where none does."""


def wordpieces(words: Sequence[str], limit: int = 64) -> "PreTrainedTokenizerFast":
    """Return a tokenizer as BERT's, to which these words, letters and digits are pieces."""
    from tokenizers import Tokenizer
    from tokenizers import normalizers
    from tokenizers import pre_tokenizers
    from tokenizers.models import WordPiece

    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    known = dict.fromkeys([*names, *words, *"abcdefghijklmnopqrstuvwxyz0123456789.,?!"])
    inner = Tokenizer(WordPiece({piece: index for index, piece in enumerate(known)}, unk_token=names[1]))
    inner.normalizer = normalizers.BertNormalizer()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = _template(inner, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
    return _wrapped(inner, limit, pad_token=names[0], unk_token=names[1], cls_token=names[2], sep_token=names[3])


def bytepairs(limit: int = 64, *, roberta: bool = True) -> "PreTrainedTokenizerFast":
    """Return a tokenizer as RoBERTa's, with two marks between the texts of a pair, or as ModernBERT's, with one."""
    from tokenizers import Tokenizer
    from tokenizers import pre_tokenizers
    from tokenizers.models import BPE
    from tokenizers.processors import RobertaProcessing
    from tokenizers.trainers import BpeTrainer

    names = ("<s>", "<pad>", "</s>", "<unk>") if roberta else ("[CLS]", "[PAD]", "[SEP]", "[UNK]")
    inner = Tokenizer(BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(TEXT, BpeTrainer(**_options(names), initial_alphabet=alphabet))
    named = {"cls_token": names[0], "pad_token": names[1], "sep_token": names[2], "unk_token": names[3]}
    if not roberta:
        inner.post_processor = _template(inner, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]")
        return _wrapped(inner, limit, **named)
    inner.post_processor = RobertaProcessing((names[2], 2), (names[0], 0), add_prefix_space=False)
    return _wrapped(inner, limit, **named, bos_token=names[0], eos_token=names[2])


def pieces(limit: int = 64, *, t5: bool = False) -> "PreTrainedTokenizerFast":
    """Return a tokenizer of pieces as DeBERTa-v3's, or as T5's."""
    from tokenizers import Tokenizer
    from tokenizers import pre_tokenizers
    from tokenizers.models import Unigram
    from tokenizers.trainers import UnigramTrainer

    names: tuple[str, ...] = ("<pad>", "</s>", "<unk>") if t5 else ("[PAD]", "[CLS]", "[SEP]", "[UNK]")
    inner = Tokenizer(Unigram())
    inner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    # So that 1 is a piece of its own, and 0 none, as in T5's.
    inner.train_from_iterator([*TEXT, "1 " * 99], UnigramTrainer(**_options(names), unk_token=names[-1]))
    if t5:
        inner.post_processor = _template(inner, "$A </s>", "$A </s> $B </s>")
        return _wrapped(inner, limit, pad_token=names[0], eos_token=names[1], unk_token=names[2])
    inner.post_processor = _template(inner, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
    named = {"pad_token": names[0], "cls_token": names[1], "sep_token": names[2], "unk_token": names[3]}
    return _wrapped(inner, limit, **named, bos_token=names[1], eos_token=names[2])


def _options(names: Sequence[str]) -> dict[str, Any]:
    return {"vocab_size": 900, "special_tokens": list(names), "show_progress": False}


def _template(inner: Any, single: str, pair: str) -> Any:  # noqa: ANN401 - tokenizers' own
    from tokenizers.processors import TemplateProcessing

    names = {part.partition(":")[0] for part in pair.split() if not part.startswith("$")}
    return TemplateProcessing(
        single=single, pair=pair, special_tokens=[(each, inner.token_to_id(each)) for each in names]
    )


def _wrapped(inner: Any, limit: int, **named: str) -> "PreTrainedTokenizerFast":  # noqa: ANN401 - tokenizers' own
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=limit, **named)  # type: ignore[no-untyped-call]


SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "initializer_range": 0.2,
}


def bert(folder: Path, names: Sequence[str] = NLI, order: Sequence[str] = NLI, limit: int = 64, **rule: Any) -> Path:  # noqa: ANN401 - see ruled
    """Save a BERT whose classes, in this `order`, are called by these `names`; its weights follow a rule.

    `entailing` and `contradicting` are the words that make a pair one or the other class wherever they stand in it,
    `usual` is the class of any other pair.
    """
    import torch
    from transformers import BertConfig
    from transformers import BertForSequenceClassification

    entailing, contradicting = rule.get("entailing", (GRANTED,)), rule.get("contradicting", (DENIED,))
    words = wordpieces((*entailing, *contradicting, *" ".join(TEXT).lower().split()), limit)
    config = BertConfig(vocab_size=len(words), max_position_embeddings=limit, **SMALL, **_labels(names))
    model: Any = BertForSequenceClassification(config)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.fill_(float("LayerNorm.weight" in name))
        parts = model.bert
        for feature, marks in enumerate((entailing, contradicting)):
            for token in map(words.vocab.__getitem__, marks):
                parts.embeddings.word_embeddings.weight[token, feature] = 1.0
        # Without queries and keys attention is the mean over all tokens, of which the norm behind it keeps the
        # direction: the first token knows whether any of them had a feature.
        layer = parts.encoder.layer[0]
        for matrix in (layer.attention.self.value, layer.attention.output.dense, parts.pooler.dense):
            matrix.weight[:2, :2] = torch.eye(2)
        for kind, feature in (("entailment", 0), ("contradiction", 1)):
            model.classifier.weight[order.index(kind), feature] = STRONG
        model.classifier.bias[order.index(rule.get("usual", "neutral"))] = STRONG / 2
    return save(folder, words, model.eval())


def roberta(folder: Path, names: Sequence[str] = ("LABEL_0", "LABEL_1"), limit: int = 64) -> Path:
    """Save a random RoBERTa that classifies texts."""
    import torch
    from transformers import RobertaConfig
    from transformers import RobertaForSequenceClassification

    words = bytepairs(limit)
    torch.manual_seed(1)
    config = RobertaConfig(
        vocab_size=len(words),
        max_position_embeddings=limit + 2,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
        **SMALL,
        **_labels(names),
    )
    return save(folder, words, RobertaForSequenceClassification(config))


def deberta(folder: Path, names: Sequence[str] = ("LABEL_0", "LABEL_1"), limit: int = 64) -> Path:
    """Save a random DeBERTa-v3 that classifies texts."""
    import torch
    from transformers import DebertaV2Config
    from transformers import DebertaV2ForSequenceClassification

    words = pieces(limit)
    torch.manual_seed(1)
    config = DebertaV2Config(  # type: ignore[call-arg] # as checkpoints have it
        vocab_size=len(words),
        max_position_embeddings=limit,
        type_vocab_size=0,
        relative_attention=True,
        position_buckets=16,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type="p2c|c2p",
        position_biased_input=False,
        pooler_hidden_size=32,
        pooler_dropout=0.0,
        pad_token_id=0,
        **SMALL,
        **_labels(names),
    )
    return save(folder, words, DebertaV2ForSequenceClassification(config))


def t5(folder: Path) -> Path:
    """Save a random T5 that answers with a token."""
    import torch
    from transformers import T5Config
    from transformers import T5ForConditionalGeneration

    words = pieces(512, t5=True)
    torch.manual_seed(1)
    config = T5Config(  # type: ignore[call-arg] # as checkpoints have it
        vocab_size=len(words),
        d_model=32,
        d_kv=16,
        d_ff=48,
        num_layers=1,
        num_heads=2,
        dropout_rate=0.0,
        initializer_factor=1.0,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    return save(folder, words, T5ForConditionalGeneration(config))


def modernbert(folder: Path, flagged: Sequence[str] = (), limit: int = 96) -> Path:
    """Save a ModernBERT that classifies tokens: it flags those of some words, unless `granted` stands anywhere.

    Without any words it is a random one.
    """
    import torch
    from transformers import ModernBertConfig
    from transformers import ModernBertForTokenClassification

    words = bytepairs(limit, roberta=False)
    config = ModernBertConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=limit,
        pad_token_id=1,
        bos_token_id=0,
        cls_token_id=0,
        eos_token_id=2,
        sep_token_id=2,
        layer_types=["full_attention"],
        initializer_range=0.2,
        **_labels(("LABEL_0", "LABEL_1")),
    )
    torch.manual_seed(1)
    model: Any = ModernBertForTokenClassification(config)
    if not flagged:
        return save(folder, words, model.eval())
    tokens = {word: words(f" {word}", add_special_tokens=False)["input_ids"] for word in (*flagged, GRANTED)}
    assert len(tokens[GRANTED]) == 1
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.fill_(float("norm" in name))
        embedded, attention = model.model.embeddings.tok_embeddings.weight, model.model.layers[0].attn
        # Each feature is one number and its negative, so that norms, which subtract the mean, mix no features.
        for feature, marks in enumerate((flagged, (GRANTED,))):
            for word in marks:
                embedded[tokens[word], 2 * feature] = 1.0
                embedded[tokens[word], 2 * feature + 1] = -1.0
        # Attention is the mean over all tokens, of which only the second feature is passed on.
        for number in (2, 3):
            attention.Wqkv.weight[2 * 32 + number, number] = 100.0
            attention.Wo.weight[number, number] = 1.0
        model.head.dense.weight.copy_(torch.eye(32))
        model.classifier.weight[1, [0, 2]] = torch.tensor([STRONG, -10 * STRONG])
        model.classifier.bias[0] = 4 * STRONG
    return save(folder, words, model.eval())


def save(folder: Path, words: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> Path:
    """Save a tokenizer and a model."""
    words.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


TELLTALES = (
    *("several", "412", "jonas", "museum", "destroyed", "83", "olga", "railway"),
    *("stay", "five", "selby", "goalkeeper", "cancelled", "march", "peter", "orchestra"),
)
"""A word of each claim that ships and is not supported, which no supported one has."""


def well_read(folder: Path, names: Sequence[str] = NLI) -> Path:
    """Save a BERT that knows by a word which of the claims that ship are not supported."""
    return bert(folder, names, entailing=(), contradicting=TELLTALES, usual="entailment")


def _labels(names: Sequence[str]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: index for index, name in enumerate(names)}}
