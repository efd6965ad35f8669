"""Signatures: the settings of a ROUGE figure in one line (the idea is sacrebleu's)."""

from dataclasses import dataclass
from typing import Final
from typing import Self

from sumbench.rouge.errors import RougeError
from sumbench.rouge.tokens import Tokenizer
from sumbench.rouge.tokens import WordTokenizer
from sumbench.rouge.variants import ROUGE_L

VERSION: Final = "1.0.0"
"""Version of this package's figures: it changes when any setting's figures do."""

_SHORT_KEYS: Final = {"stem": "s", "refs": "r", "sent": "n", "tok": "t", "agg": "a", "v": "v"}
_RESERVED: Final = "|:,"


def sentence_splitting(rouge_type: str, *, split_summaries: bool = False) -> str:
    """Return how the sentences of a variant are found: `newline`, `punkt`, or `none` for rougeL, which has none."""
    return "none" if rouge_type == ROUGE_L else "punkt" if split_summaries else "newline"


@dataclass(frozen=True, slots=True)
class Signature:
    """The settings of a ROUGE figure; figures are comparable if their signatures are equal.

    `rouge_type` is the variant and `value` what is reported of it: f1, precision or recall. The others are the names
    of the stemmer, of the handling of several references, of the sentence splitting, of the tokenizer and
    of the average over documents. `options` are further settings, such as a preset's length limit, as name and value.

    `str(signature)` is the long form, such as
    `rouge1|f1|stem:porter-nltk|refs:jackknife|sent:newline|tok:ascii|agg:mean|v:1.0.0`.
    """

    rouge_type: str
    value: str = "f1"
    stem: str = "porter-nltk"
    refs: str = "jackknife"
    sent: str = "newline"
    tok: str = "ascii"
    agg: str = "mean"
    version: str = VERSION
    options: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse settings that could not be read back.

        Raises:
            RougeError: If a setting is empty or holds `|`, `:` or a comma, or an option has another setting's name.
        """
        keys = {*_SHORT_KEYS, *_SHORT_KEYS.values()}
        for key, setting in (("type", self.rouge_type), ("value", self.value), *self.settings()):
            if not key or not setting or any(character in _RESERVED for character in key + setting):
                msg = f"signature: {key!r} cannot be {setting!r}: it is empty or holds one of {_RESERVED!r}"
                raise RougeError(msg)
        for key, _ in self.options:
            if key in keys:
                msg = f"signature: the option {key!r} has the name of a setting"
                raise RougeError(msg)

    def __str__(self) -> str:
        """Return the long form."""
        return "|".join([self.rouge_type, self.value, *(f"{key}:{setting}" for key, setting in self.settings())])

    def settings(self) -> list[tuple[str, str]]:
        """Return name and value of all settings but the variant and the value, in the long form's order."""
        named = [("stem", self.stem), ("refs", self.refs), ("sent", self.sent), ("tok", self.tok), ("agg", self.agg)]
        return [*named, *self.options, ("v", self.version)]

    def short(self) -> str:
        """Return the short form, such as `R1|f1|s:porter-nltk|r:jackknife|n:newline|t:ascii|a:mean|v:1.0.0`."""
        rouge_type = self.rouge_type.replace("rouge", "R", 1)
        settings = (f"{_SHORT_KEYS.get(key, key)}:{setting}" for key, setting in self.settings())
        return "|".join([rouge_type, self.value, *settings])

    @classmethod
    def of(
        cls, rouge_type: str, tokenizer: Tokenizer, *, refs: str = "jackknife", split_summaries: bool = False
    ) -> Self:
        """Return the signature of a mean F1 made with this tokenizer; one that is not of this package is `custom`."""
        named = (tokenizer.stemmer, tokenizer.tok) if isinstance(tokenizer, WordTokenizer) else ("custom", "custom")
        sent = sentence_splitting(rouge_type, split_summaries=split_summaries)
        return cls(rouge_type, stem=named[0], refs=refs, sent=sent, tok=named[1])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a signature in the long or the short form.

        Raises:
            RougeError: If `text` is no signature, or lacks or repeats a setting.
        """
        rouge_type, _, rest = text.partition("|")
        value, _, rest = rest.partition("|")
        if rouge_type.startswith("R"):
            rouge_type = f"rouge{rouge_type[1:]}"
        long_keys = {short: key for key, short in _SHORT_KEYS.items()}
        pairs = [(long_keys.get(key, key), setting) for key, _, setting in (p.partition(":") for p in rest.split("|"))]
        settings = dict(pairs)
        missing = [key for key in _SHORT_KEYS if key not in settings]
        if missing or len(settings) < len(pairs):
            fault = f"it lacks {', '.join(missing)}" if missing else "it repeats a setting"
            msg = f"not a signature: {text!r}: {fault}"
            raise RougeError(msg)
        options = tuple(pair for pair in pairs if pair[0] not in _SHORT_KEYS)
        version = settings["v"]
        known = {key: settings[key] for key in _SHORT_KEYS if key != "v"}
        return cls(rouge_type, value, **known, version=version, options=options)

    def differences(self, other: "Signature") -> list[str]:
        """Return one phrase for each setting that differs, such as `refs: jackknife or max`; none if comparable."""
        mine = {"type": self.rouge_type, "value": self.value, **dict(self.settings())}
        theirs = {"type": other.rouge_type, "value": other.value, **dict(other.settings())}
        keys = [*mine, *(key for key in theirs if key not in mine)]
        return [
            f"{key}: {mine.get(key, 'none')} or {theirs.get(key, 'none')}"
            for key in keys
            if mine.get(key) != theirs.get(key)
        ]
