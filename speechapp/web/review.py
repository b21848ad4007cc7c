"""The reviewer's side: the review page, and the API that its JavaScript talks to."""

from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from speechapp import contributions, reviews, statistics
from speechapp.audio.format import MEDIA_TYPES
from speechapp.db import utc_now
from speechapp.errors import InvalidInput
from speechapp.faults import FAULT_NAMES, FAULTS
from speechapp.models import Clip
from speechapp.reviews import Only
from speechapp.users import may
from speechapp.web.context import json_body, text_of, web_context
from speechapp.web.languages import translated
from speechapp.web.security import role_needed
from speechapp.web.serving import stored_file

blueprint = Blueprint("review", __name__)
MAX_AHEAD = 20
MEASURES = ("peak_dbfs", "rms_dbfs", "noise_floor_dbfs", "snr_db", "n_clipped_samples", "take_ms", "window_start_ms")
ALIGNMENT = ("word_start_ms", "word_end_ms", "alignment_confidence", "alignment_method")


@blueprint.get("/review")
@role_needed("reviewer")
def page() -> str:
    reasons = [{"code": code, "key": str(key)} for key, code in enumerate(reviews.REASONS, 1)]
    only = _only()
    with web_context().services.database.read() as session:
        return render_template(
            "review.html",
            reasons=reasons,
            remaining=reviews.n_waiting(session, g.user, only),
            only=only,
            languages_waiting=reviews.languages_waiting(session),
            fault_names=_fault_names(),
            fault_texts=_fault_texts(),
            is_maintainer=may(g.user, "maintainer"),
        )


@blueprint.get("/review/findings")
@role_needed("maintainer")
def findings() -> str:
    with web_context().services.database.read() as session:
        return render_template("findings.html", findings=statistics.found(session), fault_names=_fault_names())


@blueprint.get("/api/review/next")
@role_needed("reviewer")
def next_clips() -> Response:
    n = min(request.args.get("n", 4, type=int), MAX_AHEAD)
    skip = {clip_id for clip_id in request.args.get("skip", "").split(",") if clip_id}
    only = _only()
    with web_context().services.database.read() as session:
        clips = reviews.next_clips(session, g.user, max(n, 1), skip, only)
        return jsonify(
            clips=[_clip_json(session, clip) for clip in clips],
            remaining=reviews.n_waiting(session, g.user, only),
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


@blueprint.get("/api/review/clips/<clip_id>/take")
@role_needed("reviewer")
def clip_take(clip_id: str) -> Response:
    """The whole take as it was uploaded: what the clip was cut from."""
    services = web_context().services
    with services.database.read() as session:
        clip = reviews.playable(session, clip_id)
    media_type = MEDIA_TYPES.get(clip.raw_key.rpartition(".")[2], "application/octet-stream")
    return stored_file(services.storage, clip.raw_key, media_type, clip.raw_sha256)


@blueprint.post("/api/reviews")
@role_needed("reviewer")
def decide() -> tuple[Response, int]:
    body = json_body()
    reason = body.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise InvalidInput("bad_json", "“reason” must be a text or null.")
    heard = text_of(body, "heard_sha256") if "heard_sha256" in body else None
    with web_context().services.database.write() as session:
        review = reviews.decide(
            session, g.user, text_of(body, "clip_id"), text_of(body, "decision"), reason, utc_now(), heard
        )
        made = {"id": review.id, "clip_id": review.clip_id, "decision": review.decision, "reason": review.reason}
    return jsonify(review=made), 201


@blueprint.post("/api/reviews/<int(max=2147483647):review_id>/undo")
@role_needed("reviewer")
def undo(review_id: int) -> Response:
    with web_context().services.database.write() as session:
        return jsonify(clip=_clip_json(session, reviews.undo(session, g.user, review_id, utc_now())))


def _only() -> Only:
    """Which clips are asked for; a fault that nobody knows is none."""
    fault = request.args.get("fault")
    return Only(fault=fault if fault in FAULTS else None, language=request.args.get("language") or None)


def _fault_names() -> dict[str, str]:
    return {code: translated(name) for code, name in FAULT_NAMES.items()}


def _fault_texts() -> dict[str, str]:
    """What the page's JavaScript calls each fault, and says of it."""
    names = {f"fault-{code}": name for code, name in _fault_names().items()}
    return names | {f"fault-{code}-says": translated(sentence) for code, sentence in FAULTS.items()}


def _clip_json(session: Session, clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "word": clip.word,
        "text": _text_shown(session, clip),
        "language": clip.language,
        "speaker": clip.speaker_id,
        "utterance": clip.utterance,
        "measures": {name: getattr(clip, name) for name in MEASURES},
        "alignment": {name: getattr(clip, name) for name in ALIGNMENT},
        "faults": [code for code in clip.faults if code in FAULTS],
        "sha256": clip.processed_sha256,
        "audio_url": url_for("review.clip_audio", clip_id=clip.id),
        "take_url": url_for("review.clip_take", clip_id=clip.id),
    }


def _text_shown(session: Session, clip: Clip) -> str:
    """What the speaker read: the text of the prompt, where its vocabulary is still here."""
    vocabulary = web_context().vocabularies.get(contributions.vocabulary_of(session, clip) or "")
    prompts = vocabulary.prompts if vocabulary else ()
    return next((prompt.text for prompt in prompts if prompt.word == clip.word), clip.word)
