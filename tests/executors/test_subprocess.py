import signal
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest

from sumbench.executors import messages
from sumbench.executors.inline import InlineExecutor
from sumbench.executors.local import LocalExecutor
from sumbench.executors.local import light
from sumbench.executors.messages import ImportModules
from sumbench.executors.messages import LoadSystem
from sumbench.executors.messages import SummarizeChunk
from sumbench.executors.messages import SystemRefused
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Executor
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.executors.protocol import chunked
from sumbench.executors.subprocess import WorkerProcess
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems import build_system

Documents = Callable[..., tuple[Document, ...]]


def faulty(name: str = "Faulty", **options: Any) -> System:  # noqa: ANN401 - whatever the system takes
    import faulty as systems

    system: System = getattr(systems, name)(name="f", **options)
    return system


def run(
    context: Context,
    documents: tuple[Document, ...],
    system: System | None = None,
    *,
    timeout: float | None = None,
    memory_limit: int | None = None,
    size: int = 500,
    executor: Executor | None = None,
) -> list[Event]:
    """Return what happens to the system, in a process of its own unless an executor is given."""
    assignment = Assignment(system or faulty(), context)
    if executor is not None:
        return list(executor.run(assignment, chunked(documents, size=size)))
    with LocalExecutor(timeout, memory_limit) as own:
        return list(own.run(assignment, chunked(documents, size=size)))


def outcome(events: list[Event]) -> dict[str, str]:
    made: dict[str, str] = {}
    for event in events:
        match event:
            case Made(summary):
                made[summary.document] = summary.error or summary.text
            case Failed(document, _, reason):
                made[document] = reason
    return made


def loads(events: list[Event]) -> int:
    return sum(isinstance(event, Loaded) for event in events)


def workers() -> list[int]:
    """Return the processes of the workers that this process has."""
    children = [(child.pid, " ".join(child.cmdline())) for child in psutil.Process().children()]
    return [pid for pid, command in children if "sumbench.executors.worker" in command]


def test_a_system_works_in_a_process_of_its_own(context: Context, documents: Documents) -> None:
    """Summaries come back in order, with the load time and the peak memory of the process."""
    events = run(context, documents("x", "y"))
    assert outcome(events) == {"a": "x", "b": "y"}
    first, *_, last = events
    assert isinstance(first, Loaded)
    assert first.seconds >= 0
    assert isinstance(last, Spent)
    assert (last.memory or 0) > 10_000_000
    assert (last.seconds or 0) > 0
    assert "faulty" in sys.modules


def test_what_a_library_prints_does_not_get_between_the_messages(context: Context, documents: Documents) -> None:
    """Anything written to stdout, even what looks like a message, leaves the summaries alone."""
    assert outcome(run(context, documents("chatter", "y"))) == {"a": "chatter", "b": "y"}


def test_a_system_that_raises_on_each_third_document_does_the_others(context: Context, documents: Documents) -> None:
    """Only the documents on which it raises carry the error."""
    made = outcome(run(context, documents("x", "y", "raise", "x", "y", "raise")))
    assert [key for key, text in made.items() if text == "ValueError: cannot read this"] == ["c", "f"]
    assert made["e"] == "y"


def test_a_process_that_is_killed_costs_one_document(context: Context, documents: Documents) -> None:
    """After a kill -9 the rest goes on in another process, and the reason is said."""
    made = outcome(run(context, documents("x", "die", "y", "die", "z")))
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "e": "z"}
    assert "signal 9" in made["b"]
    assert list(made) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(("fault", "timeout"), [("die", None), ("hang", 1.0)])
def test_a_batch_is_taken_apart_to_find_the_document_that_broke_it(
    context: Context, documents: Documents, fault: str, timeout: float | None
) -> None:
    """A system that works on many documents at once, in an order of its own, loses only the one that it died of."""
    made = outcome(run(context, documents("x", fault, "y", "z"), faulty("Batching"), timeout=timeout))
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "d": "z"}
    assert "signal 9" in made["b"] or "no summary within" in made["b"]


def test_a_document_that_hangs_is_cut_off(context: Context, documents: Documents) -> None:
    """A document that takes longer than the limit fails; the others do not."""
    made = outcome(run(context, documents("x", "hang", "y"), timeout=1))
    assert made == {"a": "x", "b": "no summary within 1 s", "c": "y"}


def test_a_system_that_takes_all_memory_is_held_to_its_limit(context: Context, documents: Documents) -> None:
    """Beyond the limit of its own process it runs out of memory, and only there."""
    made = outcome(run(context, documents("x", "eat", "y"), memory_limit=2 << 30))
    assert (made["a"], made["c"]) == ("x", "y")
    assert "MemoryError" in made["b"]


