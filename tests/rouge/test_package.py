import ast
import subprocess
import sys
from pathlib import Path

import bench.rouge

FOLDER = Path(bench.rouge.__file__).parent


def test_it_stands_alone() -> None:
    """No module of bench.rouge imports anything else of bench."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [f"{node.module}."]
            assert not [name for name in names if name.startswith("bench.") and not name.startswith("bench.rouge.")]


def test_it_is_light() -> None:
    """Importing bench.rouge loads no package that only some texts need."""
    code = "import sys, bench.rouge; print(*{'nltk', 'regex', 'snowballstemmer', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
