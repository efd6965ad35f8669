from sumbench.generation.requests import LOOKAHEAD
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue


def requests(*lengths: int) -> list[GenerationRequest]:
    return [GenerationRequest([0] * length, "en") for length in lengths]


def test_the_longest_of_what_waits_comes_first() -> None:
    """Of requests of one length it is the one that came first, and what is put in later takes its place among them."""
    short, first, second, longest = requests(1, 5, 5, 9)
    queue = RequestQueue([short, first, second])
    assert queue.take() is first
    queue.put(longest)
    assert [queue.take() for _ in range(4)] == [longest, second, short, None]
    queue.put(short)
    assert queue.take() is short


def test_no_more_is_begun_than_is_soon_needed() -> None:
    """The source is asked for requests while fewer than a certain number wait, and not before any is taken."""
    begun: list[int] = []

    def source() -> object:
        for number in range(200):
            begun.append(number)
            yield GenerationRequest([number], "en")

    queue = RequestQueue(source())  # type: ignore[arg-type]
    assert not begun
    queue.take()
    assert len(begun) == LOOKAHEAD
    for _ in range(10):
        queue.take()
    assert len(begun) == LOOKAHEAD + 10


def test_a_budget_of_tokens_counts_each_text_as_long_as_the_longest() -> None:
    """One text is always taken, whatever its length; without a budget it is as many as may be at once."""
    intake = RequestIntake(RequestQueue(), 8, 100)
    assert [intake.max_requests(longest) for longest in (1, 20, 50, 51, 1000)] == [8, 5, 2, 1, 1]
    assert RequestIntake(RequestQueue(), 8).max_requests(1000) == 8


def test_what_is_under_way_is_known() -> None:
    """A batch is taken by its longest text, and the intake tells what was taken and is not done."""
    intake = RequestIntake(RequestQueue(requests(30, 10, 40, 20)), 8, 100)
    batch = intake.batch()
    assert [len(request.ids) for request in batch] == [40, 30]
    intake.in_progress.remove(batch[0])
    assert (intake.in_progress, intake.taken) == ([batch[1]], 2)
    assert [len(request.ids) for request in intake.batch()] == [20, 10]
    assert intake.batch() == []


def test_padding_is_never_the_larger_part_of_a_batch() -> None:
    """What has less than half of the longest text's tokens waits for the next batch."""
    intake = RequestIntake(RequestQueue(requests(50, 41, 25, 24, 12, 11, 1)), 8)
    batches = [[len(request.ids) for request in intake.batch()] for _ in range(5)]
    assert batches == [[50, 41, 25], [24, 12], [11], [1], []]
    intake = RequestIntake(RequestQueue(requests(50, 41, 25, 24)), 8)
    assert [len(request.ids) for request in intake.batch(100)] == [50, 41]
