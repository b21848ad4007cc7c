"""The people in our tests: a volunteer, a reviewer, a maintainer, an admin, an outsider."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from webtest import TestApp, TestResponse

from speechapp.speakers import CONSENT_VERSION
from tests import sounds

PASSWORD = "correct horse battery"


@dataclass
class Volunteer:
    """Talks to the API as the recorder page does."""

    web: TestApp
    token: str | None = None
    visit: dict[str, Any] = field(default_factory=dict)

    @property
    def speaker(self) -> str:
        return str(self.visit["speaker"])

    def start_visit(self, **expect: Any) -> TestResponse:
        body = {"consent_version": CONSENT_VERSION, "language": "en"}
        response = self.web.post_json("/api/visits", body, headers=self.headers, **expect)
        if response.status_code == 201:
            self.visit = response.json["visit"]
            self.token = response.json["token"] or self.token
        return response

    def upload(
        self, position: int = 0, audio: bytes | None = None, /, status: int | str | None = None, **changed: Any
    ) -> TestResponse:
        """Upload a clip for the prompt at this position; `changed` replaces fields of its metadata."""
        audio = sounds.word_like(seed=position) if audio is None else audio
        metadata = self.metadata(position, audio) | changed
        return self.web.post(
            "/api/clips",
            {"metadata": json.dumps(metadata)},
            upload_files=[("audio", "clip.wav", audio)],
            headers=self.headers,
            status=status,
        )

    def give_noise(
        self, audio: bytes | None = None, /, status: int | str | None = None, **changed: Any
    ) -> TestResponse:
        """Give the noise of a room; `changed` replaces fields of its metadata."""
        audio = sounds.room_noise() if audio is None else audio
        metadata = {
            "noise_id": uuid.uuid4().hex,
            "visit_id": self.visit["id"],
            "n_bytes": len(audio),
            "sha256": hashlib.sha256(audio).hexdigest(),
            "settings": {"sample_rate_hz": sounds.RATE_HZ},
        }
        return self.web.post(
            "/api/room-noises",
            {"metadata": json.dumps(metadata | changed)},
            upload_files=[("audio", "noise.wav", audio)],
            headers=self.headers,
            status=status,
        )

    def metadata(self, position: int, audio: bytes) -> dict[str, Any]:
        return {
            "clip_id": uuid.uuid4().hex,
            "visit_id": self.visit["id"],
            "position": position,
            "word": self.visit["prompts"][position]["word"],
            "n_bytes": len(audio),
            "sha256": hashlib.sha256(audio).hexdigest(),
            "settings": {"sample_rate_hz": sounds.RATE_HZ, "echo_cancellation": False},
            "replaces": None,
        }

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass
class Member:
    """Somebody who is logged in; `name` is also their role."""

    web: TestApp
    name: str

    def log_in(self) -> "Member":
        form = self.web.get("/login").form
        form["name"], form["password"] = self.name, PASSWORD
        form.submit(status=302)
        return self

    def post_json(self, url: str, body: dict[str, Any] | None = None, status: int | str | None = None) -> TestResponse:
        headers = {"X-CSRFToken": self.web.get("/review").html.find("meta", {"name": "csrf-token"})["content"]}
        return self.web.post_json(url, body or {}, headers=headers, status=status)
