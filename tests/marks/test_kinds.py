"""Marks of each kind are found where they are, not in texts that only look like it, and cleaning takes them off."""

import json
import time
from pathlib import Path

import pytest

from sumbench.marks.cleaning import cleaned
from sumbench.marks.counting import MarkCounter
from sumbench.marks.kinds import KINDS
from sumbench.marks.kinds import marks_in
from sumbench.weights.catalog import catalog

SUMMARY = "The mill closed. Workers left."
REFERENCES = Path(__file__).parents[2] / "references"

HELD = {
    "thoughts": [f"<think>Hm, well now.</think>{SUMMARY}", f"I read it. </think> {SUMMARY}"],
    "special tokens of a model": [
        f"<extra_id_0> {SUMMARY}",
        f"<pad> {SUMMARY}</s>",
        f"<s>{SUMMARY}</s>",
        f"{SUMMARY}<|endoftext|>",
        f"{SUMMARY}<|im_end|>",
        f"<|im_start|>assistant\n{SUMMARY}",
        f"<|begin_of_text|><|start_header_id|>assistant<|end_header_id|>\n{SUMMARY}<|eot_id|>",
        f"<bos><start_of_turn>model\n{SUMMARY}<end_of_turn>",
        f"{SUMMARY}<eos>",
        f"{SUMMARY}<｜end▁of▁sentence｜>",
        f"[/INST] {SUMMARY}",
        f"<<SYS>> {SUMMARY}",
        f"{SUMMARY}<|end|>",
        f"{SUMMARY} <|return|>",
        f"en_XX {SUMMARY}",
        f"{SUMMARY} eng_Latn",
        f"<mask_2> {SUMMARY}",
        f"[CLS] {SUMMARY}",
    ],
    "marks of a tokenizer": ["TheĠmillĠclosed.", "▁The▁mill▁closed.", "The mil ##l clos ##ed.", "The mil@@ l closed."],
    "sentence marks <n>": ["The mill closed.<n>Workers left."],
    "sentence marks <q>": ["The mill closed.<q>Workers left."],
    "sentence marks <t>": ["<t> The mill closed. </t> <t> Workers left. </t>"],
    "marks between sentences": [
        "The mill closed. [X_SEP] Workers left.",
        "The mill closed.<S_SEP>Workers left.",
        "The mill closed. ||||| Workers left.",
        "The mill closed.<doc-sep>Workers left.",
        "The mill closed. story_separator_special_tag Workers left.",
    ],
    "line breaks written as \\n": ["The mill closed.\\nWorkers left.", "The mill closed\\n\\nWorkers left."],
    "a code fence": [f"```text {SUMMARY} ```", f"```\n{SUMMARY}\n```"],
    "a JSON object around the text": [f'{{"summary": "{SUMMARY}"}}', f"{{'summary': '{SUMMARY}'}}"],
    "an announcement": [f"**Summary:** {SUMMARY}", f"Here is a summary: {SUMMARY}", f"Zusammenfassung: {SUMMARY}"],
    "a word to the reader": [f"{SUMMARY} Let me know if you need more."],
    "HTML character references": ["The mill &amp; the ferry closed.", "The mill&#39;s closed.", "A &lt; B&nbsp;C"],
    "HTML tags": ["The <b>mill</b> closed.", "The mill closed.<br/>Workers left.", "<p>The mill closed."],
    "brackets as the Penn Treebank writes them": [
        "The mill -LRB- old -RRB- closed.",
        "the mill -lrb- old -rrb- closed .",
    ],
    "Markdown headings": ["## The mill\nIt closed."],
    "Markdown bold": ["The **mill** closed."],
    "lists": [
        "- The mill closed.\n- Workers left.",
        "1. The mill closed.\n2. Workers left.",
        "1. It closed. 2. They left.",
    ],
    "citation marks": ["The mill closed【4†source】."],
    "wrongly decoded letters": ["The millâ€™s cafÃ© closed."],
}

PLAIN = [
    SUMMARY,
    "AT&T and R&D: Q&A; the mill & the ferry.",
    "A page about HTML: the <b> and </b> tags make words bold, `&amp;` is an ampersand, `<br>` breaks a line.",
    'The <|im_end|> token ends a turn. `[INST]` opens an instruction; "</s>" ends a text.',
    "Il-Ġimgħa fil-ġnien, ĠNIEN Ġdid.",
    "He saved it in C:\\new\\notes, and \\nabla is a sign of LaTeX.",
    "In 2019. 3 men left; - as said - for home.",
    "1. FC Köln won against 2. Bundesliga's best.",
    "It cost 5 * 3 ** 2, a < b and b > a, {x | x > 0}.",
    "# 1 in the charts, #mill and C# and ## too.",
    "She said: \"We closed.\" 'Why?' “Money.”",
    "en_US is a locale; the variable __init__ is another matter.",
    "Mâcon, São Paulo, Ñuñoa, ÃO.",
]


