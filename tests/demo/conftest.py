"""Fixtures of the demo's tests: espeak-ng or a skip, and the whole service in processes of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechapp.demo.recorder import Service
from speechapp.errors import ConfigError

START_S = 60.0
STOP_S = 30.0


@pytest.fixture
def espeak() -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed; install it: apt install espeak-ng")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running_service(tmp_path: Path, free_port: int) -> Iterator[dict[str, str]]:
    """`speechapp serve` on an empty data directory; the settings that lead to it."""
    settings = {"SPEECHAPP_DATA_DIR": str(tmp_path / "installation"), "SPEECHAPP_PORT": str(free_port)}
    with (tmp_path / "service.log").open("w") as log:
        command = [sys.executable, "-m", "speechapp.cli", "serve"]
        service = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        _wait_for_answer(Service(f"http://127.0.0.1:{free_port}"))
        yield settings
    finally:
        service.send_signal(signal.SIGINT)
        service.wait(STOP_S)


def _wait_for_answer(service: Service) -> None:
    deadline_s = time.monotonic() + START_S
    while True:
        try:
            service.require_answer()
            return
        except ConfigError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.1)
