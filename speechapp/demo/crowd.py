"""The crowd: all volunteers record at once, while the worker processes what has come in."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final

from sqlalchemy import Select, func, select

from speechapp.config import Config
from speechapp.demo import sound
from speechapp.demo.clearing import ORIGIN
from speechapp.demo.plan import Take, Volunteer
from speechapp.demo.recorder import Service, Visit
from speechapp.errors import ConfigError, Conflict
from speechapp.models import Clip, Speaker
from speechapp.services import Services

N_AT_ONCE: Final = 4  # volunteers who speak at the same time
POLL_S: Final = 0.25
PATIENCE_S: Final = 60.0

OnProgress = Callable[[int], None]  # how many are done in all


@dataclass(frozen=True)
class Recorded:
    """A take that the service has confirmed."""

    clip_id: str
    take: Take


def require_empty(services: Services) -> None:
    """Raise Conflict where clips stand already, be they people's or an earlier demo's."""
    standing = select(Speaker.origin, func.count()).join(Clip).where(Clip.withdrawn_at.is_(None))
    with services.database.read() as session:
        n_by_origin: dict[str, int] = dict(session.execute(standing.group_by(Speaker.origin)).all())
    n_of_others = sum(n for origin, n in n_by_origin.items() if origin != ORIGIN)
    if n_of_others:
        raise Conflict(
            "installation_in_use",
            f"{services.config.data_dir} holds {n_of_others} recordings that are not the demo's, and synthetic voices "
            "must not mix with them. Use another directory, in both terminals: SPEECHAPP_DATA_DIR=./demo-data",
        )
    if n_by_origin:
        raise Conflict(
            "demo_there_already", "The demo is here already. Remove it first: speechapp demo --clear  and start again."
        )


def record_all(
    services: Services,
    service: Service,
    volunteers: Sequence[Volunteer],
    language: str,
    uploaded: OnProgress,
    processed: OnProgress,
) -> list[Recorded]:
    """Every volunteer starts a visit and uploads their takes. The first error stops them all."""
    recorded: list[Recorded] = []
    stop = Event()
    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        sit_down = partial(_sit_down, services, service, language, recorded, stop)
        pending = {pool.submit(sit_down, volunteer) for volunteer in volunteers}
        try:
            while pending:
                done, pending = wait(pending, POLL_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                uploaded(len(recorded))
                processed(_count(services, finished=True))
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return recorded


def patience_s(config: Config) -> float:
    """How long the worker may finish nothing: longer than the sweep needs to send it a clip again."""
    return max(PATIENCE_S, config.lease_s + 2.0 * config.sweep_s)


def wait_until_processed(services: Services, processed: OnProgress, patience_s: float) -> None:
    """Return when the worker has finished every clip; raises ConfigError when it finishes none for so long."""
    n_before, since = -1, time.monotonic()
    while _count(services, finished=False):
        n_done = _count(services, finished=True)
        processed(n_done)
        if n_done > n_before:
            n_before, since = n_done, time.monotonic()
        elif time.monotonic() - since > patience_s:
            raise ConfigError(
                "worker_stalled",
                f"The worker has finished no clip for {patience_s:.0f} s. Look for its errors where ./run runs; "
                "then clear up with: speechapp demo --clear",
            )
        time.sleep(POLL_S)
    processed(_count(services, finished=True))


def _sit_down(
    services: Services, service: Service, language: str, recorded: list[Recorded], stop: Event, volunteer: Volunteer
) -> None:
    visit = service.start_visit(language)
    _mark_synthetic(services, service, visit)
    for take in volunteer.takes:
        if stop.is_set():
            return
        wav = sound.record(take, _said(visit, take))
        settings = {"voice": take.voice.name, "sample_rate_hz": sound.ESPEAK_RATE_HZ, "user_agent": "speechapp demo"}
        recorded.append(Recorded(visit.upload(take.position, wav, settings), take))
    if volunteer.gives_noise:
        visit.give_noise(sound.record_room(volunteer.room), {"sample_rate_hz": sound.ESPEAK_RATE_HZ})


def _mark_synthetic(services: Services, service: Service, visit: Visit) -> None:
    """Before the first clip, so that the demo can always be cleared, however it ends."""
    with services.database.write() as session:
        speaker = session.get(Speaker, visit.speaker)
        if speaker is None:
            raise ConfigError(
                "other_installation",
                f"The service at {service.url} keeps its data elsewhere than {services.config.data_dir}. "
                "Give the demo the same SPEECHAPP_DATA_DIR and SPEECHAPP_DATABASE_URL as the service.",
            )
        speaker.origin = ORIGIN


def _said(visit: Visit, take: Take) -> str:
    """The prompt as it is written, or its neighbour, which is never the same word."""
    if take.flaw != "wrong_word":
        return visit.texts[take.position]
    return visit.texts[take.position - 1 if take.position else 1]


def _count(services: Services, *, finished: bool) -> int:
    with services.database.read() as session:
        return session.scalar(_demo_clips(finished)) or 0


def _demo_clips(finished: bool) -> Select[int]:
    states = ("processed", "unusable") if finished else ("pending", "processing")
    mine = select(func.count(Clip.id)).join(Speaker, Clip.speaker_id == Speaker.id)
    return mine.where(Speaker.origin == ORIGIN, Clip.withdrawn_at.is_(None), Clip.state.in_(states))
