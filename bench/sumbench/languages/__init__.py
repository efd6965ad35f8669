"""Languages: one code for each, whatever it is called, and a guess at that of a text.

`canonical` takes a name or any usual code; `guess` takes a text.
"""

from sumbench.languages.codes import ENGLISH
from sumbench.languages.codes import UnknownLanguageError
from sumbench.languages.codes import base
from sumbench.languages.codes import canonical
from sumbench.languages.codes import english_name
from sumbench.languages.guessing import Guess
from sumbench.languages.guessing import contradicts
from sumbench.languages.guessing import guess
from sumbench.languages.guessing import usual

__all__ = [
    "ENGLISH",
    "Guess",
    "UnknownLanguageError",
    "base",
    "canonical",
    "contradicts",
    "english_name",
    "guess",
    "usual",
]
