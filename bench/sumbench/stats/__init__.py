"""Statistics over documents: means, intervals, paired tests, gates, breakdowns."""

from sumbench.stats.analysis import Analysis
from sumbench.stats.analysis import analyse
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import matrices
from sumbench.stats.arrays import run_matrices
from sumbench.stats.arrays import unanswered
from sumbench.stats.bootstrap import estimates
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import Difference
from sumbench.stats.comparison import compare_systems
from sumbench.stats.direction import best_first
from sumbench.stats.direction import judged
from sumbench.stats.direction import sign
from sumbench.stats.effects import Effect
from sumbench.stats.gate import Floor
from sumbench.stats.gate import Gate
from sumbench.stats.gate import Lacking
from sumbench.stats.gate import Outcome
from sumbench.stats.gate import Verdict
from sumbench.stats.groups import Group
from sumbench.stats.groups import GroupMeans
from sumbench.stats.groups import breakdown
from sumbench.stats.groups import by_language
from sumbench.stats.groups import by_length
from sumbench.stats.groups import by_metadata
from sumbench.stats.groups import by_position
from sumbench.stats.intervals import Estimate
from sumbench.stats.intervals import Interval
from sumbench.stats.movement import Movement
from sumbench.stats.movement import most_moved
from sumbench.stats.outlook import Outlook
from sumbench.stats.scale import position
from sumbench.stats.settings import Settings
from sumbench.stats.stability import Place
from sumbench.stats.stability import Stability
from sumbench.stats.standing import Failure
from sumbench.stats.standing import Standing
from sumbench.stats.standing import standings
from sumbench.stats.streamed import Totals
from sumbench.stats.versus import Pair
from sumbench.stats.versus import Side
from sumbench.stats.versus import Versus
from sumbench.stats.versus import versus

__all__ = [
    "Analysis",
    "Comparison",
    "Difference",
    "Effect",
    "Estimate",
    "Failure",
    "Floor",
    "Gate",
    "Group",
    "GroupMeans",
    "Interval",
    "Lacking",
    "Movement",
    "Outcome",
    "Outlook",
    "Pair",
    "Place",
    "Settings",
    "Side",
    "Stability",
    "Standing",
    "Totals",
    "Verdict",
    "Versus",
    "analyse",
    "best_first",
    "breakdown",
    "by_language",
    "by_length",
    "by_metadata",
    "by_position",
    "compare_systems",
    "estimates",
    "every_pair",
    "judged",
    "matrices",
    "most_moved",
    "position",
    "run_matrices",
    "sign",
    "standings",
    "unanswered",
    "versus",
]
