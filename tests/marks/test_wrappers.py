"""What models wrap around a summary is taken off, and a summary that only looks like it stays as it is."""

import time

import pytest

from sumbench.marks.wrappers import unwrapped

SUMMARY = "The mill closed. Workers left."

PREAMBLES = [
    "Here is a summary:\n\n",
    "Here's a concise summary of the text in three sentences: ",
    "Sure! Here is the summary you asked for:\n",
    "Of course. Below is a short summary:\n",
    "The following is a summary of the article: ",
    "Here are three sentences about the article: ",
    "Below is a summary of the article.\n\n",
    "The article can be summarized as follows: ",
    "I've summarized the article below:\n",
    "Sure thing! ",
    "Summary: ",
    "**Summary:** ",
    "**Summary**: ",
    "**Summary**\n\n",
    "## Summary\n",
    "# Article Summary:\n",
    "TL;DR: ",
    "tl;dr ",
    "TLDR: ",
    "Key points:\n",
    "One-sentence summary: ",
    "Zusammenfassung: ",
    "Gerne! Hier ist eine Zusammenfassung des Artikels:\n",
    "Bien sûr ! Voici le résumé : ",
    "Résumé : ",
    "Aquí tienes un resumen del artículo: ",
    "Ecco un riassunto dell'articolo: ",
    "Claro! Segue o resumo do texto:\n",
    "Hier is een samenvatting van het artikel: ",
    "Här är en sammanfattning: ",
    "Her er et resumé: ",
    "Tässä on tiivistelmä: ",
    "Oto podsumowanie artykułu: ",
    "Zde je shrnutí: ",
    "Конечно! Вот краткое изложение статьи:\n",
    "Резюме: ",
    "Ось короткий підсумок: ",
    "İşte makalenin özeti: ",
    "Ακολουθεί η περίληψη: ",
    "Iată un rezumat: ",
    "Íme az összefoglaló: ",
    "Berikut ringkasan artikel: ",
    "Dưới đây là bản tóm tắt: ",
    "好的，以下是总结：\n",
    "摘要：",
    "以下は記事の要約です。\n",
    "要約：",
    "다음은 요약입니다: ",
    "فيما يلي ملخص المقال: ",
    "הנה סיכום: ",
    "این خلاصه مقاله است: ",
    "यहाँ सारांश है: ",
    "นี่คือสรุป: ",
]

WRAPPED = [
    f"```\n{SUMMARY}\n```",
    f"```text\n{SUMMARY}\n```",
    f"```text {SUMMARY} ```",
    f"~~~\n{SUMMARY}\n~~~",
    f"```\n{SUMMARY}",
    f"Here is the summary:\n\n```markdown\n{SUMMARY}\n```",
    f'```json\n{{"summary": "{SUMMARY}"}}\n```',
    f'{{"summary": "{SUMMARY}"}}',
    f'{{"headline": "Mill", "Summary": "{SUMMARY}"}}',
    '{"summary": ["The mill closed.", "Workers left."]}',
    '["The mill closed.", "Workers left."]',
    f'{{"result": {{"summary": "{SUMMARY}"}}, "confidence": 0.9}}',
    f'[{{"summary": "{SUMMARY}"}}]',
    f"{{'summary': '{SUMMARY}'}}",
    f'{{"summary": "{SUMMARY}',
    f'{{"summary": "{SUMMARY}", "conf',
    f'Here is the JSON:\n{{"summary": "{SUMMARY}"}}',
    f'"{SUMMARY}"',
    f"“{SUMMARY}”",
    f"«{SUMMARY}»",
    f"„{SUMMARY}“",
    f"**{SUMMARY}**",
    f"<summary>{SUMMARY}</summary>",
    f"<answer>\n{SUMMARY}\n</answer>",
    f"<|begin_of_solution|>{SUMMARY}<|end_of_solution|>",
    f"{SUMMARY}<|im_end|>",
    f"<s>{SUMMARY}</s>",
    f"{SUMMARY}<end_of_turn>",
    f"{SUMMARY}<|eot_id|>",
    f"<|im_start|>assistant\n{SUMMARY}<|im_end|>",
    f"<extra_id_0> {SUMMARY}",
    f"{SUMMARY}\n\nLet me know if you need anything else!",
    f"{SUMMARY} I hope this helps!",
    f"{SUMMARY}\n\nWould you like me to shorten it?",
    f"{SUMMARY}\n\nNote: This summary covers the main points.",
    f"{SUMMARY}\n\n(Word count: 5)",
    f"{SUMMARY} Lassen Sie mich wissen, ob Sie mehr brauchen.",
    f"{SUMMARY}\n\nN'hésitez pas à me demander plus.",
    f"{SUMMARY} Espero que esto te ayude.",
    f"{SUMMARY}\n\n如果您需要更多，请告诉我。",
    f'Sure! Here is a summary:\n\n"{SUMMARY}"\n\nLet me know if you need more.',
]


@pytest.mark.parametrize("preamble", PREAMBLES)
def test_an_announcement_is_taken_away(preamble: str) -> None:
    """What models say before a summary goes, in many languages, and the summary stays as it is."""
    assert unwrapped(f"{preamble}The council voted: nine to four.") == "The council voted: nine to four."


@pytest.mark.parametrize("text", WRAPPED)
def test_a_wrapper_is_taken_off(text: str) -> None:
    """Fences, JSON, tags, quotation marks, special tokens and words to the reader go, also one within the other."""
    assert " ".join(unwrapped(text).split()) == SUMMARY


@pytest.mark.parametrize(
    "text",
    [
        "The council voted: nine to four.",
        "Here is where the bridge stood. It cost little: two million.",
        "Here the court gave summary judgment.",
        "Summary judgment was given on Monday: the council lost.",
        "“We won,” he said. “At last.”",
        '"We won," he said. "At last."',
        "'Tis said the mill closed. They left on the workers' day'",
        "Sure of victory, they left.",
        "Okay Corral burned down. Nobody was hurt.",
        "If you have information, call the police.",
        "Output fell: mills closed.",
        "In short, the mill closed.",
        "[Applause] The mill closed.",
        "The <unk> closed. It was [UNK].",
        "",
    ],
)
def test_a_summary_without_one_is_not_touched(text: str) -> None:
    """Colons, quotations and such words within a summary are no wrapper."""
    assert unwrapped(text) == text


@pytest.mark.parametrize(
    "part", ["\n", "# \n", "##", '{"a":', '{"summary": "\\n', "<s>", "(", '"', "Summary: ", "```\n"]
)
def test_time_is_linear_in_the_text(part: str) -> None:
    """A text of 200,000 characters made to be slow takes well below a second."""
    start = time.process_time()
    unwrapped(part * (200_000 // len(part)))
    assert time.process_time() - start < 1
