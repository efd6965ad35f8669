"""The registry of systems: built in, or of a plug-in; checkpoints of the catalog are names beside it."""

from functools import partial

from sumbench.options import misfit
from sumbench.registry import Registry
from sumbench.systems.protocol import System
from sumbench.weights.catalog import catalog

RESERVED = "references"
"""What the references are called where they are scored against each other."""

REGISTRY = Registry(
    kind="system",
    listed_by="sumbench systems",
    targets={
        "random": "sumbench.systems.baselines:Random",
        "lead": "sumbench.systems.baselines:Lead",
        "oracle": "sumbench.systems.baselines:Oracle",
        "textrank": "sumbench.systems.classic:TextRank",
        "lexrank": "sumbench.systems.classic:LexRank",
        "lsa": "sumbench.systems.classic:Lsa",
        "luhn": "sumbench.systems.classic:Luhn",
        "sumbasic": "sumbench.systems.classic:SumBasic",
        "kl": "sumbench.systems.classic:KullbackLeibler",
        "minilm": "sumbench.systems.embedding:Embedding",
        "outputs": "sumbench.systems.outputs:Outputs",
        "causal": "sumbench.systems.causal:Causal",
        "seq2seq": "sumbench.systems.seq2seq:Seq2Seq",
        "endpoint": "sumbench.systems.endpoint:Endpoint",
    },
    aliases=lambda: list(catalog()),
    group="sumbench.systems",
    misfit=partial(misfit, protocol=System),
)
