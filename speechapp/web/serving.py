"""Stored objects as HTTP answers: whole or in ranges, streamed, with an ETag that is the content's hash."""

from collections.abc import Iterator

from flask import Response, redirect, request
from werkzeug.datastructures import ContentRange
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as BaseResponse

from speechapp.storage.contract import Storage

CHUNK_BYTES = 256 * 1024
LINK_LIFE_S = 3600


def stored_file(
    storage: Storage, key: str, media_type: str, sha256: str, download_name: str | None = None
) -> BaseResponse:
    """An object of the storage; as a download a link to there, where it serves by itself. Raises NotFound.

    What our own pages play is never a link: they may load nothing from elsewhere.
    """
    link = storage.url(key, LINK_LIFE_S) if download_name else None
    if link is not None:
        return redirect(link)
    n_bytes = storage.size(key)
    is_known = request.if_none_match.contains(sha256)
    part = None if is_known else _asked_range(n_bytes, sha256)
    start, stop = part or (0, n_bytes)
    response = Response(_chunks(storage, key, start, stop), mimetype=media_type)
    response.content_length = stop - start
    response.accept_ranges = "bytes"
    response.set_etag(sha256)
    if download_name:
        response.headers.set("Content-Disposition", "attachment", filename=download_name)
    if part:
        response.status_code = 206
        response.content_range = ContentRange("bytes", start, stop, n_bytes)
    return response.make_conditional(request) if is_known else response


def _asked_range(n_bytes: int, sha256: str) -> tuple[int, int] | None:
    """The first byte asked for and the one after the last; None where none, several, or stale ones are asked for."""
    asked = request.range
    stale = "If-Range" in request.headers and request.if_range.etag != sha256
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or stale:
        return None
    found = asked.range_for_length(n_bytes)
    if found is None:
        raise RequestedRangeNotSatisfiable(n_bytes)
    return found


def _chunks(storage: Storage, key: str, start: int, stop: int) -> Iterator[bytes]:
    for position in range(start, stop, CHUNK_BYTES):
        yield storage.read_range(key, position, min(position + CHUNK_BYTES, stop))
