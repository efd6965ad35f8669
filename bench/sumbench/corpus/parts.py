"""Folders whose files are one table or text in parts, as `datasets`, Spark and others write them."""

import re
from pathlib import Path

from sumbench.errors import CorpusError
from sumbench.natural_order import in_natural_order

_COMPANIONS = frozenset({".md", ".toml", ".yaml", ".yml", ".crc", ".lock", ".sha256", ".log"})
_NUMBER = re.compile(r"(\d+)")
_COUNTED = re.compile(r"-\d+-of-(\d+)")
SAVED = frozenset({"state.json", "dataset_dict.json"})
"""Files that `save_to_disk` of `datasets` writes beside the data."""

_DESCRIBED = frozenset({"dataset_info.json", "dataset_infos.json"})


def parts_of(folder: Path) -> list[Path]:
    """Return the parts that a folder holds, in natural order; none for a folder of articles, of folders, or of a run.

    Files whose name begins with a dot or `_`, and those that describe others, are no parts. Raises CorpusError for
    files of several names, which are not parts of one thing, and for parts that are missing by their own count.
    """
    if not folder.is_dir() or (folder / "run.json").exists():
        return []
    visible = [entry for entry in folder.iterdir() if entry.name[0] not in "._"]
    if any(entry.is_dir() for entry in visible) or (folder / "article.txt").exists():
        return []
    if any(entry.name in SAVED for entry in visible):
        raise CorpusError(f"{folder}: is what `save_to_disk` wrote: name it hub:{folder}")
    found = in_natural_order(file for file in visible if file.suffix not in _COMPANIONS and file.name not in _DESCRIBED)
    kinds = list(dict.fromkeys(map(_kind, found)))
    if len(kinds) > 1:
        some = " and ".join(f"{beginning}*{suffix}" for beginning, suffix in kinds[:2])
        more = f" and {len(kinds) - 2} more" if len(kinds) > 2 else ""  # noqa: PLR2004 - the two that are named
        pattern = folder / "{}*{}".format(*kinds[0])
        raise CorpusError(f"{folder}: holds files of several kinds, {some}{more}: name those you mean: '{pattern}'")
    wanted = {int(count[1]) for file in found if (count := _COUNTED.search(file.name))}
    if wanted and wanted != {len(found)}:
        raise CorpusError(f"{folder}: holds {len(found)} of {max(wanted)} parts: get the others, too")
    return found


def _kind(file: Path) -> tuple[str, str]:
    """Return what parts of one thing have in common: the beginning of their names up to a number, and the suffixes."""
    beginning = _NUMBER.split(file.name)[0] if _NUMBER.search(file.name) else file.stem
    suffix = file.suffix if not file.suffix[1:].isdecimal() else ""
    return beginning, Path(file.stem).suffix + suffix if suffix in {".gz", ".zst"} else suffix
