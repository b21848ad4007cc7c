"""The interface in several languages: which one a page speaks, and that every text is there in each of them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from webtest import TestApp, TestResponse

from speechapp import users
from speechapp.commands.translations import extract, is_translated, read
from speechapp.config import read_config
from speechapp.db import utc_now
from speechapp.errors import Sentence
from speechapp.languages import FOLDER, Language, languages, pseudo_language
from speechapp.services import Services
from speechapp.web.app import create_app
from speechapp.web.languages import translated
from tests.cast import Member

LogIn = Callable[[str], Member]
AddRelease = Callable[..., str]
TRANSLATIONS = sorted(path.parent.name for path in FOLDER.glob("*/messages.po"))
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")
# What no translation changes: the names of things, commands, and texts in a language that the page says.
SAME_IN_EVERY_LANGUAGE = "script, style, code, pre, kbd, [lang]:not(html), [translate=no], .prose"
SPOKEN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder", "aria-description", "aria-valuetext")
NAMES = {"Speechapp", "CC", "BY", "SHA", "admin", "manifest", "csv", "speechapp", "tar", "gz", "Python", "https"}


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    """A service that offers the pseudo-locale too."""
    return settings | {"SPEECHAPP_PSEUDO_LOCALE": "1"}


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Every text that stands in the source."""
    return extract()


def language_of(page: TestResponse) -> tuple[str, str]:
    return page.html.html["lang"], page.html.html["dir"]


def accepting(languages: str) -> dict[str, str]:
    return {"Accept-Language": languages}


def test_a_page_speaks_the_language_that_the_browser_prefers(web: TestApp) -> None:
    assert language_of(web.get("/", headers=accepting("fr, de-AT;q=0.8, es;q=0.5"))) == ("de", "ltr")
    assert language_of(web.get("/", headers=accepting("es-MX"))) == ("es", "ltr")


def test_who_prefers_nothing_that_we_speak_reads_english(web: TestApp) -> None:
    assert language_of(web.get("/")) == ("en", "ltr")
    assert language_of(web.get("/", headers=accepting("fr, ja;q=0.5"))) == ("en", "ltr")


def test_a_language_that_was_chosen_is_kept_whatever_the_browser_prefers(web: TestApp) -> None:
    answer = web.get("/releases?lang=es", headers=accepting("de"))
    assert (answer.status_code, answer.location) == (302, "/releases")
    assert language_of(answer.follow(headers=accepting("de"))) == ("es", "ltr")
    assert language_of(web.get("/", headers=accepting("de"))) == ("es", "ltr")


def test_the_choice_can_be_changed(web: TestApp) -> None:
    web.get("/?lang=es")
    assert language_of(web.get("/?lang=en", headers=accepting("de")).follow()) == ("en", "ltr")


def test_the_rest_of_the_address_stays(web: TestApp) -> None:
    assert web.get("/login?next=%2Freview%3Fa%3Db&lang=de").location == "/login?next=%2Freview%3Fa%3Db"


@pytest.mark.parametrize("path", ["//elsewhere.example", "/\\elsewhere.example", "///elsewhere.example/a"])
def test_choosing_a_language_never_leads_to_another_site(web: TestApp, path: str) -> None:
    location = web.get("/?lang=de", extra_environ={"PATH_INFO": path}).location
    assert re.fullmatch(r"/elsewhere\.example(/a)?", location)


def test_a_language_that_nobody_knows_changes_nothing(web: TestApp) -> None:
    web.set_cookie("speechapp_lang", "xx")
    page = web.get("/?lang=../de", headers=accepting("de"))
    assert language_of(page) == ("de", "ltr")
    assert "speechapp_lang" not in page.headers.getall("Set-Cookie")[0]


def test_a_request_that_changes_something_keeps_no_language(web: TestApp) -> None:
    assert web.post("/logout?lang=de", status="*").status_code == 400
    assert language_of(web.get("/")) == ("en", "ltr")


def test_the_choice_is_a_cookie_that_lasts(web: TestApp) -> None:
    cookie = web.get("/?lang=de").headers["Set-Cookie"]
    assert cookie.startswith("speechapp_lang=de; ")
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie


