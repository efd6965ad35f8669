"""Base class of systems that run a model locally: checkpoint, long documents, batching, sampling."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation import batching
from sumbench.generation import checkpoint
from sumbench.generation import device
from sumbench.generation import long
from sumbench.generation import memory
from sumbench.generation import sampling
from sumbench.generation import scheduler
from sumbench.generation.batching import Batcher
from sumbench.generation.checkpoint import Checkpoint
from sumbench.generation.ctranslate2 import engine
from sumbench.generation.long import ModelInput
from sumbench.generation.requests import Backend
from sumbench.generation.sampling import DecodingMethod
from sumbench.generation.sampling import Sampling
from sumbench.records import Document
from sumbench.registry import unknown
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import find_model

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.models.auto.auto_factory import _BaseAutoModelClass

TORCH = "torch"
BACKENDS = (TORCH, engine.BACKEND)


@dataclass(frozen=True, kw_only=True)
class Neural(Described):
    """The base of systems that run a model: a subclass prepares the model's input and decodes its output.

    `least` has the smallest number that each numeric option can be, `decoding` how tokens are chosen where none are
    drawn. With the `backend` ctranslate2 instead of torch, the model is converted once to the number format `compute`
    (int8, int8_float32, float32).
    """

    model: str
    max_input_tokens: int = 0
    long: str = "truncate"
    batch_size: str = batching.AUTO_BATCH_SIZE
    dtype: str = device.AUTO
    backend: str = TORCH
    compute: str = engine.COMPUTE[0]
    samples: int = 1
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    decoding: ClassVar[str]
    least: ClassVar[Mapping[str, int]] = {}
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing, and strategies that are not there."""
        for field, least in {"max_input_tokens": 0, "samples": 1, "top_k": 0, **self.least}.items():
            if getattr(self, field) < least:
                raise UsageError(f"{self.name}: {field}={getattr(self, field)} means nothing: give {least} or more")
        long.check_strategy(self.long)
        device.check_dtype(self.name, self.dtype)
        batching.parse_batch_size(self.name, self.batch_size)
        sampling.check_sampling(self.name, self.samples, self.temperature, self.top_k, self.top_p)
        self._check_backend()

    def _check_backend(self) -> None:
        if self.backend not in BACKENDS:
            raise unknown(f"backend of {self.name}", self.backend, list(BACKENDS))
        if self.converted:
            engine.check_backend(self.name, self.compute)
        if self.converted and self.dtype != device.AUTO:
            raise UsageError(f"{self.name}: dtype= is for backend={TORCH}: give compute=…")
        if self.converted and self.seeded:
            raise UsageError(f"{self.name}: ctranslate2 draws from no stream that repeats: leave out temperature=")
        if not self.converted and self.compute != engine.COMPUTE[0]:
            raise UsageError(f"{self.name}: compute={self.compute} is for backend={engine.BACKEND}")

    @property
    def converted(self) -> bool:
        """Whether ctranslate2 does the work."""
        return self.backend == engine.BACKEND

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""
        return self.temperature > 0

    @property
    def weights(self) -> str:
        """The name of the weights it needs."""
        return self.model

    @property
    def known(self) -> Model | None:
        """The model's entry in the catalog, None where it has none."""
        return find_model(self.model)

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The corpora that the model is known to be trained on."""
        return self.known.trained_on if self.known else ()

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; the weights' own sha256 is the store's to tell."""
        described = super().fingerprint()
        del described["options"]["batch_size"]
        if not self.seeded:
            for option in ("temperature", "top_k", "top_p"):
                del described["options"][option]
        described["decoding"] = "sampled" if self.seeded else self.decoding
        if self.converted:
            described["libraries"][engine.BACKEND] = version(engine.BACKEND)
            return {**described, "dtype": self.compute}
        for option in ("backend", "compute"):
            del described["options"][option]
        return {**described, "dtype": "by device" if self.dtype == device.AUTO else self.dtype}

    def _open(self, context: Context) -> Checkpoint:
        """Find the checkpoint; raise SummarizerError for one without a tokenizer or a configuration."""
        device.configure_torch()
        folder = context.store.folder(self.model)
        trusted = context.store.trusts(self.model)
        if not trusted and checkpoint.needs_own_code(folder):
            msg = f"{self.name}: the checkpoint needs code of its own, which is run only for one that is named: "
            raise SummarizerError(f"{msg}--trust-remote-code {self.model}")
        tokenizer = checkpoint.load_tokenizer(self.name, folder, trusted=trusted)
        return Checkpoint(folder, tokenizer, checkpoint.load_config(self.name, folder, trusted=trusted))

    def _load(self, opened: Checkpoint, auto: "type[_BaseAutoModelClass]", context: Context) -> "PreTrainedModel":
        """Load the weights with the transformers class `auto`; raise SummarizerError where that cannot be done."""
        placement = device.choose_placement(context.device, self.dtype, opened.folder)
        return checkpoint.load_model(
            self.name, auto, opened.folder, placement, trusted=context.store.trusts(self.model)
        )

    def _convert(self, opened: Checkpoint, context: Context, kind: str) -> Any:  # noqa: ANN401 - it has no types
        """Load the model as ctranslate2's class `kind`, converted; raise SummarizerError where that cannot be done."""
        import ctranslate2

        if opened.config.is_encoder_decoder != (kind == "Translator"):
            msg = f"{self.name}: the checkpoint {opened.folder} is no model for this system"
            raise SummarizerError(f"{msg}: it is of the kind {opened.config.model_type!r}")
        where = device.choose_device(context.device)
        folder = engine.converted_folder(self.name, context.store, self.model, opened, self.compute)
        return engine.load_converted(self.name, getattr(ctranslate2, kind), folder, where, self.compute)

    def _decoding(self, context: Context) -> DecodingMethod:
        """Return how tokens are picked: from streams of the run's seed, or as the model thinks best."""
        drawn = Sampling(self.temperature, self.top_k, self.top_p) if self.seeded else None
        return DecodingMethod(drawn, context.seed, self.tells_apart())

    def _batcher(self, write: Backend, model: "PreTrainedModel | None", beams: int = 1) -> Batcher:
        """Return the batcher for the back end `write`, with the batch size that `batch_size` sets.

        With `auto` that is what memory allows for a torch `model` with so many `beams` a text.
        """
        asked = batching.parse_batch_size(self.name, self.batch_size)
        if asked or model is None:
            return Batcher(write, asked or memory.max_batch_size("cpu"))
        return Batcher(write, memory.max_batch_size(model.device.type, beams), memory.max_batch_tokens(model, beams))

    def _summarizer(self, reader: ModelInput, room: int, batcher: Batcher, context: Context) -> Summarizer:
        """Put reader and writer together; `room` is how many tokens of a document the model reads at a time."""
        limit = min(room, self.max_input_tokens or room)

        def start(document: Document) -> long.Dialogue:
            return long.start_dialogue(self.long, reader, document.text, limit, document.language)

        def draws(document: Document) -> list[int]:
            return context.wanted(document.id, self.samples)

        return scheduler.scheduled_summarizer(self.name, start, reader.ids, batcher, draws)
