"""The pictures and sounds of a vocabulary: which kinds there are, and what can be wrong with a file."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.parsers import expat

from speechapp.audio.format import MEDIA_TYPES, SNIFF_BYTES, sniff_container

MAX_PICTURE_BYTES: Final = 256 * 1024  # volunteers are on phones, and all of a visit's pictures are fetched
MAX_SOUND_BYTES: Final = 512 * 1024
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.[A-Za-z0-9]{1,5}")

_SVG: Final = "http://www.w3.org/2000/svg"
_PICTURES: Final[Mapping[str, str]] = MappingProxyType(
    {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
)
_CONTAINERS: Final[Mapping[str, str]] = MappingProxyType({**{name: name for name in MEDIA_TYPES}, "m4a": "mp4"})


class _Flaw(Exception):
    """What is wrong with an SVG; ends the reading of it."""


def media_type(name: str) -> str:
    """The media type of a picture or a sound, which its ending decides."""
    ending = _ending(name)
    return _PICTURES.get(ending) or MEDIA_TYPES[_CONTAINERS[ending]]


def picture_problems(path: Path) -> Iterator[str]:
    """What is wrong with this picture, each with the fix."""
    if _ending(path.name) not in _PICTURES:
        yield f"{path.name} is of a kind we do not show; make it one of {', '.join(_PICTURES)}"
        return
    yield from _file_problems(path, MAX_PICTURE_BYTES, "make it smaller, or draw it as SVG")
    if path.is_file() and path.stat().st_size <= MAX_PICTURE_BYTES:
        yield from _content_problems(path)


def sound_problems(path: Path) -> Iterator[str]:
    """What is wrong with this sound as far as its first bytes tell; decoding it is for whoever may."""
    container = _CONTAINERS.get(_ending(path.name))
    if container is None:
        yield f"{path.name} is of a kind we do not play; make it one of {', '.join(_CONTAINERS)}"
        return
    yield from _file_problems(path, MAX_SOUND_BYTES, "shorten it, or make it an MP3")
    if path.is_file() and path.stat().st_size and sniff_container(_head(path)) != container:
        yield f"{path.name} does not hold what its ending says; export it again, or give it the right ending"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SNIFF_BYTES)


def _file_problems(path: Path, most_bytes: int, fix: str) -> Iterator[str]:
    if not path.is_file():
        alike = [other.name for other in path.parent.glob("*") if other.name.lower() == path.name.lower()]
        there = f" (there is {alike[0]}; capitals count)" if alike else ""
        yield f"{path.name} is missing{there}; put it beside the vocabulary's file, or take the line out"
    elif not path.stat().st_size:
        yield f"{path.name} is empty; export it again"
    elif path.stat().st_size > most_bytes:
        yield f"{path.name} has {-(-path.stat().st_size // 1024)} KB, more than {most_bytes // 1024}; {fix}"


def _content_problems(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    if _ending(path.name) == "svg":
        flaw = _svg_flaw(data)
        if flaw:
            yield f"{path.name} {flaw}"
    elif data and _PICTURES[_ending(path.name)] != _sniff_picture(data):
        yield f"{path.name} does not hold what its ending says; export it again, or give it the right ending"


def _sniff_picture(data: bytes) -> str | None:
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    signatures = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
    return next((kind for signature, kind in signatures.items() if data.startswith(signature)), None)


def _svg_flaw(data: bytes) -> str | None:
    """Why a browser would not draw this as a picture, or what it should not have in it; None where it is fine."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = _Elements().begin
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return f"is not well-formed ({error}); export it again as plain SVG"
    except _Flaw as flaw:
        return str(flaw)
    return None


class _Elements:
    """Looks at one element after the other; raises _Flaw at the first that is wrong."""

    def __init__(self) -> None:
        self._n = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._n += 1
        if self._n == 1:
            _require_root(name, attributes)
        if name.rpartition(" ")[2].lower() in ("script", "foreignobject"):
            raise _Flaw(f"has a <{name.rpartition(' ')[2]}>; export it as plain SVG")
        for key, value in attributes.items():
            _require_harmless(key.rpartition(" ")[2].lower(), value.strip())


def _require_root(name: str, attributes: Mapping[str, str]) -> None:
    if name != f"{_SVG} svg":
        raise _Flaw(f'must begin with <svg xmlns="{_SVG}" …>, or browsers do not draw it')
    if "viewBox" not in attributes:
        raise _Flaw("has no viewBox, so it cannot grow with the screen; export it with one")


def _require_harmless(key: str, value: str) -> None:
    if key.startswith("on"):
        raise _Flaw(f"runs a script ({key}); export it as plain SVG")
    if key in ("href", "src") and not value.startswith(("#", "data:image/")):
        raise _Flaw(f"loads {value[:60]} from elsewhere; put all of the picture into the one file")


def _refuse_entities(*_: object) -> None:
    raise _Flaw("declares entities; export it as plain SVG")