def test_every_kind_has_samples() -> None:
    """The table of kinds and the table of samples are about the same."""
    assert set(HELD) == {kind.name for kind in KINDS}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HELD.items() for text in texts])
def test_a_mark_is_found(kind: str, text: str) -> None:
    """Each sample is of its kind."""
    assert kind in marks_in(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_not_suspected_or_changed(text: str) -> None:
    """Texts about tags, letters of other languages, signs of programs and numbers are no marks."""
    assert not marks_in(text)
    assert cleaned(text) == text


def test_references_of_our_own_hold_no_marks() -> None:
    """No reference that comes with sumbench is suspected."""
    texts = [file.read_text() for file in REFERENCES.glob("*/reference*.txt")]
    assert len(texts) > 100
    assert not [found for text in texts if (found := marks_in(text))]


KEPT = {"sentence marks <n>", "sentence marks <q>", "sentence marks <t>", "marks between sentences"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind, texts in HELD.items() for text in texts if kind not in {*KEPT, "wrongly decoded letters"}],
)
def test_cleaning_takes_marks_off(kind: str, text: str) -> None:
    """What a note says of `--clean` holds: the mark is gone, the words are there."""
    bare = cleaned(text)
    assert kind not in marks_in(bare)
    assert "closed" in bare or "B" in bare


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (f"<think>Hm.</think>\nHere is a summary:\n\n```\n{SUMMARY}\n```\n\nLet me know if you need more!", SUMMARY),
        (f'<think>Hm.</think>{{"summary": "{SUMMARY}"}}<|im_end|>', SUMMARY),
        ("The mill&#39;s gates -LRB- old -RRB- closed &amp; locked.", "The mill's gates ( old ) closed & locked."),
        ("The mill closed.\\nWorkers left.", "The mill closed.\nWorkers left."),
        (
            "1. The mill closed. 2. Workers left in 1990. 3. Rain fell.",
            "The mill closed.\nWorkers left in 1990.\nRain fell.",
        ),
        ("* **Mill:** It closed.\n* **Workers:** They left.", "Mill: It closed.\nWorkers: They left."),
        ("The mill closed.<br>Workers <i>left</i>.", "The mill closed.\nWorkers left."),
        ("The mill closed.<q>Workers left.", "The mill closed.<q>Workers left."),
        ("<think>I never come to an end", ""),
        (SUMMARY, SUMMARY),
    ],
)
def test_cleaning_leaves_the_summary(text: str, bare: str) -> None:
    """Several marks at once, too; sentence marks are left to `--sentences`, an unfinished thought is no summary."""
    assert cleaned(text) == bare


def test_special_tokens_of_the_catalogs_tokenizers_are_known() -> None:
    """Of the catalog's tokenizers that this machine has, each special token would be found behind a summary."""
    store = Path.home() / ".cache" / "sumbench"
    found = [file for name in catalog() for file in store.glob(f"**/{name}/**/tokenizer.json")]
    if not found:
        pytest.skip("no tokenizer of the catalog is in this machine's store")
    tokens = {
        token["content"] for file in found for token in json.loads(file.read_text())["added_tokens"] if token["special"]
    }
    unknown = [token for token in tokens if not marks_in(f"{SUMMARY}{token}")]
    assert not [token for token in unknown if not token.isspace() and "think" not in token]


def test_notes_count_texts_and_name_the_remedy() -> None:
    """A line for each kind, with an example; after cleaning it no longer advises to clean."""
    marks = MarkCounter()
    for text in (f"<think>Hm, well.</think>{SUMMARY}", SUMMARY):
        marks.add("s", text)
    marks.add("references", "Rain.<q>Cold.")
    assert list(marks.notes()) == [
        (
            "marks: 1 of 2 texts of s hold thoughts (<think>Hm, well.</think>), scored as they stand: "
            "--clean takes them off"
        ),
        "marks: 1 of 1 references hold sentence marks <q> (<q>), scored as they stand: --sentences q",
    ]
    assert next(marks.notes(run=True)).endswith("clean=true takes them off")
    marks.clean("s", changed=True)
    changed, held, _ = marks.notes()
    assert changed.startswith("marks: --clean changed 1 of 2 texts of s")
    assert "--clean" not in held


@pytest.mark.parametrize(
    "part", ["<", "<|", "&amp", "**a ", "1. 2. ", "- a\n", "\\n", "[", "<b>a", "▁", "-lrb", "中。", "<s> "]
)
def test_time_is_linear_in_the_text(part: str) -> None:
    """Looking through and cleaning a text of 200,000 characters made to be slow takes below a second."""
    text = part * (200_000 // len(part))
    start = time.process_time()
    marks_in(text)
    cleaned(text)
    assert time.process_time() - start < 1.5
