"""The one place where exceptions become answers: JSON with a stable code for the API, a page for people."""

import logging

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound
from werkzeug.wrappers import Response as BaseResponse

from speechapp import errors

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
    400: "That request was not understood",
    401: "Please log in",
    403: "You may not do this",
    404: "Nothing here",
    405: "Not like this",
    413: "Too large",
    500: "Something broke on our side",
    503: "Not available just now",
}
OUR_FAULT = "Nothing you sent was lost that was confirmed before. Please try again; if it stays, tell the maintainers."
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
        return _answer(status, error.code, error.message)
    log.error("%s %s: %s", request.method, request.path, error, exc_info=error)
    return _answer(status, error.code, OUR_FAULT)  # what exactly broke concerns only those who read the log


def _unstorable(error: DataError) -> BaseResponse:
    """PostgreSQL cannot hold or look for every text: none with a NUL, for one."""
    log.warning("%s %s: %s", request.method, request.path, error.orig)
    return _answer(400, "bad_text", "The request holds a text that no name, word or number here can be.")


def _http_error(error: HTTPException) -> BaseResponse:
    """Also what nobody foresaw: Flask hands it over as InternalServerError after logging the traceback."""
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    fallback = error.description or "The request could not be answered."
    if fallback == NotFound.description:
        fallback = "The page you asked for does not exist, or does no longer."
    message = OUR_FAULT if isinstance(error, InternalServerError) else fallback
    code = (error.name or "error").lower().replace(" ", "_")
    if isinstance(error, CSRFError):
        code, message = "login_expired", "Your login has expired. Load the page again and log in."
    response = _answer(status, code, message)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _answer(status: int, code: str, message: str) -> Response:
    if _wants_json():
        return make_response(jsonify(error={"code": code, "message": message}), status)
    title = TITLES.get(status, "That did not work")
    return make_response(render_template("error.html", status=status, title=title, message=message), status)


def _wants_json() -> bool:
    return request.path.startswith("/api/")
