"""The Celery app: its tasks are shallow, and a timer sweeps up what a lost message or a killed worker left behind."""

import logging
import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_ready

from speechapp import leases, leftovers, noises, withdrawals
from speechapp.audio.heap import keep_freed_memory
from speechapp.config import Config
from speechapp.db import utc_now
from speechapp.errors import SpeechappError
from speechapp.models import RoomNoise
from speechapp.queue import CUT_RELEASE, PROCESS_CLIP, PROCESS_NOISE, PURGE_WITHDRAWN, Queue, make_celery
from speechapp.release.cut import cut
from speechapp.release.holding import overdue_cuts
from speechapp.services import Services, open_services
from worker.processing import process_clip
from worker.room_noise import process_noise

log = logging.getLogger(__name__)


def make_worker(config: Config) -> Celery:
    """The worker's Celery app with its tasks and its sweep."""
    celery = make_celery(config)
    own = ServicesOfProcess(config)

    @celery.task(name=PROCESS_CLIP)  # type: ignore[untyped-decorator]
    def process_clip_task(clip_id: str) -> None:
        process_clip(own.services(), clip_id)

    @celery.task(name=PROCESS_NOISE)  # type: ignore[untyped-decorator]
    def process_noise_task(noise_id: str) -> None:
        process_noise(own.services(), noise_id)

    @celery.task(name=CUT_RELEASE)  # type: ignore[untyped-decorator]
    def cut_release_task(version: str) -> None:
        cut_release(own.services(), version)

    @celery.task(name=PURGE_WITHDRAWN)  # type: ignore[untyped-decorator]
    def purge_withdrawn_task() -> None:
        purge(own.services())

    def start_sweeping(sender: Any, **_: Any) -> None:
        queue = Queue(config)
        sender.timer.call_repeatedly(config.sweep_s, lambda: sweep_once(own.services(), queue))

    worker_ready.connect(start_sweeping, weak=False)
    return celery


def run_worker(config: Config) -> None:
    """Run the worker until it is told to stop."""
    warnings.filterwarnings("ignore", category=SecurityWarning)  # about root, who may be all there is in a container
    keep_freed_memory()  # before the processes are forked that inherit it
    quiet = ["--quiet", "worker", "--loglevel", "WARNING"]
    make_worker(config).worker_main([*quiet, "--without-gossip", "--without-mingle", "--without-heartbeat"])


def cut_release(services: Services, version: str) -> None:
    """Cut, unless a message that came twice asks for what is done; a failure is kept in the release's row."""
    try:
        cut(services.database, services.storage, version, utc_now())
    except SpeechappError as error:
        log.warning("release %s was not cut: %s", version, error.message)


def purge(services: Services) -> None:
    """Delete the objects of what was withdrawn, and of room noises that were refused."""
    withdrawals.purge(services.database, services.storage, utc_now())
    noises.purge(services.database, services.storage, utc_now())


def sweep_once(services: Services, queue: Queue) -> None:
    """Send again what is overdue, purge what was withdrawn and what was left over. Must never bring the timer down."""
    try:
        with services.database.write() as session:
            overdue = leases.sweep(session, utc_now(), services.config.lease_s)
            overdue_noises = leases.sweep(session, utc_now(), services.config.lease_s, of=RoomNoise)
        for clip_id in overdue:
            queue.process_clip(clip_id)
        for noise_id in overdue_noises:
            queue.process_noise(noise_id)
        for version in overdue_cuts(services.database, utc_now()):
            queue.cut_release(version)
        purge(services)
        leftovers.remove(services.database, services.storage, utc_now())
    except Exception:
        log.exception("the sweep failed; it comes again in %s s", services.config.sweep_s)


class ServicesOfProcess:
    """Celery forks its pool: each process opens services of its own, since connections do not survive a fork."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._opened: tuple[int, Services] | None = None

    def services(self) -> Services:
        if self._opened is None or self._opened[0] != os.getpid():
            if self._opened is not None:
                self._opened[1].database.forget_connections()
            self._opened = (os.getpid(), open_services(self._config))
        return self._opened[1]
