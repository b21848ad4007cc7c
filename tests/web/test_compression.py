"""What goes out compressed, and what never may: secrets of those who are logged in, and stored objects."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient
from webtest import TestApp

from tests.cast import Member, Volunteer
from tests.web.conftest import ARCHIVE

ACCEPTED = "gzip, deflate, br, zstd"
LogIn = Callable[[str], Member]


@pytest.fixture
def browser(web: TestApp) -> FlaskClient:
    """Asks as a browser does, and shows the bytes as they came."""
    client: FlaskClient = web.app.test_client()
    client.environ_base |= {"HTTP_ACCEPT_ENCODING": ACCEPTED}
    return client


@pytest.mark.parametrize("path", ["/", "/record", "/releases", "/login", "/manifest.webmanifest", "/sw.js"])
def test_a_page_comes_compressed(browser: FlaskClient, path: str) -> None:
    response = browser.get(path)
    assert response.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(response.data) < 0.6 * len(brotli.decompress(response.data))
    assert response.headers["Content-Length"] == str(len(response.data))


def test_a_browser_without_brotli_gets_gzip(browser: FlaskClient) -> None:
    response = browser.get("/record", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(response.data)


def test_a_browser_that_understands_neither_gets_the_page_as_it_is(browser: FlaskClient) -> None:
    assert b"</html>" in browser.get("/record", headers={"Accept-Encoding": "identity"}).data


def test_the_answers_of_the_api_come_compressed(volunteer: Volunteer, browser: FlaskClient) -> None:
    response = browser.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers)
    assert response.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("path", ["/", "/record", "/review", "/releases/new", "/nowhere"])
def test_no_page_of_somebody_logged_in_comes_compressed(member: LogIn, path: str) -> None:
    response = member("maintainer").web.get(path, headers={"Accept-Encoding": ACCEPTED}, status="*")
    assert "Content-Encoding" not in response.headers
    assert "csrf-token" in response.text


@pytest.mark.parametrize("name", ["manifest.csv", "speechapp_0.1.tar.gz"])
def test_a_download_is_the_stored_bytes(browser: FlaskClient, add_release: Callable[..., str], name: str) -> None:
    response = browser.get(f"/releases/{add_release('0.1')}/files/{name}")
    assert "Content-Encoding" not in response.headers
    assert response.data in (b"file,word\n", ARCHIVE)


def test_a_part_of_a_download_is_the_stored_bytes(browser: FlaskClient, add_release: Callable[..., str]) -> None:
    url = f"/releases/{add_release('0.1')}/files/speechapp_0.1.tar.gz"
    part = browser.get(url, headers={"Range": "bytes=300-999"})
    assert (part.status_code, part.data) == (206, ARCHIVE[300:1000])
    assert browser.get(url, headers={"If-None-Match": part.headers["ETag"]}).status_code == 304


def test_a_clip_is_the_stored_bytes(browser: FlaskClient, volunteer: Volunteer, clip_id: str) -> None:
    url = f"/api/speakers/me/clips/{clip_id}/audio"
    whole = browser.get(url, headers=volunteer.headers)
    part = browser.get(url, headers=volunteer.headers | {"Range": "bytes=0-3"})
    assert (len(whole.data), part.status_code, part.data) == (32_044, 206, b"RIFF")
    assert "Content-Encoding" not in whole.headers
