"""Vocabularies as the pages see them, and their pictures and sounds under a path that names their content."""

from typing import Any

from flask import Blueprint, Response, send_file, url_for

from speechapp import visits
from speechapp.errors import NotFound
from speechapp.models import Visit
from speechapp.prompts import Vocabulary, direction_of
from speechapp.vocabularies import chosen_vocabulary, vocabulary_of_language
from speechapp.vocabulary_media import media_type
from speechapp.web.context import text_of, web_context
from speechapp.web.static_files import KEPT_FOR_S

blueprint = Blueprint("vocabulary", __name__)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"  # an SVG opened by itself


@blueprint.get("/vocabularies/<vocabulary_id>/<version>/<name>")
def media_file(vocabulary_id: str, version: str, name: str) -> Response:
    """One picture or sound; only what the vocabulary names is looked for on disk."""
    vocabulary = web_context().vocabularies.get(vocabulary_id)
    path = vocabulary.media.get(name) if vocabulary else None
    if vocabulary is None or path is None or not path.is_file():
        raise NotFound("media_unknown", "There is no such picture or sound. Reload the page.")
    response = send_file(path, mimetype=media_type(name), conditional=True)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    if version == vocabulary.media_version:
        response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR_S}, immutable"
    return response


def offered_json() -> list[dict[str, Any]]:
    """What a volunteer may choose from; the first is for whoever does not choose."""
    return [vocabulary_json(vocabulary) for vocabulary in web_context().vocabularies.values()]


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "id": vocabulary.id,
        "name": vocabulary.name,
        "language": vocabulary.language,
        "direction": direction_of(vocabulary.language),
        "version": vocabulary.version,
        "n_prompts": vocabulary.n_prompts,
        "n_words": len(vocabulary.words),
        "has_pictures": any(prompt.picture for prompt in vocabulary.prompts),
        "has_sounds": any(prompt.sound for prompt in vocabulary.prompts),
        "credits": vocabulary.credits,
    }


def wanted_vocabulary(body: dict[str, object]) -> Vocabulary:
    """The one that a new visit asks for: by its id, or as older pages do by a language. Raises InvalidInput."""
    offered = web_context().vocabularies
    if "vocabulary" in body:
        return chosen_vocabulary(offered, text_of(body, "vocabulary"))
    return vocabulary_of_language(offered, text_of(body, "language"))


def vocabulary_of_visit_json(visit: Visit) -> dict[str, Any]:
    """What the visit was started with; its name is as it is now, or its id where it is offered no more."""
    vocabulary = web_context().vocabularies.get(visit.vocabulary)
    return {
        "id": visit.vocabulary,
        "name": vocabulary.name if vocabulary else visit.vocabulary,
        "language": visit.language,
        "direction": direction_of(visit.language),
        "version": visit.vocabulary_version,
    }


def prompts_json(visit: Visit) -> list[dict[str, Any]]:
    offered = web_context().vocabularies
    vocabulary = offered.get(visit.vocabulary)
    return [
        {
            "position": position,
            "word": prompt.word,
            "text": prompt.text,
            "picture": _media_url(vocabulary, prompt.picture),
            "sound": _media_url(vocabulary, prompt.sound),
        }
        for position, prompt in enumerate(visits.prompts_of(visit, offered))
    ]


def _media_url(vocabulary: Vocabulary | None, name: str | None) -> str | None:
    if vocabulary is None or name is None:
        return None
    version = vocabulary.media_version
    return url_for("vocabulary.media_file", vocabulary_id=vocabulary.id, version=version, name=name)
