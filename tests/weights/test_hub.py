"""The hub's own client against a small server that answers as the hub does."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.weights import Store
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import catalog
from sumbench.weights.hub import Snapshot
from sumbench.weights.hub import snapshot_model_files
from tests.generation import tiny
from tests.systems import servers

COMMIT = "c0ffee" * 6 + "c0de"

RESOLVED = "/{repo_id}/resolve/{revision}/{filename}"

NOBODY = "http://127.0.0.1:9"


@contextmanager
def hub(folder: Path, repository: str = "a/tiny", converted: str = "") -> Iterator[str]:
    """Serve the folder as a repository, and yield the server's address.

    With `converted`, its newest commit has no safetensors, but somebody of that name has proposed them.
    """
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path.split("?")[0])
            if path.startswith(f"/api/models/{repository}/tree/"):
                tree = [
                    {"type": "file", "path": name, "size": file.stat().st_size, "oid": name}
                    for name, file in files.items()
                ]
                self.answer(json.dumps(tree).encode())
            elif path == f"/api/models/{repository}/discussions":
                proposals = [proposal(repository, converted, number) for number in (3, 7)] if converted else []
                self.answer(json.dumps({"count": len(proposals), "start": 0, "discussions": proposals}).encode())
            elif path.startswith(f"/api/models/{repository}"):
                hidden = converted and not path.endswith("/refs/pr/7")
                siblings = [
                    {"rfilename": name, "size": file.stat().st_size}
                    for name, file in files.items()
                    if not (hidden and name.endswith(".safetensors"))
                ]
                self.answer(json.dumps({"id": repository, "sha": COMMIT, "siblings": siblings}).encode())
            elif path.startswith(f"/{repository}/resolve/{COMMIT}/"):
                self.answer(files[path.removeprefix(f"/{repository}/resolve/{COMMIT}/")].read_bytes())
            else:
                self.answer(b"{}", status=404)

        do_HEAD = do_GET  # noqa: N815 - the server's own naming

        def answer(self, content: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def proposal(repository: str, author: str, number: int) -> dict[str, object]:
    """Return a pull request as the hub describes it."""
    return {
        "title": "Adding `safetensors` variant of this model",
        "num": number,
        "author": {"name": author},
        "createdAt": "2023-03-16T00:00:00.000Z",
        "status": "open",
        "repo": {"name": repository, "type": "model"},
        "isPullRequest": True,
    }


def fetched(store: Store, name: str, endpoint: str) -> list[str]:
    """Fetch a model from a hub at `endpoint`; return its folder and origin, or the error's one line."""
    with pytest.MonkeyPatch.context() as patch:
        # As HF_ENDPOINT sets them before the library is imported.
        patch.setattr(constants, "ENDPOINT", endpoint)
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", f"{endpoint}{RESOLVED}")
        try:
            return [str(store.folder(name)), store.origin(name)]
        except WeightsError as error:
            return [str(error)]


def pull(home: Path, name: str, endpoint: str, *trusted: str) -> list[str]:
    """Do the same with a store of the package's own catalog."""
    return fetched(Store(home, trusted=frozenset(trusted)), name, endpoint)


