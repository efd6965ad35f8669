"""Sampled decoding: the next token is drawn from what the model thinks likely, each text from a stream of its own."""

import math
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import TypeAlias
from weakref import WeakKeyDictionary

from sumbench.errors import UsageError
from sumbench.generation.requests import GenerationRequest
from sumbench.seeds import stream

if TYPE_CHECKING:
    import numpy as np
    import torch

ChooseTokens: TypeAlias = Callable[["torch.Tensor", Sequence[GenerationRequest]], list[int]]
"""Picks the next token of each row of logits, of shape (rows, vocabulary), each row being that of a request."""

LogitsProcess: TypeAlias = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""Changes logits, of shape (rows, vocabulary), by the tokens before them: what `generate` of transformers calls."""


def greedy(logits: "torch.Tensor", _requests: Sequence[GenerationRequest]) -> list[int]:
    """Pick the likeliest token of each row."""
    likeliest: list[int] = logits.argmax(dim=-1).tolist()
    return likeliest


@dataclass(frozen=True)
class Sampling:
    """What tokens are drawn from.

    Logits are divided by the `temperature` (toward 0 the likeliest token takes all); of the tokens only the `top_k`
    likeliest are kept (0: all; Fan et al. 2018), and of those the fewest that together have at least the probability
    `top_p` (1: all), the nucleus of Holtzman et al. (2020).
    """

    temperature: float
    top_k: int = 0
    top_p: float = 1.0

    def probabilities(self, logits: "torch.Tensor") -> "torch.Tensor":
        """Return the probability of each token to be drawn, from logits of shape (rows, vocabulary).

        They are double precision on the processor, whatever the model's: what is drawn depends on no device. Of tokens
        that are equally likely those with the smaller numbers are kept first.
        """
        import torch

        scaled = logits.to("cpu").to(torch.float64)
        likely = torch.softmax((scaled - scaled.amax(dim=-1, keepdim=True)) / self.temperature, dim=-1)
        if self.top_k == 0 and self.top_p == 1:
            return likely
        least = self._least(likely)
        kept = torch.zeros_like(likely)
        for row, values in enumerate(likely):
            places = (values >= least[row]).nonzero()[:, 0]
            falling, order = torch.sort(values[places], descending=True, stable=True)
            if self.top_k:
                falling, order = falling[: self.top_k], order[: self.top_k]
                falling = falling / falling.sum()
            # A token is kept while those before it have not yet what was asked for.
            inside = falling.cumsum(dim=0) - falling < self.top_p
            kept[row, places[order[inside]]] = falling[inside]
        return kept / kept.sum(dim=-1, keepdim=True)

    def _least(self, likely: "torch.Tensor") -> "torch.Tensor":
        """Return a probability for each row below which no token is kept, so that few have to be sorted.

        Tokens less likely than (1 - top_p) / vocabulary have together less than 1 - top_p: the others reach top_p.
        """
        import torch

        vocabulary = likely.shape[-1]
        if self.top_k:
            return torch.topk(likely, min(self.top_k, vocabulary)).values[:, -1]
        return torch.full((len(likely),), (1 - self.top_p) / vocabulary, dtype=likely.dtype)


class Sampler:
    """Draws tokens, for each request from the stream that `begin` gives it first: one number in [0, 1) a token.

    The number is looked up in the cumulated probabilities in the order of the vocabulary, so that rounding, which
    differs with the batch, changes a token about as rarely as it changes greedy decoding.
    """

    def __init__(self, sampling: Sampling, begin: Callable[[GenerationRequest], "np.random.Generator"]) -> None:
        """Begin with no stream."""
        self._sampling = sampling
        self._begin = begin
        self._streams: WeakKeyDictionary[GenerationRequest, np.random.Generator] = WeakKeyDictionary()

    def __call__(self, logits: "torch.Tensor", requests: Sequence[GenerationRequest]) -> list[int]:
        """Return the next token of each row."""
        import torch

        cumulated = self._sampling.probabilities(logits).cumsum(dim=-1)
        drawn = torch.tensor([[self._stream(request).random()] for request in requests], dtype=torch.float64)
        found: list[int] = torch.searchsorted(cumulated, drawn * cumulated[:, -1:], right=True)[:, 0].tolist()
        return found

    def _stream(self, request: GenerationRequest) -> "np.random.Generator":
        if request not in self._streams:
            self._streams[request] = self._begin(request)
        return self._streams[request]


def force_chosen(choose: ChooseTokens, requests: Sequence[GenerationRequest]) -> LogitsProcess:
    """Return what leaves the chosen token of each row as the only one that can be."""

    def process(_tokens: "torch.Tensor", logits: "torch.Tensor") -> "torch.Tensor":
        import torch

        only = torch.full_like(logits, -torch.inf)
        only[range(len(logits)), choose(logits, requests)] = 0
        return only

    return process


@dataclass(frozen=True)
class DecodingMethod:
    """How a system picks tokens: greedily, or by `sampling` from the streams of its `seed` and what tells it apart."""

    sampling: Sampling | None = None
    seed: int = 0
    system: str = ""

    def choose(self) -> ChooseTokens:
        """Return what picks the tokens of requests, each of them from its beginning."""
        if self.sampling is None:
            return greedy
        return Sampler(self.sampling, lambda request: stream(self.seed, "sampled", self.system, *request.draw))


def check_sampling(name: str, samples: int, temperature: float, top_k: int = 0, top_p: float = 1.0) -> None:
    """Raise UsageError, which names the system, for options of sampling that mean nothing or change nothing."""
    if not 0 <= temperature < math.inf:
        raise UsageError(f"{name}: temperature={temperature:g} is no temperature: give 0 (greedy) or more")
    if not 0 < top_p <= 1:
        raise UsageError(f"{name}: top_p={top_p:g} is no share of probability: give more than 0, up to 1 (all)")
    if temperature:
        return
    if samples > 1:
        raise UsageError(
            f"{name}: samples={samples} of greedy decoding would all be the same: give a temperature above 0, such as "
            "temperature=0.7"
        )
    for option, value, given in (("top_k", top_k, top_k != 0), ("top_p", top_p, top_p != 1)):
        if given:
            raise UsageError(
                f"{name}: {option}={value:g} changes nothing in greedy decoding: give a temperature above 0, too"
            )
