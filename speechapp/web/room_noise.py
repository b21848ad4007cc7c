"""The noise of a room, as its giver meets it: how it is asked for, the API that takes it, and what they gave."""

from typing import Any

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from speechapp import noises, speakers
from speechapp.audio.format import MEDIA_TYPES
from speechapp.db import utc_now
from speechapp.errors import NotFound
from speechapp.models import RoomNoise
from speechapp.web.context import bearer_token, web_context
from speechapp.web.serving import stored_file
from speechapp.web.upload_form import HEX32, HEX64, matching, settings_of, upload_of_request, whole_of

blueprint = Blueprint("room_noise", __name__)


@blueprint.get("/record/room-noise")
def asking() -> str:
    """A part of the recorder page, which loads it only where somebody wants to give."""
    return render_template("_room_noise.html")


@blueprint.post("/api/room-noises")
def receive() -> tuple[Response, int]:
    context, services = web_context(), web_context().services
    upload, audio = upload_of_request(_upload)
    received = noises.receive(
        services.database, services.storage, bearer_token(), upload, audio, utc_now(), services.config.lease_s
    )
    if received.is_new:
        context.queue.process_noise(received.noise.id)
    answer = {"id": received.noise.id, "n_bytes": received.noise.raw_bytes, "sha256": received.noise.raw_sha256}
    return jsonify(noise=answer), 201 if received.is_new else 200


@blueprint.get("/api/speakers/me/room-noises")
def list_own() -> Response:
    with web_context().services.database.read() as session:
        given = noises.of_speaker(session, speakers.known_by(session, bearer_token()))
        return _private(jsonify(noises=[_noise_json(noise) for noise in given]))


@blueprint.get("/api/speakers/me/room-noises/<noise_id>/audio")
def audio(noise_id: str) -> Response:
    services = web_context().services
    with services.database.read() as session:
        noise = noises.own_noise(session, speakers.known_by(session, bearer_token()), noise_id)
    if noise.purged_at is not None:
        raise NotFound("audio_missing", "There is nothing to hear of this noise.")
    key, sha256 = noise.processed_key or noise.raw_key, noise.processed_sha256 or noise.raw_sha256
    return _private(stored_file(services.storage, key, MEDIA_TYPES["wav"], sha256))


@blueprint.delete("/api/speakers/me/room-noises/<noise_id>")
def withdraw(noise_id: str) -> Response:
    with web_context().services.database.write() as session:
        speaker = speakers.known_by(session, bearer_token(), hold=True)
        noises.withdraw(noises.own_noise(session, speaker, noise_id), utc_now())
    web_context().queue.purge_withdrawn()
    return jsonify(withdrawn={"n_noises": 1})


def _upload(metadata: dict[str, Any]) -> noises.Upload:
    """The metadata with every field of the right form; raises KeyError, TypeError or ValueError."""
    return noises.Upload(
        noise_id=matching(metadata, "noise_id", HEX32),
        visit_id=matching(metadata, "visit_id", HEX32),
        n_bytes=whole_of(metadata, "n_bytes"),
        sha256=matching(metadata, "sha256", HEX64),
        settings=settings_of(metadata),
    )


def _noise_json(noise: RoomNoise) -> dict[str, Any]:
    return {
        "id": noise.id,
        "created_at": noise.created_at.isoformat(),
        "state": noises.standing(noise),
        "has_audio": noise.purged_at is None and noise.unusable_reason != "raw_missing",
    }


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
