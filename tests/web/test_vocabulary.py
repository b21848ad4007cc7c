"""Several vocabularies at once: choosing one, what its prompts are shown with, and the pictures and sounds of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from speechapp.config import read_config
from speechapp.services import Services
from speechapp.speakers import CONSENT_VERSION
from speechapp.web.app import create_app
from tests.answers import refusal_of
from tests.cast import Volunteer
from tests.rows import the_clip
from tests.vocabularies import SVG, write, write_pictured

Open = Callable[[str], TestApp]


@pytest.fixture
def added(settings: dict[str, str]) -> Path:
    """Where a maintainer puts vocabularies."""
    return Path(settings["SPEECHAPP_DATA_DIR"]) / "vocabularies"


@pytest.fixture
def open_with(settings: dict[str, str]) -> Iterator[Open]:
    """Start the web application with these vocabularies; those that were added are offered too."""
    apps = []

    def start(named: str) -> TestApp:
        apps.append(create_app(read_config(settings | {"SPEECHAPP_VOCABULARY": named})))
        return TestApp(apps[-1])

    yield start
    for app in apps:
        app.extensions["speechapp"].services.database.close()


@pytest.fixture
def web(open_with: Open, added: Path) -> TestApp:
    """English, German, and a German vocabulary with pictures that was added."""
    write_pictured(added / "bilder")
    return open_with("en,de")


def start(web: TestApp, **asked: str) -> dict[str, Any]:
    answer = web.post_json("/api/visits", {"consent_version": CONSENT_VERSION, **asked}, status=201).json
    return {"visit": answer["visit"], "headers": {"Authorization": f"Bearer {answer['token']}"}}


def visit_of(web: TestApp, **asked: str) -> Any:
    return start(web, **asked)["visit"]


def shown(web: TestApp) -> dict[str, dict[str, Any]]:
    """Each prompt of the pictured vocabulary by its word, without its position."""
    prompts = visit_of(web, vocabulary="bilder")["prompts"]
    return {prompt.pop("word"): {name: prompt[name] for name in ("text", "picture", "sound")} for prompt in prompts}


# Choosing


def test_a_visit_is_started_with_the_vocabulary_that_was_chosen(web: TestApp) -> None:
    assert visit_of(web, vocabulary="bilder")["vocabulary"] == {
        "id": "bilder",
        "name": "Deutsch mit Bildern",
        "language": "de",
        "direction": "ltr",
        "version": "3",
    }


def test_an_older_page_that_names_a_language_gets_the_first_vocabulary_of_it(web: TestApp) -> None:
    assert visit_of(web, language="de")["vocabulary"]["id"] == "de"
    assert visit_of(web, language="en")["vocabulary"]["id"] == "en"


def test_a_vocabulary_that_is_not_offered_is_refused_with_those_that_are(web: TestApp) -> None:
    body = {"consent_version": CONSENT_VERSION, "vocabulary": "es"}
    response = web.post_json("/api/visits", body, status="*")
    assert refusal_of(response) == (422, "vocabulary_unknown")
    assert response.json["error"]["message"] == (
        "This service offers en, de, bilder, not es. Reload the page and choose."
    )


@pytest.mark.parametrize("asked", [{}, {"vocabulary": 7}, {"vocabulary": None, "language": "en"}])
def test_a_visit_that_names_no_vocabulary_is_refused(web: TestApp, asked: dict[str, object]) -> None:
    response = web.post_json("/api/visits", {"consent_version": CONSENT_VERSION, **asked}, status="*")
    assert refusal_of(response) == (400, "bad_json")


def test_a_language_from_right_to_left_says_so(open_with: Open, added: Path) -> None:
    write(added / "he.json", language="he", core=[{"word": "ken", "text": "כן"}, {"word": "lo", "text": "לא"}])
    assert visit_of(open_with("en"), vocabulary="he")["vocabulary"]["direction"] == "rtl"


# Prompts


def test_a_prompt_has_its_text_and_the_addresses_of_its_picture_and_its_sound(web: TestApp) -> None:
    prompts = shown(web)
    assert prompts["ja"] == {"text": "ja", "picture": None, "sound": None}
    assert prompts["fuenf"]["text"] == "fünf"
    assert prompts["fuenf"]["picture"].startswith("/vocabularies/bilder/")
    assert web.get(prompts["fuenf"]["picture"]).text == SVG
    assert web.get(prompts["fuenf"]["sound"]).body[:4] == b"RIFF"
    assert (prompts["hund"]["text"], prompts["hund"]["sound"]) == ("hund", None)


def test_the_word_and_not_the_text_is_what_a_clip_is_of(web: TestApp) -> None:
    words = {prompt["word"] for prompt in visit_of(web, vocabulary="de")["prompts"]}
    assert {"fuenf", "strasse"} <= words


def test_a_visit_goes_on_with_its_words_when_the_vocabulary_has_changed(
    open_with: Open, added: Path, web: TestApp
) -> None:
    begun = start(web, vocabulary="bilder")
    before = begun["visit"]
    write(added / "bilder" / "vocabulary.json", version="4", core=["hund", {"word": "ja", "text": "Ja!"}])
    url = f"/api/visits/{before['id']}"
    visit = open_with("en").get(url, headers=begun["headers"]).json["visit"]
    texts = {prompt["word"]: (prompt["text"], prompt["picture"]) for prompt in visit["prompts"]}
    assert [prompt["word"] for prompt in visit["prompts"]] == [prompt["word"] for prompt in before["prompts"]]
    assert texts == {"fuenf": ("fuenf", None), "hund": ("hund", None), "ja": ("Ja!", None)}
    assert visit["vocabulary"]["version"] == "3"


def test_a_visit_goes_on_when_its_vocabulary_is_offered_no_more(open_with: Open, added: Path, web: TestApp) -> None:
    begun = start(web, vocabulary="bilder")
    (added / "bilder" / "vocabulary.json").unlink()
    url = f"/api/visits/{begun['visit']['id']}"
    visit = open_with("en").get(url, headers=begun["headers"]).json["visit"]
    assert {prompt["text"] for prompt in visit["prompts"]} == {"fuenf", "hund", "ja"}
    assert visit["vocabulary"] == {
        "id": "bilder",
        "name": "bilder",
        "language": "de",
        "direction": "ltr",
        "version": "3",
    }


def test_a_clip_has_the_language_of_its_visit(web: TestApp, services: Services) -> None:
    begun = start(web, vocabulary="bilder")
    volunteer = Volunteer(web, begun["headers"]["Authorization"].removeprefix("Bearer "), begun["visit"])
    clip_id = volunteer.upload(0, status=201).json["clip"]["id"]
    assert the_clip(services.database, clip_id).language == "de"


# Pictures and sounds


def test_media_are_kept_by_browsers_as_long_as_they_stay_what_they_are(
    web: TestApp, open_with: Open, added: Path
) -> None:
    address = shown(web)["hund"]["picture"]
    assert web.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    (added / "bilder" / "hund.svg").write_text(SVG)
    later = open_with("en")
    assert shown(later)["hund"]["picture"] != address
    assert later.get(address).headers["Cache-Control"] == "no-cache"


def test_media_have_their_types_and_can_do_nothing(web: TestApp) -> None:
    prompts = shown(web)
    picture, sound = web.get(prompts["fuenf"]["picture"]), web.get(prompts["fuenf"]["sound"])
    assert (picture.content_type, sound.content_type) == ("image/svg+xml", "audio/wav")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert picture.headers["Content-Security-Policy"].endswith("; sandbox")


def test_a_sound_can_be_asked_for_in_parts(web: TestApp) -> None:
    part = web.get(shown(web)["fuenf"]["sound"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.body) == (206, b"RIFF")


@pytest.mark.parametrize(
    "path",
    [
        "bilder/x/vocabulary.json",
        "bilder/x/secret.svg",
        "bilder/x/..%2Fen.json",
        "bilder/x/%2Fetc%2Fpasswd",
        "bilder/x/../../../secret_key",
        "..%2Fvocabularies%2Fbilder/x/hund.svg",
        "en/x/hund.svg",
        "nowhere/x/hund.svg",
    ],
)
def test_nothing_is_served_but_what_the_vocabulary_names(web: TestApp, added: Path, path: str) -> None:
    (added / "bilder" / "secret.svg").write_text(SVG)
    assert web.get(f"/vocabularies/{path}", status="*").status_code == 404


def test_a_picture_that_was_removed_meanwhile_is_not_found(web: TestApp, added: Path) -> None:
    address = shown(web)["hund"]["picture"]
    (added / "bilder" / "hund.svg").unlink()
    assert web.get(address, status="*").status_code == 404


def test_the_animals_we_ship_are_shown(open_with: Open) -> None:
    web = open_with("animals")
    prompts = visit_of(web, vocabulary="animals")["prompts"]
    pictures = {prompt["picture"] for prompt in prompts}
    assert len(pictures) == 10
    assert {web.get(picture).content_type for picture in pictures} == {"image/svg+xml"}
