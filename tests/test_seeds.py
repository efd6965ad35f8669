from sumbench.seeds import stream


def test_a_stream_belongs_to_its_seed_and_names() -> None:
    """Equal seed and names give equal draws; any other seed or name gives others."""
    draws = [
        tuple(stream(*key).integers(1 << 30, size=4))
        for key in ((1, "a", "b"), (1, "a", "b"), (2, "a", "b"), (1, "b", "a"), (1, "ab"))
    ]
    assert draws[0] == draws[1]
    assert len(set(draws)) == 4
