"""Releases: the public list and downloads for researchers, the dry run and the cut for maintainers."""

import mimetypes

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from speechapp.db import utc_now
from speechapp.errors import SpeechappError
from speechapp.release import published
from speechapp.release.cut import begin
from speechapp.release.revocation import revoked_names
from speechapp.release.selection import ReleasePlan, plan
from speechapp.web.context import web_context
from speechapp.web.errors import status_of
from speechapp.web.languages import translated
from speechapp.web.security import role_needed
from speechapp.web.serving import stored_file

blueprint = Blueprint("releases", __name__)


@blueprint.get("/releases")
def index() -> str:
    with web_context().services.database.read() as session:
        return render_template("releases/index.html", releases=published.all_releases(session))


@blueprint.get("/releases/revoked.txt")
def revoked() -> tuple[str, dict[str, str]]:
    services = web_context().services
    with services.database.read() as session:
        names = revoked_names(session, services.storage)
    return "".join(f"{name}\n" for name in names), {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/releases/<version>")
def detail(version: str) -> str:
    with web_context().services.database.read() as session:
        return render_template("releases/detail.html", release=published.one_release(session, version))


@blueprint.get("/releases/<version>/files/<name>")
def download(version: str, name: str) -> Response:
    services = web_context().services
    with services.database.read() as session:
        file = published.file_of_release(session, version, name)
    media_type = "application/gzip" if name.endswith(".gz") else mimetypes.guess_type(name)[0] or "text/plain"
    return stored_file(services.storage, file.key, media_type, file.sha256, download_name=file.name)


@blueprint.get("/api/releases/<version>")
def progress(version: str) -> Response:
    with web_context().services.database.read() as session:
        release = published.one_release(session, version)
    shown = ("version", "state", "n_done", "n_total", "error")
    return jsonify(release={name: getattr(release, name) for name in shown})


@blueprint.get("/releases/new")
@role_needed("maintainer")
def manage() -> str:
    return _manage_page(plan=None)


@blueprint.post("/releases/new")
@role_needed("maintainer")
def dry_run_or_cut() -> Response | str | tuple[str, int]:
    database, version = web_context().services.database, request.form.get("version", "").strip()
    language = request.form.get("language") or None
    with database.read() as session:
        planned = plan(session, language)
    if request.form.get("action") != "cut":
        return _manage_page(planned, version, language)
    try:
        begin(database, version, utc_now(), cut_by=g.user.name, language=language)
    except SpeechappError as error:
        flash(translated(error.message), "error")
        return _manage_page(planned, version, language), status_of(error)
    web_context().queue.cut_release(version)
    return redirect(url_for("releases.detail", version=version))


def _manage_page(plan: ReleasePlan | None, version: str = "", language_asked: str | None = None) -> str:
    with web_context().services.database.read() as session:
        proposed = version or published.next_version(session)
    return render_template("releases/new.html", plan=plan, version=proposed, language_asked=language_asked)
