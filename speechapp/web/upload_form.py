"""The form in which recordings arrive: `metadata`, a JSON object, and `audio`, the file."""

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from speechapp import clips
from speechapp.errors import InvalidInput, TooLarge

HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
MAX_SETTINGS_LETTERS = 4096
Upload = TypeVar("Upload")


def upload_of_request(made_of: Callable[[dict[str, Any]], Upload]) -> tuple[Upload, bytes]:
    """What `made_of` makes of the metadata, and the bytes; raises InvalidInput or TooLarge.

    `made_of` raises KeyError, TypeError or ValueError where a field is not of its form.
    """
    try:
        audio = request.files.get("audio")
    except RequestEntityTooLarge as error:
        raise TooLarge("clip_too_large", "A clip may have %(most)d bytes.", most=clips.MAX_CLIP_BYTES) from error
    if audio is None:
        raise InvalidInput("bad_metadata", "Send multipart/form-data with the fields “metadata” and “audio”.")
    try:
        metadata = _object(json.loads(request.form.get("metadata", ""), parse_constant=_no_number))
        return made_of(metadata), _without_stray_byte(audio.read(), whole_of(metadata, "n_bytes"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput("bad_metadata", "The metadata of the clip is not usable: %(why)s.", why=error) from error


def settings_of(metadata: dict[str, Any]) -> dict[str, Any]:
    """What the browser says of the microphone; raises ValueError."""
    settings = metadata.get("settings", {})
    if not isinstance(settings, dict) or len(json.dumps(settings)) > MAX_SETTINGS_LETTERS:
        raise ValueError("settings must be an object of at most 4096 letters")
    return settings


def string_of(metadata: dict[str, Any], name: str) -> str:
    if not isinstance(metadata[name], str):
        raise TypeError(f"{name} must be a text")
    return str(metadata[name])


def matching(metadata: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    text = string_of(metadata, name)
    if not form.fullmatch(text):
        raise ValueError(f"{name} must match {form.pattern}")
    return text


def whole_of(metadata: dict[str, Any], name: str) -> int:
    value = metadata[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{name} must be a whole number, 0 or more")
    return value


def _object(metadata: Any) -> dict[str, Any]:
    if not isinstance(metadata, dict):
        raise TypeError("it must be an object")
    return metadata


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _without_stray_byte(audio: bytes, n_bytes: int) -> bytes:
    """What was sent: Werkzeug adds a CR where a chunk of 64 KiB ends within the closing boundary (its issue 3285).

    An upload of that length would fail at every retry. The hash is still checked against what is left.
    """
    return audio[:-1] if len(audio) == n_bytes + 1 and audio.endswith(b"\r") else audio
