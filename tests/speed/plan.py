"""Time and cost of ten systems on CNN/DailyMail's training split: `python -m tests.speed.plan` prints tables.

The formulas and what they mean stand in docs/scale/plan.md, which has these tables. Nothing is measured here: each rate
says where it comes from.
"""

import argparse
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

DOCUMENTS, SYSTEMS = 287_113, 10
GPUS = (1, 8, 32)
PRICE = 2.50
"""Dollars an hour for a GPU: an example."""


@dataclass(frozen=True)
class Quantity:
    """A value of a plan: its symbol in the formulas, what it is, the unit, and where the value comes from."""

    symbol: str
    what: str
    value: float
    unit: str
    source: str


START = Quantity(
    "l", "starting Python, imports, making the model", 4.7, "s", "measured: generation.md, 25 November 2026, 2 cores"
)
WEIGHTS = Quantity("W", "weights of a system", 1.6, "GB", "the file of bart-large-cnn in float32")
READ = Quantity("b", "reading weights from shared storage", 1.0, "GB/s", "assumed")
BALANCE = Quantity("e", "share of the time in which the average one of several GPUs works", 0.95, "", "assumed")
JOURNAL = Quantity(
    "j",
    "driver and journal, a summary",
    0.00032,
    "s",
    "measured: million.md, 315 s for a million with all else that a run does, 27 November 2026, 2 cores, no GPU",
)
SCORE = Quantity(
    "q",
    "six metrics without a model, a summary",
    0.00088,
    "s",
    "measured: README.md of tests/speed, 27 November 2026, one core",
)
MERGE = Quantity(
    "m",
    "merging, a summary, beside scoring it again",
    0.00019,
    "s",
    "measured: million.md, 191 s for a million with ROUGE, 27 November 2026, 2 cores",
)

QUANTITIES = (START, WEIGHTS, READ, BALANCE, JOURNAL, SCORE, MERGE)

RATES = (
    Quantity(
        "r", "sumbench, shape of SmolLM2-135M, H200", 351 / 128, "", "measured before the changes of 27 November 2026"
    ),
    Quantity("r", "bart-large-cnn by transformers, V100", 4.5, "", "anchor, published"),
    Quantity("r", "bart-large-cnn by FastSeq, V100, lower", 12.0, "", "anchor, published"),
    Quantity(
        "r", "bart-large-cnn on an H100, expected at least", 20.0, "", "no measurement: less is a fault to look for"
    ),
    Quantity("r", "bart-large-cnn by FastSeq, V100, upper", 25.0, "", "anchor, published"),
)
"""Documents a second on one GPU."""


@dataclass(frozen=True)
class Plan:
    """A corpus, systems of one rate (documents a second a GPU), and the GPUs, each with a shard of the documents."""

    rate: float
    gpus: int
    documents: int = DOCUMENTS
    systems: int = SYSTEMS

    @property
    def summaries(self) -> int:
        """The summaries in all."""
        return self.documents * self.systems

    @property
    def loading(self) -> float:
        """The seconds in which a shard loads its systems."""
        return self.systems * (START.value + WEIGHTS.value / READ.value)

    @property
    def generating(self) -> float:
        """The seconds in which the slowest shard generates; its journal is written meanwhile, while r j < 1."""
        balance = BALANCE.value if self.gpus > 1 else 1.0
        return self.summaries / self.gpus * max(1 / (self.rate * balance), JOURNAL.value)

    @property
    def scoring(self) -> float:
        """The seconds in which a shard scores its own summaries, on one core."""
        return self.summaries * SCORE.value / self.gpus

    @property
    def merging(self) -> float:
        """The seconds in which one process joins the shards and scores again; there is nothing to join of one."""
        return self.summaries * (MERGE.value + SCORE.value) if self.gpus > 1 else 0.0

    @property
    def seconds(self) -> float:
        """The seconds from the first load to the table."""
        return self.loading + self.generating + self.scoring + self.merging

    def cost(self, price: float) -> float:
        """Return what the GPUs cost while the shards hold them, at `price` an hour each: also while they score."""
        return price * self.gpus * (self.loading + self.generating + self.scoring) / 3600

    @property
    def most_gpus(self) -> int:
        """The GPUs that one driver keeps busy, as Ray's does: beyond, its journal is what limits."""
        return int(1 / (self.rate * JOURNAL.value))


def tables(price: float = PRICE) -> Iterator[str]:
    """Yield the tables: what is known, time and cost, what limits."""
    yield _table(
        ("symbol", "what", "value", "source"),
        [(one.symbol, one.what, f"{one.value:g} {one.unit}".strip(), one.source) for one in QUANTITIES],
    )
    heads = [f"{count} GPU{'s' if count > 1 else ''}" for count in GPUS]
    rows = []
    for rate in RATES:
        plans = [Plan(rate.value, gpus) for gpus in GPUS]
        cells = [f"{plan.seconds / 3600:.1f} h, ${plan.cost(price):,.0f}" for plan in plans]
        rows.append((f"{rate.what} ({rate.source})", f"{rate.value:.1f}", *cells, f"{plans[0].most_gpus}"))
    yield _table(("rate from", "r", *heads, "GPUs a driver"), rows)
    usual = [Plan(RATES[3].value, gpus) for gpus in GPUS]
    parts = [(part, *(f"{getattr(plan, part) / 60:,.1f} min" for plan in usual)) for part in PARTS]
    yield _table((f"where it goes, r = {RATES[3].value:g}", *heads), parts)


PARTS = ("loading", "generating", "scoring", "merging")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--price", type=float, default=PRICE, help="dollars an hour for a GPU")
    print("\n".join(tables(parser.parse_args().price)), end="")


if __name__ == "__main__":
    main()