def test_caches_are_told_what_a_page_depends_on(web: TestApp) -> None:
    page = web.get("/", headers=accepting("de"))
    assert {name.strip() for name in page.headers["Vary"].split(",")} >= {"Accept-Language", "Cookie"}
    assert page.headers["Content-Language"] == "de"


@pytest.mark.parametrize("path", ["/", "/record", "/mine", "/consent/2", "/releases", "/login", "/no-such-page"])
def test_every_page_lets_its_reader_choose_without_javascript(web: TestApp, path: str) -> None:
    links = web.get(path, headers=accepting("es"), status="*").html.select(".languages a")
    assert [(link["hreflang"], link["lang"], link.text) for link in links[:3]] == [
        ("en", "en", "English"),
        ("de", "de", "Deutsch"),
        ("es", "es", "Español"),
    ]
    assert [link["href"] for link in links[:2]] == [f"{path}?lang=en", f"{path}?lang=de"]
    assert [link["lang"] for link in links if link.get("aria-current")] == ["es"]


def test_the_pseudo_locale_is_only_for_those_who_ask_for_it(settings: dict[str, str], web: TestApp) -> None:
    assert language_of(web.get("/?lang=ar-XB").follow()) == ("ar-XB", "rtl")
    assert language_of(TestApp(web.app).get("/", headers=accepting("ar"))) == ("en", "ltr")
    app = create_app(read_config(settings | {"SPEECHAPP_PSEUDO_LOCALE": "0"}))
    assert language_of(TestApp(app).get("/?lang=ar-XB")) == ("en", "ltr")
    app.extensions["speechapp"].services.database.close()


def test_numbers_and_dates_are_written_as_the_language_does(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", n_clips=12345)
    assert "12,345 recordings" in web.get("/releases")
    page = web.get("/releases", headers=accepting("de"))
    assert "12.345 Aufnahmen" in page
    assert "1. Januar 2030" in page


def test_one_of_a_kind_is_told_in_the_singular(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", n_clips=1, n_speakers=2)
    assert "1 grabación de 1 palabra" in web.get("/releases/0.1", headers=accepting("es"))


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (languages()["en"], {"one": "{n} word", "other": "{n} words"}),
        (languages()["de"], {"one": "{n} Wort", "other": "{n} Wörter"}),
        (languages()["es"], {"one": "{n} palabra", "many": "{n} palabras", "other": "{n} palabras"}),
    ],
)
def test_javascript_gets_a_text_for_every_plural_category(language: Language, forms: dict[str, str]) -> None:
    told = language.plural_forms("%(n)s word", "%(n)s words")
    assert {category: text.replace("%(n)s", "{n}") for category, text in told.items()} == forms


def test_the_pseudo_locale_has_all_categories_of_its_language() -> None:
    assert set(pseudo_language().plural_forms("a", "b")) == {"zero", "one", "two", "few", "many", "other"}


def test_the_texts_of_a_page_cannot_end_their_script(web: TestApp) -> None:
    script = web.get("/record").html.find(id="texts")
    assert script["type"] == "application/json"
    assert "<" not in script.text
    assert json.loads(script.text)["service-unreachable"].startswith("The service cannot be reached.")


def test_a_refusal_is_told_in_the_language_of_who_asked(web: TestApp) -> None:
    body = {"consent_version": "0", "language": "en"}
    error = web.post_json("/api/visits", body, headers=accepting("de"), status=422).json["error"]
    assert error["code"] == "consent_outdated"
    assert re.fullmatch(r"Die Einwilligung hat jetzt Version \d+\. .*", error["message"])


def test_a_page_that_is_not_there_says_so_in_the_language_of_who_asked(web: TestApp) -> None:
    assert "Eine Version 7 gibt es nicht." in web.get("/releases/7", headers=accepting("de"), status=404)
    assert "Diese Seite gibt es nicht" in web.get("/nothing", headers=accepting("de"), status=404)


