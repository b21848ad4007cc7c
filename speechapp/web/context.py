"""What every route may reach: the services, the queue and the vocabularies of the running application."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app, request

from speechapp.errors import InvalidInput
from speechapp.prompts import Vocabulary
from speechapp.queue import Queue
from speechapp.services import Services


@dataclass(frozen=True)
class WebContext:
    """Made once by `create_app`."""

    services: Services
    queue: Queue
    vocabularies: Mapping[str, Vocabulary]  # by id; the first is for whoever does not choose


def web_context() -> WebContext:
    return cast(WebContext, current_app.extensions["speechapp"])


def bearer_token() -> str | None:
    """The speaker token that came with this request, if any."""
    authorization = request.authorization
    return authorization.token if authorization and authorization.type == "bearer" else None


def json_body() -> dict[str, object]:
    """The JSON object of this request; raises InvalidInput."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("bad_json", "Send one JSON object with Content-Type: application/json.")
    return body


def text_of(body: dict[str, object], name: str) -> str:
    """A text that must be in the object; raises InvalidInput."""
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidInput("bad_json", "“%(name)s” is missing or not a text.", name=name)
    return value
