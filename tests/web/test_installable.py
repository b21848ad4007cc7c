"""The recorder as an app: its manifest and icons, and the service worker as browsers get it."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from speechapp.web.installable import PAPER

ROOT = Path(__file__).parents[2]


def kept_by_service_worker(web: TestApp) -> dict[str, Any]:
    """What the server writes in front of the script."""
    found: dict[str, Any] = json.loads(web.get("/sw.js").text.split("\n", 1)[0].removeprefix("self.kept = ")[:-1])
    return found


def test_every_page_names_the_manifest(web: TestApp) -> None:
    link = web.get("/record").html.find("link", rel="manifest")
    assert link["href"] == "/manifest.webmanifest"
    assert link["crossorigin"] == "use-credentials"  # else the chosen language is not known


def test_the_manifest_opens_the_recorder_in_a_window_of_its_own(web: TestApp) -> None:
    response = web.get("/manifest.webmanifest")
    assert response.content_type == "application/manifest+json"
    assert response.headers["Cache-Control"] == "no-cache"
    wanted = {"start_url": "/record", "scope": "/", "display": "standalone", "short_name": "Speechapp", "lang": "en"}
    assert response.json | wanted == response.json
    assert response.json["name"].startswith("Speechapp")


def test_the_manifest_speaks_the_chosen_language(web: TestApp) -> None:
    web.get("/record?lang=de")
    assert web.get("/manifest.webmanifest").json["lang"] == "de"


def test_the_colours_are_those_of_the_pages(web: TestApp) -> None:
    manifest = web.get("/manifest.webmanifest").json
    assert f"--paper: {PAPER};" in (ROOT / "static/css/tokens.css").read_text("utf-8")
    assert (manifest["theme_color"], manifest["background_color"]) == (PAPER, PAPER)
    assert web.get("/record").html.find("meta", attrs={"name": "theme-color"})["content"] == PAPER


def test_every_icon_has_the_size_it_claims_and_is_small(web: TestApp) -> None:
    icons = web.get("/manifest.webmanifest").json["icons"]
    assert [icon["sizes"] for icon in icons] == ["any", "192x192", "512x512", "512x512"]
    assert [icon["purpose"] for icon in icons if "purpose" in icon] == ["maskable"]
    for icon in icons[1:]:
        picture = web.get(icon["src"])
        width, height = struct.unpack(">II", picture.body[16:24])
        assert (picture.content_type, f"{width}x{height}") == (icon["type"], icon["sizes"])
        assert len(picture.body) <= 10_240


def test_an_iphone_finds_its_icon(web: TestApp) -> None:
    link = web.get("/record").html.find("link", rel="apple-touch-icon")
    assert struct.unpack(">II", web.get(link["href"]).body[16:24]) == (180, 180)


def test_the_service_worker_may_answer_for_every_page_and_is_asked_for_anew(web: TestApp) -> None:
    response = web.get("/sw.js")
    assert response.content_type == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert 'listen("fetch"' in response.text


def test_the_service_worker_keeps_whatever_the_recorder_page_names(web: TestApp) -> None:
    kept = kept_by_service_worker(web)
    page = web.get("/record").html
    named = {tag.get("src") or tag["href"] for tag in page.select("script[src], link[href^='/static/']")}
    named = {url for url in named if not url.endswith(".png")}
    assert named - set(kept["files"]) == set()
    assert any(url.endswith("/js/audio/capture-worklet.js") for url in kept["files"])
    assert [url for url in kept["files"] if not url.startswith(kept["base"])] == []
    assert {web.get(url).status_code for url in kept["files"]} == {200}


@pytest.mark.parametrize("name", ["recorder", "offlinePage"])
def test_a_page_that_is_kept_names_the_version_that_is_kept(web: TestApp, name: str) -> None:
    kept = kept_by_service_worker(web)
    assert kept["base"] in web.get(kept[name]).text


def test_without_a_connection_the_way_to_the_recorder_is_shown(web: TestApp) -> None:
    page = web.get("/offline").html
    assert page.h1.text == "There is no connection"
    assert page.main.find("a", href="/record") is not None


def test_all_modules_of_the_recorder_are_asked_for_at_once(web: TestApp) -> None:
    page = web.get("/record").html
    preloaded = [re.sub("/static/[^/]+/", "", link["href"]) for link in page.find_all("link", rel="modulepreload")]
    assert len(preloaded) == len(set(preloaded))
    assert {"js/api.js", "js/record/outbox.js", "js/audio/capture.js"} <= set(preloaded)