def test_an_error_that_nobody_translated_is_told_in_english(web: TestApp) -> None:
    with web.app.test_request_context(headers=accepting("de")):
        assert translated(Sentence("There is no %(thing)s here.", thing="50 %")) == "There is no 50 % here."
        assert translated(Sentence("It is 50 % done.")) == "It is 50 % done."
        assert translated("The disk is full.") == "The disk is full."


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_of_the_source_is_translated(template: Catalog, language: str) -> None:
    catalog = read(FOLDER / language / "messages.po")
    missing = [message.id for message in template if message.id and not _translated(catalog, message)]
    assert missing == [], "speechapp translations update, then translate them: docs/languages.md"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_is_left_of_a_text_that_is_gone(template: Catalog, language: str) -> None:
    known = {message.id for message in template}
    assert [message.id for message in read(FOLDER / language / "messages.po") if message.id not in known] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_translation_holds_what_its_text_holds(language: str) -> None:
    """Its values and its markup, the same ones and as many."""
    assert [
        (text, translation)
        for message in read(FOLDER / language / "messages.po")
        for text, translation in _pairs(message)
        if text and sorted(PLACEHOLDERS.findall(text)) != sorted(PLACEHOLDERS.findall(translation))
    ] == []


def test_no_page_has_a_text_that_cannot_be_translated(
    web: TestApp, services: Services, add_release: AddRelease, member: LogIn
) -> None:
    add_release("0.1")
    add_release("0.2", state="cutting", published_at=None, n_done=1, n_total=2)
    add_release("0.3", state="failed", published_at=None, error=None)
    with services.database.write() as session:
        setup = f"/setup/{users.setup_token(session, utc_now())}"
    web.get("/?lang=ar-XB")
    untranslated = {path: _untranslated(web.get(path, status="*")) for path in [*_pages(web), setup, "/nothing"]}
    admin = member("admin").web
    admin.get("/?lang=ar-XB")
    untranslated |= {f"{path} (admin)": _untranslated(admin.get(path)) for path in _pages(web)}
    plan = admin.get("/releases/new").forms[0].submit("action", value="dry_run")
    untranslated["dry run"] = _untranslated(plan)
    assert {path: texts for path, texts in untranslated.items() if texts} == {}


def test_the_search_for_untranslated_texts_finds_them() -> None:
    page = BeautifulSoup(
        '<p>⟦ŕéåð⟧ <b>these</b> 3</p><img alt="words"><kbd>R</kbd><i lang="en">not this</i>', "html.parser"
    )
    assert list(_untranslated_texts(page)) == ["these", "words"]


def _translated(catalog: Catalog, message: Message) -> bool:
    found = catalog.get(message.id)
    return found is not None and found.id == message.id and is_translated(found)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a text beside its translation; whatever comes after the singular is a plural."""
    if isinstance(message.string, str):
        yield str(message.id), message.string
    else:
        singular, plural = tuple(message.id)
        first, *others = message.string or ()
        yield singular, first
        yield from ((plural, other) for other in others)


def _pages(web: TestApp) -> list[str]:
    """The address of every page that can be asked for, with each kind of release."""
    with web.app.test_request_context():
        paths = {
            rule.rule.replace("/consent/<version>", "/consent/2").replace("/releases/<version>", f"/releases/{version}")
            for rule in web.app.url_map.iter_rules()
            for version in ("0.1", "0.2", "0.3")
            if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/api/", "/static/", "/setup/"))
        }
    return sorted(path for path in paths if "<" not in path and "." not in path.replace("0.", ""))


def _untranslated(page: TestResponse) -> list[str]:
    is_page = page.content_type == "text/html" and not 300 <= page.status_code < 400
    return list(_untranslated_texts(page.html)) if is_page else []


def _untranslated_texts(page: BeautifulSoup) -> Iterator[str]:
    """Whatever people read or hear that has plain letters, which the pseudo-locale leaves to nothing."""
    texts = page.find(id="texts")
    for element in page.select(SAME_IN_EVERY_LANGUAGE):
        element.decompose()
    spoken = [str(tag[name]) for tag in page.find_all(True) for name in SPOKEN_ATTRIBUTES if tag.get(name)]
    shown = [str(text) for text in page.find_all(string=True) if type(text) is NavigableString]
    of_javascript = _leaves(json.loads(texts.string or "{}")) if isinstance(texts, Tag) else []
    for text in [*shown, *spoken, *of_javascript]:
        if set(re.findall(r"[A-Za-z]{2,}", PLACEHOLDERS.sub("", text))) - NAMES:
            yield text.strip()


def _leaves(texts: dict[str, Any]) -> list[str]:
    return [leaf for text in texts.values() for leaf in (text.values() if isinstance(text, dict) else [text])]
