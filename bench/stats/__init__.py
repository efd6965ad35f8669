"""Statistics over documents: what a system did on the whole, and whether systems differ."""

from bench.stats.analysis import Analysis
from bench.stats.analysis import analyse
from bench.stats.arrays import every_pair
from bench.stats.arrays import matrices
from bench.stats.bootstrap import Estimate
from bench.stats.bootstrap import Interval
from bench.stats.bootstrap import estimates
from bench.stats.comparison import Comparison
from bench.stats.comparison import Difference
from bench.stats.comparison import Movement
from bench.stats.comparison import Settings
from bench.stats.comparison import compare
from bench.stats.comparison import most_moved
from bench.stats.effects import Effect
from bench.stats.gate import Floor
from bench.stats.gate import Gate
from bench.stats.gate import Verdict
from bench.stats.groups import Group
from bench.stats.groups import by_length
from bench.stats.groups import by_metadata
from bench.stats.groups import by_position
from bench.stats.scale import position
from bench.stats.standing import Standing
from bench.stats.standing import standings

__all__ = [
    "Analysis",
    "Comparison",
    "Difference",
    "Effect",
    "Estimate",
    "Floor",
    "Gate",
    "Group",
    "Interval",
    "Movement",
    "Settings",
    "Standing",
    "Verdict",
    "analyse",
    "by_length",
    "by_metadata",
    "by_position",
    "compare",
    "estimates",
    "every_pair",
    "matrices",
    "most_moved",
    "position",
    "standings",
]
