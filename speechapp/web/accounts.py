"""Logging in and out, and the one-time link that makes the first admin."""

import re

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from speechapp import users
from speechapp.db import utc_now
from speechapp.errors import SpeechappError
from speechapp.web.context import web_context
from speechapp.web.errors import status_of
from speechapp.web.languages import translated
from speechapp.web.security import log_in

blueprint = Blueprint("accounts", __name__)
OWN_PATH = re.compile(r"/(?!/)[^\\\x00-\x1f]*")  # browsers read \ as /, and leave out tabs and line ends


@blueprint.get("/login")
def login() -> str:
    return render_template("login.html", next=_own_path(request.args.get("next")), name="")


@blueprint.post("/login")
def log_in_with_password() -> Response | tuple[str, int]:
    name, next_path = request.form.get("name", ""), _own_path(request.form.get("next"))
    try:
        with web_context().services.database.read() as database_session:
            user = users.authenticate(database_session, name, request.form.get("password", ""))
    except SpeechappError as error:
        flash(translated(error.message), "error")
        return render_template("login.html", next=next_path, name=name), status_of(error)
    log_in(user)
    return redirect(next_path)


@blueprint.post("/logout")
def logout() -> Response:
    session.clear()
    return redirect(url_for("pages.home"))


@blueprint.get("/setup/<token>")
def setup(token: str) -> str:
    with web_context().services.database.read() as database_session:
        users.check_setup_token(database_session, token, utc_now())
    return render_template("setup.html", name="")


@blueprint.post("/setup/<token>")
def make_first_admin(token: str) -> Response | tuple[str, int]:
    name = request.form.get("name", "")
    with web_context().services.database.read() as database_session:
        users.check_setup_token(database_session, token, utc_now())
    try:
        with web_context().services.database.write() as database_session:
            password = request.form.get("password", "")
            user = users.add_first_admin(database_session, token, name, password, utc_now())
    except SpeechappError as error:
        flash(translated(error.message), "error")
        return render_template("setup.html", name=name), status_of(error)
    log_in(user)
    flash(gettext("Welcome, %(name)s. You are the admin of this service now.", name=user.name), "message")
    return redirect(url_for("review.page"))


def _own_path(target: str | None) -> str:
    """Where to go after the login: a path of this site and nothing else."""
    return target if target and OWN_PATH.fullmatch(target) else url_for("review.page")
