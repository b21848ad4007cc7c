"""The databases our tests run on: SQLite files, and a private PostgreSQL where it is installed."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete

from speechapp.db import Database
from speechapp.models import Base
from tests.rabbitmq import free_port

SERVER_USER = "postgres"  # PostgreSQL refuses to run as root
SEARCHED = os.pathsep.join([os.environ["PATH"], *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off"

on_every_database = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)], indirect=True
)


@dataclass(frozen=True)
class Postgresql:
    """A running server, with as many databases as anybody wants."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://speechapp@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """A new database without tables; gives its URL."""
        self._execute(f"CREATE DATABASE {name}")
        return self.url(name)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A database without tables for one test; yields its URL."""
        name = f"test_{secrets.token_hex(4)}"
        yield self.create(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user=speechapp dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


def why_not() -> str | None:
    """Why PostgreSQL cannot be started here, or None."""
    if shutil.which("pg_ctl", path=SEARCHED) is None:
        return "PostgreSQL is not installed (Debian package postgresql)"
    return None


@contextmanager
def running_postgresql() -> Iterator[Postgresql]:
    """A fresh PostgreSQL on a free port of 127.0.0.1."""
    home = Path(tempfile.mkdtemp(prefix="speechapp-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(home, SERVER_USER, pwd.getpwnam(SERVER_USER).pw_gid)
    data, port = str(home / "data"), free_port()
    try:
        _run("initdb", "-D", data, "-U", "speechapp", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        _run("pg_ctl", "start", "-w", "-D", data, "-l", str(home / "log"), "-o", f"-p {port} {OPTIONS}")
        try:
            yield Postgresql(port)
        finally:
            _run("pg_ctl", "stop", "-w", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def empty(url: str) -> None:
    """Delete every row: much quicker than a new database for each test."""
    database = Database(url)
    with database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    database.close()


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program, path=SEARCHED)
    assert path is not None, f"{program} is missing beside pg_ctl"
    as_user = {"user": SERVER_USER, "group": SERVER_USER, "extra_groups": ()} if os.geteuid() == 0 else {}
    subprocess.run([path, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
