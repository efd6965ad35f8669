"""What BLEU and chrF share: sacrebleu's signatures in ours, and the two ways with several references."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Final
from typing import Literal

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Signature

Handling = Literal["sacrebleu", "jackknife"]

JACKKNIFE: Final = "jackknife"


def one_segment(text: str) -> str:
    """Return a text as sacrebleu reads one from a file: its sentences on one line."""
    return text.replace("\n", " ")


def signature(name: str, theirs: "Signature", handling: str) -> str:
    """Return our signature line of a value around sacrebleu's own.

    The number of references is not in it: it is a property of the documents, which may differ in it.
    """
    theirs.info.pop("nrefs", None)
    return f"{name}|sentence|{theirs}|refs:{handling}|agg:mean"


def reader_notes(name: str, what: str, handling: str, *, several_references: bool) -> Sequence[str]:
    """Return what a reader of the figures should know: that they are means of sentence scores, and of how many texts.

    `what` is how the field calls the figure, BLEU or chrF.
    """
    said = (
        f"{name}: figures are means of sentence-level {what}, each summary one segment; papers on translation give "
        "corpus-level figures, which are others"
    )
    if not several_references or handling == JACKKNIFE:
        return (said,)
    way = "a summary meets all references, as in sacrebleu, a reference only the others"
    return (said, f"{name}: {way}; handling={JACKKNIFE} has both meet as many")