def test_a_model_of_the_hub_is_kept_at_its_commit(tmp_path: Path) -> None:
    """A hub id that is in no catalog is fetched at the commit that is newest, without pickles, code or exports."""
    repository = tiny.causal(tmp_path / "repository")
    for name in ("pytorch_model.bin", "modeling_own.py", "onnx/model.onnx", "onnx/config.json", "README.md"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("{}", encoding="utf-8")
    with hub(repository) as endpoint:
        folder, origin = pull(tmp_path / "home", "a/tiny", endpoint)
    assert origin == f"the hub repository a/tiny at {COMMIT}"
    kept = {file.relative_to(folder).as_posix() for file in Path(folder).rglob("*")}
    assert kept == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "sumbench.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_code_is_fetched_for_the_model_that_is_trusted(tmp_path: Path) -> None:
    """Also where the model was fetched without it before; another name that is trusted changes nothing."""
    repository = tiny.homemade(tmp_path / "repository")
    with hub(repository) as endpoint:
        for trusted, there in (("b/tiny", False), ("a/tiny", True)):
            folder, _ = pull(tmp_path / "home", "a/tiny", endpoint, trusted)
            assert (Path(folder) / "modeling_homemade.py").is_file() == there
    assert pull(tmp_path / "home", "a/tiny", NOBODY, "a/tiny")[0] == folder


def test_a_catalog_model_that_is_not_pinned_is_kept_at_the_commit_it_was_fetched_at(tmp_path: Path) -> None:
    """The store records the commit; what makes the model is taken, and later uses verify it without the hub."""
    with hub(tiny.causal(tmp_path / "repository"), "google/pegasus-xsum") as endpoint:
        folder, origin = pull(tmp_path / "home", "pegasus-xsum", endpoint)
    assert origin == f"the hub repository google/pegasus-xsum at {COMMIT}"
    assert (Path(folder) / "model.safetensors").is_file()
    assert pull(tmp_path / "home", "pegasus-xsum", NOBODY) == [folder, origin]
    (Path(folder) / "config.json").write_text("{}", encoding="utf-8")
    assert "are damaged" in pull(tmp_path / "home", "pegasus-xsum", NOBODY)[0]


def test_a_file_of_the_catalog_is_verified_at_whatever_commit_the_hub_has_it(tmp_path: Path) -> None:
    """A GGUF whose sha256 is recorded needs no commit: what the newest holds is converted, or refused if it differs."""
    (tmp_path / "repository").mkdir()
    tiny.gguf(tmp_path / "repository" / "tiny.gguf")
    store = Store(tmp_path / "home")
    gemma = store.models["gemma-3-270m"]
    (source,) = (each for each in gemma.sources if isinstance(each, HubSource))
    file = {"tiny.gguf": sha256(tmp_path / "repository" / "tiny.gguf")}
    with hub(tmp_path / "repository", source.repository) as endpoint:
        for files, message in ((file, COMMIT), ({"tiny.gguf": "0" * 64}, "did not deliver what the catalog records")):
            model = replace(gemma, name="tiny", terms="", sources=(source,), files=files)
            store = replace(store, models={"tiny": model})
            shutil.rmtree(store.model_folder("tiny"), ignore_errors=True)
            assert message in fetched(store, "tiny", endpoint)[-1]


def test_the_hubs_own_conversion_stands_in_for_a_pickle(tmp_path: Path) -> None:
    """Where the newest commit has pickles only, what the hub's converter proposed is taken, and nobody else's."""
    repository = tiny.causal(tmp_path / "repository")
    (repository / "pytorch_model.bin").write_bytes(b"a pickle")
    with hub(repository, converted="SFconvertbot") as endpoint:
        folder, origin = pull(tmp_path / "home", "a/tiny", endpoint)
    assert origin == f"the hub repository a/tiny at {COMMIT}"
    assert (Path(folder) / "model.safetensors").is_file()
    assert not (Path(folder) / "pytorch_model.bin").exists()
    with hub(repository, converted="somebody") as endpoint:
        (message,) = pull(tmp_path / "elsewhere", "a/tiny", endpoint)
    assert "has no safetensors weights" in message


def test_a_model_that_was_fetched_needs_the_hub_no_more(tmp_path: Path) -> None:
    """The second use asks nobody."""
    with hub(tiny.causal(tmp_path / "repository")) as endpoint:
        first = pull(tmp_path / "home", "a/tiny", endpoint)
    assert pull(tmp_path / "home", "a/tiny", NOBODY) == first


def test_a_repository_with_a_pickle_only_is_refused(tmp_path: Path) -> None:
    """Nothing is downloaded from a repository that has no safetensors, and the error says why."""
    repository = tiny.causal(tmp_path / "repository")
    (repository / "model.safetensors").rename(repository / "pytorch_model.bin")
    with hub(repository) as endpoint:
        (message,) = pull(tmp_path / "home", "a/tiny", endpoint)
    assert message.endswith("a/tiny has no safetensors weights, and pickled ones are not loaded: they can run code")


def test_an_unknown_repository_is_named(tmp_path: Path) -> None:
    """A repository that does not exist is said to be absent, in one line."""
    with hub(tiny.causal(tmp_path / "repository")) as endpoint:
        (message,) = pull(tmp_path / "home", "a/absent", endpoint)
    assert message == (
        "weights 'a/absent' could not be fetched: the hub has no repository a/absent that this user may read"
    )


def test_a_hub_that_cannot_be_reached_is_one_clear_line(tmp_path: Path) -> None:
    """A refused connection ends at once, in one line."""
    (message,) = pull(tmp_path / "home", "a/tiny", NOBODY)
    assert message.startswith("weights 'a/tiny' could not be fetched: the hub cannot be reached (")


def test_a_hub_that_is_down_is_asked_once(tmp_path: Path) -> None:
    """For a commit that the catalog names, too: other sources may have the model at once."""
    (source,) = (each for each in catalog()["bart-large-cnn"].sources if isinstance(each, HubSource))
    model = replace(catalog()["bart-large-cnn"], files={"config.json": "0" * 64}, sources=(source,))
    asked = []

    def busy(handler: servers.Handler) -> None:
        asked.append(handler.path)
        servers.status(503)(handler)

    with servers.serving(listing=busy) as down:
        (message,) = fetched(Store(tmp_path / "home", models={"tiny": model}), "tiny", down.url)
    assert len([path for path in asked if source.repository in path]) == 1
    assert f"{source}: the hub cannot be reached (" in message
    assert source.revision


def test_the_modules_of_a_sentence_embedder_belong_to_it() -> None:
    """Numbered folders hold parts of a sentence-transformers model; other folders hold exports."""
    sizes = dict.fromkeys(["model.safetensors", "1_Pooling/config.json", "openvino/config.json", "spiece.model"], 1)
    assert snapshot_model_files(Snapshot("a/b", COMMIT, sizes)) == [
        "model.safetensors",
        "1_Pooling/config.json",
        "spiece.model",
    ]
    with pytest.raises(WeightsError, match="no safetensors"):
        snapshot_model_files(Snapshot("a/b", COMMIT, {"1_Pooling/config.json": 1}))
