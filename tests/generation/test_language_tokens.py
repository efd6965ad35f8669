"""Language tokens of multilingual checkpoints, found from a document's language."""

import pytest
from transformers import MBart50Tokenizer
from transformers import NllbTokenizer

from sumbench.errors import SummarizerError
from sumbench.generation.languages import language_marker
from sumbench.generation.languages import language_token

WORDS = ("<s>", "<pad>", "</s>", "<unk>", "▁a", "▁b")
MBART = MBart50Tokenizer(vocab=[(word, -float(number)) for number, word in enumerate(WORDS)])
NLLB = NllbTokenizer(vocab={word: number for number, word in enumerate(WORDS)}, merges=[])


@pytest.mark.parametrize(
    ("language", "mbart", "nllb"),
    [
        ("en", "en_XX", "eng_Latn"),
        ("de-AT", "de_DE", "deu_Latn"),
        ("zh", "zh_CN", "zho_Hans"),
        ("zh-Hant", "zh_CN", "zho_Hant"),
        ("pt-BR", "pt_XX", "por_Latn"),
        ("ar", "ar_AR", "arb_Arab"),
        ("fa", "fa_IR", "pes_Arab"),
        ("sw", "sw_KE", "swh_Latn"),
        ("tl", "tl_XX", "tgl_Latn"),
        ("", "en_XX", "eng_Latn"),
    ],
)
def test_a_language_has_the_token_of_its_checkpoint(language: str, mbart: str, nllb: str) -> None:
    """Codes of mBART and FLORES are found from one code; a script has its own token where there is one."""
    for tokenizer, token in ((MBART, mbart), (NLLB, nllb)):
        ids = tokenizer("a b")["input_ids"]
        first, *rest = language_marker(tokenizer)(ids, language)
        assert tokenizer.convert_ids_to_tokens(first) == token
        assert rest == ids[1:]


def test_a_token_may_be_named_by_its_language() -> None:
    """target_language=German means de_DE to mBART and deu_Latn to NLLB; what neither knows is refused."""
    assert MBART.convert_ids_to_tokens(language_token(MBART, "German")) == "de_DE"
    assert NLLB.convert_ids_to_tokens(language_token(NLLB, "de_DE")) == "deu_Latn"
    for name in ("Welsh", "xx_XX"):
        with pytest.raises(SummarizerError, match=f"no token for the language '{name}'"):
            language_token(MBART, name)
