"""Limits what is sent to a server of a long document, by its model's tokenizer or an estimate of tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.errors import SummarizerError
from sumbench.generation import long
from sumbench.generation.long import Dialogue
from sumbench.generation.long import DialogueResult

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER_FILE = "tokenizer.json"

_ESTIMATE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[A-Za-z0-9]{1,4}|\w{1,2}|[^\w\s]")
"""Pieces of text about as long as a token, rather shorter: a sign or a character of a script without spaces, up to four
letters of Latin script and two of others. English has about four characters a token, other languages fewer."""


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has for a model that is not known, rather too many than too few."""
    return sum(1 for _ in _ESTIMATE.finditer(text))


def load_tokenizer_file(name: str, folder: Path) -> "Tokenizer":
    """Load the tokenizer.json in `folder`; raise SummarizerError, which names the system `name`, where that fails."""
    from tokenizers import Tokenizer

    try:
        loaded = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    except Exception as error:  # noqa: BLE001 - the library knows no narrower one
        raise SummarizerError(f"{name}: {folder / TOKENIZER_FILE} is no tokenizer that can be used: {error}") from None
    loaded.no_truncation()
    loaded.no_padding()
    # Control tokens in a document are text.
    loaded.encode_special_tokens = True
    return loaded


@dataclass(frozen=True)
class EndpointInput:
    """The input of a served model: documents longer than `limit` tokens (0: no limit) are cut by a strategy of `long`.

    Without a `tokenizer`, tokens are estimated, rather too many than too few.
    """

    strategy: str
    limit: int
    tokenizer: "Tokenizer | None" = None

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""
        if self.tokenizer is None:
            return [piece.span() for piece in _ESTIMATE.finditer(text)]
        return [span for span in self.tokenizer.encode(text, add_special_tokens=False).offsets if span[1] > span[0]]

    def fits(self, text: str) -> bool:
        """Tell whether a text is within the limit."""
        return len(self.spans(text)) <= self.limit

    def dialogue(self, text: str, language: str) -> Dialogue:
        """Return the dialogue about a document's text."""
        return (
            long.start_dialogue(self.strategy, self, text, self.limit, language)
            if self.limit
            else _send_whole_text(text)
        )


def _send_whole_text(text: str) -> Dialogue:
    """Send the whole text; only the server knows how many tokens it has."""
    (summary,) = yield [text]
    return DialogueResult(summary, 0, 0)
