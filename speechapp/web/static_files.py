"""Static files under a path that names their content, so that browsers may keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory

KEPT_FOR_S = 365 * 24 * 3600


def register(app: Flask, folder: Path) -> None:
    """Serve `folder` and give templates `asset(path)` and `static_base`."""
    version = _content_version(folder)
    base = f"/static/{version}/"

    def static_file(version_asked: str, path: str) -> Response:
        response = send_from_directory(folder, path)
        if version_asked == version:
            response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR_S}, immutable"
        return response

    app.add_url_rule("/static/<version_asked>/<path:path>", "static_file", static_file)
    app.context_processor(lambda: {"asset": lambda path: base + path, "static_base": base})


def _content_version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
