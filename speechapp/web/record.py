"""The volunteer's side: the recorder page, and the API that its JavaScript talks to."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from speechapp import clips, speakers, visits, withdrawals
from speechapp.db import utc_now
from speechapp.models import Clip, Visit
from speechapp.release.partition import partition_of_speaker
from speechapp.web.context import bearer_token, json_body, text_of, web_context
from speechapp.web.upload_form import HEX32, HEX64, matching, settings_of, string_of, upload_of_request, whole_of
from speechapp.web.vocabulary import offered_json, prompts_json, vocabulary_of_visit_json, wanted_vocabulary

blueprint = Blueprint("record", __name__)


@blueprint.get("/record")
def page() -> str:
    """`?vocabulary=ID` chooses one beforehand; without, or where there is none such, it is the first."""
    offered = offered_json()
    asked = request.args.get("vocabulary")
    chosen = next((vocabulary for vocabulary in offered if vocabulary["id"] == asked), offered[0])
    return render_template(
        "record.html", consent_version=speakers.CONSENT_VERSION, vocabularies=offered, vocabulary=chosen
    )


@blueprint.get("/consent/<version>")
def consent(version: str) -> str:
    known = version.isdigit() and f"consent/{version}.html" in current_app.jinja_env.list_templates(["html"])
    if not known:
        abort(404, gettext("There is no such version of the consent."))
    return render_template("consent.html", version=version)


@blueprint.post("/api/visits")
def start_visit() -> tuple[Response, int]:
    body, token, context = json_body(), bearer_token(), web_context()
    vocabulary, new_token = wanted_vocabulary(body), None
    with context.services.database.write() as session:
        if token:
            speaker = speakers.known_by(session, token)
            speakers.agree(speaker, text_of(body, "consent_version"))
        else:
            speaker, new_token = speakers.mint(
                session,
                origin="recorder",
                consent_version=text_of(body, "consent_version"),
                now=utc_now(),
                partition_of=partition_of_speaker,
            )
        visit = visits.start(session, speaker, vocabulary, utc_now())
    return jsonify(visit=_visit_json(visit, []), token=new_token), 201


@blueprint.put("/api/speakers/me/consent")
def agree() -> Response:
    """Whoever comes back after the consent has changed goes on with the visit that was left."""
    with web_context().services.database.write() as session:
        speaker = speakers.known_by(session, bearer_token())
        speakers.agree(speaker, text_of(json_body(), "consent_version"))
        return jsonify(consent_version=speaker.consent_version)


@blueprint.get("/api/visits/<visit_id>")
def show_visit(visit_id: str) -> Response:
    with web_context().services.database.read() as session:
        visit = visits.of_speaker(session, visit_id, speakers.known_by(session, bearer_token()))
        return jsonify(visit=_visit_json(visit, visits.recorded_clips(session, visit)))


@blueprint.post("/api/clips")
def receive_clip() -> tuple[Response, int]:
    context = web_context()
    services = context.services
    upload, audio = upload_of_request(_upload)
    received = clips.receive(
        services.database, services.storage, bearer_token(), upload, audio, utc_now(), services.config.lease_s
    )
    if received.is_new:
        context.queue.process_clip(received.clip.id)
    return jsonify(clip=_clip_json(received.clip)), 201 if received.is_new else 200


@blueprint.post("/api/withdrawals")
def withdraw() -> Response:
    with web_context().services.database.write() as session:
        n_clips = withdrawals.withdraw(session, speakers.known_by(session, bearer_token(), hold=True), utc_now())
    web_context().queue.purge_withdrawn()
    return jsonify(withdrawn={"n_clips": n_clips})


def _upload(metadata: dict[str, Any]) -> clips.Upload:
    """The metadata with every field of the right form; raises KeyError, TypeError or ValueError."""
    replaces = metadata.get("replaces")
    return clips.Upload(
        clip_id=matching(metadata, "clip_id", HEX32),
        visit_id=matching(metadata, "visit_id", HEX32),
        position=whole_of(metadata, "position"),
        word=string_of(metadata, "word"),
        n_bytes=whole_of(metadata, "n_bytes"),
        sha256=matching(metadata, "sha256", HEX64),
        replaces=None if replaces is None else matching(metadata, "replaces", HEX32),
        settings=settings_of(metadata),
    )


def _visit_json(visit: Visit, recorded: list[Clip]) -> dict[str, Any]:
    return {
        "id": visit.id,
        "speaker": visit.speaker_id,
        "vocabulary": vocabulary_of_visit_json(visit),
        "prompts": prompts_json(visit),
        "clips": [_clip_json(clip) for clip in recorded],
    }


def _clip_json(clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "word": clip.word,
        "position": clip.position,
        "state": clip.state,
        "n_bytes": clip.raw_bytes,
        "sha256": clip.raw_sha256,
    }
