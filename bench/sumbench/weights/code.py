"""Checkpoints that bring their own modelling code, named by `auto_map` in their settings."""

import json
from pathlib import Path
from typing import Any

SUFFIX = ".py"

SETTINGS = ("config.json", "tokenizer_config.json")


def code_files(folder: Path) -> list[str]:
    """Return the files of code that the checkpoint in `folder` names, sorted; those of other repositories are none."""
    named: set[str] = set()
    for file in SETTINGS:
        classes = _settings(folder / file).get("auto_map") or {}
        for entry in classes.values() if isinstance(classes, dict) else [classes]:
            named.update(one for one in (entry if isinstance(entry, list) else [entry]) if isinstance(one, str))
    return sorted({one.partition(".")[0] + SUFFIX for one in named if "--" not in one})


def model_type(folder: Path) -> str:
    """Return the kind of model (`model_type`) that the checkpoint in `folder` says it is, empty where it says none."""
    settings = _settings(folder / "config.json")
    return str(settings.get("model_type") or "")


def missing_code(folder: Path) -> list[str]:
    """Return the files of code that the checkpoint in `folder` names and does not hold."""
    return [module for module in code_files(folder) if not (folder / module).is_file()]


def _settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # What is amiss in them is said when the checkpoint is loaded.
        return {}
    return settings if isinstance(settings, dict) else {}