@pytest.mark.parametrize("size", [500, 1])
def test_a_system_that_cannot_be_loaded_fails_on_all_documents(
    context: Context, documents: Documents, size: int
) -> None:
    """The reason stands with the system and with every document, and it is loaded once only."""
    events = run(context, documents("x", "y"), faulty("Unloadable"), size=size)
    assert events == [LoadFailed("nothing to load"), *(Failed(id_, 1, "nothing to load") for id_ in "ab")]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_worker_that_is_broken_off_leaves_no_process(context: Context, documents: Documents, count: int) -> None:
    """Closing the stream of events ends the process at once, be it shared or not."""
    for shares in (True, False):
        executor = LocalExecutor(shares=lambda _, shares=shares: shares)  # type: ignore[misc]
        stream = executor.run(Assignment(faulty(), context), chunked(documents("x", "hang")))
        for _ in range(count):
            next(stream)
        stream.close()
        assert not workers()


def test_a_system_loaded_once_serves_all_chunks(context: Context, documents: Documents) -> None:
    """The process and the model stay from one chunk to the next, and each chunk says what it took."""
    events = run(context, documents(*"uvwxyz"), faulty("Counting"), size=2)
    assert outcome(events) == {"a": "1 2", "b": "2 2", "c": "3 2", "d": "4 2", "e": "5 2", "f": "6 2"}
    assert loads(events) == 1
    assert sum(isinstance(event, Spent) for event in events) == 3


def test_documents_are_asked_for_a_chunk_at_a_time(context: Context, documents: Documents) -> None:
    """A chunk is taken only when the one before it is done, so that a corpus is never in memory as a whole."""
    asked: list[str] = []

    def coming() -> Iterator[Document]:
        for document in documents(*"wxyz"):
            asked.append(document.id)
            yield document

    with LocalExecutor() as executor:
        stream = executor.run(Assignment(faulty(), context), chunked(coming(), size=1))
        first = next(event for event in stream if isinstance(event, Made))
        assert (first.summary.document, asked) == ("a", ["a", "b"])
        assert len(list(stream)) == 7
    assert asked == list("abcd")


def test_a_death_in_one_chunk_leaves_the_next_one_whole(context: Context, documents: Documents) -> None:
    """The system is loaded again and goes on with what is left of the chunk, then with those that follow."""
    events = run(context, documents("x", "die", "y", "z", "w"), size=2)
    made = outcome(events)
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "d": "z", "e": "w"}
    assert "signal 9" in made["b"]
    assert loads(events) == 3


