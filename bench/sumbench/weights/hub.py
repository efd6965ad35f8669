"""Downloads model files from the Hugging Face hub at one commit: no pickles, and code only on request."""

import shutil
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from pathlib import PurePosixPath
from typing import NamedTuple

from sumbench.errors import WeightsError
from sumbench.errors import first_line
from sumbench.weights import code

HUB_TIMEOUT = 10.0
"""Seconds to wait for the hub's first answer before another source is tried."""

CONFIGURATION = frozenset({".json", ".txt", ".jinja", ".model", ".vocab"})
"""Files beside the weights: settings, vocabularies, chat templates, sentencepiece models."""

WEIGHTS = ".safetensors"

PICKLED = "no safetensors weights, and pickled ones are not loaded: they can run code"
"""Why a repository or a folder is refused: "it has …"."""

CONVERTER = "SFconvertbot"
"""The hub's own account that proposes safetensors to repositories which hold pickles."""


class Snapshot(NamedTuple):
    """A repository at one commit, with the size in bytes of each of its files."""

    repository: str
    commit: str
    sizes: dict[str, int]


def resolve_snapshot(repository: str, revision: str | None) -> Snapshot:
    """Resolve a revision (None: the newest) to its commit and its files; raise WeightsError where that fails."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.errors import RevisionNotFoundError

    try:
        info = HfApi().model_info(repository, revision=revision, timeout=HUB_TIMEOUT, files_metadata=True)
    except GatedRepoError as error:
        msg = f"the hub asks for its terms of {repository} to be accepted: see https://huggingface.co/{repository}"
        raise WeightsError(msg) from error
    except RepositoryNotFoundError as error:
        msg = f"the hub has no repository {repository} that this user may read"
        raise WeightsError(msg) from error
    except RevisionNotFoundError as error:
        msg = f"the hub's repository {repository} has no revision {revision}"
        raise WeightsError(msg) from error
    except Exception as error:
        raise WeightsError(_unreachable(error)) from error
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    return Snapshot(repository, info.sha or revision or "", sizes)


def find_snapshot(repository: str, revision: str | None, *, with_code: bool = False) -> tuple[Snapshot, list[str]]:
    """Return a repository's snapshot at a revision (None: the newest) and its model files.

    Where the newest has only pickles, the snapshot is the pull request with safetensors of the hub's own converter.
    Raises WeightsError where there is none, or as `resolve_snapshot`.
    """
    snapshot = resolve_snapshot(repository, revision)
    if revision is None and not _safe(snapshot):
        for proposal in _conversions(repository):
            converted = resolve_snapshot(repository, proposal)
            if _safe(converted):
                snapshot = converted
                break
    return snapshot, snapshot_model_files(snapshot, with_code=with_code)


def _safe(snapshot: Snapshot) -> bool:
    return any(_belongs(PurePosixPath(file), {WEIGHTS}) for file in snapshot.sizes)


def _conversions(repository: str) -> list[str]:
    """Return the pull requests of the hub's converter to a repository as revisions, the newest first."""
    from huggingface_hub import HfApi

    try:
        proposals = list(HfApi().get_repo_discussions(repository, author=CONVERTER, discussion_type="pull_request"))
    except Exception as error:
        raise WeightsError(_unreachable(error)) from error
    return [f"refs/pr/{each.num}" for each in sorted(proposals, key=lambda each: -each.num) if each.author == CONVERTER]


def download_files(snapshot: Snapshot, files: Iterable[str], into: Path) -> None:
    """Download the named files of a snapshot into the folder `into`; raise WeightsError where that fails."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled
    from huggingface_hub.utils.tqdm import disable_progress_bars
    from huggingface_hub.utils.tqdm import enable_progress_bars

    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        snapshot_download(
            snapshot.repository,
            revision=snapshot.commit,
            allow_patterns=sorted(files),
            local_dir=into,
            etag_timeout=HUB_TIMEOUT,
        )
    except Exception as error:
        raise WeightsError(_unreachable(error)) from error
    finally:
        if shown:
            enable_progress_bars()
    shutil.rmtree(into / ".cache", ignore_errors=True)


def snapshot_model_files(snapshot: Snapshot, *, with_code: bool = False) -> list[str]:
    """Return the files of a snapshot that a model needs: safetensors, settings, vocabularies, maybe its code.

    Raises WeightsError for a repository without safetensors, which would have to be loaded from a pickle.
    """
    kept = CONFIGURATION | {WEIGHTS} | ({code.SUFFIX} if with_code else set())
    files = [file for file in snapshot.sizes if _belongs(PurePosixPath(file), kept)]
    if not _safe(snapshot):
        raise WeightsError(f"{snapshot.repository} has {PICKLED}")
    return files


def _belongs(file: PurePosixPath, kept: AbstractSet[str]) -> bool:
    """Tell files of the model itself (by suffix) from exports for other runtimes, which are in named folders."""
    in_model = len(file.parts) == 1 or file.parts[0][:1].isdigit()
    return in_model and file.suffix in kept


def _unreachable(error: Exception) -> str:
    return f"the hub cannot be reached ({first_line(error)})"
