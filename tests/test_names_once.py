"""One name is one thing: no two modules of the package have a class of the same name."""

import ast
from collections import defaultdict
from pathlib import Path

import sumbench

PACKAGE = Path(sumbench.__file__).parent

ROUGE_SCORE = {"Score": "rouge.scoring"}
"""Names that rouge_score gave to classes, whose users find them in our ROUGE under the same names, and the modules."""


def test_a_class_name_is_used_once() -> None:
    """Whoever reads of a class in one room knows which one is meant in every other; type aliases count as classes."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(file.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                name = node.name
            elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
                name = ast.unparse(node.target)
            else:
                continue
            if not name.startswith("_") and ROUGE_SCORE.get(name) != module:
                homes[name].append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}
