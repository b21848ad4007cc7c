"""Who is asking, and what a browser may do with our pages."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Flask, Response, g, request, session
from flask_wtf.csrf import CSRFProtect

from speechapp.errors import Forbidden, Unauthenticated
from speechapp.models import User
from speechapp.users import may
from speechapp.web.context import web_context

P = ParamSpec("P")
R = TypeVar("R")
SERVICE_NAME = "Speechapp"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# There are dozens of files for each page, and headers are never compressed. A worker has a policy of its own.
HEADERS_OF_FILES = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'self'"}


def register(app: Flask) -> None:
    app.extensions["speechapp_csrf"] = CSRFProtect(app)
    app.before_request(_load_user)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"user": g.get("user"), "csp_nonce": _nonce(), "service_name": SERVICE_NAME})


def exempt_from_csrf(app: Flask, blueprint: Blueprint) -> None:
    app.extensions["speechapp_csrf"].exempt(blueprint)


def log_in(user: User) -> None:
    """A new session, so that nothing of the one before the login lives on."""
    session.clear()
    session["user_id"] = user.id


def role_needed(role: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A route for users of this role or a higher one."""

    def decorate(route: Callable[P, R]) -> Callable[P, R]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if g.user is None:
                raise Unauthenticated("login_needed", "Log in first.")
            if not may(g.user, role):
                raise Forbidden(
                    "role_needed",
                    "Only a %(role)s may do this; you are logged in as %(own)s.",
                    role=role,
                    own=g.user.role,
                )
            return route(*args, **kwargs)

        return guarded

    return decorate


def _load_user() -> None:
    g.user = None
    if not _is_static() and "user_id" in session:  # who looks at the session makes the answer depend on it
        with web_context().services.database.read() as database_session:
            g.user = database_session.get(User, session["user_id"])


def _nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _is_static() -> bool:
    return request.endpoint == "static_file"


def _add_headers(response: Response) -> Response:
    if _is_static() and response.status_code < 400:
        response.headers.update(HEADERS_OF_FILES)
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=_nonce()))
    if g.get("user") is not None:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
