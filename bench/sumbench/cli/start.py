"""What `sumbench` prints by itself: the first commands to try."""

import argparse
import sys

TEXT = """\
sumbench answers: which summarizer should I use on text like mine, and is the difference real?

It lets several summarizers summarize the same articles, scores each summary against summaries
that people wrote, and prints a table that says which differences are real.

Try
  sumbench run --systems lead,textrank,luhn           three of them on forty articles (seconds)
  sumbench run                                        all that are built in (fetches 176 MB once)
  sumbench run --corpus FOLDER --systems lead,minilm  on your own article.txt and reference-1.txt
  sumbench compare results/RUN:lead results/RUN       is any better than the first sentences?

See what there is
  sumbench systems, suites, corpora, metrics, prompts
  sumbench COMMAND --help                             what a command does, with examples
  sumbench --help                                     all commands
"""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    """Print the first commands to try."""
    sys.stdout.write(TEXT)
    return 0
