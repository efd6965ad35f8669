"""Breaks files and command lines at random, and says what a command made of it."""

import io
import os
import re
import time
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from sumbench import cli
from sumbench.visible import SCREEN
from tests.fuzzing.workspace import COMMANDS
from tests.fuzzing.workspace import fresh

LONGEST = 30.0
"""Seconds that a command on files of a few hundred bytes may take."""

PIECES = (
    *(b"", b"\0", b"\n", b"\r", b"\t", b'"', b"'", b",", b";", b"{", b"}", b"[", b"]", b"null", b"NaN", b"1e999"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"\\ud800", b"\xed\xa0\x80", b"true"),
    *(b"\x1b[31m", "\u202e".encode(), "中".encode(), b"<think>", b"```", b"&amp;", b"-1", b"9" * 400, b"[" * 2_000),
    *(b"=cmd()", b"../../x", b"%s%n", b"{document}", b"{{ 7 }}", b"1.", b"a" * 5_000),
)
"""What files are broken with."""

WORDS = (
    *("", "-", "--", "nan", "inf", "-1", "0", "1e99", "9" * 50, "\x1b[2J", "\u202e", "中", "a,b=c", "=", ",", "\n"),
    *("lead,", "lead,x=1", "lead,as=", "rouge2", "./none.py:X", "hub:", "/dev/null", "..", "~nobody/x", "en", "xx"),
    *("*", "[", "run:", ":lead", "c.jsonl", "articles", "run", "out.txt", "mine.toml", "--help", "--limit", "--rouge"),
)
"""What arguments are replaced by."""


def broken(content: bytes, draw: np.random.Generator) -> bytes:
    """Return the content with one to three things wrong with it."""
    for _ in range(draw.integers(1, 4)):
        at, other = sorted(draw.integers(0, len(content) + 1, 2).tolist())
        match draw.integers(0, 6):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + PIECES[draw.integers(len(PIECES))] + content[at:]
            case 2:
                content = content[:at] + PIECES[draw.integers(len(PIECES))] + content[other:]
            case 3:
                content = content[:at] + bytes(draw.integers(0, 256, 3).tolist()) + content[at + 3 :]
            case 4:
                content = content[:other] + content[at:other] + content[other:]
            case _:
                numbers = re.sub(rb"\d+", PIECES[draw.integers(len(PIECES))].replace(b"\\", b""), content, count=1)
                content = numbers or content
    return content


def broken_arguments(arguments: Sequence[str], draw: np.random.Generator) -> list[str]:
    """Return a command line with a word replaced, added or left out."""
    words = list(arguments)
    at = int(draw.integers(1, len(words) + 1))
    match draw.integers(0, 3):
        case 0:
            words[at - 1 : at] = [WORDS[draw.integers(len(WORDS))]]
        case 1:
            words.insert(at, WORDS[draw.integers(len(WORDS))])
        case _:
            del words[at - 1]
    return words


def case(home: Path, whole: Path, draw: np.random.Generator) -> str:
    """Break a file or a command line, run the command in the folder `home`, and return what is wrong; "" for nothing.

    Afterwards `home` is the current folder.
    """
    os.chdir(home.parent)
    fresh(home, whole)
    os.chdir(home)
    name = list(COMMANDS)[draw.integers(len(COMMANDS))]
    arguments = list(COMMANDS[name][draw.integers(len(COMMANDS[name]))])
    if arguments[0] == "run":
        # Without it, a command line that has lost its systems would fetch the usual ones.
        arguments.insert(1, "--offline")
    if draw.integers(0, 4):
        (home / name).write_bytes(broken((home / name).read_bytes(), draw))
    else:
        arguments = broken_arguments(arguments, draw)
    if arguments[:1] == ["run"] and not {"--corpus", "--resume", "./mine.toml"} & set(arguments):
        # What is left would be a whole run over the articles that ship.
        arguments.append("--dry-run")
    fault = outcome([*arguments, "--quiet"] if draw.integers(0, 2) else arguments)
    return f"{name}: sumbench {' '.join(map(repr, arguments))}: {fault}" if fault else ""


def outcome(arguments: Sequence[str]) -> str:
    """Run a command in this process, and return what is wrong with how it ended; "" for nothing."""
    out, err = io.StringIO(), io.StringIO()
    start = time.perf_counter()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.main(list(arguments))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001 - that is what is looked for
        return traceback.format_exc()
    said = err.getvalue()
    if code not in {0, 2, 3} and not (code == 1 and "--gate" in arguments):
        return f"exit code {code}: {said}"
    if "Traceback" in said:
        return said
    errors = [line for line in said.splitlines() if line.startswith("sumbench")]
    if code == 2 and (not errors or len(max(errors, key=len)) > 2 * SCREEN):
        return f"exit code 2, but not one line that says why: {said[:2_000]!r}"
    if any(sign in said for sign in "\x1b\x00\u202e"):
        return f"a control character on stderr: {said!r}"
    seconds = time.perf_counter() - start
    return f"took {seconds:.0f} s" if seconds > LONGEST else ""
