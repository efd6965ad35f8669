"""Every command and every snippet of Python in README.md runs, and every flag that it names is there."""

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sumbench.cli import main
from sumbench.cli import parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")

INSTALLS = "installs sumbench from the package index, and runs what .ci/run runs"
WEIGHTS = "needs the weights of a model"
NETWORK = "reads the Hugging Face hub"
MENTIONED = "names a command whose examples stand beside it"
FILES = "needs files that others released"
SHELL = "its pattern is the shell's to expand"
DEVICES = "needs two GPUs"

ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/sumbench run": INSTALLS,
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest": INSTALLS,
    "sumbench merge results/news-* --out results/news": SHELL,
    "sumbench run --device cuda:0,cuda:1": DEVICES,
}
"""Commands that are not run here, and why."""

DRY = {
    "sumbench run --corpus my-articles --systems lead,textrank,minilm,smollm2-135m": WEIGHTS,
    "sumbench run --corpus articles.csv --document-column body --reference-column gold": WEIGHTS,
    "sumbench run --corpus hub:owner/name,split=test --sample 200": NETWORK,
    "sumbench run news --shard 3/8 --out results/news-3": NETWORK,
    "sumbench run --workers 4": WEIGHTS,
    "sumbench run --executor ray --ray-address auto --workers 8 --gpus-per-worker 1": WEIGHTS,
}
"""Commands that run with --dry-run alone, and why."""

PARSED = {
    "sumbench weights pull gemma-3-270m --accept-license Gemma": WEIGHTS,
    "sumbench score": MENTIONED,
    "sumbench metrics check hallucination,model=…": WEIGHTS,
    "sumbench score --suite published-xsum --files DIR": FILES,
}
"""Commands in the text that are parsed alone, and why."""

PLACES = {
    "results/<run>": "results/run",
    "CORPUS": "my-articles",
    "systems NAME": "systems lead",
    "metrics NAME": "metrics rouge",
    "suites NAME": "suites news",
    "prompts NAME": "prompts tldr",
}
"""What stands in the text for something of the reader's own, and what it is here."""

METRIC = '''
from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric


@dataclass(frozen=True, kw_only=True)
class Wordy(SummaryMetric):
    """Its words."""

    declared: ClassVar[tuple[Value, ...]] = (Value("wordy", "Wordy", "words", decimals=0, direction=Direction.LOWER),)

    def measure(self, document, summary):
        return Measured({"wordy": len(summary.text.split())})
'''


def blocks(language: str) -> list[str]:
    return [found["text"] for found in BLOCK.finditer(README) if found["language"] == language]


def commands() -> list[str]:
    """Return the commands of the shell snippets, a line each, without comments."""
    lines = [line for text in blocks("") for line in text.splitlines()]
    return [re.sub(r"\s+#.*", "", line).strip() for line in lines if line.strip()]


def inline() -> list[str]:
    """Return what stands between single backticks in the text."""
    return INLINE.findall(BLOCK.sub("", README))


