"""Cutting a release: select, pack, check, store, publish. Nobody sees a version before all of it is there."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from speechapp.db import Database
from speechapp.errors import Conflict, DataError, InvalidInput, SpeechappError
from speechapp.models import Clip, Release, RoomNoise, Speaker
from speechapp.release.checksums import CHECKSUMS_NAME, Checksums, sha256_of_file, write_checksums
from speechapp.release.contents import beside, fixed_files
from speechapp.release.holding import LEASE, held
from speechapp.release.manifest import archive_name, count_by_word
from speechapp.release.packing import ArchiveWriter, Segment, make_segment
from speechapp.release.published import ReleaseView, one_release
from speechapp.release.room_noise import noise_wav, releasable_noises
from speechapp.release.segments import ready_segment
from speechapp.release.selection import SelectedClip, Selection, releasable, select_clips
from speechapp.release.verification import verify_archive
from speechapp.storage.contract import Storage

Progress = Callable[[str, int, int], None]  # step (packing, checking, storing), n_done, n_total

N_THREADS: Final = 8  # segments are waited for, not computed
BATCH_CLIPS: Final = 512  # between two looks at the database

_VERSION: Final = re.compile(r"\d{1,4}(\.\d{1,4}){0,2}", re.ASCII)
_N_SHOWN: Final = 3  # problems in one error


def begin(database: Database, version: str, now: datetime, cut_by: str, language: str | None = None) -> None:
    """Announce a cut: the row is there, the work is not. Raises InvalidInput or Conflict, as `cut` does."""
    if not _VERSION.fullmatch(version):
        raise InvalidInput(
            "version_form",
            "“%(version)s” is no version; give one to three numbers with dots, such as 1, 0.2 or 1.2.3.",
            version=version,
        )
    with database.write() as session:
        release = session.get(Release, version)
        if release is None:
            release = Release(version=version, counts={}, files={})
            session.add(release)
        elif release.state == "published":
            raise Conflict(
                "release_exists",
                "Release %(version)s is published and never changes; choose another version.",
                version=version,
            )
        release.state, release.created_by, release.created_at = "cutting", cut_by, now
        release.language, release.lease_until = language, now + LEASE
        release.n_done, release.n_total, release.error = 0, 0, None


def cut(
    database: Database,
    storage: Storage,
    version: str,
    now: datetime,
    *,
    cut_by: str | None = None,
    language: str | None = None,
    progress: Progress = lambda *_: None,
) -> ReleaseView:
    """Freeze the accepted clips of one language into this version, for good; `now` becomes its date.

    The archive is built in the directory for temporary files, which needs room for it. A cut that failed or was killed
    can simply be repeated: it takes the version over, and whoever held it before can no longer publish. Raises
    InvalidInput for a version of another form or clips that cannot be released, Conflict for a published version or
    clips taken back meanwhile, DataError for damaged clips.
    """
    begun_by, begun_language = _begun(database, version)
    begin(database, version, now, cut_by or begun_by, language or begun_language)
    cutting = _Cutting(database, storage, version, language or begun_language, now, progress)
    try:
        with held(database, version, now):
            cutting.run()
    except BaseException as error:
        cutting.note_failure(error)
        raise
    with database.read() as session:
        return one_release(session, version)


@dataclass(frozen=True)
class _Cutting:
    """One attempt. It owns the row for as long as the row is being cut since its own start."""

    database: Database
    storage: Storage
    version: str
    language: str | None
    started_at: datetime
    progress: Progress

    def run(self) -> None:
        with self.database.read() as session:
            selection = select_clips(session, self.language)
        _refuse(selection.problems, InvalidInput)
        with TemporaryDirectory(prefix="speechapp-release-") as folder:
            tar_sha256 = self._write_files(Path(folder), selection)
            stored = self._store_files(sorted(Path(folder).iterdir()))
        self._publish(selection, stored, tar_sha256)
        self._remove_leftovers({file["key"] for file in stored.values()})

    def note_failure(self, error: BaseException) -> None:
        message = error.message if isinstance(error, SpeechappError) else f"{type(error).__name__}: {error}"
        with self.database.write() as session:
            self._update_row(session, state="failed", error=message)

    def _write_files(self, folder: Path, selection: Selection) -> str:
        """Everything that can be downloaded, into `folder`; the SHA-256 of the uncompressed tar."""
        archive = folder / archive_name(self.version)
        self._write_archive(archive, selection)
        n_clips = len(selection.clips)
        checked = verify_archive(archive, selection.rows, lambda n_done: self.progress("checking", n_done, n_clips))
        _refuse(checked.problems, DataError)
        for name, data in beside(self.version, selection).items():
            (folder / name).write_bytes(data)
        sums = {path.name: sha256_of_file(path) for path in folder.iterdir()}
        (folder / CHECKSUMS_NAME).write_bytes(write_checksums(Checksums(sums, checked.tar_sha256)))
        return checked.tar_sha256

    def _write_archive(self, archive: Path, selection: Selection) -> None:
        with archive.open("wb") as sink:
            writer = ArchiveWriter(sink)
            for name, data in fixed_files(self.version, selection).items():
                writer.add(make_segment(name, data))
            for noise in selection.noises:
                writer.add(make_segment(noise.file, noise_wav(self.storage, noise)))
            for segment in self._segments(selection.clips):
                writer.add(segment)
            writer.close()

    def _segments(self, clips: Sequence[SelectedClip]) -> Iterator[Segment]:
        """The segments in order, a batch at a time, each batch fetched by threads."""
        with ThreadPoolExecutor(N_THREADS) as pool:
            for start in range(0, len(clips), BATCH_CLIPS):
                batch = clips[start : start + BATCH_CLIPS]
                ready = list(pool.map(partial(ready_segment, self.storage), batch))
                self._note_progress(batch, [key for key, _ in ready], start + len(batch), len(clips))
                yield from (segment for _, segment in ready)

    def _note_progress(self, batch: Sequence[SelectedClip], keys: Sequence[str], n_done: int, n_total: int) -> None:
        with self.database.write() as session:
            if not self._update_row(session, n_done=n_done, n_total=n_total):
                raise _taken_over(self.version)
            for clip, key in zip(batch, keys, strict=True):
                if key != clip.segment_key:
                    _note_segment(session, self.storage, clip, key)
        self.progress("packing", n_done, n_total)

    def _store_files(self, paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
        """Keys follow from the content, so what an earlier attempt left behind is the same or in nobody's way."""
        stored = {}
        for n_done, path in enumerate(paths, start=1):
            sha256 = sha256_of_file(path)
            key = f"{_folder(self.version)}{sha256[:16]}/{path.name.lower()}"
            self.storage.put_file_if_absent(key, path)
            stored[path.name] = {"n_bytes": path.stat().st_size, "sha256": sha256, "key": key}
            self.progress("storing", n_done, len(paths))
        return stored

    def _publish(self, selection: Selection, stored: dict[str, dict[str, Any]], tar_sha256: str) -> None:
        """All at once, and only if every clip may still be released."""
        rows = selection.rows
        with self.database.write() as session:
            still = set(session.scalars(select(Clip.id).join(Speaker).where(*releasable())))
            noises = set(session.scalars(select(RoomNoise.id).join(Speaker).where(*releasable_noises())))
            n_gone = sum(clip.id not in still for clip in selection.clips)
            n_gone += sum(noise.id not in noises for noise in selection.noises)
            if n_gone:
                raise Conflict(
                    "clips_changed",
                    "%(n)d recordings were taken back during the cut; cut again without them.",
                    n=n_gone,
                )
            published = self._update_row(
                session,
                state="published",
                published_at=self.started_at,
                language=selection.language,
                n_clips=len(rows),
                n_speakers=len({row.speaker for row in rows}),
                counts=count_by_word(rows),
                files=stored,
                archive_bytes=stored[archive_name(self.version)]["n_bytes"],
                tar_sha256=tar_sha256,
            )
            if not published:
                raise _taken_over(self.version)

    def _remove_leftovers(self, keys: set[str]) -> None:
        for key in set(self.storage.list(_folder(self.version))) - keys:
            self.storage.delete(key)

    def _update_row(self, session: Session, **values: Any) -> bool:
        own = (Release.version == self.version, Release.state == "cutting", Release.created_at == self.started_at)
        return _changed(session, update(Release).where(*own).values(**values))


def _begun(database: Database, version: str) -> tuple[str, str | None]:
    """Who announced this cut, and in what language; a message that only names the version leaves both as they are."""
    with database.read() as session:
        release = session.get(Release, version)
        return (release.created_by, release.language) if release else ("the command line", None)


def _folder(version: str) -> str:
    return f"releases/{version}/"


def _refuse(problems: Sequence[str], error: type[SpeechappError]) -> None:
    if problems:
        more = f" And {len(problems) - _N_SHOWN} more problems." if len(problems) > _N_SHOWN else ""
        raise error("not_releasable", f"This cannot be released. {' '.join(problems[:_N_SHOWN])}{more}")


def _note_segment(session: Session, storage: Storage, clip: SelectedClip, key: str) -> None:
    """Remember the segment; a clip purged or processed again meanwhile has no use for it."""
    same = (Clip.id == clip.id, Clip.purged_at.is_(None), Clip.processed_sha256 == clip.row.sha256)
    if not _changed(session, update(Clip).where(*same).values(segment_key=key)):
        storage.delete(key)


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount > 0


def _taken_over(version: str) -> Conflict:
    return Conflict(
        "release_taken_over",
        "Release %(version)s is being cut by somebody else since; wait for theirs.",
        version=version,
    )
