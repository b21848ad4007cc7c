"""The machine-readable report: one row per recording, as CSV or as lines of JSON."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Final, Literal

from speechapp.batch import whole_file
from speechapp.batch.recording import MEASURES
from speechapp.batch.result import Clip, Result
from speechapp.errors import InvalidInput

Format = Literal["csv", "jsonl"]
FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}

_HEAD: Final = ("status", "input", "output", "reason", "message")
_CLIP: Final = tuple(field.name for field in fields(Clip))
FAULT_JOINT: Final = ";"


def columns(*, with_measures: bool) -> tuple[str, ...]:
    """Name the columns in order; what a clip's fields and its measures have in common comes once."""
    measured = ("faults", *(name for name in MEASURES if name not in _CLIP)) if with_measures else ()
    return (*_HEAD, *_CLIP, *measured)


def rows(results: Iterable[Result], *, with_measures: bool) -> list[dict[str, Any]]:
    """Make the rows: what is not known is None; faults are a list of codes."""
    names = columns(with_measures=with_measures)
    return [_row(result, names) for result in results]


def as_text(results: Iterable[Result], kind: Format, *, with_measures: bool) -> str:
    """Write all rows. In CSV the faults are joined by FAULT_JOINT, what is not known is empty, lines end in LF."""
    made = rows(results, with_measures=with_measures)
    if kind == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns(with_measures=with_measures), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "faults": FAULT_JOINT.join(row["faults"])} if "faults" in row else row for row in made)
    return sheet.getvalue()


def format_of(path: str) -> Format:
    """Tell the format by the suffix; CSV for standard output. Raises InvalidInput table_suffix."""
    if path == "-":
        return "csv"
    kind = FORMATS.get(os.path.splitext(path)[1].lower())
    if kind is None:
        raise InvalidInput("table_suffix", "“%(path)s” must end in .csv or .jsonl, or be -.", path=path)
    return kind


def write(path: str, results: Sequence[Result], *, with_measures: bool) -> None:
    """Write the table in one go, in the place of an earlier one; `-` is standard output.

    A name that is no UTF-8 keeps its bytes in CSV and becomes escapes in JSON. Raises OSError.
    """
    kind = format_of(path)
    text = as_text(results, kind, with_measures=with_measures)
    content = text.encode("utf-8", "surrogateescape" if kind == "csv" else "backslashreplace")
    if path == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        whole_file.replace(path, content)


def is_ours(path: str) -> bool:
    """Tell whether a file looks like one of our tables, so that replacing it takes nothing away."""
    with open(path, "rb") as file:
        head = file.read(64)
    return not head or head.startswith((",".join(_HEAD).encode(), b'{"status": '))


def _row(result: Result, names: Sequence[str]) -> dict[str, Any]:
    clip = {} if result.clip is None else vars(result.clip)
    head = {name: getattr(result, name) for name in _HEAD}
    known = {**result.measures, **clip, **head, "faults": list(result.faults)}
    return {name: known.get(name) for name in names}
