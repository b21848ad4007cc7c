"""Clips and releases for the pages to show."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from speechapp.models import Release
from speechapp.services import Services
from tests.cast import Volunteer
from tests.rows import NOON

ARCHIVE = bytes(range(256)) * 4


@pytest.fixture
def clip_id(volunteer: Volunteer, process: Callable[[str], bool]) -> str:
    """A processed clip, for the prompt at position 0."""
    made = str(volunteer.upload(0).json["clip"]["id"])
    process(made)
    return made


@pytest.fixture
def add_release(services: Services) -> Callable[..., str]:
    """Put a release into database and storage, by default a published one with two files."""

    def add(version: str, **changed: Any) -> str:
        files = {"manifest.csv": b"file,word\n", f"speechapp_{version}.tar.gz": ARCHIVE}
        stored = {}
        for name, data in files.items():
            stored[name] = {
                "n_bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "key": f"releases/{version}/{name}",
            }
            services.storage.put_if_absent(f"releases/{version}/{name}", data)
        values = {
            "state": "published",
            "created_by": "mia",
            "created_at": NOON,
            "lease_until": NOON,
            "published_at": NOON,
            "n_clips": 3,
            "n_speakers": 2,
            "counts": {"yes": {"training": 2, "validation": 1, "testing": 0}},
            "files": stored,
            "archive_bytes": len(ARCHIVE),
            "tar_sha256": "ab" * 32,
        }
        with services.database.write() as session:
            session.add(Release(version=version, **(values | changed)))
        return version

    return add
