"""Base class of metrics that compute with a Hugging Face model, and the loading of its checkpoint."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from typing import ClassVar
from typing import NamedTuple
from typing import TypeVar

from sumbench.errors import MetricError
from sumbench.errors import SummarizerError
from sumbench.generation import checkpoint
from sumbench.generation import control_tokens
from sumbench.generation import device
from sumbench.generation.batching import out_of_memory
from sumbench.languages import ENGLISH
from sumbench.manifest import Value
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.summary_metric import signature_parts

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerBase

ENGLISH_MODELS = frozenset({"minilm", "sentence-transformers/all-MiniLM-L6-v2"})
"""Models that are known to have been trained on English alone."""

BATCH_TOKENS = 4096
"""About how many tokens, with padding, a model reads at once; changing it changes no value by more than rounding."""

EVEN, SLACK = 0.8, 4
"""The least share of a batch's longest item that the others have, and by how many tokens they may be shorter anyway:
padding takes as much time as text."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class OpenedModel(NamedTuple):
    """A checkpoint ready to compute with: float32, in evaluation mode, on its device.

    To its `tokenizer` no text is a control token: what looks like one ("[SEP]") is read as text.
    """

    folder: Path
    tokenizer: "PreTrainedTokenizerBase"
    config: "PreTrainedConfig"
    model: "PreTrainedModel"
    device: "torch.device"

    @property
    def limit(self) -> int:
        """How many tokens the model can read at once, special ones included."""
        own, said = checkpoint.context_length(self.config, self.tokenizer), self.tokenizer.model_max_length
        # Models of RoBERTa's kind count positions from behind that of padding.
        padded = getattr(self.config, "pad_token_id", None)
        offset = padded + 1 if self.config.model_type in _OFFSET_POSITIONS and padded is not None else 0
        # Models without positions of their own, as XLNet, say -1.
        return int(min(own - offset, said) if own > 0 else said)


_OFFSET_POSITIONS = frozenset({"camembert", "longformer", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta"})


@dataclass(frozen=True, kw_only=True)
class ModelMetric(ABC):
    """A metric whose fields are its options, and that computes with the weights `model`.

    `model` is a catalog name, a local Hugging Face folder, or a hub id (OWNER/NAME or OWNER/NAME@REVISION). `declared`
    are its values; `libraries` names the packages whose version can change them, and `revision` counts changes of the
    metric's own code that do.
    """

    name: str
    model: str
    declared: ClassVar[tuple[Value, ...]]
    needs: ClassVar[Needs] = Needs(device=True)
    costly: ClassVar[bool] = True
    revision: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("tokenizers", "torch", "transformers")

    @property
    def model_weights(self) -> str | None:
        """The name of the weights it needs."""
        return self.model

    def values(self) -> tuple[Value, ...]:
        """Return what it yields."""
        return self.declared

    def language_notes(self, languages: Collection[str]) -> Sequence[str]:
        """Return which of the languages a model does not know that is known to be of English alone."""
        if self.model_weights not in ENGLISH_MODELS or not (others := sorted({*languages} - {ENGLISH, ""})):
            return ()
        what = f"{self.name}: {self.model} is a model of English"
        return (f"{what}: what it says of texts in {', '.join(others)} is worth little; name another with model=…",)

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return for each value its name, where the class comes from, options, revision and versions of libraries."""
        versions = [f"{library}:{version(library)}" for library in self.libraries]
        parts = [*signature_parts(self), f"v:{self.revision}", *versions]
        return {value.name: "|".join((value.name, *parts)) for value in self.values()}

    @abstractmethod
    def load(self, context: MetricContext) -> Scorer:
        """Load the model and return what scores batches; raise MetricError or WeightsError where it cannot."""

    def open_model(self, context: MetricContext, auto: str, *, unneeded: str = "") -> OpenedModel:
        """Load the checkpoint with the transformers class named `auto` ("AutoModel").

        Weights whose names begin with `unneeded` may be missing from it. Raises MetricError for a checkpoint that is
        none for this class, or that needs code of its own and is not trusted; WeightsError for one that is not there.
        """
        device.configure_torch()
        folder, trusted = context.store.folder(self.model), context.store.trusts(self.model)
        where = device.choose_device(context.device)
        import torch
        import transformers

        if not trusted and checkpoint.needs_own_code(folder):
            msg = f"{self.name}: the checkpoint needs code of its own, which is run only for one that is named: "
            raise MetricError(f"{msg}--trust-remote-code {self.model}")
        try:
            config = checkpoint.load_config(self.name, folder, trusted=trusted)
            tokenizer = checkpoint.load_tokenizer(self.name, folder, trusted=trusted)
            placement = device.Placement(where, torch.float32)
            class_ = getattr(transformers, auto)
            model = checkpoint.load_model(
                self.name, class_, folder, placement, trusted=trusted, unneeded=unneeded, use="metric"
            )
        except SummarizerError as error:
            raise MetricError(str(error)) from None
        return OpenedModel(folder, control_tokens.plain_tokenizer(tokenizer), config, model, where)


def in_batches(
    items: Sequence[Item],
    lengths: Sequence[int],
    compute: Callable[[Sequence[Item]], Sequence[Result]],
    tokens: int = BATCH_TOKENS,
) -> Iterator[tuple[int, Result]]:
    """Yield each item's index with what `compute` makes of it, in batches of items of like length.

    A batch has at most `tokens` tokens, each item counted as long as the longest (as it is padded), and at least one
    item; it ends where items become much shorter. Where memory runs out, a batch is cut in halves; that of a single
    item raises MetricError.
    """
    order = sorted(range(len(items)), key=lambda index: (-lengths[index], index))
    start = 0
    while start < len(order):
        longest = lengths[order[start]]
        least = min(EVEN * longest, longest - SLACK)
        end = start + max(1, tokens // max(1, longest))
        some = [index for index in order[start:end] if lengths[index] >= least]
        yield from zip(some, _computed([items[index] for index in some], compute), strict=True)
        start += len(some)


def _computed(items: Sequence[Item], compute: Callable[[Sequence[Item]], Sequence[Result]]) -> list[Result]:
    try:
        return list(compute(items))
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        if len(items) == 1:
            raise MetricError("memory ran out on a single text") from error
    # Outside the handler: the error holds the tensors of the failed attempt.
    half = len(items) // 2
    return _computed(items[:half], compute) + _computed(items[half:], compute)
