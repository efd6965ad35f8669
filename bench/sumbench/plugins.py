"""Plug-ins: objects from entry points of installed distributions and from the user's own Python files."""

import hashlib
import inspect
import pickle
import re
import sys
import traceback
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import redirect_stdout
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from types import ModuleType
from typing import TYPE_CHECKING
from typing import Any

from sumbench import spec_text
from sumbench.errors import BenchError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.errors import one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PREFIX = "sumbench_plugin_"
"""How the modules of plug-in files are called in `sys.modules`, with more behind it."""

_PATH = r"(?:\.{0,2}/|~[^/,]*/|\.{1,2}\\|[A-Za-z]:[\\/])"
_AS_PATH = re.compile(_PATH)
_IN_FILE = re.compile(rf"(?P<file>{_PATH}.*?\.py):(?P<attribute>[A-Za-z_]\w*)(?=\s*(?:,|$))")
_BARE = re.compile(r"[^,]*\.py(?::\w+)?$")


def is_path(name: str) -> bool:
    """Tell whether a name is written as a path: `./…`, `../…`, `/…` or `~/…`."""
    return _AS_PATH.match(name) is not None


def in_file(name: str) -> bool:
    """Tell whether a name means an object in a Python file: `./own.py:NAME`."""
    found = _IN_FILE.match(name)
    return found is not None and found[0] == name.rstrip()


def split_options(spec: str) -> tuple[str, list[str]]:
    """Split `NAME[,key=value…]` into the name and the options, as they are written; see `spec_text` for commas."""
    found = _IN_FILE.match(spec)
    end = found.end() if found else spec_text.piece_end(spec)
    _, comma, rest = spec[end:].partition(",")
    return spec_text.unquoted(spec[:end]), [piece.lstrip() for piece in spec_text.pieces(rest)] if comma else []


def join_options(name: str, options: Sequence[str]) -> str:
    """Return the spec that `split_options` takes apart into these."""
    return ",".join((name if _IN_FILE.match(name) else spec_text.quoted(name), *options))


def split_specs(text: str) -> list[str]:
    """Split a list of specs at its commas; a part with an equals sign is an option of the spec before it.

    A part that begins as a path is the name of a plug-in file up to its `.py:NAME`, commas and all. What was a path
    with commas because it exists comes back in quotes, and is one from then on.
    """
    specs: list[str] = []
    start = 0
    while start <= len(text):
        start = len(text) - len(text[start:].lstrip())
        found = _IN_FILE.match(text, start)
        end = found.end() if found else spec_text.piece_end(text, start)
        part = text[start:end].strip() if found else spec_text.written_piece(text[start:end])
        if found is None and "=" in part and specs and not spec_text.is_quoted(part):
            specs[-1] += f",{part}"
        else:
            specs.append(part)
        behind = text.find(",", end)
        start = behind + 1 if behind >= 0 else len(text) + 1
    return specs


class _FileLoader(SourceFileLoader):
    """Runs a plug-in file as it is at this moment, and keeps its SHA-256.

    Python's own loader would leave compiled code beside the user's file, and take that for the file again when it is
    changed within a second.
    """

    sha256 = ""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the module's name is not in its code
        source = self.get_data(self.path)
        self.sha256 = hashlib.sha256(source).hexdigest()
        return self.source_to_code(source, self.path)


def module_name(file: Path) -> str:
    """Return the name under which a plug-in file is imported: the same in every process, another for each path."""
    path = file.expanduser().resolve()
    stem = re.sub(r"\W", "_", path.stem)
    return f"{PREFIX}{stem}_{hashlib.sha256(str(path).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def load_file(path: Path, name: str) -> ModuleType:
    """Import the file at `path` as the module `name`, again where it has changed since it was last imported.

    Its folder is not put on Python's search path, and what it prints goes to stderr. Raises UsageError, in one line,
    for what cannot be imported.
    """
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    known = sys.modules.get(name)
    if known is not None and _loader(known).sha256 == sha256:
        return known
    spec = spec_from_file_location(name, path, loader=_FileLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise UsageError(f"{path}: cannot be imported")
    module = module_from_spec(spec)
    # Dataclasses and pickle look a class's module up while it is still being made.
    sys.modules[name] = module
    try:
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, Exception | SystemExit):
            raise UsageError(f"{path}: cannot be imported: {_reason(error, path)}") from None
        raise
    return module


def loaded_files() -> tuple[tuple[str, Path], ...]:
    """Return the module name and the file of each plug-in file that this process has imported."""
    modules = [(name, module) for name, module in sys.modules.copy().items() if name.startswith(PREFIX)]
    return tuple((name, Path(_loader(module).path)) for name, module in modules)


def files_of(thing: object) -> tuple[tuple[str, Path], ...]:
    """Return module name and file of each plug-in file that `thing` has objects of.

    Another process must import these by `load_file` before it unpickles it.
    """
    pickled = pickle.dumps(thing)
    return tuple((name, file) for name, file in loaded_files() if name.encode() in pickled)


def _loader(module: ModuleType | None) -> _FileLoader:
    """Return the loader of a plug-in file's module; one of no file for any other module."""
    loader = getattr(module, "__loader__", None)
    return loader if isinstance(loader, _FileLoader) else _FileLoader("", "")


