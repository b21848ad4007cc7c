"""Is a release what it says it is? Reads the archive as any stranger would, from the file alone."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ, read_wav, write_wav
from speechapp.errors import DataError
from speechapp.release.checksums import CHECKSUMS_NAME, parse_checksums, sha256_of_file
from speechapp.release.manifest import BACKGROUND_NOISE, LIST_NAMES, MANIFEST_NAME, ManifestRow, parse_manifest
from speechapp.release.partition import UTTERANCE_MARK, which_partition
from speechapp.release.room_noise import NOISE_LIST_NAME, NoiseRow, parse_noise_list
from speechapp.release.unpacking import ArchiveReader

TEXT_NAMES: Final = ("README.md", "LICENSE", *LIST_NAMES.values())

_CLIP: Final = re.compile(r"[a-z0-9]+/[0-9a-f]{8}_nohash_\d{1,3}\.wav", re.ASCII)
_NOISE: Final = re.compile(rf"{BACKGROUND_NOISE}/\w*_\w*\.wav", re.ASCII)


@dataclass(frozen=True)
class Verification:
    """What was found; no problems means that the release is sound."""

    problems: tuple[str, ...]
    n_clips: int
    tar_sha256: str


def verify(path: Path, progress: Callable[[int], None] = lambda _: None) -> Verification:
    """Check a downloaded release: a directory that holds its archive, or the archive with whatever lies beside it.

    Checked are the archive, that its lists follow the partition rule, every clip's format and, where they are there,
    the manifest, the list of noise and the checksums. Raises DataError for a directory without exactly one archive.
    """
    archive = _archive_at(path)
    manifest, sums = archive.parent / MANIFEST_NAME, archive.parent / CHECKSUMS_NAME
    noise_list = archive.parent / NOISE_LIST_NAME
    try:
        rows = parse_manifest(manifest.read_bytes()) if manifest.is_file() else None
    except DataError as error:
        return Verification((f"{MANIFEST_NAME}: {error.message}",), 0, "")
    try:
        noise_rows = parse_noise_list(noise_list.read_bytes()) if noise_list.is_file() else None
    except DataError as error:
        return Verification((error.message,), 0, "")
    verification = verify_archive(archive, rows, progress, noise_rows)
    problems = list(_checksum_problems(sums, verification.tar_sha256)) if sums.is_file() else []
    return Verification((*problems, *verification.problems), verification.n_clips, verification.tar_sha256)


def verify_archive(
    archive: Path,
    rows: Sequence[ManifestRow] | None,
    progress: Callable[[int], None] = lambda _: None,
    noise_rows: Sequence[NoiseRow] | None = None,
) -> Verification:
    """Check the archive by itself and, where rows are given, against them; `progress` hears how many were seen."""
    contents = _Contents()
    with archive.open("rb") as file:
        reader = ArchiveReader(file)
        try:
            for name, data in reader.files():
                contents.add(name, data)
                progress(len(contents.clips))
        except DataError as error:
            return Verification((*contents.problems, error.message), len(contents.clips), "")
    problems = [*contents.problems, *_text_problems(contents), *_list_problems(contents)]
    if rows is not None:
        problems += _row_problems(contents.clips, {row.file: row.sha256 for row in rows}, "the manifest")
    if noise_rows is not None:
        expected = {row.file: row.sha256 for row in noise_rows}
        problems += _row_problems(contents.noises, expected, NOISE_LIST_NAME)
    return Verification(tuple(problems), len(contents.clips), reader.tar_sha256)


@dataclass
class _Contents:
    """What came out of the archive so far."""

    clips: dict[str, str] = field(default_factory=dict)  # name to SHA-256
    texts: dict[str, bytes] = field(default_factory=dict)
    noises: dict[str, str] = field(default_factory=dict)  # name to SHA-256
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, data: bytes) -> None:
        if name in self.clips or name in self.texts or name in self.noises:
            self.problems.append(f"{name} is in the archive twice.")
        if name in TEXT_NAMES:
            self.texts[name] = data
        elif _NOISE.fullmatch(name):
            self.noises[name] = hashlib.sha256(data).hexdigest()
            self.problems += _sound_problems(name, data, n_samples=None)
        elif _CLIP.fullmatch(name):
            self.clips[name] = hashlib.sha256(data).hexdigest()
            self.problems += _sound_problems(name, data, n_samples=CLIP_SAMPLES)
        else:
            self.problems.append(f"{name!r} does not belong into a release.")


def _archive_at(path: Path) -> Path:
    if path.is_file():
        return path
    archives = sorted(path.glob("speechapp_*.tar.gz"))
    if len(archives) != 1:
        raise DataError(
            "no_archive", f"{path} holds {len(archives)} files speechapp_VERSION.tar.gz; name one archive to check."
        )
    return archives[0]


def _sound_problems(name: str, data: bytes, n_samples: int | None) -> Iterator[str]:
    try:
        wav = read_wav(data)
    except DataError as error:
        yield f"{name}: {error.message}"
        return
    if (wav.sample_rate_hz, wav.n_channels) != (SAMPLE_RATE_HZ, 1):
        yield f"{name}: {wav.n_channels} channels at {wav.sample_rate_hz} Hz; it must be mono at {SAMPLE_RATE_HZ} Hz."
    elif n_samples is not None and data != write_wav(wav.pcm[: 2 * n_samples].ljust(2 * n_samples, b"\0")):
        yield f"{name}: it must be a 44-byte header and exactly {n_samples} samples."


def _text_problems(contents: _Contents) -> Iterator[str]:
    for name in TEXT_NAMES:
        if name not in contents.texts:
            yield f"{name} is missing in the archive."
    if not contents.noises:
        yield f"{BACKGROUND_NOISE}/ is missing in the archive."


def _list_problems(contents: _Contents) -> Iterator[str]:
    """The lists must be what the rule gives, byte for byte, and no speaker may be in two partitions."""
    listed: dict[str, set[str]] = {}
    for partition, name in LIST_NAMES.items():
        by_rule = sorted(clip for clip in contents.clips if which_partition(clip) == partition)
        text = contents.texts.get(name, b"")
        listed[partition] = set(text.decode("utf-8", "replace").splitlines())
        if text != "".join(f"{clip}\n" for clip in by_rule).encode():
            odd = sorted(listed[partition] ^ set(by_rule))[:3]
            yield f"{name} is not what the partition rule gives{': ' if odd else ''}{', '.join(odd)}."
    listed["training"] = contents.clips.keys() - listed["validation"] - listed["testing"]
    speakers = {partition: {_speaker(clip) for clip in clips} for partition, clips in listed.items()}
    for one, other in (("training", "validation"), ("training", "testing"), ("validation", "testing")):
        for speaker in sorted(speakers[one] & speakers[other]):
            yield f"Speaker {speaker} is in {one} and in {other}."


def _speaker(clip: str) -> str:
    return clip.rpartition("/")[2].split(UTTERANCE_MARK)[0]


def _row_problems(found: Mapping[str, str], expected: Mapping[str, str], table: str) -> Iterator[str]:
    """What differs between the files of the archive and those of a table, both by name with their SHA-256."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is in {table}, but not in the archive."
        elif name not in expected:
            yield f"{name} is in the archive, but not in {table}."
        elif found[name] != expected[name]:
            yield f"{name} is not the file of which {table} has the SHA-256."


def _checksum_problems(sums: Path, tar_sha256: str) -> Iterator[str]:
    """Files that were not downloaded are no problem, as with `sha256sum --ignore-missing`."""
    try:
        checksums = parse_checksums(sums.read_bytes())
    except DataError as error:
        yield error.message
        return
    for name, sha256 in checksums.of_files.items():
        path = sums.parent / name
        if path.is_file() and sha256_of_file(path) != sha256:
            yield f"{name} does not have the SHA-256 in {CHECKSUMS_NAME}; download it again."
    if checksums.of_tar not in (None, tar_sha256):
        yield f"The uncompressed tar does not have the SHA-256 in {CHECKSUMS_NAME}."
