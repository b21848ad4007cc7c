"""The report for people: one HTML file that asks nothing of the network, with every take's picture."""

import html
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from speechapp.audio.clip import Processing
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.quality import FAULTS
from speechapp.batch import whole_file
from speechapp.batch.recording import MEASURES
from speechapp.batch.result import Clip, Result

_PAGE: Final = Path(__file__).parent / "page"
_STYLES: Final = ("tokens.css", "report.css")
_SCRIPTS: Final = ("report-logic.js", "report-view.js", "report-main.js")
_MARK: Final = b"<!doctype html><!-- speechapp report -->"
_CLIP: Final = tuple(field.name for field in fields(Clip))


@dataclass(frozen=True)
class About:
    """What stands above a report; `kind` is align or measure, `facts` are words to show in a row."""

    kind: str
    title: str
    places: str
    facts: Sequence[str]


def about_aligning(inputs: Sequence[str], out: str, processing: Processing) -> About:
    """Tell how clips were aligned."""
    facts = [f"method {processing.method}", f"{processing.n_samples / SAMPLE_RATE_HZ:g} s"]
    facts += [f"level {processing.level_dbfs:g} dBFS"] if processing.level_dbfs is not None else []
    facts += ["dithered"] if processing.dither else []
    return About("align", "Alignment", f"{_listed(inputs)} → {out}", facts)


def about_measuring(inputs: Sequence[str]) -> About:
    """Tell what was measured."""
    return About("measure", "Measures", _listed(inputs), [])


def write(path: str, results: Sequence[Result], about: About) -> None:
    """Write the report in one go, in the place of an earlier one; links are relative to its folder. Raises OSError."""
    folder = os.path.dirname(os.path.abspath(path))
    whole_file.replace(path, page(results, about, folder).encode("utf-8", "replace"))


def page(results: Sequence[Result], about: About, folder: str, now: datetime | None = None) -> str:
    """Make the page as it will lie in `folder`."""
    made_at = (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    data = {
        "kind": about.kind,
        "title": about.title,
        "places": about.places,
        "facts": [*about.facts, made_at, f"speechapp {version('speechapp')}"],
        "clipFields": _CLIP,
        "measureFields": [name for name in MEASURES if name not in _CLIP],
        "faults": dict(FAULTS),
        "rows": [_row(result, folder) for result in results],
    }
    parts = {
        "styles": "\n".join(_read(name) for name in _STYLES),
        "data": _embedded(data),
        "script": "\n".join(_without_modules(_read(name)) for name in _SCRIPTS),
        "title": html.escape(about.title),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], _read("report.html"))


def is_ours(path: str) -> bool:
    """Tell whether a file is one of our reports."""
    with open(path, "rb") as file:
        return file.read(len(_MARK)) == _MARK


def _row(result: Result, folder: str) -> list[Any]:
    clip = [getattr(result.clip, name) for name in _CLIP] if result.clip else None
    measured = [result.measures.get(name) for name in MEASURES if name not in _CLIP] if result.measures else None
    return [
        result.input,
        result.status,
        result.message,
        _link(result.input, folder),
        _link(result.output, folder) if result.clip and result.output else None,
        clip,
        list(result.faults),
        measured,
        result.picture,
    ]


def _link(path: str, folder: str) -> str:
    """A relative address, whatever the bytes of the name."""
    return quote(os.fsencode(os.path.relpath(os.path.abspath(path), folder)))


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _without_modules(script: str) -> str:
    """Join what are modules in the tests into one script: no imports, no exports."""
    lines = (line.removeprefix("export ") for line in script.splitlines() if not line.startswith("import "))
    return "\n".join(lines)


def _read(name: str) -> str:
    return (_PAGE / name).read_text("utf-8")


def _listed(names: Iterable[str]) -> str:
    first, *others = names
    return f"{first} and {len(others)} more" if others else first
