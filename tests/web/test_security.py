"""What browsers are told about our pages, and what must never stand in them."""

import re
from collections.abc import Callable

import pytest
from flask import request
from sqlalchemy import select
from webtest import TestApp, TestResponse

from speechapp.config import Config, read_config
from speechapp.models import User
from speechapp.services import Services
from speechapp.web.app import create_app
from tests.cast import Member, Volunteer
from tests.rows import add_user

LogIn = Callable[[str], Member]
EVERYWHERE = ["/", "/record", "/consent/1", "/login", "/releases", "/review", "/healthz", "/nowhere", "/api/nowhere"]


def policy(response: TestResponse) -> dict[str, str]:
    """The Content-Security-Policy, directive by directive."""
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {directive.split(" ", 1)[0]: directive.split(" ", 1)[1] for directive in directives}


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_security_headers(web: TestApp, path: str) -> None:
    headers = web.get(path, status="*").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "microphone=(self), camera=(), geolocation=()"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_allows_only_our_own_scripts_and_styles(web: TestApp, path: str) -> None:
    allowed = policy(web.get(path, status="*"))
    assert allowed["default-src"] == "'self'"
    assert allowed["style-src"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", allowed["script-src"])
    assert allowed["connect-src"] == "'self'"
    assert allowed["worker-src"] == "'self'"
    assert allowed["manifest-src"] == "'self'"
    assert allowed["object-src"] == "'none'"
    assert allowed["base-uri"] == "'none'"
    assert allowed["frame-ancestors"] == "'none'"
    assert allowed["form-action"] == "'self'"
    assert [value for value in allowed.values() if "unsafe" in value] == []


def test_the_nonce_is_new_for_each_answer(web: TestApp) -> None:
    assert policy(web.get("/"))["script-src"] != policy(web.get("/"))["script-src"]


@pytest.mark.parametrize("path", ["/", "/record", "/consent/1", "/login", "/releases", "/nowhere"])
def test_no_page_has_inline_scripts_styles_or_handlers_that_the_policy_forbids(web: TestApp, path: str) -> None:
    response = web.get(path, status="*")
    [nonce] = re.findall("nonce-([^']+)'", response.headers["Content-Security-Policy"])
    inline = [script.get("nonce") for script in response.html.select("script:not([src], [type='application/json'])")]
    assert [given for given in inline if given != nonce] == []
    assert response.html.select("style, [style]") == []
    assert re.findall(r"<[^>]+\son[a-z]+=", response.text) == []


def test_cookies_are_kept_from_scripts_and_from_other_sites(web: TestApp) -> None:
    cookie = web.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("speechapp=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_cookies_are_secure(settings: dict[str, str]) -> None:
    app = create_app(read_config(settings | {"SPEECHAPP_SECURE_COOKIES": "1"}))
    assert "; Secure;" in TestApp(app).get("/login").headers["Set-Cookie"]
    app.extensions["speechapp"].services.database.close()


@pytest.mark.parametrize(("n_proxies", "location"), [("0", "http://localhost/x/"), ("1", "https://speech.example/x/")])
def test_what_a_proxy_says_is_believed_only_where_one_is_configured(
    settings: dict[str, str], n_proxies: str, location: str
) -> None:
    app = create_app(read_config(settings | {"SPEECHAPP_PROXIES": n_proxies}))
    app.add_url_rule("/x/", view_func=lambda: request.url)
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "speech.example"}
    assert TestApp(app).get("/x/", headers=forwarded).text == location
    app.extensions["speechapp"].services.database.close()


def test_pages_of_people_who_are_logged_in_are_not_kept_by_browsers(member: LogIn) -> None:
    assert member("reviewer").web.get("/review").headers["Cache-Control"] == "no-store"


def test_a_static_file_is_the_same_for_everybody(member: LogIn) -> None:
    reviewer = member("reviewer").web
    headers = reviewer.get(reviewer.get("/review").html.find("link", rel="stylesheet")["href"]).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'self'"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/record", "/login", "/releases", "/review", "/releases/new", "/nowhere"])
def test_no_secret_ever_stands_in_a_page(
    member: LogIn, config: Config, services: Services, volunteer: Volunteer, path: str
) -> None:
    admin = member("admin")
    with services.database.read() as session:
        hashes = [user.password_hash for user in session.scalars(select(User))]
    page = admin.web.get(path, status="*").text
    assert config.secret_key not in page
    assert config.database_url not in page
    assert str(volunteer.token) not in page
    assert hashes != []
    assert [kept for kept in hashes if kept in page] == []


def test_a_cookie_that_was_tampered_with_logs_nobody_in(web: TestApp, services: Services) -> None:
    add_user(services.database, "root", role="admin")
    web.set_cookie("speechapp", "eyJ1c2VyX2lkIjoxfQ.aaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert web.get("/review").location == "/login?next=/review?"