def _reason(error: BaseException, file: Path | None = None) -> str:
    """Return why an import failed, in one line, with the line of the `file` where it is of that."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    where = f" (line {lines[-1]})" if lines else ""
    return one_line(f"{type(error).__name__}: {error}{where}")


def from_file(kind: str, name: str) -> Any:  # noqa: ANN401 - whatever the file has under that name
    """Return the object that `./own.py:NAME` means; raise UsageError where there is none."""
    found = _IN_FILE.match(name)
    if found is None:
        raise UsageError(f"{kind} {name!r}: to take one from a Python file, name both: ./FILE.py:NAME")
    file = Path(found["file"]).expanduser()
    if not file.is_file():
        raise UsageError(f"{kind} {name}: there is no file {file}")
    module = load_file(file.resolve(), module_name(file))
    if not hasattr(module, found["attribute"]):
        own = [key for key, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        known = ", ".join(key for key in own if not key.startswith("_")) or "nothing of its own"
        raise UsageError(f"{kind} {name}: {file} has no {found['attribute']}: it has {known}")
    return getattr(module, found["attribute"])


@cache
def entry_points(group: str) -> "Mapping[str, tuple[EntryPoint, ...]]":
    """Return the entry points of a group by name, those of several distributions under one name together.

    They are read once in a process.
    """
    from importlib import metadata

    found: defaultdict[str, list[EntryPoint]] = defaultdict(list)
    for point in metadata.entry_points(group=group) if group else ():
        found[point.name].append(point)
    return {name: tuple(points) for name, points in found.items()}


def declared_by(group: str, name: str) -> str:
    """Return the distributions that declare a name in a group (`demo 1.0`); "" where none does."""
    return " and ".join(_distribution(point) for point in entry_points(group).get(name, ()))


def from_distribution(kind: str, group: str, name: str) -> Any:  # noqa: ANN401 - whatever the distribution declares
    """Import and return what an installed distribution declares under `name`.

    Raises UsageError, in one line, for a name that two distributions declare, and for what cannot be imported.
    """
    point, *others = entry_points(group)[name]
    who = declared_by(group, name)
    if others:
        raise UsageError(f"{kind} {name!r} is declared by {who}: uninstall all of them but one")
    try:
        with redirect_stdout(sys.stderr):
            return point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in's import may fail in any way
        raise UsageError(f"{kind} {name!r} of {who} cannot be imported from {point.value}: {_reason(error)}") from None


def _distribution(point: "EntryPoint") -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"


def path_hint(name: str) -> str:
    """Return what to write in place of a name that seems to be a Python file's; "" for any other."""
    return f"to take one from a Python file, write ./{name}" if _BARE.match(name) else ""


@contextmanager
def own_faults(kind: str, name: str, plugin: object) -> Iterator[None]:
    """Make what the code of a plug-in raises a UsageError in one line; what is built in passes as it is."""
    try:
        yield
    except BenchError:
        raise
    except (Exception, SystemExit) as error:
        if _top(type(plugin).__module__) == _top(__name__):
            raise
        raise UsageError(f"{kind} {name}: {failure_line(error)}") from error


def provenance(cls: type) -> Mapping[str, str]:
    """Return what tells a class from others of the same name, as far as its code can change.

    That is its module, and the version of the distribution that it comes from; for a plug-in file, and for a module
    of no distribution, the file's name and SHA-256; for a class that was typed in, the SHA-256 of its source.
    """
    module = sys.modules.get(cls.__module__)
    if sha256 := _loader(module).sha256:
        return {"module": Path(_loader(module).path).name, "file_sha256": sha256}
    named = {"module": cls.__module__}
    if _top(cls.__module__) == _top(__name__):
        # Not sumbench's own version: summaries are to outlive its releases, and a system's `revision` counts the
        # changes that matter to them.
        return named
    if distribution := distribution_of(cls.__module__):
        return {**named, "distribution": distribution}
    try:
        file = getattr(module, "__file__", None)
        source = Path(file).read_bytes() if file else inspect.getsource(cls).encode()
    except (OSError, TypeError):
        return named
    return {**named, "file_sha256": hashlib.sha256(source).hexdigest()}


@cache
def distribution_of(module: str) -> str:
    """Return the distributions (`demo 1.0`) that a module comes from; "" where none is known."""
    from importlib import metadata

    # An editable install lists no files of its packages, but its entry points name them.
    every = metadata.entry_points()
    points = [point for group in every.groups if group.startswith("sumbench.") for point in every.select(group=group)]
    own = {_distribution(point) for point in points if _top(point.module) == _top(module)}
    file = getattr(sys.modules.get(module), "__file__", None)
    if not own and (_is_among_distributions(file) if file else module != "__main__"):
        # This reads what every distribution has installed, and takes a second.
        names = metadata.packages_distributions().get(_top(module), ())
        # Another package of the same name may have been imported in its place.
        found = [one for one in map(metadata.distribution, names) if not file or _holds(str(one.locate_file("")), file)]
        own = {f"{one.name} {one.version}" for one in found}
    return " and ".join(sorted(own))


def _holds(folder: str, file: str) -> bool:
    return Path(file).resolve().is_relative_to(Path(folder).resolve())


def _is_among_distributions(file: str) -> bool:
    """Tell whether a file is in a folder of Python's search path in which distributions are installed."""
    folders = {Path(entry).resolve() for entry in sys.path}.intersection(Path(file).resolve().parents)
    return any(next(folder.glob(kind), None) for folder in folders for kind in ("*.dist-info", "*.egg-info"))


def _top(module: str) -> str:
    return module.partition(".")[0]
