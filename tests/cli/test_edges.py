"""The command line at its edges: streams that are closed or full, interruptions, hostile names, faults of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sumbench import cli
from sumbench.tables import FORMATS
from sumbench.tables import Column
from sumbench.tables import Row
from sumbench.tables import Section
from sumbench.tables import Table
from sumbench.visible import SCREEN

HOSTILE = "red\x1b[31m\x9b1m\u202eback\x00"
COMMAND = [sys.executable, "-m", "sumbench"]


def sumbench(arguments: list[str], *, redirection: str = "", **more: Any) -> "subprocess.CompletedProcess[str]":  # noqa: ANN401
    """Run the command line in a process of its own, with a redirection as a shell does it."""
    line = 'exec "$0" "$@" ' + redirection
    return subprocess.run(
        ["/bin/sh", "-c", line, *COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def test_a_full_disk_behind_stdout_is_one_line() -> None:
    """What cannot be printed is said in one line, with the code of unusable input; no traceback."""
    for arguments in (["systems"], ["--help"], ["--version"]):
        done = sumbench(arguments, redirection=">/dev/full")
        assert done.returncode == 2
        assert done.stderr == "sumbench: the output cannot be written: No space left on device\n"


def test_closed_streams_are_no_fault() -> None:
    """With stdout or all streams closed, the command does its work without a word."""
    assert sumbench(["systems"], redirection=">&-").returncode == 0
    assert sumbench(["systems"], redirection="<&- >&- 2>&-").returncode == 0
    assert sumbench(["systems", "nosuch"], redirection="2>&-").returncode == 2


def test_a_reader_that_goes_is_no_fault() -> None:
    """A pipe whose reader has gone ends the command quietly."""
    line = f"{' '.join(COMMAND)} systems | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_narrow_encodings_are_no_fault(encoding: str, tmp_path: Path) -> None:
    """On a stdout that lacks most characters every format is printed, with escapes where it must be."""
    (tmp_path / "r.txt").write_text("港口今天重新开放。\n市长发表讲话。\n")
    for format_ in ("terminal", "csv"):
        done = sumbench(
            ["score", "--references", "r.txt", "--outputs", "合=r.txt", "--format", format_, "--out", format_],
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            encoding=encoding,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
def test_interruptions_leave_no_traceback(wanted: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C and SIGTERM end a run with 130 and the way to go on, without a traceback of it or of its workers."""
    with subprocess.Popen(
        [*COMMAND, "run", "--systems", "lead,textrank,lexrank,luhn", "--no-cache"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(wanted)
        said = process.stderr.read()
        assert process.wait(60) == 130
    assert "Traceback" not in said
    assert "go on with: sumbench run --resume" in said


def test_an_interruption_while_the_command_loads_is_quiet() -> None:
    """Ctrl-C before the command line has been imported ends with 130, too, in one line."""
    code = (
        "import sys, sumbench.__main__ as command\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'sumbench.cli': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "sys.exit(command.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "sumbench: interrupted\n")


def test_an_interruption_that_python_wraps_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while a class is made arrives as another error; it ends with 130 all the same."""

    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def run(_arguments: object) -> int:
        type("Made", (), {"field": Interrupted()})
        return 0

    monkeypatch.setattr("sumbench.cli.systems.run", run)
    assert cli.main(["systems"]) == 130
    assert capsys.readouterr().err == "sumbench: interrupted\n"


def test_names_are_of_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A system's name with a line break or a control character is refused."""
    (tmp_path / "r.txt").write_text("One.\nTwo.\n")
    for name in ("a\rb", "a\nb", HOSTILE):
        assert cli.main(["score", "--references", f"{tmp_path}/r.txt", "--outputs", f"{name}={tmp_path}/r.txt"]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "its name must be of one line" in said


@pytest.mark.parametrize("format_", list(FORMATS))
def test_tables_show_what_a_terminal_would_obey(format_: str) -> None:
    """No format lets control characters, marks of direction or half surrogates of a text through."""
    column = Column("system", f"System {HOSTILE}")
    table = Table(HOSTILE, (column,), (Section(HOSTILE, (Row((f"{HOSTILE}\ud800",)),)),), (HOSTILE,), None, (HOSTILE,))
    text = FORMATS[format_](table)
    assert not set(text) & set("\x1b\x9b\u202e\x00\ud800")
    assert "x1b" in text


def test_names_of_folders_are_shown_visibly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder's name reaches the terminal with escapes, in every line that says where a run is."""
    monkeypatch.chdir(tmp_path)
    name = "run\x1b[2J"
    assert cli.main(["run", "--systems", "lead,luhn", "--limit", "3", "--out", name]) == 0
    assert cli.main(["verify", name]) == 0
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "run folder: run\\x1b[2J" in shown.err
    assert "run\\x1b[2J: whole" in shown.out


def test_errors_fit_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """However long and strange what was given, the line that refuses it is one line that fits a screen."""
    strange = HOSTILE.replace("\x00", "") + "x" * 100_000
    for arguments in (["systems", strange], [strange], ["run", "--systems", strange], ["run", f"--{strange}"]):
        try:
            code = cli.main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr().err
        assert code == 2
        assert said.count("\n") == 1
        assert len(said) < 2 * SCREEN
        assert "\x1b" not in said


def test_a_fault_of_its_own_says_where_to_look(tmp_path: Path) -> None:
    """An unforeseen error ends with code 4 and one line that names a file with the traceback."""
    code = (
        "import sys; from sumbench.cli import systems, main\n"
        "def run(arguments): raise ZeroDivisionError('surprise')\n"
        "systems.run = run\nsys.exit(main(['systems']))"
    )
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=env
    )
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    (log,) = tmp_path.rglob("fault-*.log")
    assert str(log) in done.stderr
    assert "ZeroDivisionError: surprise" in log.read_text()


@pytest.mark.parametrize("flag", ["--timeout", "--load-timeout", "--memory-limit"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_limits_that_mean_nothing_are_refused(flag: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A limit of no time or no memory is refused in one line that names the flag."""
    assert cli.main(["run", "--systems", "lead", f"{flag}={value}"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"sumbench: {flag} {float(value):g} is no ")
