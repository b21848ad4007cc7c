"""The reviewer's side: the review page, and the API that its JavaScript talks to."""

from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from speechapp import reviews
from speechapp.db import utc_now
from speechapp.errors import InvalidInput
from speechapp.models import Clip
from speechapp.web.context import json_body, text_of, web_context
from speechapp.web.security import role_needed
from speechapp.web.serving import stored_file

blueprint = Blueprint("review", __name__)
MAX_AHEAD = 20
MEASURES = ("peak_dbfs", "rms_dbfs", "noise_floor_dbfs", "snr_db", "n_clipped_samples", "take_ms", "window_start_ms")


@blueprint.get("/review")
@role_needed("reviewer")
def page() -> str:
    reasons = [{"code": code, "key": str(key)} for key, code in enumerate(reviews.REASONS, 1)]
    with web_context().services.database.read() as session:
        return render_template("review.html", reasons=reasons, remaining=reviews.n_waiting(session, g.user))


@blueprint.get("/api/review/next")
@role_needed("reviewer")
def next_clips() -> Response:
    n = min(request.args.get("n", 4, type=int), MAX_AHEAD)
    skip = {clip_id for clip_id in request.args.get("skip", "").split(",") if clip_id}
    with web_context().services.database.read() as session:
        return jsonify(
            clips=[_clip_json(clip) for clip in reviews.next_clips(session, g.user, max(n, 1), skip)],
            remaining=reviews.n_waiting(session, g.user),
            n_reviewed_by_me=reviews.n_reviewed(session, g.user),
        )


@blueprint.get("/api/review/clips/<clip_id>/audio")
@role_needed("reviewer")
def clip_audio(clip_id: str) -> Response:
    services = web_context().services
    with services.database.read() as session:
        clip = reviews.playable(session, clip_id)
    assert clip.processed_key
    assert clip.processed_sha256
    return stored_file(services.storage, clip.processed_key, "audio/wav", clip.processed_sha256)


@blueprint.post("/api/reviews")
@role_needed("reviewer")
def decide() -> tuple[Response, int]:
    body = json_body()
    reason = body.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise InvalidInput("bad_json", "“reason” must be a text or null.")
    with web_context().services.database.write() as session:
        review = reviews.decide(session, g.user, text_of(body, "clip_id"), text_of(body, "decision"), reason, utc_now())
        made = {"id": review.id, "clip_id": review.clip_id, "decision": review.decision, "reason": review.reason}
    return jsonify(review=made), 201


@blueprint.post("/api/reviews/<int(max=2147483647):review_id>/undo")
@role_needed("reviewer")
def undo(review_id: int) -> Response:
    with web_context().services.database.write() as session:
        return jsonify(clip=_clip_json(reviews.undo(session, g.user, review_id, utc_now())))


def _clip_json(clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "word": clip.word,
        "speaker": clip.speaker_id,
        "utterance": clip.utterance,
        "measures": {name: getattr(clip, name) for name in MEASURES},
        "audio_url": url_for("review.clip_audio", clip_id=clip.id),
    }
