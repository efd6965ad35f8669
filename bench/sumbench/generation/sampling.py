"""Sampled decoding (temperature, top-k, top-p), with a separate random stream for each text."""

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
"""Picks the next token of each row of logits, of shape (rows, vocabulary), one request a row."""

LogitsProcess: TypeAlias = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""Changes logits, of shape (rows, vocabulary), given the tokens before them: transformers' LogitsProcessor."""


def greedy(logits: "torch.Tensor", _requests: Sequence[GenerationRequest]) -> list[int]:
    """Pick the likeliest token of each row."""
    likeliest: list[int] = logits.argmax(dim=-1).tolist()
    return likeliest


@dataclass(frozen=True)
class Sampling:
    """The distribution that tokens are drawn from.

    Logits are divided by the `temperature` (toward 0 the likeliest token takes all); of the tokens only the `top_k`
    likeliest are kept (0: all; Fan et al. 2018), and of those the fewest that together have at least the probability
    `top_p` (1: all), the nucleus of Holtzman et al. (2020).
    """

    temperature: float
    top_k: int = 0
    top_p: float = 1.0

    def probabilities(self, logits: "torch.Tensor") -> "torch.Tensor":
        """Return the probability of each token to be drawn, from logits of shape (rows, vocabulary).

        They are in double precision on the CPU, so that draws do not depend on the device. Of equally likely tokens,
        those with smaller ids are kept first.
        """
        import torch

        scaled = logits.to("cpu").to(torch.float64)
        likely = torch.softmax((scaled - scaled.amax(dim=-1, keepdim=True)) / self.temperature, dim=-1)
        if self.top_k == 0 and self.top_p == 1:
            return likely
        least = self._least(likely)
        kept = torch.zeros_like(likely)
        for row, values in enumerate(likely):
            candidates = (values >= least[row]).nonzero()[:, 0]
            falling, order = torch.sort(values[candidates], descending=True, stable=True)
            if self.top_k:
                falling, order = falling[: self.top_k], order[: self.top_k]
                falling = falling / falling.sum()
            # A token is kept while the likelier ones before it have less than top_p together.
            inside = falling.cumsum(dim=0) - falling < self.top_p
            kept[row, candidates[order[inside]]] = falling[inside]
        return kept / kept.sum(dim=-1, keepdim=True)

    def _least(self, likely: "torch.Tensor") -> "torch.Tensor":
        """Return for each row a probability below which no token is kept, so that few have to be sorted.

        Tokens less likely than (1 - top_p) / vocabulary have less than 1 - top_p together: the others reach top_p.
        """
        import torch

        vocabulary = likely.shape[-1]
        if self.top_k:
            return torch.topk(likely, min(self.top_k, vocabulary)).values[:, -1]
        return torch.full((len(likely),), (1 - self.top_p) / vocabulary, dtype=likely.dtype)


class Sampler:
    """Draws tokens, for each request from its own stream, which `begin` creates: one number in [0, 1) a token.

    The number is looked up in the cumulative probabilities in vocabulary order, so that rounding, which differs between
    batches, changes a token about as rarely as it changes greedy decoding.
    """

    def __init__(self, sampling: Sampling, begin: Callable[[GenerationRequest], "np.random.Generator"]) -> None:
        """Start without streams."""
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
    """Return a logits processor that leaves only the chosen token of each row possible."""

    def process(_tokens: "torch.Tensor", logits: "torch.Tensor") -> "torch.Tensor":
        import torch

        only = torch.full_like(logits, -torch.inf)
        only[range(len(logits)), choose(logits, requests)] = 0
        return only

    return process


@dataclass(frozen=True)
class DecodingMethod:
    """How a system picks tokens: greedily, or by `sampling` from random streams named by `seed` and `system`."""

    sampling: Sampling | None = None
    seed: int = 0
    system: str = ""

    def choose(self) -> ChooseTokens:
        """Return a function that picks tokens, with every request's stream at its start."""
        if self.sampling is None:
            return greedy
        return Sampler(self.sampling, lambda request: stream(self.seed, "sampled", self.system, *request.draw))


def check_sampling(name: str, samples: int, temperature: float, top_k: int = 0, top_p: float = 1.0) -> None:
    """Raise UsageError, which names the system, for invalid sampling options, and for those without effect."""
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
