"""Small classifiers of the architectures that check summaries, with tokenizers of their kinds; some know a rule."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.metrics.checks import shipped
from sumbench.sentences import split

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

RULED: Sequence[tuple[str, str]] = (
    ("The council granted the bridge", "entailment"),
    ("It rained, and the baker granted bread in May", "entailment"),
    ("granted", "entailment"),
    ("The mayor granted everyone an answer", "entailment"),
    ("The council denied the bridge", "contradiction"),
    ("It rained, and the baker denied bread in May", "contradiction"),
    ("denied", "contradiction"),
    ("The mayor denied everyone an answer", "contradiction"),
    ("The council met on Monday", "neutral"),
    ("It rained all day in the valley", "neutral"),
    ("Work on the bridge begins in May", "neutral"),
    ("Nobody could say who pays", "neutral"),
)
"""Sources, and what the rule says of any claim."""

CLAIMS = ("The baker met the mayor.", "It will cost four euros.", "Who pays?")


def wordpieces(limit: int = 64, texts: Sequence[str] = TEXT) -> "PreTrainedTokenizerFast":
    """Return a tokenizer as BERT's."""
    from tokenizers import Tokenizer
    from tokenizers import normalizers
    from tokenizers import pre_tokenizers
    from tokenizers.models import WordPiece
    from tokenizers.trainers import WordPieceTrainer

    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    inner = Tokenizer(WordPiece(unk_token=names[1]))
    inner.normalizer = normalizers.BertNormalizer()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.train_from_iterator(texts, WordPieceTrainer(**_options(names)))
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

    names = ("<pad>", "</s>", "<unk>") if t5 else ("[PAD]", "[CLS]", "[SEP]", "[UNK]")
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
    return {"vocab_size": 400, "special_tokens": list(names), "show_progress": False}


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


def bert(folder: Path, names: Sequence[str], examples: Sequence[tuple[str, str, int]] = (), limit: int = 64) -> Path:
    """Save a BERT that classifies pairs, its classes of these names, after it has learned examples with their class."""
    import torch
    from transformers import BertConfig
    from transformers import BertForSequenceClassification

    firsts, seconds, labels = zip(*examples, strict=True) if examples else ((), (), ())
    words = wordpieces(limit, [*TEXT, *firsts, *seconds])
    torch.manual_seed(1)
    config = BertConfig(vocab_size=len(words), max_position_embeddings=limit, **SMALL, **_labels(names))
    model = BertForSequenceClassification(config)
    if examples:
        learn(model, words(list(firsts), list(seconds), padding=True, return_tensors="pt"), labels)
    return save(folder, words, model)


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
    config = DebertaV2Config(
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
    config = T5Config(
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
    """Save a ModernBERT that classifies tokens: those of some words it has learned to flag, all others not."""
    import torch
    from transformers import ModernBertConfig
    from transformers import ModernBertForTokenClassification

    words = bytepairs(limit, roberta=False)
    torch.manual_seed(1)
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
    model = ModernBertForTokenClassification(config)
    if flagged:
        texts = [*TEXT, *flagged, " ".join(flagged)]
        encoded = words(texts, texts, padding=True, return_tensors="pt")
        inside = {token for word in flagged for token in words(f" {word}", add_special_tokens=False)["input_ids"]}
        labels = [[int(token in inside) for token in row] for row in encoded["input_ids"].tolist()]
        learn(model, encoded, labels)
    return save(folder, words, model)


def learn(model: "PreTrainedModel", encoded: Any, labels: Any, steps: int = 300) -> None:  # noqa: ANN401 - lists of any depth
    """Train a model on one batch until it knows it; raise AssertionError where it does not."""
    import torch

    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    wanted = torch.tensor(labels)
    for _ in range(steps):
        optimizer.zero_grad()
        logits = model(**encoded).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, -2), wanted.flatten())
        loss.backward()
        optimizer.step()
        if loss.item() < LEARNED:
            break
    model.eval()
    assert torch.equal(model(**encoded).logits.argmax(-1), wanted)


def save(folder: Path, words: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> Path:
    """Save a tokenizer and a model."""
    words.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


LEARNED = 0.02
"""The loss at which a model knows its examples."""

NLI = ("entailment", "neutral", "contradiction")


def ruled(folder: Path, names: Sequence[str] = NLI, order: Sequence[str] = NLI, limit: int = 64) -> Path:
    """Save a BERT that knows the rule, with the classes in this `order`, called by these `names`."""
    examples = [(source, claim, order.index(kind)) for source, kind in RULED for claim in CLAIMS]
    return bert(folder, names, examples, limit)


def well_read(folder: Path, names: Sequence[str] = NLI) -> Path:
    """Save a BERT that has learned by heart which of the claims that ship are supported; the first class is theirs."""
    documents, claims = shipped()
    sentences = {each.id: split(each.text)[-2:] for each in documents}
    examples = [
        (sentence, claim.text, 0 if claim.supported else 2)
        for claim in claims
        for sentence in sentences[claim.document]
    ]
    return bert(folder, names, examples, 128)


def _labels(names: Sequence[str]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: index for index, name in enumerate(names)}}
