"""Looking at releases: the published ones, newest first, and the one that is being cut."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from speechapp.errors import NotFound
from speechapp.models import Release
from speechapp.release.manifest import archive_name


@dataclass(frozen=True)
class ReleaseFile:
    """One downloadable file of a release."""

    name: str
    n_bytes: int
    sha256: str
    key: str


@dataclass(frozen=True)
class ReleaseView:
    """A release as people look at it; `counts` is word -> partition -> number of clips."""

    version: str
    state: str
    created_by: str
    published_at: datetime | None
    error: str | None
    n_done: int
    n_total: int
    n_clips: int
    n_speakers: int
    counts: dict[str, dict[str, int]]
    tar_sha256: str | None
    files: tuple[ReleaseFile, ...]

    @property
    def n_words(self) -> int:
        return len(self.counts)

    @property
    def archive_name(self) -> str:
        return archive_name(self.version)

    @property
    def archive_bytes(self) -> int:
        return sum(file.n_bytes for file in self.files if file.name == self.archive_name)

    @property
    def archive_sha256(self) -> str | None:
        return next((file.sha256 for file in self.files if file.name == self.archive_name), None)


def all_releases(session: Session) -> list[ReleaseView]:
    """Every release, newest first, those being cut before all others."""
    rows = session.scalars(select(Release).order_by(Release.published_at.desc(), Release.created_at.desc()))
    return sorted((_view(row) for row in rows), key=lambda view: view.state == "published")


def newest_release(session: Session) -> ReleaseView | None:
    """The release published last, or None."""
    return next((view for view in all_releases(session) if view.state == "published"), None)


def one_release(session: Session, version: str) -> ReleaseView:
    """The release of this version, whatever its state; raises NotFound."""
    row = session.get(Release, version)
    if row is None:
        raise NotFound("release_unknown", "There is no release %(version)s.", version=version)
    return _view(row)


def file_of_release(session: Session, version: str, name: str) -> ReleaseFile:
    """One file of a published release; raises NotFound."""
    release = one_release(session, version)
    found = next((file for file in release.files if file.name == name), None)
    if release.state != "published" or found is None:
        raise NotFound("release_file_unknown", "Release %(version)s has no file %(name)s.", version=version, name=name)
    return found


def next_version(session: Session) -> str:
    """A proposal: the newest version with its last number counted up."""
    newest = newest_release(session)
    if newest is None:
        return "0.1"
    head, last = re.fullmatch(r"(.*?)(\d+)", newest.version).groups()  # type: ignore[union-attr]  # versions end in a digit
    return f"{head}{int(last) + 1}"


def _view(row: Release) -> ReleaseView:
    return ReleaseView(
        version=row.version,
        state=row.state,
        created_by=row.created_by,
        published_at=row.published_at,
        error=row.error,
        n_done=row.n_done,
        n_total=row.n_total,
        n_clips=row.n_clips,
        n_speakers=row.n_speakers,
        counts=row.counts,
        tar_sha256=row.tar_sha256,
        files=tuple(ReleaseFile(name=name, **facts) for name, facts in sorted(row.files.items())),
    )
