"""The supervisor keeps its children alive, and takes all of them along when it goes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from speechapp.config import Config
from speechapp.errors import ConfigError
from speechapp.supervisor import answers, check_port, embedded_children
from tests.service import kill_group, wait_until

pytestmark = pytest.mark.slow

CHILD = "sleep 1000 & echo $! > grandchild; echo $$ > child; wait"
STUBBORN = "trap '' TERM; sleep 1000 & echo $! > grandchild; echo $$ > child; while :; do wait; done"
SUPERVISE = """
import sys
from speechapp import supervisor

supervisor.GRACE_S = 0.5
child = supervisor.Child("worker", ["sh", "-c", sys.argv[1]])
supervisor.Supervisor([child], announce=lambda: print("announced", flush=True)).run()
print("all stopped", flush=True)
"""


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    """Run a supervisor of one shell script in a process of its own; what it says goes to the file `output`."""
    started = []

    def start(script: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / "output").open("wb") as output:
            command = [sys.executable, "-c", SUPERVISE, script]
            process = subprocess.Popen(command, cwd=tmp_path, stdout=output, stderr=output, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        kill_group(process)


def pid(path: Path) -> int:
    """The process id that was written there; 0 before it is."""
    text = path.read_text() if path.exists() else ""
    return int(text) if text.endswith("\n") else 0


def is_gone(process_id: int) -> bool:
    """Whether the process has ended, reaped or not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False)
    return state.returncode != 0 or state.stdout.startswith("Z")


def family(folder: Path) -> tuple[int, int]:
    """The ids of child and grandchild, as soon as both run."""
    wait_until(lambda: pid(folder / "child"), "the child and the grandchild run")
    return pid(folder / "child"), pid(folder / "grandchild")


def test_a_killed_child_is_started_again_and_leaves_no_orphan(
    supervise: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    supervise(CHILD)
    child, grandchild = family(tmp_path)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: pid(tmp_path / "child") not in (0, child), "another child runs")
    wait_until(lambda: is_gone(grandchild), "the orphan is gone")
    assert not is_gone(pid(tmp_path / "child"))
    assert "speechapp: the worker stopped (SIGKILL); starting it again." in (tmp_path / "output").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_children_and_grandchildren(
    supervise: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path, number: signal.Signals
) -> None:
    supervisor = supervise(CHILD)
    child, grandchild = family(tmp_path)
    supervisor.send_signal(number)
    assert supervisor.wait(30) == 0
    assert (tmp_path / "output").read_text().endswith("all stopped\n")
    wait_until(lambda: is_gone(child) and is_gone(grandchild), "both are gone")


def test_a_child_that_does_not_stop_is_killed(
    supervise: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    supervisor = supervise(STUBBORN)
    child, grandchild = family(tmp_path)
    supervisor.terminate()
    assert supervisor.wait(30) == 0
    assert "speechapp: the worker does not stop; killing it." in (tmp_path / "output").read_text()
    wait_until(lambda: is_gone(child) and is_gone(grandchild), "both are gone")


def test_a_child_that_dies_at_once_is_tried_again_and_again(
    supervise: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    supervisor = supervise("echo . >> tries; exit 3")
    wait_until(lambda: (tmp_path / "output").read_text().count("(exit status 3)") == 2, "it died twice")
    assert (tmp_path / "tries").read_text() == ".\n.\n"
    supervisor.terminate()
    assert supervisor.wait(30) == 0


def test_the_address_is_announced_once(supervise: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path) -> None:
    supervisor = supervise(CHILD)
    wait_until(lambda: "announced" in (tmp_path / "output").read_text(), "it is announced")
    supervisor.terminate()
    supervisor.wait(30)
    assert (tmp_path / "output").read_text() == "announced\nall stopped\n"


def test_a_port_in_use_is_one_sentence_with_the_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert answers("127.0.0.1", port) is True
        with pytest.raises(ConfigError) as refused:
            check_port("127.0.0.1", port)
    assert refused.value.code == "port_in_use"
    assert refused.value.message == (
        f"Cannot listen on 127.0.0.1:{port} (Address already in use). Stop what runs there, "
        f"or choose another port: SPEECHAPP_PORT={port + 1} ./run"
    )


def test_a_free_port_is_fine_and_nobody_answers_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port("127.0.0.1", port)
    assert answers("127.0.0.1", port) is False


def test_the_embedded_service_is_a_web_server_and_a_worker(config: Config) -> None:
    web, worker = embedded_children(config)
    assert (web.name, worker.name) == ("web server", "worker")
    assert web.command[:3] == [sys.executable, "-m", "gunicorn"]
    assert "127.0.0.1:8000" in web.command
    assert worker.command == [sys.executable, "-m", "speechapp.cli", "worker"]
