"""The reviewer's list of room noises: each is heard before it is published. Plain forms; JavaScript only adds ease."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from speechapp import noise_reviews
from speechapp.audio.format import MEDIA_TYPES
from speechapp.db import utc_now
from speechapp.web.context import web_context
from speechapp.web.security import role_needed
from speechapp.web.serving import stored_file

blueprint = Blueprint("noise_review", __name__)


@blueprint.get("/review/noise")
@role_needed("reviewer")
def page() -> str:
    with web_context().services.database.read() as session:
        return render_template(
            "review_noise.html",
            waiting=noise_reviews.waiting(session),
            n_waiting=noise_reviews.n_waiting(session),
            decided=noise_reviews.decided_by(session, g.user),
        )


@blueprint.get("/review/noise/<noise_id>/audio")
@role_needed("reviewer")
def audio(noise_id: str) -> Response:
    services = web_context().services
    with services.database.read() as session:
        noise = noise_reviews.playable(session, noise_id)
    assert noise.processed_key
    assert noise.processed_sha256
    return stored_file(services.storage, noise.processed_key, MEDIA_TYPES["wav"], noise.processed_sha256)


@blueprint.post("/review/noise/<noise_id>")
@role_needed("reviewer")
def decide(noise_id: str) -> Response:
    """`decision` is `accept`, `reject REASON` or `undo`."""
    decision, _, reason = request.form.get("decision", "").partition(" ")
    with web_context().services.database.write() as session:
        if decision == "undo":
            noise_reviews.undo(session, noise_id)
        else:
            noise_reviews.decide(session, g.user, noise_id, decision, reason or None, utc_now())
    said = {
        "accept": gettext("Accepted."),
        "reject": gettext("Rejected."),
        "undo": gettext("It waits to be heard again."),
    }
    flash(said[decision])
    return redirect(url_for("noise_review.page"))