def test_chunks_are_bounded_by_number_and_by_length(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long document travels alone, and what is made of a document travels with it."""
    monkeypatch.setattr("sumbench.executors.protocol.CHUNK_CHARACTERS", 10)
    many = documents("x", "y", "z", "words " * 9, "x", "y")
    chunks = list(chunked(many, {"b": frozenset({2}), "f": frozenset({1})}, 2))
    assert [[document.id for document in chunk.documents] for chunk in chunks] == [["a", "b"], ["c"], ["d"], ["e", "f"]]
    assert [dict(chunk.made) for chunk in chunks] == [{"b": {2}}, {}, {}, {"f": {1}}]
    assert chunks[0].wanted(2) == [("a", 1), ("a", 2), ("b", 1)]


@pytest.mark.parametrize("size", [500, 1])
def test_draws_that_are_there_are_not_made_again(context: Context, documents: Documents, size: int) -> None:
    """What each chunk says of draws reaches the system that is loaded already."""
    made = {"a": frozenset({1}), "c": frozenset({1, 3})}
    for executor in (LocalExecutor(), InlineExecutor()):
        chunks = chunked(documents("x", "y", "z"), made, size)
        events = list(executor.run(Assignment(faulty("Drawing", samples=3), context), chunks))
        drawn = [(event.summary.document, event.summary.draw) for event in events if isinstance(event, Made)]
        assert drawn == [("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3), ("c", 2)]


def test_what_was_made_by_one_system_is_not_missing_from_the_next(context: Context, documents: Documents) -> None:
    """In a shared process each system makes all draws that it is asked for, whatever another found there already."""
    with LocalExecutor(shares=lambda _: True) as executor:
        for made, number in (({"a": frozenset({1})}, 1), ({}, 2)):
            assignment = Assignment(faulty("Drawing", samples=2), context)
            events = list(executor.run(assignment, chunked(documents("x"), made)))
            assert (sum(isinstance(event, Made) for event in events), loads(events)) == (number, 1)


def test_light_systems_share_one_process(context: Context, documents: Documents) -> None:
    """The second and the third find the process of the first, which ends with the executor."""
    with LocalExecutor() as executor:
        for name in ("lead", "random", "luhn"):
            events = run(
                context, documents("One is here. Two is there. Three. Four."), build_system(name), executor=executor
            )
            assert "here" in outcome(events)["a"] or name == "random"
            (spent,) = [event for event in events if isinstance(event, Spent)]
            assert (spent.memory or 0) > 10_000_000
            seen = workers()
            assert len(seen) == 1
        assert seen == workers()
    assert not workers()


def test_only_our_own_systems_without_weights_are_light() -> None:
    """A model, a server's client, and any class from elsewhere have processes of their own."""
    specs = {"lead": True, "oracle": True, "lsa": True, "minilm": False, "endpoint,url=https://h/v1,model=m": False}
    assert {spec: light(build_system(spec)) for spec in specs} == specs
    assert not light(faulty("Choosing"))


@pytest.mark.parametrize(("fault", "timeout"), [("die", None), ("hang", 1.0)])
def test_a_light_system_that_breaks_the_shared_process_harms_no_other(
    context: Context, documents: Documents, fault: str, timeout: float | None
) -> None:
    """It loses its document alone, and the systems after it share the process that took over."""
    with LocalExecutor(timeout, shares=lambda _: True) as executor:
        before = run(context, documents("x"), executor=executor)
        (first,) = workers()
        broken = outcome(run(context, documents("x", fault, "y"), executor=executor))
        assert (broken["a"], broken["c"]) == ("x", "y")
        assert "signal 9" in broken["b"] or "no summary within" in broken["b"]
        (second,) = workers()
        after = run(context, documents("x", "y"), executor=executor)
        assert workers() == [second] != [first]
    assert (outcome(before), outcome(after)) == ({"a": "x"}, {"a": "x", "b": "y"})


def test_a_shared_process_that_died_while_it_was_idle_is_replaced(context: Context, documents: Documents) -> None:
    """The next system does not answer for it."""
    with LocalExecutor(timeout=30, shares=lambda _: True) as executor:
        run(context, documents("x"), executor=executor)
        (idle,) = workers()
        psutil.Process(idle).kill()
        psutil.wait_procs([psutil.Process(idle)], timeout=10)
        assert outcome(run(context, documents("x"), executor=executor)) == {"a": "x"}


def test_a_system_that_cannot_be_loaded_leaves_the_shared_process_to_the_next(
    context: Context, documents: Documents
) -> None:
    """Its reason is told, and the same process goes on."""
    with LocalExecutor(shares=lambda _: True) as executor:
        assert outcome(run(context, documents("x"), faulty("Unloadable"), executor=executor)) == {
            "a": "nothing to load"
        }
        before = workers()
        assert outcome(run(context, documents("x"), executor=executor)) == {"a": "x"}
        assert workers() == before


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of a process cannot be reset here")
def test_the_memory_of_a_shared_process_is_that_of_the_system_at_work(context: Context, documents: Documents) -> None:
    """What one system took is not told of the next, which has given it back."""
    with LocalExecutor(shares=lambda _: True) as executor:
        peaks = [
            event.memory or 0
            for text in ("x", "hoard", "x")
            for event in run(context, documents(text), executor=executor)
            if isinstance(event, Spent)
        ]
    small, large, again = peaks
    assert large > small + 150_000_000
    assert again < small + 50_000_000


def test_with_a_memory_limit_nothing_is_shared(context: Context, documents: Documents) -> None:
    """Each system has the whole limit to itself, and what another left loaded takes nothing of it."""
    with LocalExecutor(memory_limit=4 << 30) as executor:
        assert outcome(run(context, documents("One. Two."), build_system("lead"), executor=executor)) == {
            "a": "One.\nTwo."
        }
        assert not workers()


def test_a_system_that_breaks_off_is_blamed_with_its_own_error(context: Context, documents: Documents) -> None:
    """An error between two summaries costs one document, in a subprocess as in this process."""
    for executor in (LocalExecutor(), InlineExecutor()):
        made = outcome(run(context, documents("x", "raise", "y"), faulty("Breaking"), executor=executor))
        assert made == {"a": "x", "b": "ValueError: cannot read this", "c": "y"}


IMPOSSIBLE = {
    "none": "the system ended without a summary",
    "negative": "output_tokens is -1",
    "endless": "seconds is inf",
}
UNREADABLE = {
    "number": "no summary: Expected `str`, got `int` - at `$.summary.text`",
    "odd": "TypeError: a summary holds object",
    "surrogate": "surrogates not allowed",
    "bytes": "no summary: Expected `str`, got `bytes` - at `$.summary.text`",
    "huge": "OverflowError",
}


@pytest.mark.parametrize(("faults", "executor"), [(IMPOSSIBLE, InlineExecutor()), (UNREADABLE, LocalExecutor())])
def test_a_summary_that_is_none_costs_its_document(
    context: Context, documents: Documents, faults: dict[str, str], executor: Executor
) -> None:
    """What is no summary, or none at all, is told with the document, and the others are made."""
    texts = ["x", *(text for fault in faults for text in (fault, "y"))]
    made = outcome(run(context, documents(*texts), faulty("Lying"), executor=executor))
    by_text = [(text, made[chr(97 + at)]) for at, text in enumerate(texts)]
    assert [said for text, said in by_text if faults.get(text, text) not in said] == []


@pytest.mark.parametrize(
    ("fault", "says", "executor"),
    [
        ("stranger", "was not asked for, or twice: document 'nobody', draw 1", LocalExecutor(30.0)),
        ("twice", "was not asked for, or twice: document 'b', draw 1", InlineExecutor()),
        ("namesake", "in the name of 'another'", InlineExecutor()),
    ],
)
def test_a_system_that_writes_what_nobody_asked_for_is_given_up(
    context: Context, documents: Documents, fault: str, says: str, executor: Executor
) -> None:
    """What is left fails with the reason, in this chunk and the next, and the system is not loaded again."""
    events = run(context, documents("x", fault, "y", "z"), faulty("Lying"), size=3, executor=executor)
    made = outcome(events)
    assert made["a"] == "x"
    assert says in made["c"]
    assert made["c"] == made["d"]
    assert (made["b"] == fault) == (fault == "twice")
    assert loads(events) == 1


def test_numbers_of_numpy_are_numbers(context: Context, documents: Documents) -> None:
    """A system may count its tokens with numpy, as one in this process may."""
    (summary,) = [e.summary for e in run(context, documents("numpy"), faulty("Lying")) if isinstance(e, Made)]
    assert (summary.output_tokens, summary.seconds) == (3, 0.5)
    assert type(summary.output_tokens) is int


@dataclass(frozen=True, kw_only=True)
class _Unsendable:
    """A system with a function in it that no other process can find."""

    write: Callable[[str], str] = lambda text: text
    name: str = "u"
    samples: int = 1
    isolated: bool = True
    weights: str | None = None


def test_what_cannot_be_sent_to_a_worker_is_said_in_one_line(context: Context, documents: Documents) -> None:
    """A lambda among the options is no traceback: the system cannot be loaded, and it is said why."""
    system: Any = _Unsendable(write=lambda text: text)
    first, failed = run(context, documents("x"), system)
    assert isinstance(first, LoadFailed)
    assert first.reason.startswith("cannot be sent to a worker process: ")
    assert "lambda" in first.reason
    assert "\n" not in first.reason
    assert failed == Failed("a", 1, first.reason)


def test_a_class_that_the_worker_does_not_find_is_said_in_one_line(
    context: Context, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system whose module only this process can import cannot be loaded in another."""
    system = faulty()
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", str(Path(messages.__file__).parents[2]))
    first, *_ = run(context, documents("x"), system)
    assert isinstance(first, LoadFailed)
    assert first.reason == "cannot be rebuilt in a worker process: ModuleNotFoundError: No module named 'faulty'"


OWN = """
from dataclasses import dataclass
from sumbench.systems.baselines import Lead

@dataclass(frozen=True, kw_only=True)
class Own(Lead):
    pass
"""


def test_modules_of_the_users_own_are_imported_before_the_system_is_unpickled(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class from a file that no path leads to is found under the module's name, and a broken file is one line."""
    import importlib.util
    import pickle

    file = tmp_path / "own.py"
    file.write_text(OWN)
    spec = importlib.util.spec_from_file_location("users_own", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "users_own", module)
    spec.loader.exec_module(module)
    content = pickle.dumps(Assignment(module.Own(name="own"), context))
    worker = WorkerProcess()
    try:
        worker.send(ImportModules((("users_own", str(file)),)))
        worker.send(LoadSystem(content, None))
        assert isinstance(worker.receive(60)[1], messages.SystemLoaded)
        worker.send(SummarizeChunk((Document("a", "One. Two.", ()),), {}))
        written = worker.receive(60)[1]
        assert isinstance(written, messages.SummaryWritten)
        assert written.summary.text == "One.\nTwo."
        assert isinstance(worker.receive(60)[1], messages.ChunkDone)
        file.write_text("import nothing_like_that")
        worker.send(ImportModules((("users_own", str(file)),)))
        worker.send(LoadSystem(content, None))
        says = f"{file}: cannot be imported: ModuleNotFoundError: No module named 'nothing_like_that' (line 1)"
        assert worker.receive(60)[1] == SystemRefused(says)
    finally:
        worker.end()


def test_a_worker_does_not_outlive_the_pipe_to_its_parent() -> None:
    """When its stdin is closed it ends, whatever it was about to do, with all of its process group."""
    worker = WorkerProcess()
    process = worker._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == -signal.SIGKILL
    worker.end()


@pytest.mark.parametrize("session", ["same", "own"])
def test_what_a_system_started_ends_with_it(
    context: Context, documents: Documents, tmp_path: Path, session: str
) -> None:
    """Processes that a system has started are killed with its own, also those in a session of their own."""
    note = tmp_path / "pid"
    system = faulty("Parent", note=str(note), session=session)
    made = outcome(run(context, documents("hang"), system, timeout=0.5))
    assert made == {"a": "no summary within 0.5 s"}
    child = int(note.read_text())
    psutil.wait_procs([psutil.Process(child)] if psutil.pid_exists(child) else [], timeout=10)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_system_that_multiplies_costs_its_document(context: Context, documents: Documents, tmp_path: Path) -> None:
    """However many processes a system has become, all of them end with the limit, and the run goes on."""
    system = faulty("Multiplying", notes=str(tmp_path))
    made = outcome(run(context, documents("x", "multiply", "y"), system, timeout=3))
    assert made == {"a": "x", "b": "no summary within 3 s", "c": "y"}
    pids = [int(file.name) for file in tmp_path.iterdir() if file.name.isdigit()]
    assert len(pids) == 64
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(map(alive, pids)):
        time.sleep(0.1)
    assert not any(map(alive, pids))


def alive(pid: int) -> bool:
    """Tell whether a process works: one that has ended and that nobody has asked for is none."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("shared", [False, True])
def test_a_load_that_hangs_is_given_up(context: Context, documents: Documents, *, shared: bool) -> None:
    """A system that is not ready in time fails on every document, once for all, and the next system has a process."""
    with LocalExecutor(shares=lambda _: shared, load_timeout=0.5) as executor:
        made = outcome(run(context, documents("x", "y"), faulty("Unready"), executor=executor))
        assert set(made.values()) == {"not ready within 0.5 s: --load-timeout gives it more"}
        executor._load_timeout = 60
        assert set(outcome(run(context, documents("x"), executor=executor)).values()) == {"x"}


@pytest.mark.parametrize("executor", [InlineExecutor(), LocalExecutor()])
def test_a_system_that_is_not_isolated_works_in_this_process(
    context: Context, documents: Documents, executor: Executor
) -> None:
    """It is loaded once for all chunks, no worker is started, and an error in loading is told as for any other."""
    numbers = count(1)

    class Here(type(faulty("Counting"))):  # type: ignore[misc]
        isolated = False

        def load(self, context: Context) -> Any:  # noqa: ANN401 - whatever it is
            next(numbers)
            return super().load(context)

    events = run(context, documents(*"wxyz"), Here(name="f"), size=3, executor=executor)
    assert outcome(events) == {"a": "1 3", "b": "2 3", "c": "3 3", "d": "4 1"}
    assert (loads(events), next(numbers), workers()) == (1, 2, [])

    class Never(type(faulty("Unloadable"))):  # type: ignore[misc]
        isolated = False

    assert run(context, documents("x"), Never(name="f"), executor=executor) == [
        LoadFailed("nothing to load"),
        Failed("a", 1, "nothing to load"),
    ]


def test_what_is_no_frame_is_told_as_such() -> None:
    """Text in the place of a message is an error that shows it, and a frame that breaks off is the end."""
    import io

    whole = messages.frame(messages.ChunkDone(1, None))
    assert messages.receive(io.BytesIO(whole[:-1])) is None
    with pytest.raises(messages.FrameError, match="Warning:"):
        messages.receive(io.BytesIO(b"Warning: something is old"))


def test_an_empty_chunk_starts_nothing(context: Context) -> None:
    """A system of which everything is there is not even loaded."""
    with LocalExecutor() as executor:
        document = Document("a", "x", ())
        assert list(executor.run(Assignment(faulty(), context), [Chunk((document,), {"a": frozenset({1})})])) == []
        assert not workers()
