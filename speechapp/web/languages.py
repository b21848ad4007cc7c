"""In which language a page speaks: asked for in the address, kept in a cookie, or as the browser prefers."""

from typing import cast
from urllib.parse import quote, urlencode

from babel import Locale, negotiate_locale
from babel.support import NullTranslations
from flask import Flask, Response, current_app, g, redirect, request
from flask_babel import Babel, Domain, gettext
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from speechapp.errors import Sentence
from speechapp.languages import SOURCE_TAG, Language, languages, pseudo_language

COOKIE = "speechapp_lang"
COOKIE_LIFE_S = 365 * 24 * 3600
TEXTS_OF_EVERY_PAGE = "texts/_every_page.html"


def register(app: Flask, with_pseudo_locale: bool) -> None:
    """Choose a language for each request, and give templates `_`, `ngettext`, `plural` and `page_texts`."""
    offered = languages()
    if with_pseudo_locale:
        offered = {**offered, pseudo_language().tag: pseudo_language()}
    app.extensions["speechapp_languages"] = offered
    babel = Babel(app, locale_selector=_locale)
    babel.domain_instance = _Catalogs()
    app.jinja_env.globals.update(plural=_plural, page_texts=_page_texts)
    app.jinja_env.filters["translated"] = translated
    app.before_request(_keep_what_was_asked_for)
    app.after_request(_tell_what_it_depends_on)
    app.context_processor(
        lambda: {"language": current_language(), "languages": list(offered.values()), "address_in": _address_in}
    )


def current_language() -> Language:
    """The language of this request."""
    if "language" not in g:
        g.language = _chosen()
    return cast(Language, g.language)


def translated(text: str) -> str:
    """What was said deep down, in the language of this request; as it is where nobody translated it."""
    return Sentence(gettext(text.template), **text.values) if isinstance(text, Sentence) else text


def _offered() -> dict[str, Language]:
    return cast(dict[str, Language], current_app.extensions["speechapp_languages"])


def _chosen() -> Language:
    offered = _offered()
    kept = request.cookies.get(COOKIE)
    preferred = [tag for tag, quality in request.accept_languages if quality > 0]
    return offered.get(kept or "") or offered[negotiate_locale(preferred, languages(), sep="-") or SOURCE_TAG]


def _locale() -> Locale:
    return current_language().locale


def _keep_what_was_asked_for() -> BaseResponse | None:
    """`?lang=de` is answered by a cookie and the same address without it."""
    tag = request.args.get("lang")
    if request.method != "GET" or tag not in _offered():
        return None
    response = redirect(_address(_query_without_language()))
    response.headers["Cache-Control"] = "no-store"
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, tag, max_age=COOKIE_LIFE_S, secure=secure, samesite="Lax")
    return response


def _address_in(language: Language) -> str:
    return _address([*_query_without_language(), ("lang", language.tag)])


def _query_without_language() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]


def _address(query: list[tuple[str, str]]) -> str:
    """A path of this site, whatever was asked for: browsers take // and /\\ for the name of another one."""
    path = request.script_root + "/" + quote(request.path.lstrip("/\\"))
    return f"{path}?{urlencode(query)}" if query else path


def _tell_what_it_depends_on(response: Response) -> Response:
    if "language" in g:
        response.vary.update(("Accept-Language", "Cookie"))
        response.content_language.add(current_language().tag)
    return response


def _plural(singular: str, plural: str) -> dict[str, str]:
    """The text for each plural category, for JavaScript to choose from; `{n}` is filled in there."""
    return current_language().plural_forms(singular, plural)


def _page_texts(texts: dict[str, object]) -> Markup:
    """The texts that JavaScript shows on this page, where static/js/texts.js finds them."""
    module = current_app.jinja_env.get_template(TEXTS_OF_EVERY_PAGE).make_module()
    every_page: dict[str, object] = vars(module)["texts"]
    return Markup('<script type="application/json" id="texts">{}</script>').format(
        htmlsafe_json_dumps({**every_page, **texts}, ensure_ascii=False)
    )


class _Catalogs(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Our catalogs in place of the compiled files that Flask-Babel would look for."""

    def get_translations(self) -> NullTranslations:
        return current_language().translations
