"""Pairwise judging asks in both orders, and only what both answers agree on is a win or a loss."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics import ScoredBatch
from sumbench.metrics.judge import PairJudgeMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.score_journal import ScoreJournal
from sumbench.weights import Store
from tests.metrics import judges
from tests.systems import servers
from tests.systems.servers import Behaviour

DOCUMENTS = [Document(name, "The council met on Monday and voted for the bridge", (), language="en") for name in "ab"]


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of this machine stand between a test and its server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[servers.Scripted]:
    """A server that prefers the summary with more words of the document."""
    with servers.serving(judges.compare) as served:
        yield served


def written(document: str, system: str, text: str, draw: int = 1) -> Summary:
    return Summary(document, system, text, None, None, 0, None, draw=draw)


BATCH = [
    written("a", "lead", "the council slept"),
    written("a", "good", "the council voted"),
    written("a", "bad", "whales sang"),
    written("a", "like", "the council ate"),
    written("a", "same", "the council slept"),
    written("b", "good", "the council voted"),
]


def loaded(url: str, **options: object) -> LoadedMetric:
    metric = PairJudgeMetric(**{"name": "pairs", "url": url, "model": "small", "against": "lead", **options})  # type: ignore[arg-type]
    return LoadedMetric(metric, metric.load(MetricContext(0, Store(Path("nowhere"), offline=True))))


def preferred(found: ScoredBatch, value: str = "judge_preferred") -> dict[str, float]:
    return {score.system: score.value for score in found.scores if score.metric == value and score.document == "a"}


def compared(behaviour: Behaviour, **options: object) -> tuple[ScoredBatch, int]:
    """Return what comes of the batch at a judge, and how many requests that took."""
    with servers.serving(behaviour) as served:
        return loaded(served.url, **options).score(DOCUMENTS, BATCH), len(served.seen.requests)


def test_a_win_is_what_both_orders_agree_on() -> None:
    """The better one wins, the worse one loses, the like one ties; the baseline's own text is not asked about."""
    found, requests = compared(judges.compare)
    assert preferred(found) == {"lead": 0.5, "good": 1, "bad": 0, "like": 0.5, "same": 0.5}
    assert set(preferred(found, "judge_order_disagreement").values()) == {0}
    assert requests == 6
    (said,) = (said for said in found.details if said.system == "good" and said.document == "a")
    assert said.content["draws"] == [
        {"first": {"outcome": 1, "reason": "5 against 4"}, "second": {"outcome": 1, "reason": "4 against 5"}}
    ]
    (failure,) = {(failure.document, failure.reason) for failure in found.scores.failures()}
    assert failure == ("b", "lead has no summary of this document to compare with")


def test_a_judge_that_goes_by_the_order_sees_only_ties() -> None:
    """Where the orders disagree it is a tie, which is counted and noted."""
    found, _ = compared(judges.prefer_first)
    assert set(preferred(found).values()) == {0.5}
    assert preferred(found, "judge_order_disagreement") == {"lead": 0, "good": 1, "bad": 1, "like": 1, "same": 0}
    (note,) = (note for note in found.notes if "changed with the order" in note.what)
    assert len(note.texts) == 3


def test_what_is_no_verdict_is_a_failure() -> None:
    """An unknown verdict fails the summary with its answer, and is neither win nor tie."""
    found, _ = compared(servers.answer('{"better": "C"}'))
    assert preferred(found) == {"lead": 0.5, "same": 0.5}
    assert {failure.reason for failure in found.scores.failures() if failure.document == "a"} == {
        "better is 'C', and must be one of A, B, tie"
    }
    assert [said.content["answer"] for said in found.details if said.document == "a"] == ['{"better": "C"}'] * 3


def test_kept_comparisons_follow_the_baseline(server: servers.Scripted, tmp_path: Path) -> None:
    """A comparison is kept with the text it was made with: a new system is asked about alone, a new baseline anew."""
    cache = tmp_path / "cache.sqlite"

    def score(*some: Summary) -> tuple[dict[str, float], int]:
        before = len(server.seen.requests)
        found = ScoreJournal(None, cache).score(loaded(server.url), DOCUMENTS[:1], some)
        return preferred(found), len(server.seen.requests) - before

    lead, good, bad = BATCH[:3]
    assert score(lead, good) == ({"lead": 0.5, "good": 1}, 2)
    assert score(lead, good) == ({"lead": 0.5, "good": 1}, 0)
    assert score(lead, good, bad) == ({"lead": 0.5, "good": 1, "bad": 0}, 2)
    better = written("a", "lead", "the council met on Monday")
    assert score(better, good) == ({"lead": 0.5, "good": 0.5}, 2)


def test_draws_are_compared_with_the_same_draw(server: servers.Scripted) -> None:
    """A second draw is compared with the baseline's second, or else with its first."""
    texts = [("lead", "the council slept", 1), ("lead", "on Monday", 2), ("good", "the council ate", 2)]
    some = [written("a", *each) for each in [*texts, ("good", "the council ate", 3)]]
    found = loaded(server.url).score(DOCUMENTS[:1], some)
    values = {(each.system, each.draw): each.value for each in found.scores if each.metric == "judge_preferred"}
    assert (values["good", 2], values["good", 3]) == (0, 0.5)


def test_the_baseline_is_in_the_signature() -> None:
    """Another baseline is another comparison."""
    lines = [
        PairJudgeMetric(name="p", url="http://localhost/", model="m", against=name).signatures(())["judge_preferred"]
        for name in ("lead", "luhn")
    ]
    assert [line.partition("against:")[2].partition("|")[0] for line in lines] == ["lead", "luhn"]
