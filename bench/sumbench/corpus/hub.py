"""Streams data sets from the Hugging Face hub, or from local copies of them, through `datasets`."""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.formats import RowLocation
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.parts import SAVED
from sumbench.corpus.rows import TableRow
from sumbench.corpus.source import Source
from sumbench.corpus.spec import HUB_PREFIX
from sumbench.corpus.spec import Spec
from sumbench.errors import CorpusError

HUB_TIMEOUT = 10.0
"""Seconds to wait for the hub's first answer."""

CONVERTED = "refs/convert/parquet"
"""The branch in which the hub keeps parquet files of data sets that are published as a script."""


def open_dataset(
    spec: Spec, reader: DocumentReader, *, copy: str = f"{HUB_PREFIX}DIR", offline: bool = False
) -> Source:
    """Open the data set that `hub:NAME` names, at one commit; its rows are fetched as they are read.

    NAME is `owner/name` on the hub, or a folder with a copy of such a repository or with what `save_to_disk` wrote.
    The default split is `test`. `copy` is how the user would name a copy in the folder DIR, for error messages.
    `offline` asks the hub for nothing. Raises CorpusError, which says what to do, where the data set is not available.
    """
    name = spec.name.removeprefix(HUB_PREFIX)
    home = spec.options.get("path", name)
    if Path(home).expanduser().is_dir():
        split, rows = _split(spec, _local(Path(home).expanduser(), spec))
    else:
        if name.count("/") > 1 or name.startswith((".", "~", "/")) or "path" in spec.options:
            raise CorpusError(f"{spec}: {home}: no such folder")
        if offline:
            raise CorpusError(f"{spec.name}: is on the hub, and nothing is fetched offline: {_bring(name, copy)}")
        spec, found = _remote(name, _pinned(name, spec, copy))
        split, rows = _split(spec, found)
    spec = Spec(spec.name, {**spec.options, "split": split})
    config = spec.options.get("config", spec.options.get("folder", ""))
    label = "-".join(filter(None, (Path(home if name == "." else name).name, config, "" if split == "test" else split)))
    total = None if reader.merge else _total(rows)
    notes = ReadingNotes()
    documents = reader.documents(_rows(rows, spec, notes))
    return Source(label, documents, str(spec), total, remote="revision" in spec.options, notes=notes)


def _pinned(name: str, spec: Spec, copy: str) -> Spec:
    """Return the spec with its revision (default: the newest) resolved to a commit."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.errors import RevisionNotFoundError

    revision = spec.options.get("revision")
    try:
        info = HfApi().dataset_info(name, revision=revision, timeout=HUB_TIMEOUT)
    except GatedRepoError:
        page = f"https://huggingface.co/datasets/{name}"
        raise CorpusError(
            f"{spec}: the hub asks for its terms to be accepted: see {page}, then: hf auth login"
        ) from None
    except RepositoryNotFoundError:
        raise CorpusError(f"{spec}: the hub has no data set {name} that this user may read") from None
    except RevisionNotFoundError:
        raise CorpusError(f"{spec}: the hub's data set {name} has no revision {revision}") from None
    except Exception as error:  # noqa: BLE001 - whatever the network does, the way out is the same
        raise CorpusError(f"{spec.name}: the hub cannot be reached ({_reason(error)}): {_bring(name, copy)}") from None
    return Spec(spec.name, {**spec.options, "revision": str(info.sha or revision)})


def _bring(name: str, copy: str) -> str:
    download = f"hf download {name} --repo-type dataset --local-dir DIR"
    return f"where it can be reached, run `{download}`, bring DIR here, and name it {copy}"


def _remote(name: str, spec: Spec) -> tuple[Spec, Any]:
    try:
        return spec, _load(name, spec)
    except RuntimeError as error:
        if "scripts are no longer supported" not in str(error):
            raise CorpusError(f"{spec}: {_reason(error)}") from None
    options = {key: value for key, value in spec.options.items() if key != "config"}
    converted = {**options, "folder": spec.options.get("config", "default"), "revision": CONVERTED}
    spec = _pinned(name, Spec(spec.name, converted), HUB_PREFIX + "DIR")
    return spec, _load(name, spec)


def _local(home: Path, spec: Spec) -> Any:  # noqa: ANN401
    if any((home / file).exists() for file in SAVED):
        from datasets import load_from_disk

        try:
            return load_from_disk(str(home))
        except Exception as error:  # noqa: BLE001 - datasets raises many kinds
            raise CorpusError(f"{spec}: {_reason(error)}") from None
    try:
        return _load(str(home), spec)
    except RuntimeError as error:
        raise CorpusError(f"{spec}: {_reason(error)}") from None


def _load(home: str, spec: Spec) -> Any:  # noqa: ANN401
    import datasets

    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    config, folder, revision = (spec.options.get(key) for key in ("config", "folder", "revision"))
    config = None if folder else config
    try:
        return datasets.load_dataset(home, config, data_dir=folder, revision=revision, streaming=True)
    except RuntimeError:
        raise
    except Exception as error:  # noqa: BLE001 - datasets raises many kinds, all of them about the request
        raise CorpusError(f"{spec}: {_reason(error)}") from None


def _split(spec: Spec, found: Any) -> tuple[str, Any]:  # noqa: ANN401
    splits = list(found) if hasattr(found, "keys") else [str(found.split or "all")]
    if not splits:
        raise CorpusError(f"{spec}: holds no split")
    wanted = spec.options.get("split", "test" if "test" in splits else splits[0])
    if wanted not in splits or ("split" not in spec.options and wanted != "test" and len(splits) > 1):
        raise CorpusError(f"{spec}: say which split with split=…: there are {', '.join(splits)}")
    return wanted, found[wanted] if hasattr(found, "keys") else found


def _rows(rows: Iterable[dict[str, Any]], spec: Spec, notes: ReadingNotes) -> Iterator[TableRow]:
    numbered = enumerate(rows, 1)
    while True:
        try:
            number, values = next(numbered)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - the stream may break in many ways
            raise CorpusError(f"{spec}: cannot be read on: {_reason(error)}") from None
        yield TableRow(RowLocation(str(spec), "row", number), values, notes)


def _total(rows: Any) -> int | None:  # noqa: ANN401
    if hasattr(rows, "__len__"):
        return len(rows)
    known = (rows.info.splits or {}).get(rows.split) if rows.split else None
    return known.num_examples or None if known else None


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]) if lines else type(error).__name__
