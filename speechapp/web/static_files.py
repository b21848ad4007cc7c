"""Static files under a path that names their content, so that browsers may keep them for ever.

They are read when the application starts, without their comments, and compressed when first asked for: what a running
service sends under one path never changes, and no request pays for compression.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import brotli
from flask import Flask, Response, abort, current_app, request

from speechapp.web import module_graph
from speechapp.web.lean import lean

KEPT_FOR_S = 365 * 24 * 3600
# Worth compressing; pictures and sounds are compressed already.
TEXTS = ("text/", "image/svg+xml", "application/json", "application/wasm")


@dataclass(frozen=True)
class StaticFile:
    """One file, whole in memory."""

    data: bytes
    media_type: str

    @property
    def is_text(self) -> bool:
        return self.media_type.startswith(TEXTS)

    @cached_property
    def brotli(self) -> bytes:
        return bytes(brotli.compress(self.data))

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.data, mtime=0)


class StaticFiles:
    """All files of a folder, by their path in it."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self.files = {path.relative_to(folder).as_posix(): _read(path, folder) for path in paths}
        self.version = _content_version(self.files)
        self.base = f"/static/{self.version}/"

    def url(self, path: str) -> str:
        return self.base + path

    def source(self, path: str) -> str:
        return self.files[path].data.decode()

    def module_preloads(self, path: str) -> list[str]:
        """Where the modules are that `path` imports, so that a page can ask for all of them at once.

        Without it a browser learns of a module only when it has read the one that imports it.
        """
        return [self.url(module) for module in module_graph.imported_at_once(path, self.source)]


def register(app: Flask, folder: Path) -> None:
    """Serve `folder` and give templates `asset(path)`, `module_preloads(path)` and `static_base`."""
    files = app.extensions["speechapp_static"] = StaticFiles(folder)
    app.add_url_rule("/static/<version>/<path:path>", "static_file", _static_file)
    app.jinja_env.globals.update(asset=files.url, module_preloads=files.module_preloads, static_base=files.base)


def static_files() -> StaticFiles:
    """Those of the running application."""
    return cast(StaticFiles, current_app.extensions["speechapp_static"])


def _static_file(version: str, path: str) -> Response:
    file = static_files().files.get(path) or abort(404)
    response = _encoded(file)
    newest = version == static_files().version
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR_S}, immutable" if newest else "no-cache"
    return response


def _encoded(file: StaticFile) -> Response:
    """In the smallest form that the browser understands; in parts only where it is not compressed."""
    encoding = request.accept_encodings.best_match(["br", "gzip"]) if file.is_text else None
    data = {"br": file.brotli, "gzip": file.gzip}[encoding] if encoding else file.data
    response = Response(data, mimetype=file.media_type)
    response.set_etag(hashlib.sha256(data).hexdigest()[:16])
    if file.is_text:
        response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
        response.make_conditional(request)
    else:
        response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return response


def _read(path: Path, folder: Path) -> StaticFile:
    data = path.read_bytes()
    is_ours = path.suffix in (".js", ".css") and folder / "vendor" not in path.parents
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(lean(data) if is_ours else data, media_type)


def _content_version(files: dict[str, StaticFile]) -> str:
    digest = hashlib.sha256()
    for path, file in files.items():
        digest.update(path.encode() + b"\0" + file.data)
    return digest.hexdigest()[:12]
