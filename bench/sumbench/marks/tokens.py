"""Special tokens of language models as they appear in text: where they may stand anywhere, and where only at edges."""

import re

ANYWHERE = r"""
    <extra_id_\d{1,3}> | <mask(?:_\d{1,3})?> | <pad> | <unk(?:_\d{1,3})?> | <unused\d{1,4}>
  | \[(?:PAD|UNK|MASK|CLS|BOS|EOS|unused\d{1,4})\]
  | <｜[^｜<>\n]{1,40}｜>
  | <(?:filename|gh_stars|reponame|repo_name|file_sep|empty_output|(?:issue|jupyter|commit)_[a-z_]{2,16})>
  | <\|(?:endoftext|fim_\w{1,8}|reserved_special_token_\d{1,4}|finetune_right_pad_id|pad|unk)\|>
"""
"""Tokens of T5, BERT, PEGASUS, DeepSeek and others that a model leaves in the middle of a sentence, too."""

TURNS = r"""
    <\|[A-Za-z][\w▁.-]{0,40}\|>
  | </?s> | <(?:bos|eos|eot|eod|eop|cls|start_of_turn|end_of_turn|end_of_utterance|start_of_image|SPECIAL_\d{1,4})>
  | \[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|EOT|SYS)\] | <</?SYS>>
  | </?\[(?:INST|SYS)\]>
"""
"""Tokens that open and close texts and turns: of BART, GPT, ChatML, Llama, Mistral, Gemma, Phi, harmony."""

_MBART = (
    "ar_AR|cs_CZ|de_DE|en_XX|es_XX|et_EE|fi_FI|fr_XX|gu_IN|hi_IN|it_IT|ja_XX|kk_KZ|ko_KR|lt_LT|lv_LV|my_MM|ne_NP|nl_XX|"
    "ro_RO|ru_RU|si_LK|tr_TR|vi_VN|zh_CN|af_ZA|az_AZ|bn_IN|fa_IR|he_IL|hr_HR|id_ID|ka_GE|km_KH|mk_MK|ml_IN|mn_MN|mr_IN|"
    "pl_PL|ps_AF|pt_XX|sv_SE|sw_KE|ta_IN|te_IN|th_TH|tl_XX|uk_UA|ur_PK|xh_ZA|gl_ES|sl_SI"
)
_FLORES = r"[a-z]{3}_(?:Latn|Cyrl|Arab|Deva|Hans|Hant|Jpan|Hang|Beng|Grek|Hebr|Thai|Geor|Armn|Ethi|Taml|Telu|Khmr|Mymr)"
LANGUAGES = rf"(?:{_MBART}|{_FLORES}|__[a-z]{{2,3}}__)"
"""Language tokens of mBART, NLLB and M2M100; they begin or end a text."""

_QUOTED = r"(?<![`'\"“‘«(])"
_UNQUOTED_END = r"(?![`'\"”’»)])"

SPECIAL = re.compile(
    rf"""
    (?= [<\[][|/\w｜<\[] | [a-z_]{{2}} )
  (?:
    {_QUOTED} (?: {ANYWHERE} ) {_UNQUOTED_END}
  | (?: \A | (?<=[\n.!?…。！？\w>\]]) | (?<=[.!?…。！？>\]][ ]) ) (?: {TURNS} ) {_UNQUOTED_END}
  | {_QUOTED} (?: {TURNS} ) (?= [ ]? (?: \n | \Z | {TURNS} ) )
  | \A \s{{0,8}} {LANGUAGES} (?= \s )
  | (?<=\s) {LANGUAGES} (?= \s{{0,8}} \Z )
  )
    """,
    re.VERBOSE,
)
"""Special tokens left in a text; not those that a sentence speaks of, between blanks or in quotation marks."""

EDGE = re.compile(rf"(?: {ANYWHERE} | {TURNS} )", re.VERBOSE)
"""One special token, wherever it stands."""

_LOST_WORD = re.compile(r"<unk(?:_\d{1,3})?>|\[UNK\]|<\|unk\|>|<mask(?:_\d{1,3})?>|\[MASK\]")
"""Tokens that stand for a word."""

ROLE = re.compile(r"(?:assistant|model|ASSISTANT|GPT|AI)\b[ ]?:?")
"""The name of a turn's role behind the token that opens the turn."""


def without_edges(text: str) -> str:
    """Return a text without special tokens, and the role behind one, at its beginning and its end."""
    start, end = 0, len(text)
    while True:
        start = _behind_blanks(text, start, end)
        found = EDGE.match(text, start, end)
        if found is None or _LOST_WORD.fullmatch(found[0]):
            break
        start = found.end()
        if role := ROLE.match(text, start, end):
            start = role.end()
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        # No token is longer than this.
        found = next((each for each in EDGE.finditer(text, max(start, end - 60), end) if each.end() == end), None)
        if found is None or _LOST_WORD.fullmatch(found[0]):
            return text[start:end]
        end = found.start()


def _behind_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
