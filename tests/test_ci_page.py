"""The workflow of docs/ci.md, step by step against a local server: a worse prompt is red, an equal one is not."""

import contextlib
import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from sumbench.cli import main
from tests.systems import servers

pytestmark = pytest.mark.usefixtures("in_process")

PAGE = Path(__file__).parents[1] / "docs" / "ci.md"

SHIM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect({address!r})
    with there.makefile("rw") as line:
        line.write(json.dumps(sys.argv[1:]) + "\\n")
        line.flush()
        code, out, err = json.loads(line.readline())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""
"""A `sumbench` that asks this process to do the work, which has everything imported already."""

ARTICLES = [
    (
        f"Ship {name} ran aground on Friday. Two tugs pulled {name} free at noon. All were well. It rained on {name}.",
        name,
    )
    for name in ("Ada", "Bela", "Cora", "Dora", "Edda", "Fria", "Gela", "Hera", "Ida", "Juno", "Kora", "Luna")
]
GOOD = "[user]\nSummarize: {document}\n"
POOR = "[user]\nTalk about the weather: {document}\n"


def answer(handler: servers.Handler) -> None:
    """Answer a prompt for a summary with most of the reference, any other with the weather."""
    asked = handler.body["messages"][-1]["content"]
    found = re.search(r"Ship (\w+)", asked)
    assert found is not None
    text = f"Two tugs pulled {found[1]} free." if asked.startswith("Summarize") else f"It rained on {found[1]}."
    servers.answer(text)(handler)


@pytest.fixture
def workflow() -> dict[str, Any]:
    """The workflow that the page shows."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's repository with a prompt on its base branch, articles, and git's view of a pull request."""
    folder = tmp_path / "repository"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "summarize.txt").write_text(GOOD)
    rows = [
        {"id": name, "document": text, "reference": f"Two tugs pulled {name} free at noon."} for text, name in ARTICLES
    ]
    (folder / "articles.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    subprocess.run(["git", "update-ref", "refs/remotes/origin/main", "HEAD"], cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What GitHub sets for a job, and a `sumbench` on the path; the socket that it speaks to."""
    programs, temporary = tmp_path / "bin", tmp_path / "temporary"
    programs.mkdir()
    temporary.mkdir()
    address = str(tmp_path / "s")
    shim = programs / "sumbench"
    shim.write_text(SHIM.format(python=sys.executable, address=address))
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RUNNER_TEMP", str(temporary))
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        listener.settimeout(0.02)
        yield listener


def run_step(step: dict[str, Any], shell: str, listener: socket.socket) -> tuple[int, str]:
    """Run a step as GitHub does; return its exit code and what it printed."""
    assert shell == "bash"
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while process.poll() is None:
            with contextlib.suppress(TimeoutError):
                serve(listener)
        assert process.stdout is not None
        return process.returncode, process.stdout.read()


def serve(listener: socket.socket) -> None:
    """Carry out one command line that the shell gives."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rw") as line:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(json.loads(line.readline()))
        line.write(json.dumps([code, out.getvalue(), err.getvalue()]) + "\n")
        line.flush()


@pytest.mark.parametrize(
    ("prompt", "code", "said", "failing"),
    [(POOR, 1, "gate failed", ["rouge2 is not worse"]), (f"{GOOD}\n", 0, "gate passed", [])],
    ids=["worse", "equal"],
)
def test_the_gate_is_red_for_a_worse_prompt_alone(
    prompt: str,
    code: int,
    said: str,
    failing: list[str],
    workflow: dict[str, Any],
    repository: Path,
    runner: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every step of the page runs with the shell that it names; JUnit, summary and page say what came of it."""
    (repository / "prompts" / "summarize.txt").write_text(prompt)
    job = workflow["jobs"]["gate"]
    steps = [step for step in job["steps"] if "run" in step]
    assert [step["name"] for step in steps] == ["Install", "Summarize with both prompts", "Gate"]
    monkeypatch.setenv("MODEL_KEY", "secret")
    with servers.serving(answer) as server:
        monkeypatch.setenv("SERVER", server.url)
        monkeypatch.setenv("MODEL", job["env"]["MODEL"])
        shell = workflow["defaults"]["run"]["shell"]
        assert run_step(steps[1], shell, runner)[0] == 0
        found, printed = run_step(steps[2], shell, runner)
        asked = len(server.seen.requests)
    assert (found, asked) == (code, 2 * len(ARTICLES)), printed
    assert said in printed
    assert said in Path(os.environ["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    cases = ET.parse(repository / "gate.xml").getroot().iter("testcase")  # noqa: S314 - it is our own
    assert [each.get("name") for each in cases if each.find("failure") is not None] == failing
    for path in job["steps"][-1]["with"]["path"].split():
        assert (repository / path).exists()
    assert (repository / "results" / "prompt" / "report.html").is_file()
