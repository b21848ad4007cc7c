"""What the worker does to one room noise: claim the row, look for a voice, store whole seconds, finish the row."""

import hashlib
import logging
from dataclasses import asdict
from typing import Any

from speechapp import leases
from speechapp.audio.room import process_room
from speechapp.db import utc_now
from speechapp.errors import NotFound, Unusable
from speechapp.models import RoomNoise
from speechapp.services import Services
from speechapp.storage.contract import Storage

log = logging.getLogger(__name__)


def process_noise(services: Services, noise_id: str) -> bool:
    """Process one noise, once: safe to call twice, at once, and after a kill. True where this call finished it."""
    with services.database.write() as session:
        held = leases.claim(session, noise_id, utc_now(), services.config.lease_s, of=RoomNoise)
    if held is None:
        return False
    values = _result(services.storage, held)
    with services.database.write() as session:
        finished = leases.finish(session, held, {**values, "processed_at": utc_now()})
    if not finished:
        log.warning("room noise %s took longer than its lease; another worker has it", noise_id)
    return finished


def _result(storage: Storage, held: leases.Claim) -> dict[str, Any]:
    """The columns that say how it went. What is refused is not stored: it is deleted unheard."""
    try:
        sound = process_room(storage.get(held.raw_key))
    except Unusable as error:
        return {"state": "unusable", "unusable_reason": error.code}
    except NotFound:
        return {"state": "unusable", "unusable_reason": "raw_missing"}
    if sound.faults:
        return {"state": "unusable", "unusable_reason": sound.faults[0], **asdict(sound.measures)}
    sha256 = hashlib.sha256(sound.wav).hexdigest()
    processed_key = f"noises/{sha256[:2]}/{sha256}.wav"
    storage.put_if_absent(processed_key, sound.wav)
    measures = asdict(sound.measures)
    return {"state": "processed", "processed_key": processed_key, "processed_sha256": sha256, **measures}
