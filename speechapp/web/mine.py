"""The speaker's own recordings: the private page, and the API that its JavaScript talks to."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from speechapp import contributions, speakers, visits, withdrawals
from speechapp.contributions import Contribution
from speechapp.db import utc_now
from speechapp.models import Speaker, Visit
from speechapp.web.context import bearer_token, web_context
from speechapp.web.private_link import private_link, qr_code_svg
from speechapp.web.serving import stored_file

blueprint = Blueprint("mine", __name__)
PAGE_CLIPS = 50
MAX_PAGE_CLIPS = 200


@blueprint.get("/mine")
def page() -> str:
    """The same for everybody: the token stands in the fragment of the link, which no browser sends."""
    return render_template("mine.html", consent_version=speakers.CONSENT_VERSION)


@blueprint.get("/api/speakers/me")
def show_speaker() -> Response:
    with web_context().services.database.read() as session:
        return jsonify(speaker=_speaker_json(session, speakers.known_by(session, bearer_token())))


@blueprint.get("/api/speakers/me/link.svg")
def link_as_qr_code() -> Response:
    """The private link, for the camera of another device."""
    token = bearer_token()
    with web_context().services.database.read() as session:
        speakers.known_by(session, token)
    return Response(qr_code_svg(private_link(str(token))), mimetype="image/svg+xml")


@blueprint.get("/api/speakers/me/clips")
def list_clips() -> Response:
    n = max(1, min(request.args.get("n", PAGE_CLIPS, type=int), MAX_PAGE_CLIPS))
    with web_context().services.database.read() as session:
        speaker = speakers.known_by(session, bearer_token())
        clips, next_before = contributions.page_of(session, speaker, request.args.get("before"), n)
    return jsonify(clips=[_clip_json(clip) for clip in clips], next_before=next_before)


@blueprint.get("/api/speakers/me/clips/<clip_id>/audio")
def clip_audio(clip_id: str) -> Response:
    services = web_context().services
    with services.database.read() as session:
        clip = contributions.own_clip(session, speakers.known_by(session, bearer_token()), clip_id)
        sound = contributions.sound_of(clip)
    return stored_file(services.storage, sound.key, sound.media_type, sound.sha256)


@blueprint.delete("/api/speakers/me/clips/<clip_id>")
def withdraw_clip(clip_id: str) -> Response:
    with web_context().services.database.write() as session:
        speaker = speakers.known_by(session, bearer_token(), hold=True)
        withdrawals.withdraw_clip(contributions.own_clip(session, speaker, clip_id), utc_now())
    web_context().queue.purge_withdrawn()
    return jsonify(withdrawn={"n_clips": 1})


@blueprint.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _speaker_json(session: Session, speaker: Speaker) -> dict[str, Any]:
    counts = contributions.counts_of(session, speaker)
    n_judged = counts["accepted"] + counts["rejected"]
    visit = contributions.newest_visit(session, speaker)
    return {
        "id": speaker.id,
        "created_at": speaker.created_at.isoformat(),
        "consent_version": speaker.consent_version,
        "visit_id": visit.id if visit else None,
        "n_left": _n_left(session, visit) if visit else 0,
        "n_clips": sum(counts.values()),
        "counts": counts,
        "acceptance_rate": counts["accepted"] / n_judged if n_judged else None,
    }


def _n_left(session: Session, visit: Visit) -> int:
    """How many words of the visit are still to be said, on whatever device."""
    return len(visit.words) - len({clip.position for clip in visits.recorded_clips(session, visit)})


def _clip_json(clip: Contribution) -> dict[str, Any]:
    vocabulary = web_context().vocabularies.get(clip.vocabulary or "")
    prompts = vocabulary.prompts if vocabulary else ()
    return asdict(clip) | {
        "text": next((prompt.text for prompt in prompts if prompt.word == clip.word), clip.word),
        "language": vocabulary.language if vocabulary else None,
        "created_at": clip.created_at.isoformat(),
    }
