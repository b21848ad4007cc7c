"""Stored objects as HTTP answers: whole, in ranges, not again where the browser has them."""

from pathlib import Path

import pytest
from flask import Flask
from webtest import TestApp
from werkzeug.wrappers import Response

from speechapp.storage.local import LocalStorage
from speechapp.web.serving import CHUNK_BYTES, stored_file

DATA = bytes(range(256)) * 4
SHA256 = "ab" * 32
LARGE = bytes(CHUNK_BYTES) + b"the end"


class LinkingStorage(LocalStorage):
    """A storage that serves objects by itself, as buckets do."""

    def url(self, key: str, expires_s: int) -> str:
        return f"https://bucket.example/{key}?expires={expires_s}"


@pytest.fixture
def server(tmp_path: Path) -> TestApp:
    """Serves three objects: /file of 1024 bytes, /large and /empty; and from a bucket /download and /play."""
    storage, bucket = LocalStorage(tmp_path / "local"), LinkingStorage(tmp_path / "bucket")
    for name, data in {"file": DATA, "large": LARGE, "empty": b""}.items():
        storage.put_if_absent(name, data)
        bucket.put_if_absent(name, data)
    app = Flask("server")

    def serve(name: str) -> Response:
        return stored_file(storage, name, "audio/wav", SHA256)

    app.add_url_rule("/<name>", view_func=serve)
    app.add_url_rule("/download", "download", lambda: stored_file(bucket, "file", "text/csv", SHA256, "clips.csv"))
    app.add_url_rule("/play", "play", lambda: stored_file(bucket, "file", "audio/wav", SHA256))
    return TestApp(app)


def test_an_object_comes_whole_with_its_type_length_and_hash(server: TestApp) -> None:
    response = server.get("/file")
    assert (response.status_code, response.body) == (200, DATA)
    assert (response.content_type, response.content_length) == ("audio/wav", 1024)
    assert response.headers["ETag"] == f'"{SHA256}"'
    assert response.headers["Accept-Ranges"] == "bytes"
    assert "Content-Disposition" not in response.headers


def test_an_object_larger_than_a_chunk_comes_whole(server: TestApp) -> None:
    assert server.get("/large").body == LARGE


def test_an_empty_object_comes_empty(server: TestApp) -> None:
    response = server.get("/empty")
    assert (response.status_code, response.body, response.content_length) == (200, b"", 0)


def test_asking_for_the_head_gives_no_body(server: TestApp) -> None:
    response = server.head("/file")
    assert (response.status_code, response.body, response.content_length) == (200, b"", 1024)


@pytest.mark.parametrize(
    ("asked", "content_range", "body"),
    [
        ("bytes=0-0", "bytes 0-0/1024", b"\0"),
        ("bytes=1-3", "bytes 1-3/1024", b"\1\2\3"),
        ("bytes=1020-", "bytes 1020-1023/1024", b"\xfc\xfd\xfe\xff"),
        ("bytes=-2", "bytes 1022-1023/1024", b"\xfe\xff"),
        ("bytes=1022-9999", "bytes 1022-1023/1024", b"\xfe\xff"),
        ("bytes=0-", "bytes 0-1023/1024", DATA),
    ],
)
def test_a_range_comes_as_that_range(server: TestApp, asked: str, content_range: str, body: bytes) -> None:
    response = server.get("/file", headers={"Range": asked})
    assert (response.status_code, response.body) == (206, body)
    assert response.headers["Content-Range"] == content_range
    assert response.content_length == len(body)


def test_a_range_over_the_edge_of_a_chunk_comes_whole(server: TestApp) -> None:
    response = server.get("/large", headers={"Range": f"bytes={CHUNK_BYTES - 2}-{CHUNK_BYTES + 2}"})
    assert response.body == b"\0\0the"


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000"])
def test_a_range_behind_the_end_is_refused_with_the_length(server: TestApp, asked: str) -> None:
    response = server.get("/file", headers={"Range": asked}, status="*")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=3-1", "words=0-1", "bytes", "bytes=a-b"])
def test_a_range_that_we_do_not_serve_gives_everything(server: TestApp, asked: str) -> None:
    response = server.get("/file", headers={"Range": asked})
    assert (response.status_code, response.body) == (200, DATA)


def test_a_range_of_what_the_browser_has_begun_goes_on(server: TestApp) -> None:
    response = server.get("/file", headers={"Range": "bytes=1020-", "If-Range": f'"{SHA256}"'})
    assert (response.status_code, response.content_length) == (206, 4)


@pytest.mark.parametrize("condition", ['"other"', "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_range_of_something_else_starts_anew(server: TestApp, condition: str) -> None:
    response = server.get("/file", headers={"Range": "bytes=1020-", "If-Range": condition})
    assert (response.status_code, response.body) == (200, DATA)


def test_what_the_browser_has_is_not_sent_again(server: TestApp) -> None:
    known = {"If-None-Match": f'"{SHA256}"'}
    assert server.get("/file", headers=known).status_code == 304
    assert server.get("/file", headers=known | {"Range": "bytes=1-3"}).status_code == 304
    assert server.get("/file", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_download_from_a_bucket_is_a_link_to_it(server: TestApp) -> None:
    response = server.get("/download")
    assert (response.status_code, response.location) == (302, "https://bucket.example/file?expires=3600")


def test_what_our_own_pages_play_never_comes_from_elsewhere(server: TestApp) -> None:
    assert server.get("/play").body == DATA
