"""The table in results/README.md that holds the order of systems under each value against that of ROUGE-2."""

from scipy.stats import kendalltau
from scipy.stats import rankdata

from sumbench.runs.store import read_run
from sumbench.stats import analyse
from tests.docs.pages import ROOT
from tests.docs.pages import made_part

RUN = ROOT / "results" / "references-full"

PAGE = ROOT / "results" / "README.md"

_PLACE = made_part("ranks")


def page() -> str:
    """Return results/README.md with the table of the run as it is."""
    return _PLACE.sub(lambda found: f"{found['begin']}{table()}\n{found['end']}", PAGE.read_text("utf-8"))


def table() -> str:
    """Return the rank of each ranked system and floor under the mean of each main value, and Kendall's tau."""
    run = read_run(RUN)
    analysis, ranked_by = analyse(run), run.manifest.ranked_by
    shown = [value for value in analysis.values.values() if value.main and not value.table]
    rows = [row for row in analysis.ranking(ranked_by) if row.role != "ceiling"]
    means = {value.name: [-row.means[value.name] for row in rows] for value in shown}
    ranks = {name: rankdata(each, method="min").astype(int) for name, each in means.items()}
    lines = [
        _line(["system", *(value.title for value in shown)]),
        _line(["---", *("--:" for _ in shown)]),
        *(_line([row.system, *(str(ranks[value.name][at]) for value in shown)]) for at, row in enumerate(rows)),
    ]
    tau = [f"{kendalltau(means[value.name], means[ranked_by]).statistic:.2f}" for value in shown]
    return "\n".join([*lines, _line([f"τ with {analysis.values[ranked_by].title}", *tau])])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
