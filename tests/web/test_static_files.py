"""Static files lie under a path that names their content, and may be kept for ever."""

import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template_string
from webtest import TestApp

from speechapp.web import static_files

PICTURE = bytes(range(256)) * 8


def serve(folder: Path) -> Flask:
    app = Flask("server", static_folder=None)
    static_files.register(app, folder)
    page = "{{ asset('js/a.js') }} {{ static_base }} {{ module_preloads('js/main.js')|join }}"
    app.add_url_rule("/page", "page", lambda: render_template_string(page))
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "a.js").write_text("export const a = 1;")
    (tmp_path / "static" / "js" / "main.js").write_text('import { a } from "./a.js";')
    (tmp_path / "static" / "picture.png").write_bytes(PICTURE)
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "static"


def test_a_page_names_the_file_under_the_versioned_path(folder: Path) -> None:
    asset, base, _ = TestApp(serve(folder)).get("/page").text.split()
    assert asset == f"{base}js/a.js"
    assert len(base) == len("/static/0123456789ab/")


def test_a_file_under_the_newest_path_may_be_kept_for_ever(folder: Path) -> None:
    server = TestApp(serve(folder))
    response = server.get(server.get("/page").text.split()[0])
    assert response.body == b"export const a = 1;"
    assert response.content_type == "text/javascript"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_under_an_older_path_is_served_but_not_kept(folder: Path) -> None:
    response = TestApp(serve(folder)).get("/static/0123456789ab/js/a.js")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_path_changes_with_the_content_of_any_file(folder: Path) -> None:
    before = TestApp(serve(folder)).get("/page").text
    assert TestApp(serve(folder)).get("/page").text == before
    (folder / "js" / "b.js").write_text("export const b = 2;")
    assert TestApp(serve(folder)).get("/page").text != before


def test_a_page_can_name_the_modules_that_a_module_imports(folder: Path) -> None:
    asset, _, modules = TestApp(serve(folder)).get("/page").text.split()
    assert modules == asset


def test_scripts_come_without_comments_but_what_others_wrote_comes_as_it_is(folder: Path) -> None:
    (folder / "vendor").mkdir()
    for path in ("js/b.js", "vendor/b.js"):
        (folder / path).write_text("// Why\nrun();")
    server = TestApp(serve(folder))
    assert server.get("/static/x/js/b.js").text == "\nrun();"
    assert server.get("/static/x/vendor/b.js").text == "// Why\nrun();"


def test_what_is_served_does_not_change_while_the_service_runs(folder: Path) -> None:
    server = TestApp(serve(folder))
    (folder / "js" / "a.js").write_text("export const a = 2;")
    assert server.get(server.get("/page").text.split()[0]).body == b"export const a = 1;"


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_text_comes_in_the_smallest_form_that_is_understood(
    folder: Path, accepted: str, encoding: str | None, decode: Callable[[bytes], bytes]
) -> None:
    response = serve(folder).test_client().get("/static/x/js/a.js", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    assert decode(response.data) == b"export const a = 1;"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Content-Length"] == str(len(response.data))


@pytest.mark.parametrize("accepted", ["br", "identity"])
def test_a_file_that_the_browser_has_is_not_sent_again(folder: Path, accepted: str) -> None:
    server, accept = serve(folder).test_client(), {"Accept-Encoding": accepted}
    etag = server.get("/static/x/js/a.js", headers=accept).headers["ETag"]
    again = server.get("/static/x/js/a.js", headers=accept | {"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


def test_the_forms_of_a_file_have_etags_of_their_own(folder: Path) -> None:
    server = serve(folder).test_client()
    tags = [server.get("/static/x/js/a.js", headers={"Accept-Encoding": e}).headers["ETag"] for e in ("br", "gzip", "")]
    assert len(set(tags)) == 3


def test_a_picture_is_not_compressed_again_and_comes_in_parts(folder: Path) -> None:
    server = serve(folder).test_client()
    whole = server.get("/static/x/picture.png", headers={"Accept-Encoding": "br, gzip"})
    part = server.get("/static/x/picture.png", headers={"Accept-Encoding": "br, gzip", "Range": "bytes=5-9"})
    assert (whole.data, "Content-Encoding" in whole.headers) == (PICTURE, False)
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, PICTURE[5:10], "bytes 5-9/2048")


@pytest.mark.parametrize("path", ["../secret", "..%2Fsecret", "js/../../secret", "js", ""])
def test_nothing_outside_the_folder_is_served(folder: Path, path: str) -> None:
    assert TestApp(serve(folder)).get(f"/static/x/{path}", status="*").status_code == 404
