"""The front page."""

from flask import Blueprint, render_template

from speechapp.release.published import newest_release
from speechapp.statistics import collected
from speechapp.web.context import web_context

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> str:
    with web_context().services.database.read() as session:
        return render_template("home.html", stats=collected(session), latest_release=newest_release(session))


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """Answers when web and database live."""
    with web_context().services.database.read() as session:
        collected(session)
    return {"status": "ok"}
