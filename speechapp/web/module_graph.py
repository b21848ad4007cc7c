"""What an ES module needs, read from its import statements; relative paths only, as everywhere in `static/js`."""

import posixpath
import re
from collections.abc import Callable, Iterator

COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)  # types are imported in comments
STATIC_IMPORT = re.compile(r"""^(?:import|export)\s(?:[\w\s{},*$]*\sfrom\s)?["'](\.[^"']+)["']""", re.MULTILINE)
LATER = re.compile(r"""\bimport\(\s*["'](\.[^"']+)["']|\bnew URL\(\s*["'](\.[^"']+)["'],\s*import\.meta\.url""")


def imported_at_once(path: str, source_of: Callable[[str], str]) -> list[str]:
    """Every module that is loaded before `path` runs, nearest first, without `path` itself.

    `source_of` gives the text of a module by its path; it raises where there is none.
    """
    return _reached(path, source_of, _static_imports)


def imported_ever(path: str, source_of: Callable[[str], str]) -> list[str]:
    """The same, and what is loaded later: by `import("...")`, or as a worklet by `new URL("...", import.meta.url)`."""
    return _reached(path, source_of, lambda source: [*_static_imports(source), *_later_imports(source)])


def _reached(path: str, source_of: Callable[[str], str], imports: Callable[[str], list[str]]) -> list[str]:
    found = [path]
    for module in found:  # grows while it is walked: breadth first
        found += [other for other in _resolved(module, imports(source_of(module))) if other not in found]
    return found[1:]


def _resolved(module: str, imported: list[str]) -> Iterator[str]:
    folder = posixpath.dirname(module)
    yield from dict.fromkeys(posixpath.normpath(posixpath.join(folder, name)) for name in imported)


def _static_imports(source: str) -> list[str]:
    return STATIC_IMPORT.findall(COMMENT.sub("", source))


def _later_imports(source: str) -> list[str]:
    return [first or second for first, second in LATER.findall(COMMENT.sub("", source))]
