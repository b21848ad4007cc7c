"""A private RabbitMQ for the tests that need one."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # Debian's; the one on PATH insists on its own user and folders
START_S = 120


def why_not() -> str | None:
    """Why RabbitMQ cannot be started here, or None."""
    return None if Path(PROGRAM).exists() else "RabbitMQ is not installed (Debian package rabbitmq-server)"


@contextmanager
def running() -> Iterator[str]:
    """A fresh RabbitMQ on a free port of 127.0.0.1; yields its URL."""
    home = Path(tempfile.mkdtemp(prefix="speechapp-rabbitmq-"))
    port, distribution_port, epmd_port = free_port(), free_port(), free_port()
    with (home / "output").open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM],
            env=os.environ | _environment(home, port, distribution_port, epmd_port),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_speaks(process, port, home / "output")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        subprocess.run(["epmd", "-port", str(epmd_port), "-kill"], stdout=subprocess.DEVNULL, check=False)
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path, port: int, distribution_port: int, epmd_port: int) -> dict[str, str]:
    (home / "enabled_plugins").write_text("[].")
    return {
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"speechapp{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_BASE": str(home),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }


def _wait_until_it_speaks(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    """Until the broker greets on its port: a protocol header of a wrong version is answered with the right one."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.settimeout(5)
                connection.sendall(b"AMQP\x00\x00\x00\x00")
                if connection.recv(8).startswith(b"AMQP"):
                    return
        except OSError:
            time.sleep(0.1)  # between two looks at a condition with a deadline
    raise RuntimeError(f"RabbitMQ did not start: {output.read_text(errors='replace')[-2000:]}")
