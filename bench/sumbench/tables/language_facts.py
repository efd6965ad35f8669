"""What is done with texts of a language: words, stems, stop words, and what metrics know of it."""

from dataclasses import dataclass

from sumbench.languages import base
from sumbench.languages import canonical
from sumbench.metrics.support.dates import calendar
from sumbench.metrics.support.names import CAPITALISES_NAMES
from sumbench.metrics.support.numerals import SPELLED
from sumbench.metrics.text.readability import FORMULAS
from sumbench.rouge import RougeError
from sumbench.rouge import WordTokenizer
from sumbench.rouge import language_tokenizer
from sumbench.rouge.languages import BY_DICTIONARY
from sumbench.rouge.languages import WITH_RULES
from sumbench.rouge.languages import dictionary_of
from sumbench.sentences import COUNTED_BY_CHARACTERS
from sumbench.systems import classic

_OF_NO_LANGUAGE = "zxx"


@dataclass(frozen=True)
class LanguageFacts:
    """What is done with texts of the language `code`, as the registries of tokenizers, systems and metrics have it.

    `tokenizer` finds ROUGE's words by default; with `tok=words` the `dictionary` of that name does ("": none is known),
    by `dictionary_tokenizer`, None where it is not installed. `numbers`, `months` and `names` tell whether `support`
    reads numbers and months in words and finds names by their capitals, `flesch` whether `text` has a formula of
    readability. `by_characters`: words are counted by characters.
    """

    code: str
    tokenizer: WordTokenizer
    dictionary: str
    dictionary_tokenizer: WordTokenizer | None
    numbers: bool
    months: bool
    names: bool
    flesch: bool
    by_characters: bool

    @property
    def stems(self) -> bool:
        """Whether the classic systems stem words of this language; asking loads their libraries."""
        return classic.has_stemmer(base(self.code))

    @property
    def stop_words(self) -> int:
        """How many words the classic systems leave out as frequent ones; asking loads their libraries."""
        return classic.usable_stop_words(base(self.code))

    @property
    def unseen(self) -> tuple[str, ...]:
        """What the metric `support` does not look at in this language."""
        kinds = {"numbers in words": self.numbers, "months": self.months, "names": self.names}
        return tuple(kind for kind, seen in kinds.items() if not seen)


def language_facts(code: str) -> LanguageFacts:
    """Return what is done with texts of a language, by its code."""
    plain = base(code)
    dictionary = dictionary_of(code)
    english = calendar(_OF_NO_LANGUAGE)[0]
    return LanguageFacts(
        code,
        language_tokenizer(code),
        dictionary,
        _by_dictionary(code) if dictionary else None,
        plain in SPELLED,
        plain == "en" or len(calendar(plain)[0]) > len(english),
        plain in CAPITALISES_NAMES,
        plain in FORMULAS,
        plain in COUNTED_BY_CHARACTERS,
    )


def _by_dictionary(code: str) -> WordTokenizer | None:
    try:
        return language_tokenizer(code, tok=BY_DICTIONARY)
    except RougeError:
        return None


def known_languages() -> list[str]:
    """Return the canonical codes of the languages for which more is known than Unicode's words, in alphabetical order.

    Those whose letters are read one by one, and that is all, are left out.
    """
    known = {*WITH_RULES, *SPELLED, *CAPITALISES_NAMES, *FORMULAS, *COUNTED_BY_CHARACTERS}
    return sorted(code for code in known if canonical(code) == code)
