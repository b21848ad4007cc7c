"""The one place where exceptions become answers: JSON with a stable code for the API, a page for people."""

import logging

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound
from werkzeug.wrappers import Response as BaseResponse

from speechapp import errors
from speechapp.web.languages import translated

STATUS_OF_CLASS: dict[type[errors.SpeechappError], int] = {
    errors.InvalidInput: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.StorageError: 503,
}
STATUS_OF_CODE = {"bad_json": 400, "bad_metadata": 400, "container_unknown": 415, "speaker_withdrawn": 410}
TITLES = {
    400: lazy_gettext("That request was not understood"),
    401: lazy_gettext("Please log in"),
    403: lazy_gettext("You may not do this"),
    404: lazy_gettext("Nothing here"),
    405: lazy_gettext("Not like this"),
    413: lazy_gettext("Too large"),
    500: lazy_gettext("Something broke on our side"),
    503: lazy_gettext("Not available just now"),
}
OUR_FAULT = lazy_gettext(
    "Nothing you sent was lost that was confirmed before. Please try again; if it stays, tell the maintainers."
)
log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(errors.SpeechappError, _our_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unstorable)


def status_of(error: errors.SpeechappError) -> int:
    """The HTTP status of one of our errors."""
    by_class = next((STATUS_OF_CLASS[kind] for kind in type(error).__mro__ if kind in STATUS_OF_CLASS), 500)
    return STATUS_OF_CODE.get(error.code, by_class)


def _our_error(error: errors.SpeechappError) -> BaseResponse:
    if error.code == "login_needed" and not _wants_json():
        return redirect(url_for("accounts.login", next=request.full_path if request.method == "GET" else None))
    status = status_of(error)
    if status < 500:
        return _answer(status, error.code, translated(error.message))
    log.error("%s %s: %s", request.method, request.path, error, exc_info=error)
    return _answer(status, error.code, str(OUR_FAULT))  # what exactly broke concerns only those who read the log


def _unstorable(error: DataError) -> BaseResponse:
    """PostgreSQL cannot hold or look for every text: none with a NUL, for one."""
    log.warning("%s %s: %s", request.method, request.path, error.orig)
    return _answer(400, "bad_text", gettext("The request holds a text that no name, word or number here can be."))


def _http_error(error: HTTPException) -> BaseResponse:
    """Also what nobody foresaw: Flask hands it over as InternalServerError after logging the traceback."""
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    code = "login_expired" if isinstance(error, CSRFError) else (error.name or "error").lower().replace(" ", "_")
    response = _answer(status, code, _http_sentence(error))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _http_sentence(error: HTTPException) -> str:
    if isinstance(error, InternalServerError):
        return str(OUR_FAULT)
    if isinstance(error, CSRFError):
        return str(gettext("Your login has expired. Load the page again and log in."))
    if error.description == NotFound.description:
        return str(gettext("The page you asked for does not exist, or does no longer."))
    return error.description or str(gettext("The request could not be answered."))


def _answer(status: int, code: str, message: str) -> Response:
    if _wants_json():
        return make_response(jsonify(error={"code": code, "message": message}), status)
    title = TITLES.get(status, gettext("That did not work"))
    return make_response(render_template("error.html", status=status, title=title, message=message), status)


def _wants_json() -> bool:
    return request.path.startswith("/api/")
