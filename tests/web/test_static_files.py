"""Static files lie under a path that names their content, and may be kept for ever."""

from pathlib import Path

import pytest
from flask import Flask, render_template_string
from webtest import TestApp

from speechapp.web import static_files


def serve(folder: Path) -> Flask:
    app = Flask("server", static_folder=None)
    static_files.register(app, folder)
    app.add_url_rule("/page", "page", lambda: render_template_string("{{ asset('js/a.js') }} {{ static_base }}"))
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "a.js").write_text("export const a = 1;")
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "static"


def test_a_page_names_the_file_under_the_versioned_path(folder: Path) -> None:
    asset, base = TestApp(serve(folder)).get("/page").text.split()
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


@pytest.mark.parametrize("path", ["../secret", "..%2Fsecret", "js/../../secret", "js", ""])
def test_nothing_outside_the_folder_is_served(folder: Path, path: str) -> None:
    assert TestApp(serve(folder)).get(f"/static/x/{path}", status="*").status_code == 404
