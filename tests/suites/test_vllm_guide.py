"""The guide to vLLM: its suite is one, and its commands mean something to the command line."""

import re
import shlex
from pathlib import Path

import pytest

from sumbench import suites
from sumbench.cli import parser
from sumbench.systems import build_systems
from sumbench.systems.endpoint import Endpoint

GUIDE = (Path(__file__).parents[2] / "docs" / "scale" / "vllm.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_the_suite_of_the_guide_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its addresses come from the environment, several of them for one system."""
    (text,) = blocks("toml")
    (tmp_path / "vllm.toml").write_text(text)
    monkeypatch.setenv("SMALL_SERVERS", "https://node1:8000/v1+https://node2:8000/v1")
    monkeypatch.setenv("LARGE_SERVERS", "https://node3:8000/v1")
    systems = build_systems(suites.read_suite(str(tmp_path / "vllm.toml")).task(None).systems)
    assert [system.name for system in systems] == ["lead", "qwen3-8b", "qwen3-32b"]
    assert [len(system.addresses) for system in systems if isinstance(system, Endpoint)] == [2, 1]


def test_the_commands_of_the_guide_are_some() -> None:
    """Each line that begins with sumbench, and every flag that the text names."""
    lines = [line for block in blocks("bash") for line in block.replace("\\\n", " ").splitlines()]
    ours = [shlex.split(line)[1:] for line in lines if line.startswith("sumbench ")]
    assert len(ours) >= 6
    for command in ours:
        assert parser().parse_args(command).run
