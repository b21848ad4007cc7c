"""The architecture guard: who may import whom, as a table, and what else keeps the structure readable.

It reads the source and imports nothing; an import inside a function counts like any other.
"""

import ast
import graphlib
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

MAX_LINES = 400
CODE = ("app.py", "speechapp", "worker")  # what the table is about
SOURCES = (*CODE, "bench", "migrations", "static", "tests")  # what has to stay short and well named
VENDORED = Path("static/vendor")
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers"}


@dataclass(frozen=True)
class Room:
    """Some modules, with all below them, that have the same rights; they may always import each other."""

    name: str
    level: int
    modules: tuple[str, ...]
    may_import: tuple[str, ...]  # names of rooms
    only_outsiders: tuple[str, ...] | None = None  # the third-party packages; None is any that is not kept or barred
    barred_outsiders: tuple[str, ...] = ()


BASE = ("errors", "config", "faults", "audio.format")
SHARED = (*BASE, "storage", "database", "queue", "verbs")
RELEASE = ("release.manifest", "release.partition", "release")

ROOMS = (
    Room("errors", 0, ("speechapp.errors",), BASE, ()),
    Room("config", 0, ("speechapp.config",), BASE, ()),
    Room("faults", 0, ("speechapp.faults",), BASE, ()),
    Room("audio.format", 0, ("speechapp.audio.format",), BASE, ()),
    Room("audio", 1, ("speechapp.audio",), BASE, ("av", "numpy", "soxr")),
    Room("storage", 1, ("speechapp.storage",), BASE, ("google",)),
    Room("database", 1, ("speechapp.db", "speechapp.models"), BASE, ("sqlalchemy",)),
    Room("queue", 1, ("speechapp.queue",), BASE, ("celery", "kombu")),
    Room("verbs", 2, ("speechapp.*",), SHARED, None, ("av", "numpy", "soxr")),
    Room("release.partition", 3, ("speechapp.release.partition",), ("errors", "audio.format"), ()),
    Room("release.manifest", 3, ("speechapp.release.manifest",), ("errors", "audio.format", "release.partition"), ()),
    Room("release", 3, ("speechapp.release",), (*SHARED, "audio", *RELEASE)),
    Room("training", 3, ("speechapp.training",), ("errors", "audio.format", "release.manifest")),
    Room("export", 3, ("speechapp.export",), ("errors", "training", "release.manifest")),
    Room("batch", 3, ("speechapp.batch",), (*BASE, "audio"), ("numpy",)),
    Room("web", 4, ("speechapp.web",), (*SHARED, *RELEASE)),
    Room("worker", 4, ("worker",), (*SHARED, "audio", *RELEASE)),
    Room(
        "cli",
        4,
        ("speechapp.cli", "speechapp.commands", "speechapp.supervisor", "speechapp.demo"),
        (*SHARED, "audio", "batch", *RELEASE, "training", "export", "worker"),
    ),
    Room("app", 4, ("app",), ("errors", "config", "web")),
)

# Third-party packages that only these modules, and all below them, may import.
KEPT = {
    "google": ("speechapp.storage.gcs",),
    "torch": ("speechapp.training", "speechapp.export"),
    "flask": ("speechapp.web", "app"),
    "flask_babel": ("speechapp.web", "app"),
    "flask_wtf": ("speechapp.web", "app"),
    "celery": ("speechapp.queue", "worker"),
    "bench": (),
    "tests": (),
}


@dataclass(frozen=True)
class Module:
    name: str
    path: Path  # relative to the root
    tree: ast.Module


def violations(root: Path) -> list[str]:
    """Every breach of the architecture in the source tree at `root`, each in one sentence."""
    modules = _modules(root)
    names = {module.name for module in modules}
    imports = {module.name: sorted(set(_imports(module, names))) for module in modules}
    return [
        *(breach for module in modules for breach in _import_breaches(module, imports[module.name])),
        *(breach for module in modules for breach in _form_breaches(module)),
        *_cycles({name: [other for other in imported if other in names] for name, imported in imports.items()}),
        *(breach for path in _files(root, SOURCES) for breach in _file_breaches(root, path)),
    ]


def _modules(root: Path) -> Sequence[Module]:
    paths = [path for path in _files(root, CODE) if path.suffix == ".py" and path.name != "__init__.py"]
    return [Module(_module_name(path), path, ast.parse((root / path).read_text("utf-8"))) for path in paths]


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def _imports(module: Module, names: Set[str]) -> Iterator[str]:
    """The full name of each module that is imported: of `a.b` for `from a import b`, where that is a module of ours."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in names else node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "__import__"):
            yield from (str(ast.literal_eval(name)) for name in node.args[:1] if isinstance(name, ast.Constant))


def _import_breaches(module: Module, imported: Sequence[str]) -> Iterator[str]:
    room = _room(module.name)
    if room is None:
        yield f"{module.path} is in no room of the table"
        return
    for name in imported:
        reason = _why_not_ours(room, name) if _is_ours(name) else _why_not_outsider(module.name, room, name)
        if reason:
            yield f"{module.path} imports {name}: {reason}"


def _why_not_ours(room: Room, name: str) -> str | None:
    other = _room(name)
    if other is None:
        return "that is in no room of the table"
    if other is room or other.name in room.may_import:
        return None
    return f"{room.name} (level {room.level}) may not import {other.name} (level {other.level})"


def _why_not_outsider(importer: str, room: Room, name: str) -> str | None:
    package = name.partition(".")[0]
    if package in sys.stdlib_module_names:
        return None
    keepers = KEPT.get(package)
    if keepers is not None and not any(_is_within(importer, keeper) for keeper in keepers):
        return f"{package} is only for {' and '.join(keepers) or 'tests'}"
    allowed = package not in room.barred_outsiders if room.only_outsiders is None else package in room.only_outsiders
    return None if allowed else f"{room.name} (level {room.level}) may not import {package}"


def _room(name: str) -> Room | None:
    """The room whose module `name` is or lies below; the longest such module wins."""
    found = [(len(own), room) for room in ROOMS for own in room.modules if _is_within(name, own)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _is_within(name: str, module: str) -> bool:
    if module.endswith(".*"):
        return name.rpartition(".")[0] == module.removesuffix(".*")
    return name == module or name.startswith(f"{module}.")


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in ("app", "speechapp", "worker")


def _form_breaches(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{module.path} has a relative import in line {node.lineno}"


def _cycles(imports: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """One import cycle, if there is any."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        yield f"there is an import cycle: {' imports '.join(reversed(error.args[1]))}"


def _file_breaches(root: Path, path: Path) -> Iterator[str]:
    text = (root / path).read_text("utf-8")
    n_lines = len(text.splitlines())
    if n_lines > MAX_LINES:
        yield f"{path} has {n_lines} lines, more than {MAX_LINES}"
    if VAGUE_NAMES.intersection((path.stem, *path.parent.parts)):
        yield f"{path} has a name that says nothing"
    if path.name == "__init__.py" and text:
        yield f"{path} is not empty"


def _files(root: Path, tops: Sequence[str]) -> Iterator[Path]:
    """The Python and JavaScript files at and below these, relative to the root; not what others wrote."""
    for top in tops:
        found = [root / top] if (root / top).is_file() else sorted((root / top).rglob("*"))
        for path in (file.relative_to(root) for file in found if file.suffix in (".py", ".js", ".mjs")):
            if VENDORED not in path.parents and "node_modules" not in path.parts:
                yield path