def commands_in_text() -> list[str]:
    return list(dict.fromkeys(text for text in inline() if re.match(r"sumbench [a-z]", text)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with the files and runs that the README speaks of, which is the current one."""
    monkeypatch.chdir(tmp_path)
    texts = [f"Word{number} said this. The {number}th ship came in. It rained all day." for number in range(12)]
    golds = [f"The {number}th ship came in." for number in range(12)]
    rows = [
        {"id": str(number), "document": text, "body": text, "gold": gold, "summary": gold, "bart": text[:20]}
        | {"pegasus": gold[:12]}
        for number, (text, gold) in enumerate(zip(texts, golds, strict=True))
    ]
    header = ("id", "body", "gold", "bart", "pegasus")
    table = "".join(
        ",".join(row[key] for key in header) + "\n" for row in [dict(zip(header, header, strict=True)), *rows]
    )
    (tmp_path / "articles.csv").write_text(table)
    (tmp_path / "sheet.csv").write_text(table)
    refs = "".join(json.dumps({"id": row["id"], "reference": row["gold"]}) + "\n" for row in rows)
    outputs = "".join(
        json.dumps({"id": row["id"], "reference": row["gold"], "prediction": row["bart"]}) + "\n" for row in rows
    )
    (tmp_path / "refs.jsonl").write_text(refs)
    (tmp_path / "outputs.jsonl").write_text(outputs)
    rated = (
        {"id": row["id"], "document": row["document"], "references": [row["gold"]]}
        | {"systems": {name: row[name] for name in ("bart", "pegasus")}}
        | {"human": {name: {"coherence": len(row[name])} for name in ("bart", "pegasus")}}
        for row in rows
    )
    (tmp_path / "rated.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rated))
    (tmp_path / "bart.txt").write_text("".join(row["bart"] + "\n" for row in rows))
    pegasus = "".join(json.dumps({"id": row["id"], "prediction": row["pegasus"]}) + "\n" for row in rows)
    (tmp_path / "pegasus.jsonl").write_text(pegasus)
    (tmp_path / "own.py").write_text(METRIC)
    (tmp_path / "my-articles").mkdir()
    (tmp_path / "my-articles" / "article.txt").write_text(texts[0])
    (tmp_path / "my-articles" / "reference-1.txt").write_text(golds[0])
    suite = (ROOT / "bench/sumbench/suites/default.toml").read_text()
    (tmp_path / "mine.toml").write_text(re.sub(r'  "(minilm|smollm2-135m|oracle|lexrank|lsa|kl)",\n', "", suite))
    # What the README loads by its path in a clone.
    (tmp_path / "bench").symlink_to(ROOT / "bench")
    for name in ("before", "after", "run"):
        assert main(["run", "--systems", "lead,luhn,sumbasic", "--out", f"results/{name}", "--quiet"]) == 0
    capsys.readouterr()
    return tmp_path


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command; return what is wrong with how it ended, "" for nothing."""
    words = shlex.split(command)
    assert words[0] == "sumbench"
    code = main(words[1:])
    done = capsys.readouterr()
    return "" if code == 0 and done.out else f"exit code {code}: {done.err or done.out}"


@pytest.mark.usefixtures("folder")
def test_every_command_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line of the shell snippets does what it says, or, for want of a model or a network, a dry run of it."""
    named = [line for line in commands() if line not in ELSEWHERE]
    assert len(named) > 10
    wrong = {line: run(f"{line} --dry-run" if line in DRY else line, capsys) for line in named}
    assert {line: what for line, what in wrong.items() if what} == {}


@pytest.mark.usefixtures("folder")
def test_every_command_in_the_text_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """So does what the text names, with the reader's own things put in, but what is parsed alone."""
    named = [text for text in commands_in_text() if text not in PARSED]
    assert len(named) > 5
    wrong = {}
    for text in named:
        command = text
        for what, own in PLACES.items():
            command = command.replace(what, own)
        wrong[text] = run(command, capsys)
    assert {text: what for text, what in wrong.items() if what} == {}


def test_what_is_not_run_is_parsed_and_in_the_readme() -> None:
    """No exception outlives its command, and each means something to the command line."""
    assert {*ELSEWHERE, *DRY} <= set(commands())
    assert set(PARSED) <= set(commands_in_text())
    for command in (*PARSED, *DRY):
        parser().parse_args(shlex.split(command)[1:])


def _flags(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _flags(command)


def test_every_flag_in_the_text_is_one() -> None:
    """A flag that the text names is a flag of some command."""
    known = set(_flags(parser())) | {"--extra-index-url"}
    named = {flag for text in inline() for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)}
    assert "--no-texts" in named
    assert named <= known


@pytest.mark.usefixtures("evaluate_offline")
def test_every_snippet_of_python_runs(folder: Path) -> None:
    """They run one after the other, as in one session, in a folder with the files that the README speaks of."""
    session: dict[str, Any] = {}
    snippets = blocks("python")
    assert len(snippets) >= 2
    for number, text in enumerate(snippets, 1):
        exec(compile(text, f"{folder}/snippet-{number}.py", "exec"), session)  # noqa: S102 - it is what the test is about


def test_every_link_leads_somewhere() -> None:
    """A link within the repository names a file of it, and a heading of that file where it has one behind #."""
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        assert (ROOT / path).exists(), target
        headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, target
