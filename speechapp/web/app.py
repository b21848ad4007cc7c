"""The Flask application: one blueprint per user, and what they share."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from speechapp.clips import MAX_CLIP_BYTES
from speechapp.config import Config
from speechapp.queue import Queue
from speechapp.services import open_services
from speechapp.vocabularies import offered_vocabularies
from speechapp.web import (
    accounts,
    compression,
    details,
    errors,
    installable,
    languages,
    mine,
    noise_review,
    pages,
    record,
    releases,
    review,
    room_noise,
    security,
    static_files,
    vocabulary,
)
from speechapp.web.context import WebContext

ROOT = Path(__file__).parents[2]
MULTIPART_BYTES = 64 * 1024  # what may stand around the audio of one upload


def create_app(config: Config) -> Flask:
    """The web application for these settings. It opens the database and the storage; it changes neither."""
    app = Flask("speechapp", root_path=str(ROOT), static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=MAX_CLIP_BYTES + MULTIPART_BYTES,
        SESSION_COOKIE_NAME="speechapp",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as the login it belongs to
    )
    app.extensions["speechapp"] = WebContext(
        services=open_services(config), queue=Queue(config), vocabularies=offered_vocabularies(config)
    )
    if config.n_proxies:
        n = config.n_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    static_files.register(app, ROOT / "static")
    languages.register(app, config.pseudo_locale)
    security.register(app)
    compression.register(app)
    errors.register(app)
    for module in (
        pages,
        accounts,
        record,
        room_noise,
        vocabulary,
        mine,
        details,
        review,
        noise_review,
        releases,
        installable,
    ):
        app.register_blueprint(module.blueprint)
    for module in (record, room_noise, mine, details):
        security.exempt_from_csrf(app, module.blueprint)  # they know speakers by a bearer token, never by a cookie
    return app
