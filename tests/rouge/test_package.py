import ast
import subprocess
import sys
from pathlib import Path

import sumbench.rouge

FOLDER = Path(sumbench.rouge.__file__).parent


def test_it_stands_alone() -> None:
    """No module of sumbench.rouge imports anything else of sumbench."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [f"{node.module}."]
            within = [name for name in names if name.startswith("sumbench.")]
            assert not [name for name in within if not name.startswith("sumbench.rouge.")]


def test_it_is_light() -> None:
    """Importing sumbench.rouge loads no package that only some texts need."""
    code = "import sys, sumbench.rouge; print(*{'nltk', 'regex', 'snowballstemmer', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
