"""Finds the modelling code that a checkpoint ships (`auto_map` in its settings)."""

import json
from pathlib import Path
from typing import Any

SUFFIX = ".py"

SETTINGS = ("config.json", "tokenizer_config.json")


def code_files(folder: Path) -> list[str]:
    """Return the code files that the checkpoint in `folder` names, sorted, without those in other repositories."""
    named: set[str] = set()
    for file in SETTINGS:
        classes = _settings(folder / file).get("auto_map") or {}
        for entry in classes.values() if isinstance(classes, dict) else [classes]:
            named.update(one for one in (entry if isinstance(entry, list) else [entry]) if isinstance(one, str))
    return sorted({one.partition(".")[0] + SUFFIX for one in named if "--" not in one})


def model_type(folder: Path) -> str:
    """Return the `model_type` in the configuration of the checkpoint in `folder`, empty where there is none."""
    settings = _settings(folder / "config.json")
    return str(settings.get("model_type") or "")


def missing_code(folder: Path) -> list[str]:
    """Return the code files that the checkpoint in `folder` names but does not contain."""
    return [module for module in code_files(folder) if not (folder / module).is_file()]


def _settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Faults in these files are reported when the checkpoint is loaded.
        return {}
    return settings if isinstance(settings, dict) else {}
