"""The table of `sumbench prompts`."""

from sumbench.generation.prompts import Prompt
from sumbench.generation.prompts import prompt_names
from sumbench.generation.prompts import read_prompt
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.options import broken
from sumbench.tables.options import columns

WHAT = 60
"""The width in characters to which descriptions are broken."""


def prompts_table() -> Table:
    """Return the table of the prompts that ship: what each is for, and the turns that it has."""
    prompts = [read_prompt(name) for name in prompt_names()]
    rows = tuple(Row((prompt.name, broken(prompt.description, WHAT), _parts(prompt))) for prompt in prompts)
    notes = (
        "name one as an option of a model: smollm2-135m,prompt=tldr",
        "one of your own is a file: prompt=./mine.txt (sumbench prompts --help says what is in it)",
        "the text of one: sumbench prompts NAME",
    )
    return Table("prompts", columns("prompt", "what", "turns"), (Section("", rows),), notes)


def _parts(prompt: Prompt) -> str:
    return "system, user" if prompt.system else "user"
