"""The original itself, for the tests that compare with it."""

import shutil
import subprocess
from collections.abc import Callable
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

import pytest

from sumbench.rouge import errors
from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import data

BUILD_DATABASE = """
use DB_File;
my $database = shift;
tie my %base, 'DB_File', $database, O_CREAT | O_RDWR, 0644, $DB_HASH or die "cannot make $database";
while (<>) { my ($form, $base) = split; $base{$form} = $base }
"""


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Sequence[Instance]], str]:
    """Return a function from an option string and instances to what ROUGE-1.5.5 prints for all systems."""
    perl = shutil.which("perl")
    if perl is None:
        pytest.skip("Perl is not installed")
    try:
        release = data.release_folder()
    except errors.RougeError as error:
        pytest.skip(str(error))
    modules = subprocess.run([perl, "-MXML::Parser", "-MDB_File", "-e", "1"], check=False, capture_output=True)
    if modules.returncode:
        pytest.skip("Perl lacks XML::Parser or DB_File (Debian: libxml-parser-perl)")

    home = tmp_path_factory.mktemp("rouge-1.5.5")
    shutil.copy(release / "data" / "smart_common_words.txt", home)
    tables = [release / "data" / "WordNet-2.0-Exceptions" / name for name in data.EXCEPTION_FILES]
    subprocess.run([perl, "-e", BUILD_DATABASE, home / "WordNet-2.0.exc.db", *tables], check=True)
    runs = count()

    def run(options: str, instances: Sequence[Instance]) -> str:
        settings = _written(home / f"run-{next(runs)}", instances)
        command = [perl, str(release / "ROUGE-1.5.5.pl"), "-e", str(home), *options.split(), "-a", str(settings)]
        finished = subprocess.run(command, check=False, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    return run


def _written(folder: Path, instances: Sequence[Instance]) -> Path:
    """Write every text to a file of its own, and the settings that name them."""
    folder.mkdir()
    names = count()

    def save(text: str) -> str:
        name = f"text-{next(names)}"
        (folder / name).write_bytes(text.encode())
        return name

    lines = ["<ROUGE-EVAL>"]
    for instance in instances:
        peers = [f"<P ID={quoteattr(name)}>{save(text)}</P>" for name, text in instance.systems.items()]
        models = [f'<M ID="{number}">{save(text)}</M>' for number, text in enumerate(instance.references)]
        root = escape(str(folder))
        lines += [
            f"<EVAL ID={quoteattr(instance.identifier)}>",
            f"<PEER-ROOT>{root}</PEER-ROOT><MODEL-ROOT>{root}</MODEL-ROOT><INPUT-FORMAT TYPE='SPL'/>",
            "<PEERS>",
            *peers,
            "</PEERS><MODELS>",
            *models,
            "</MODELS></EVAL>",
        ]
    settings = folder / "settings.xml"
    settings.write_text("\n".join([*lines, "</ROUGE-EVAL>"]), encoding="utf-8")
    return settings
