"""The recorder page without a browser: it sends what the page sends, to the same addresses."""

import hashlib
import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from speechapp.errors import ConfigError, SpeechappError
from speechapp.speakers import CONSENT_VERSION

TIMEOUT_S: Final = 30.0
PAUSES_S: Final = (0.3, 1.0, 3.0)  # before sending again what got no answer; the clip's id makes that harmless
NO_ANSWER: Final = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Service:
    """A Speechapp somewhere, asked over HTTP."""

    url: str

    def require_answer(self) -> None:
        """Raise ConfigError unless a Speechapp answers here."""
        try:
            self._ask("GET", "/healthz", b"", {})
        except NO_ANSWER as error:
            raise self._unreachable(error) from error

    def start_visit(self, language: str) -> "Visit":
        """Agree and start: a new speaker with a token of their own, and the prompts."""
        body = json.dumps({"consent_version": CONSENT_VERSION, "language": language}).encode()
        answer = self.send("/api/visits", body, {"Content-Type": "application/json"})
        visit = answer["visit"]
        words = tuple(prompt["word"] for prompt in visit["prompts"])
        texts = tuple(prompt["text"] for prompt in visit["prompts"])
        return Visit(self, visit["id"], visit["speaker"], answer["token"], words, texts)

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """POST, and again after a pause where nobody answered. Raises SpeechappError for what was refused."""
        for pause_s in (*PAUSES_S, None):
            try:
                return self._ask("POST", path, body, headers)
            except NO_ANSWER as error:
                if pause_s is None:
                    raise self._unreachable(error) from error
                time.sleep(pause_s)
        raise AssertionError("unreachable")

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """One request; raises one of NO_ANSWER where no Speechapp answered."""
        parts = urlsplit(self.url)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, {**headers, "Connection": "close"})
            response = connection.getresponse()
            return _understood(response.status, response.read())
        finally:
            connection.close()

    def _unreachable(self, error: Exception) -> ConfigError:
        return ConfigError(
            "service_unreachable",
            f"No Speechapp answers at {self.url} ({error}). Start it in another terminal with ./run, "
            "with the same SPEECHAPP_DATA_DIR and SPEECHAPP_PORT, or say with --url where it runs.",
        )


@dataclass(frozen=True)
class Visit:
    """One sitting of one synthetic speaker; the prompt at a position has a word, and a text to say."""

    service: Service
    id: str
    speaker: str
    token: str
    words: tuple[str, ...]
    texts: tuple[str, ...]

    def upload(self, position: int, wav: bytes, settings: Mapping[str, Any]) -> str:
        """Send one take and return the id that it was given here."""
        clip_id = uuid.uuid4().hex
        metadata = {
            "clip_id": clip_id,
            "visit_id": self.id,
            "position": position,
            "word": self.words[position],
            "n_bytes": len(wav),
            "sha256": hashlib.sha256(wav).hexdigest(),
            "settings": settings,
            "replaces": None,
            "media_type": "audio/wav",
        }
        self._send("/api/clips", metadata, wav)
        return clip_id

    def give_noise(self, wav: bytes, settings: Mapping[str, Any]) -> str:
        """Send the noise of the room and return the id that it was given here."""
        noise_id = uuid.uuid4().hex
        metadata = {
            "noise_id": noise_id,
            "visit_id": self.id,
            "n_bytes": len(wav),
            "sha256": hashlib.sha256(wav).hexdigest(),
            "settings": settings,
        }
        self._send("/api/room-noises", metadata, wav)
        return noise_id

    def _send(self, path: str, metadata: Mapping[str, Any], wav: bytes) -> None:
        content_type, body = _multipart(json.dumps(metadata).encode(), wav)
        self.service.send(path, body, {"Content-Type": content_type, "Authorization": f"Bearer {self.token}"})


def _understood(status: int, body: bytes) -> dict[str, Any]:
    """The JSON of a good answer. A refusal raises SpeechappError; a failure of the server ValueError, as does HTML."""
    answer = json.loads(body)
    if not isinstance(answer, dict) or status >= 500:
        raise ValueError(f"it answers with status {status}")
    if status >= 400:
        raise SpeechappError(str(answer["error"]["code"]), f"The service refused: {answer['error']['message']}")
    return answer


def _multipart(metadata: bytes, wav: bytes) -> tuple[str, bytes]:
    """Content type and body of a form with the fields `metadata` and `audio`."""
    boundary = uuid.uuid4().hex
    fields = (
        (b'name="metadata"', metadata),
        (b'name="audio"; filename="clip.wav"\r\nContent-Type: audio/wav', wav),
    )
    mark = b"--" + boundary.encode()
    parts = [mark + b"\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + data for head, data in fields]
    return f"multipart/form-data; boundary={boundary}", b"\r\n".join([*parts, mark + b"--\r\n"])
