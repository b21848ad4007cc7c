"""What speakers choose to tell of themselves: they see it, change it and take it back."""

from dataclasses import asdict

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from speechapp import details, speakers
from speechapp.db import utc_now
from speechapp.web.context import bearer_token, json_body, web_context
from speechapp.web.languages import current_language

blueprint = Blueprint("details", __name__)


@blueprint.get("/api/speakers/me/details")
def show_details() -> Response:
    with web_context().services.database.read() as session:
        told = details.of_speaker(session, speakers.known_by(session, bearer_token()))
    names = details.language_names(current_language().locale)
    languages = [{"code": code, "name": name} for code, name in names.items()]
    return jsonify(details=asdict(told), choices=dict(details.choices()), languages=languages)


@blueprint.put("/api/speakers/me/details")
def replace_details() -> Response:
    told = details.parse(json_body())
    with web_context().services.database.write() as session:
        details.replace(session, speakers.known_by(session, bearer_token(), hold=True), told, utc_now())
    return jsonify(details=asdict(told))


@blueprint.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
