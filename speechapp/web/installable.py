"""What makes the recorder an app: its manifest, and the service worker that opens it without a network."""

import json
import re

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask_babel import gettext

from speechapp.web import module_graph
from speechapp.web.languages import current_language
from speechapp.web.security import SERVICE_NAME
from speechapp.web.static_files import static_files

blueprint = Blueprint("installable", __name__)
PAPER = "#f6f4ee"  # as in static/css/tokens.css
TEMPLATES = ("base.html", "record.html")  # what they name is what the recorder loads
NAMED_FILE = re.compile(r"""\basset\(["']([^"']+\.(?:css|js|svg))["']\)""")


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    language, asset = current_language(), static_files().url
    described = {
        "id": url_for("record.page"),
        "name": gettext("Speechapp: lend your voice"),
        "short_name": SERVICE_NAME,
        "description": gettext("Say short words. Together they become an open data set that anyone may use."),
        "lang": language.tag,
        "dir": language.direction,
        "start_url": url_for("record.page"),
        "scope": url_for("pages.home"),
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": [
            {"src": asset("img/logo.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset("img/icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    }
    return _fresh(json.dumps(described, ensure_ascii=False), "application/manifest+json")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """At the root, so that it may answer for every page. It differs whenever any static file does."""
    kept = {
        "base": static_files().base,
        "files": [static_files().url(path) for path in recorder_files()],
        "recorder": url_for("record.page"),
        "offlinePage": url_for("installable.offline"),
    }
    source = static_files().source("js/sw.js")
    return _fresh(f"self.kept = {json.dumps(kept)};\n{source}", "text/javascript")


@blueprint.get("/offline")
def offline() -> str:
    """Shown by the service worker in place of a page that cannot be loaded."""
    return render_template("offline.html")


def recorder_files() -> list[str]:
    """Every static file that the recorder page needs to open and to record."""
    source_of, templates = static_files().source, current_app.jinja_env
    sources = [templates.loader.get_source(templates, name)[0] for name in TEMPLATES if templates.loader]
    named = [path for source in sources for path in NAMED_FILE.findall(source)]
    scripts = [path for path in named if path.endswith(".js")]
    imported = [path for script in scripts for path in module_graph.imported_ever(script, source_of)]
    return list(dict.fromkeys([*named, *imported]))


def _fresh(text: str, media_type: str) -> Response:
    """An answer that browsers ask for again each time."""
    response = make_response(text)
    response.mimetype = media_type
    response.headers["Cache-Control"] = "no-cache"
    return response
