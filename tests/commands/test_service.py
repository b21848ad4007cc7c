"""Commands that run the service and look after its people."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from webtest import TestApp

from speechapp import users
from speechapp.db import Database
from speechapp.errors import ConfigError, Conflict, NotFound
from speechapp.models import User
from speechapp.services import Services
from tests.databases import on_every_database
from tests.rows import ADA, BEN, add_clip, add_speaker, add_user, the_clip
from tests.service import speechapp_process

Run = Callable[..., Result]


def test_migrating_an_empty_installation_makes_the_tables(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    for _ in range(2):
        assert run("migrate", SPEECHAPP_DATABASE_URL=url).output == "The database has its newest shape.\n"
    database = Database(url)
    with database.read() as session:
        assert list(session.scalars(select(User))) == []
    database.close()


@on_every_database
def test_an_added_user_can_log_in_with_the_role(run: Run, database: Database) -> None:
    result = run("user", "add", "mia", "--role", "maintainer", SPEECHAPP_PASSWORD="correct horse battery")
    assert result.output == "mia can log in as maintainer now.\n"
    with database.read() as session:
        assert users.authenticate(session, "mia", "correct horse battery").role == "maintainer"


def test_a_password_is_asked_for_twice_and_not_shown(run: Run, database: Database) -> None:
    result = run("user", "add", "rob", typed="correct horse battery\ncorrect horse battery\n")
    assert result.exit_code == 0
    assert "correct horse" not in result.output
    with database.read() as session:
        assert users.authenticate(session, "rob", "correct horse battery").role == "reviewer"


def test_a_name_that_is_taken_is_refused(run: Run, database: Database) -> None:
    add_user(database, "mia")
    with pytest.raises(Conflict, match="There is a user “mia” already"):
        run("user", "add", "mia", SPEECHAPP_PASSWORD="correct horse battery")


def test_a_role_that_is_none_is_refused_with_those_that_are(run: Run) -> None:
    result = run("user", "add", "mia", "--role", "owner", SPEECHAPP_PASSWORD="correct horse battery")
    assert result.exit_code == 2
    assert "'reviewer', 'maintainer', 'admin'" in result.output


def test_the_setup_link_leads_to_the_page_that_makes_the_admin(run: Run, web: TestApp) -> None:
    [path] = re.findall(r"http://localhost:8000(/setup/\S+)\n", run("user", "setup-link").output)
    assert "Make the first account" in web.get(path)


def test_there_is_no_setup_link_once_there_is_an_admin(run: Run, database: Database) -> None:
    add_user(database, "root", role="admin")
    assert "/setup/" not in run("user", "setup-link").output


def test_withdrawing_a_speaker_deletes_their_recordings(run: Run, services: Services) -> None:
    add_speaker(services.database, ADA)
    add_speaker(services.database, BEN)
    add_clip(services.database, "a1", raw_key="raw/a1")
    add_clip(services.database, "b1", speaker_id=BEN, raw_key="raw/b1")
    services.storage.put_if_absent("raw/a1", b"bytes")
    services.storage.put_if_absent("raw/b1", b"bytes")
    assert run("withdraw", ADA, "--yes").output == "1 clips withdrawn.\n"
    assert list(services.storage.list("")) == ["raw/b1"]
    assert the_clip(services.database, "a1").purged_at is not None


def test_withdrawing_asks_first(run: Run, services: Services) -> None:
    add_speaker(services.database, ADA)
    add_clip(services.database, "a1")
    result = run("withdraw", ADA, typed="n\n")
    assert result.exit_code == 1
    assert the_clip(services.database, "a1").withdrawn_at is None


def test_withdrawing_somebody_who_never_was_is_refused(run: Run) -> None:
    with pytest.raises(NotFound, match="There is no speaker 0a0a0a0a"):
        run("withdraw", ADA, "--yes")


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_port_in_use_is_refused_before_anything_starts(run: Run, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(ConfigError, match="Cannot listen on"):
        run(command, SPEECHAPP_PORT=str(server.getsockname()[1]))


@pytest.mark.slow
def test_a_port_in_use_is_one_line_for_people(settings: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        chosen = settings | {"SPEECHAPP_PORT": str(server.getsockname()[1])}
        with speechapp_process("serve", chosen, tmp_path / "log") as process:
            assert process.wait(60) == 1
    assert re.fullmatch(r"speechapp: Cannot listen on 127\.0\.0\.1:\d+ .*\n", (tmp_path / "log").read_text())
