"""Logging in and out, and the one-time link that makes the first admin."""

from collections.abc import Callable

import pytest
from webtest import TestApp, TestResponse

from speechapp import users
from speechapp.db import utc_now
from speechapp.services import Services
from tests.cast import PASSWORD, Member
from tests.rows import add_user

LogIn = Callable[[str], Member]
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\t\\evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
]


@pytest.fixture
def ada(services: Services) -> str:
    """A reviewer's name."""
    return add_user(services.database, "ada", "reviewer", PASSWORD).name


@pytest.fixture
def setup_path(services: Services) -> str:
    """Where the one-time link leads."""
    with services.database.write() as session:
        return f"/setup/{users.setup_token(session, utc_now())}"


def fill_in(page: TestResponse, name: str, password: str = PASSWORD) -> TestResponse:
    page.form["name"], page.form["password"] = name, password
    return page.form.submit(status="*")


def test_whoever_logs_in_lands_on_the_review_page(web: TestApp, ada: str) -> None:
    response = fill_in(web.get("/login"), ada)
    assert (response.status_code, response.location) == (302, "/review")
    assert web.get("/review").status_code == 200


def test_whoever_was_sent_to_log_in_comes_back_to_where_they_were(web: TestApp, ada: str) -> None:
    sent = web.get("/review?from=mail")
    assert sent.status_code == 302
    response = fill_in(sent.follow(), ada)
    assert response.location == "/review?from=mail"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_to_another_site_after_the_login(web: TestApp, ada: str, target: str) -> None:
    page = web.get("/login", {"next": target})
    response = fill_in(page, ada)
    assert page.form["next"].value == "/review"
    assert response.status_code == 302
    assert response.headers["Location"] == "/review"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_to_another_site_by_a_changed_form(web: TestApp, ada: str, target: str) -> None:
    page = web.get("/login")
    page.form["next"].force_value(target)
    assert fill_in(page, ada).headers["Location"] == "/review"


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong horse battery"), ("bea", PASSWORD), ("ada", "")])
def test_a_failed_login_says_so_and_keeps_the_name_but_not_the_password(
    web: TestApp, ada: str, name: str, password: str
) -> None:
    response = fill_in(web.get("/login"), name, password)
    assert response.status_code == 401
    assert "Name or password is not right. Try again." in response
    assert response.form["name"].value == name
    assert response.form["password"].value == ""
    assert web.get("/review").status_code == 302
    assert ada == "ada"


def test_a_login_without_the_csrf_token_is_refused(web: TestApp, ada: str) -> None:
    assert web.post("/login", {"name": ada, "password": PASSWORD}, status="*").status_code == 400
    assert web.get("/review").status_code == 302


def test_logging_out_ends_the_session(member: LogIn) -> None:
    ada = member("reviewer")
    response = ada.web.get("/releases").form.submit()
    assert response.location == "/"
    assert ada.web.get("/review").status_code == 302


def test_a_link_or_a_foreign_form_cannot_log_anybody_out(member: LogIn) -> None:
    ada = member("reviewer")
    assert ada.web.get("/logout", status="*").status_code == 405
    assert ada.web.post("/logout", status="*").status_code == 400
    assert ada.web.get("/review").status_code == 200


def test_a_user_who_was_removed_is_logged_out(member: LogIn, services: Services) -> None:
    ada = member("reviewer")
    with services.database.write() as session:
        session.delete(users.authenticate(session, "reviewer", PASSWORD))
    assert ada.web.get("/review").status_code == 302


def test_the_setup_link_makes_the_first_admin_and_logs_them_in(web: TestApp, setup_path: str) -> None:
    response = fill_in(web.get(setup_path), "ada")
    assert response.status_code == 302
    assert "Welcome, ada. You are the admin of this service now." in response.follow()
    assert web.get("/releases/new").status_code == 200


def test_the_setup_link_works_once(web: TestApp, setup_path: str) -> None:
    page = web.get(setup_path)
    fill_in(page, "ada")
    assert web.get(setup_path, status="*").status_code == 404
    stranger = TestApp(web.app)
    assert stranger.get(setup_path, status="*").status_code == 404


def test_a_setup_page_left_open_is_dead_once_there_is_an_admin(
    web: TestApp, setup_path: str, services: Services
) -> None:
    page = web.get(setup_path)
    add_user(services.database, "root", role="admin")
    response = fill_in(page, "ada")
    assert response.status_code == 404
    assert "This link was used, is too old, or was never made. Start the service again." in response


def test_a_guessed_setup_link_is_not_found(web: TestApp, setup_path: str) -> None:
    assert web.get(f"{setup_path}x", status="*").status_code == 404


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [
        ("ada", "123456789", "Give a password of at least 10 letters."),
        ("ada lovelace", PASSWORD, "A name has 1 to 64 letters, digits or . @ + - _ and no spaces."),
        ("", PASSWORD, "A name has 1 to 64 letters"),
    ],
)
def test_a_setup_that_cannot_be_says_why_and_can_be_tried_again(
    web: TestApp, setup_path: str, name: str, password: str, message: str
) -> None:
    response = fill_in(web.get(setup_path), name, password)
    assert response.status_code == 422
    assert message in response
    assert fill_in(response, "ada").status_code == 302


def test_a_setup_without_the_csrf_token_is_refused(web: TestApp, setup_path: str) -> None:
    assert web.post(setup_path, {"name": "ada", "password": PASSWORD}, status="*").status_code == 400
