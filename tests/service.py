"""The real service in processes of its own: the whole of it, or a worker alone."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.rabbitmq import free_port

DEADLINE_S = 60
LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class Service:
    """A running service: where it answers, and the settings it was started with."""

    url: str
    settings: dict[str, str]


@contextmanager
def running_service(data_dir: Path, **settings: str) -> Iterator[Service]:
    """`speechapp serve` on a free port, from the moment it answers until it has stopped."""
    port = free_port()
    chosen = {"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_PORT": str(port), **settings}
    with speechapp_process("serve", chosen, data_dir.with_suffix(".log")):
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _is_healthy(url), f"the service at {url} answers")
        yield Service(url, chosen)


@contextmanager
def service_of_words(folder: Path, words: list[str], repetitions: int = 1) -> Iterator[Service]:
    """The whole service with a vocabulary so small that a visit takes seconds; the first two words are its core."""
    vocabulary = folder / "small.json"
    small = {"language": "en", "version": "t", "core_repetitions": repetitions}
    vocabulary.write_text(json.dumps(small | {"core": words[:2], "auxiliary": words[2:]}))
    with running_service(folder / "data", SPEECHAPP_VOCABULARY=str(vocabulary)) as service:
        yield service


@contextmanager
def speechapp_process(command: str, settings: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """One `speechapp` command as a process group of its own; asked to stop at the end, and killed if it does not."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "speechapp.cli", command],
            env=os.environ | settings,
            cwd=Path(__file__).parents[1],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE_S)
        finally:
            kill_group(process)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL for the process and all it started, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Look again and again until the condition is true; an AssertionError that says what was waited for, if never."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f"waited {deadline_s} s in vain until {what}"
        time.sleep(LOOK_EVERY_S)


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
