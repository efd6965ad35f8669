"""`sumbench prompts`: lists the prompts, or prints one."""

import argparse
import sys

from sumbench.cli.examples import Example

HELP = "list the prompts of systems that write, or print one"

DETAILS = """
A prompt of your own is a file that ends in .txt, named as prompt=./mine.txt:

  # What it is for; such lines may come first, and reach no model.
  [system]
  The system turn of a chat model; this part may be missing.
  [user]
  The user turn, with {document} where the document's text goes.
  [completion]
  What a model without a chat template goes on from, with {document}, too; without this part
  it is given the turns above and "TL;DR:".

{sentences} becomes the number of sentences asked for, in words up to ten.
"""

EXAMPLES = (
    Example("the prompts that ship", "sumbench prompts"),
    Example("begin one of your own with the text of another", "sumbench prompts summarize > mine.txt"),
    Example(
        "run a model with it, beside the usual one", "sumbench run --systems qwen3-0.6b,prompt=./mine.txt,qwen3-0.6b"
    ),
    Example("check a file of your own", "sumbench prompts ./mine.txt"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("name", nargs="?", metavar="NAME", help="print this prompt (or .txt file), as a file has it")


def run(arguments: argparse.Namespace) -> int:
    """Print the table of prompts, or the text of one of them."""
    from sumbench.generation.prompts import prompt_file
    from sumbench.tables.prompts import prompts_table
    from sumbench.tables.terminal import render

    sys.stdout.write(render(prompts_table()) if arguments.name is None else prompt_file(arguments.name))
    return 0
