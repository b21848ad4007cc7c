"""Users: passwords that cannot be read back, roles that contain each other, a setup link that works once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from speechapp import users
from speechapp.db import Database
from speechapp.errors import Conflict, InvalidInput, NotFound, SpeechappError, Unauthenticated
from speechapp.models import User
from tests.databases import on_every_database
from tests.rows import NOON, add_user

PASSWORD = "correct horse battery"


def add(database: Database, name: str = "ada", password: str = PASSWORD, role: str = "reviewer") -> User:
    with database.write() as session:
        return users.add(session, name, password, role, NOON)


def setup_token(database: Database) -> str | None:
    with database.write() as session:
        return users.setup_token(session, NOON)


def use_link(database: Database, token: str | None, now: datetime = NOON, name: str = "ada") -> User:
    with database.write() as session:
        return users.add_first_admin(session, str(token), name, PASSWORD, now)


@on_every_database
def test_a_user_is_known_by_name_and_password(database: Database) -> None:
    ada = add(database)
    with database.read() as session:
        assert users.authenticate(session, "ada", PASSWORD).id == ada.id
    assert ada.password_hash.startswith("$argon2id$")
    assert PASSWORD not in ada.password_hash


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong horse battery"), ("bea", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(database: Database, name: str, password: str) -> None:
    add(database)
    with database.read() as session, pytest.raises(Unauthenticated) as refused:
        users.authenticate(session, name, password)
    assert (refused.value.code, refused.value.message) == ("login_failed", "Name or password is not right. Try again.")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "name_invalid"),
        ({"name": "ada lovelace"}, "name_invalid"),
        ({"name": "a" * 65}, "name_invalid"),
        ({"name": "<ada>"}, "name_invalid"),
        ({"role": "owner"}, "role_unknown"),
        ({"password": "123456789"}, "password_too_short"),
    ],
)
def test_a_user_who_cannot_be_is_refused(database: Database, changed: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(database, **changed)
    assert refused.value.code == code


@on_every_database
def test_a_name_is_given_once(database: Database) -> None:
    add(database)
    with pytest.raises(Conflict) as refused:
        add(database)
    assert refused.value.code == "name_taken"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("reviewer", ["reviewer"]),
        ("maintainer", ["reviewer", "maintainer"]),
        ("admin", ["reviewer", "maintainer", "admin"]),
    ],
)
def test_each_role_may_do_what_the_ones_before_it_may(role: str, may: list[str]) -> None:
    user = User(name="ada", role=role)
    assert [needed for needed in users.ROLES if users.may(user, needed)] == may


@on_every_database
def test_the_setup_link_makes_the_first_admin(database: Database) -> None:
    admin = use_link(database, setup_token(database))
    assert (admin.name, admin.role) == ("ada", "admin")
    with database.read() as session:
        assert users.authenticate(session, "ada", PASSWORD).id == admin.id


@on_every_database
def test_the_setup_link_works_once(database: Database) -> None:
    token = setup_token(database)
    use_link(database, token)
    assert why_refused(database, token) == "setup_link_dead"


@on_every_database
def test_of_many_who_use_the_setup_link_at_once_one_becomes_admin(database: Database) -> None:
    token = setup_token(database)
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(use_link, database, token, name=name) for name in ("ada", "bea", "cleo", "dora")]
    assert [attempt.exception() is None for attempt in tries].count(True) == 1
    with database.read() as session:
        assert len(list(session.scalars(select(User)))) == 1


def test_a_used_setup_link_stays_dead_when_the_admin_is_removed(database: Database) -> None:
    token = setup_token(database)
    admin = use_link(database, token)
    with database.write() as session:
        session.delete(admin)
    assert why_refused(database, token) == "setup_link_dead"


def test_an_older_setup_link_is_dead_once_there_is_an_admin(database: Database) -> None:
    older, newer = setup_token(database), setup_token(database)
    use_link(database, newer)
    assert why_refused(database, older) == "setup_link_dead"


def test_no_link_is_made_once_there_is_an_admin(database: Database) -> None:
    add_user(database, "root", role="admin")
    assert setup_token(database) is None


def test_a_setup_link_lives_for_a_day(database: Database) -> None:
    token = setup_token(database)
    assert why_refused(database, token, now=NOON + timedelta(hours=24, seconds=1)) == "setup_link_dead"
    assert use_link(database, token, now=NOON + timedelta(hours=24)).role == "admin"


def test_a_guessed_setup_link_is_refused(database: Database) -> None:
    setup_token(database)
    assert why_refused(database, "guess") == "setup_link_dead"


def test_a_refused_name_leaves_the_setup_link_alive(database: Database) -> None:
    token = setup_token(database)
    assert why_refused(database, token, name="no spaces please") == "name_invalid"
    assert use_link(database, token).role == "admin"


def why_refused(database: Database, token: str | None, **changed: object) -> str:
    """The code with which this use of the link is refused."""
    with pytest.raises(SpeechappError) as refused:
        use_link(database, token, **changed)  # type: ignore[arg-type]
    assert isinstance(refused.value, NotFound | InvalidInput)
    return refused.value.code
