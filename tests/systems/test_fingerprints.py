"""Any option that can change what a system writes changes its fingerprint."""

from dataclasses import MISSING
from pathlib import Path
from typing import Any

import pytest

from sumbench.systems import REGISTRY
from sumbench.systems import options

WITHOUT_EFFECT = {
    *(
        (name, option)
        for name in ("causal", "smollm2-135m", "gemma-3-270m", "seq2seq")
        for option in ("batch_size", "samples")
    ),
    *(
        ("endpoint", option)
        for option in ("samples", "key", "concurrency", "retries", "timeout", "price_in", "price_out", "plain_http")
    ),
}
"""Options that say how the work is done, or what it costs, and not what is written."""

NEEDED: dict[str, dict[str, Any]] = {
    **{key: {"temperature": 0.7} for key in ("samples", "top_k", "top_p")},
    "compute": {"backend": "ctranslate2"},
}
"""Options that mean something beside others only, with those."""

WEIGHTS = {"model"}
"""Options whose effect is in the checksum of the weights, which the run adds."""

CHANGED: dict[str, Any] = {
    "words": 20,
    "long": "chunk",
    "prompt": "other.txt",
    "url": "http://127.0.0.1:2/v1",
    "path": "b.txt",
    "convention": "n",
    "batch_size": "3",
    "key": "OTHER_KEY",
    "prefix": "sum up: ",
    "dtype": "float16",
    "backend": "ctranslate2",
    "compute": "float32",
    "concurrency": 3,
}


def other(name: str, value: object) -> object:
    """Return another value for an option, of the same kind."""
    if name in CHANGED:
        return CHANGED[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if name not in {"diversity", "temperature", "top_p"} else 0.5
    return f"{value}x"


def described(name: str, **given: object) -> str:
    needed = {"url": "http://127.0.0.1:1/v1", "model": "m", "path": "a.txt"}
    cls = REGISTRY[name]
    required = {key: needed[key] for key, field in options(cls).items() if field.default is MISSING}
    return str(cls(name=name, **{**required, **given}).fingerprint())


CASES = [(name, option) for name in REGISTRY for option in options(REGISTRY[name]) if option not in WEIGHTS]


@pytest.mark.parametrize(("name", "option"), CASES, ids=[f"{name}-{option}" for name, option in CASES])
def test_every_option_that_matters_is_in_the_fingerprint(
    name: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changing one option changes the fingerprint, unless it is one that cannot change the output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTHER_KEY", "secret")
    for file in ("a.txt", "b.txt"):
        Path(file).write_text(f"one summary of {file}\n")
    Path("other.txt").write_text("[user]\nSay it in {sentences} sentences.\n\n{document}\n")
    default = options(REGISTRY[name])[option].default
    start = {"url": "http://127.0.0.1:1/v1", "path": "a.txt"}.get(option, default)
    given = NEEDED.get(option, {})
    changed = described(name, **given, **{option: other(option, start)})
    assert (changed == described(name, **given)) == ((name, option) in WITHOUT_EFFECT)


def test_the_fingerprint_does_not_hold_the_name() -> None:
    """The same system under another name is the same system."""
    cls = REGISTRY["lead"]
    assert cls(name="a").fingerprint() == cls(name="b").fingerprint()
