"""The queue: how the web names a task, and how both sides reach the broker. The row is the truth, a message a hint."""

import logging
import time
import uuid
from pathlib import Path
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

from speechapp.config import Config
from speechapp.errors import ConfigError

PROCESS_CLIP = "speechapp.process_clip"
PROCESS_NOISE = "speechapp.process_noise"
CUT_RELEASE = "speechapp.cut_release"
PURGE_WITHDRAWN = "speechapp.purge_withdrawn"
POLLING_INTERVAL_S = 0.1
log = logging.getLogger(__name__)


class Queue:
    """The sending side. A broker that is down loses nothing: the sweep sends the clip again."""

    def __init__(self, config: Config) -> None:
        self._celery = make_celery(config)
        self._celery.conf.broker_transport_options["max_retries"] = 0  # a volunteer must not wait for a broker

    def process_clip(self, clip_id: str) -> None:
        self._send(PROCESS_CLIP, clip_id)

    def process_noise(self, noise_id: str) -> None:
        self._send(PROCESS_NOISE, noise_id)

    def cut_release(self, version: str) -> None:
        self._send(CUT_RELEASE, version)

    def purge_withdrawn(self) -> None:
        self._send(PURGE_WITHDRAWN)

    def _send(self, task: str, *arguments: str) -> None:
        try:
            self._celery.send_task(task, args=arguments, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("broker not reached, %s %s waits for the sweep: %s", task, arguments, error)


def make_celery(config: Config) -> Celery:
    """A Celery app on the configured broker; results are never stored, messages are JSON. Raises ConfigError."""
    transport = config.broker_url.partition("://")[0]
    if transport not in TRANSPORT_ALIASES:
        raise ConfigError(
            "broker_url_unusable",
            f"SPEECHAPP_BROKER_URL={transport}://... is not usable; "
            "use filesystem://, redis://host (extra: distributed) or amqp://host//.",
        )
    url = config.broker_url
    celery = Celery("speechapp", broker=url + "localhost" if url == "filesystem://" else url)
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=config.concurrency,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport=FilesystemTransport if transport == "filesystem" else None,
        broker_transport_options=_transport_options(config),
    )
    return celery


class _WholeMessages(filesystem.Channel):
    """Each message appears under its name only when it is all there.

    Kombu's own channel creates the file first and fills it then; a worker that comes between the two takes it empty
    and dies of it (its issue 1551). The sweep would make up for the message, but a minute later.
    """

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]  # kombu's bases differ
        name = f"{time.monotonic_ns()}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out, name)
        draft = path.with_name(f"{name}.draft")
        draft.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
        draft.rename(path)


class FilesystemTransport(filesystem.Transport):
    """Kombu's `filesystem://` with whole messages."""

    Channel = _WholeMessages


def _transport_options(config: Config) -> dict[str, Any]:
    if config.broker_url.startswith("filesystem://"):
        return _filesystem_options(config.data_dir / "queue")
    if config.broker_url.startswith("redis"):
        # The defaults hand a killed worker's message on after 102 s; these do it in about 12 s (docs/LOG.md).
        return {"visibility_timeout": config.lease_s, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
    return {}


def _filesystem_options(folder: Path) -> dict[str, Any]:
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": POLLING_INTERVAL_S,
    }
