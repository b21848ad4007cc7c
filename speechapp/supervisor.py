"""The embedded service: gunicorn and a Celery worker as two children that are restarted when they die."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from speechapp.config import Config
from speechapp.errors import ConfigError

ROOT = Path(__file__).parents[1]
GRACE_S = 20.0
POLL_S = 0.2
QUICK_DEATH_S = 5.0
LONGEST_PAUSE_S = 30.0
KEEP_ALIVE_S = 75  # longer than between two clips, and than proxies keep a connection; an idle one holds no thread


@dataclass
class Child:
    """One child process with its own process group, so that what it forks goes with it."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = 0.0
    restart_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def ask_to_stop(self) -> None:
        """SIGTERM for the child alone: it tells its own children when they have finished what they hold."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """SIGKILL for the whole group, so that no orphan stays; what is gone already needs no signal."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Keeps its children alive until it is told to stop, then lets them finish what they hold."""

    children: Sequence[Child]
    ready: Callable[[], bool] = lambda: True
    announce: Callable[[], None] = lambda: None  # called once, when `ready` first says so
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Run until SIGINT or SIGTERM; all children are gone when it returns."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            announced = False
            while not self.stopping.wait(POLL_S):
                for child in self.children:
                    self._mend(child)
                if not announced and self.ready():
                    announced = True
                    self.announce()
        finally:
            self._end_children()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _mend(self, child: Child) -> None:
        """Start a dead child again; one that keeps dying at once, after ever longer pauses."""
        now = time.monotonic()
        if child.is_running():
            return
        if child.process is not None:
            child.kill()  # a child that died may have left orphans in its group
            quick = now - child.started_at < QUICK_DEATH_S
            child.pause_s = min(max(2 * child.pause_s, 1.0), LONGEST_PAUSE_S) if quick else 0.0
            child.restart_at = now + child.pause_s
            print(
                f"speechapp: the {child.name} stopped ({_ending(child.process.returncode)}); starting it again.",
                flush=True,
            )
            child.process = None
        if now >= child.restart_at:
            child.start()

    def _end_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE_S
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    print(f"speechapp: the {child.name} does not stop; killing it.", flush=True)
            child.kill()


def embedded_children(config: Config) -> list[Child]:
    """The web server and the worker, run by this same Python."""
    return [
        Child("web server", web_command(config)),
        Child("worker", [sys.executable, "-m", "speechapp.cli", "worker"]),
    ]


def web_command(config: Config) -> list[str]:
    """Gunicorn with threads: uploads are small and the waiting is for the disk."""
    options = {
        "--chdir": str(ROOT),  # where app.py is
        "--bind": f"{config.host}:{config.port}",
        "--worker-class": "gthread",
        "--workers": "1",
        "--threads": str(config.web_threads),
        "--keep-alive": str(KEEP_ALIVE_S),
        "--graceful-timeout": "10",
        "--log-level": "warning",
        "--no-control-socket": None,
    }
    flags = [part for name, value in options.items() for part in (name, value) if part is not None]
    return [sys.executable, "-m", "gunicorn", *flags, "app:app"]


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def check_port(host: str, port: int) -> None:
    """Raise ConfigError where nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                "port_in_use",
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what runs there, "
                f"or choose another port: SPEECHAPP_PORT={port + 1} ./run",
            ) from error


def _ending(returncode: int) -> str:
    names: Mapping[int, str] = {-number: number.name for number in signal.Signals}
    return names.get(returncode, f"exit status {returncode}")
