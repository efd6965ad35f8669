"""`sumbench suites` and `sumbench prompts`: what there is, and one of it in full."""

from pathlib import Path

import pytest

from sumbench import suites
from sumbench.cli import main
from sumbench.generation.prompts import prompt_names
from sumbench.generation.prompts import read_prompt
from sumbench.suites import scored
from sumbench.systems import build_systems


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_suites_are_listed_with_corpora_and_systems(capsys: pytest.CaptureFixture[str]) -> None:
    """Each suite that ships has a row with its systems by their names in tables; none too wide for a screen."""
    out = shown(capsys, "suites")
    for name in (*suites.suite_names(), *scored.scored_suite_names()):
        assert f"\n {name} " in out
    words = set(out.replace(",", " ").split())
    for name in suites.suite_names():
        for task in suites.read_suite(name).tasks:
            assert task.corpus.partition(",")[0] in {word.rstrip(":") for word in words}
            assert {system.name for system in build_systems(task.systems)} <= words
    assert max(map(len, out.splitlines())) <= 100


def test_a_suite_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    """Systems with what they are, those of all corpora once; corpora with length budgets; how to run and copy it."""
    out = shown(capsys, "suites", "news")
    assert out.count("\n textrank ") == 1
    assert out.index("on every corpus") < out.index("\n textrank ") < out.index("on multi_news (9 sentences)")
    assert out.index("on multi_news (9 sentences)") < out.index("\n pegasus-multi-news ")
    assert "PEGASUS large, fine-tuned on Multi-News" in out
    assert "corpora: cnn_dailymail (3 sentences), multi_news (9 sentences), gigaword (1 sentence)" in out
    assert "news of CNN and the Daily Mail with their bullet points" in out
    (file,) = (line.partition(": ")[2] for line in out.splitlines() if line.startswith("its file"))
    assert suites.read_suite(file).tasks == suites.read_suite("news").tasks


def test_a_suite_of_outputs_is_shown_with_where_to_get_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Its files, their sources and the command that scores them."""
    out = shown(capsys, "suites", "published-cnndm")
    for text in (
        "outputs of simcls",
        "download https://github.com",
        "sumbench score --suite published-cnndm --files DIR",
    ):
        assert text in out


def test_a_suite_of_ones_own_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its systems are looked up, and a mistake is one line."""
    file = tmp_path / "mine.toml"
    file.write_text('corpus = "references"\nsystems = ["lead", "qwen3-0.6b,prompt=tldr"]\n')
    assert "Qwen3" in shown(capsys, "suites", str(file))
    file.write_text('corpus = "references"\nsystems = ["leed"]\n')
    assert main(["suites", str(file)]) == 2
    assert capsys.readouterr().err == (
        "sumbench: unknown system 'leed': did you mean 'lead'? (sumbench systems lists them)\n"
    )


def test_prompts_are_listed_and_printed_as_files_have_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed of one is a file that can be used, with the same text for models."""
    out = shown(capsys, "prompts")
    for name in prompt_names():
        assert f"\n {name} " in out
        prompt = read_prompt(name)
        assert " ".join(prompt.description.split()[:3]) in out
        mine = tmp_path / f"{name}.txt"
        mine.write_text(shown(capsys, "prompts", name))
        own = read_prompt(str(mine))
        assert (own.fingerprint, own.text, own.description) == (prompt.fingerprint, prompt.text, prompt.description)
        assert prompt.description not in own.text


def test_a_prompt_of_ones_own_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that lacks a part is one line, and so is a name that there is not."""
    file = tmp_path / "mine.txt"
    file.write_text("# Mine.\n[user]\nSummarize this.\n")
    assert main(["prompts", str(file)]) == 2
    assert "needs the line [user] and, under it, {document} once" in capsys.readouterr().err
    assert main(["prompts", "mine"]) == 2
    assert "one of your own is a file: ./MINE.txt" in capsys.readouterr().err


def test_a_description_is_no_part_of_a_prompt(tmp_path: Path) -> None:
    """Lines with # describe it before the first part alone: in the system turn they are text, as Markdown has it."""
    file = tmp_path / "mine.txt"
    file.write_text("# For news.\n#And more.\n[system]\n# Rules\nBe brief.\n[user]\n{document}\n")
    prompt = read_prompt(str(file))
    assert (prompt.description, prompt.system) == ("For news. And more.", "# Rules\nBe brief.")
