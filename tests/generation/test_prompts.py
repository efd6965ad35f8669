from pathlib import Path

import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation import prompts
from sumbench.length import Length


def test_every_prompt_that_ships_can_be_asked() -> None:
    """Each holds the document and says how long the summary may be."""
    for name in prompts.prompt_names():
        prompt = prompts.read_prompt(name)
        turns = prompt.chat_turns("DOC {sentences}", Length(3))
        assert "DOC {sentences}" in turns[1]
        assert "three" in " ".join(turns)
        assert "DOC {sentences}" in prompt.completion_prompt("DOC {sentences}", Length(3))


def test_a_completion_is_told_or_made_of_the_turns() -> None:
    """A model without a chat template goes on from what stands under [completion], else from the turns and TL;DR."""
    turns = "[system]\nBe short.\n[user]\nRead: {document}\n"
    told = prompts.parse_prompt("mine", turns + "[completion]\n{document}\n\nIn {sentences} sentences:\n")
    assert told.chat_turns("x", Length(2)) == ("Be short.", "Read: x")
    assert told.completion_prompt("x", Length(2)) == "x\n\nIn two sentences:"
    assert prompts.parse_prompt("mine", turns).completion_prompt("x", Length(2)) == "Be short.\n\nRead: x\n\nTL;DR:"
    assert told.fingerprint != prompts.parse_prompt("mine", turns).fingerprint
    with pytest.raises(SummarizerError, match=r"mine: needs the line \[completion\]"):
        prompts.parse_prompt("mine", turns + "[completion]\nSummary:\n")


def test_numbers_above_ten_are_written_in_digits() -> None:
    """One to ten are words, more are digits."""
    prompt = prompts.parse_prompt("mine", "[user]\n{sentences}: {document}\n")
    assert [prompt.chat_turns("x", Length(count))[1] for count in (1, 10, 11)] == ["one: x", "ten: x", "11: x"]


@pytest.mark.parametrize("name", prompts.prompt_names())
def test_a_length_in_words_is_asked_for_in_words(name: str) -> None:
    """Where a prompt names a number of sentences it says about how many words instead; a document stays as it is."""
    prompt = prompts.read_prompt(name)
    document = "DOC up to {sentences} sentences, {length}"
    system, user = prompt.chat_turns(document, Length(words=50))
    asked = " ".join((system, user.replace(document, "")))
    assert document in user
    assert "about 50 words" in asked
    assert "sentence" not in asked
    assert "up to about" not in asked


def test_a_prompt_may_leave_the_kind_of_length_open() -> None:
    """`{length}` is either; a prompt that wants a number of sentences elsewhere cannot be asked for words."""
    prompt = prompts.parse_prompt("mine", "[user]\nIn {length}: {document}\n")
    asked = [prompt.chat_turns("x", length)[1] for length in (Length(1), Length(3), Length(words=1), Length(words=80))]
    assert asked == ["In one sentence: x", "In three sentences: x", "In about 1 word: x", "In about 80 words: x"]
    german = prompts.parse_prompt("deutsch", "[user]\nIn {sentences} Sätzen: {document}\n")
    german.check(Length(2))
    with pytest.raises(UsageError, match=r"prompt deutsch: \{sentences\} cannot be 80 words: write \{length\} there"):
        german.check(Length(words=80))


def test_a_prompt_of_the_users_own_is_a_file(tmp_path: Path) -> None:
    """A path that ends in .txt is read, and its content makes the fingerprint."""
    file = tmp_path / "mine.txt"
    file.write_text("[system]\nBe short.\n[user]\n{document}\n", encoding="utf-8")
    first = prompts.read_prompt(str(file))
    assert (first.system, first.user) == ("Be short.", "{document}")
    file.write_text("[system]\nBe long.\n[user]\n{document}\n", encoding="utf-8")
    assert prompts.read_prompt(str(file)).fingerprint != first.fingerprint


def test_a_prompt_from_windows_is_the_same_prompt(tmp_path: Path) -> None:
    """Neither the byte order mark nor the line ends of an editor reach a model."""
    text = "# Short ones.\n[system]\nBe short.\n[user]\nRead:\n{document}\n"
    (tmp_path / "mine.txt").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    read = prompts.read_prompt(str(tmp_path / "mine.txt"))
    assert read.fingerprint == prompts.parse_prompt("mine", text).fingerprint
    assert (read.description, read.system) == ("Short ones.", "Be short.")


def test_placeholders_in_a_document_are_its_text() -> None:
    """Only the prompt's own are replaced, and the document arrives as it is."""
    prompt = prompts.parse_prompt(
        "mine", "[system]\nIn {length}.\n[user]\nUp to {sentences} sentences:\n{document}\n[completion]\n{document}\n"
    )
    document = "Up to {sentences} sentences, {length} of {document} {{ 7 * 7 }} {% endif %} {0} %s \\1 \\g<0>"
    for length in (Length(3), Length(words=40)):
        system, user = prompt.chat_turns(document, length)
        assert system == ("In three sentences." if length.words is None else "In about 40 words.")
        assert user.endswith(f":\n{document}")
        assert prompt.completion_prompt(document, length) == document


def test_a_file_that_holds_no_prompt_is_refused(tmp_path: Path) -> None:
    """A missing part, and a file that is not there, are named."""
    file = tmp_path / "mine.txt"
    for text in ("{document}", "[user]\nSummarize.", "[user]\n{document} {document}"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SummarizerError, match=r"mine\.txt: needs the line \[user\]"):
            prompts.read_prompt(str(file))
    with pytest.raises(SummarizerError, match="cannot be read"):
        prompts.read_prompt(str(tmp_path / "absent.txt"))


def test_an_unknown_prompt_is_answered_with_the_nearest() -> None:
    """A misspelt name gets a hint."""
    with pytest.raises(UsageError, match="did you mean 'summarize'"):
        prompts.read_prompt("sumarize")


@pytest.mark.parametrize("name", prompts.prompt_names())
def test_a_prompts_text_is_a_prompt_file(name: str) -> None:
    """What run.json records of a prompt makes the same prompt again."""
    prompt = prompts.read_prompt(name)
    assert prompts.parse_prompt(name, prompt.text) == prompt
