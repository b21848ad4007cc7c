"""Whatever is wrong with a release, verifying it says so; the release itself passes."""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.audio.format import write_wav
from speechapp.errors import DataError
from speechapp.release.verification import verify

pytestmark = pytest.mark.slow

CLIP = "yes/bb05582b_nohash_0.wav"
Repack = Callable[[dict[str, bytes]], Path]


@pytest.fixture
def download(released: Path, tmp_path: Path) -> Path:
    """A copy of the release that a test may damage."""
    return Path(shutil.copytree(released, tmp_path / "download"))


def test_a_release_is_sound(released: Path, archive: Path) -> None:
    found = verify(released)
    assert found.problems == ()
    assert found.n_clips == 6
    assert found.tar_sha256 == hashlib.sha256(gzip.decompress(archive.read_bytes())).hexdigest()
    assert verify(archive) == found


def test_the_archive_alone_is_sound_too(archive: Path, tmp_path: Path) -> None:
    assert verify(Path(shutil.copy(archive, tmp_path))).problems == ()


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        (CLIP, write_wav(bytes(31_998)), f"{CLIP}: it must be a 44-byte header and exactly 16000 samples."),
        (CLIP, write_wav(bytes(32_002)), f"{CLIP}: it must be a 44-byte header and exactly 16000 samples."),
        (CLIP, write_wav(bytes(32_000), 8_000), f"{CLIP}: 1 channels at 8000 Hz; it must be mono at 16000 Hz."),
        (CLIP, b"RIFF", f"{CLIP}: This is not a plain 16-bit PCM WAV"),
        ("LICENSE", None, "LICENSE is missing in the archive."),
        ("testing_list.txt", b"", "testing_list.txt is not what the partition rule gives: no/bb05582b_nohash_0.wav"),
        ("testing_list.txt", f"{CLIP}\n".encode(), "Speaker bb05582b is in training and in testing."),
        ("validation_list.txt", b"./no/a69b9b3e_nohash_0.wav\n", "validation_list.txt is not what the partition rule"),
        ("./yes/00176480_nohash_1.wav", b"", "'./yes/00176480_nohash_1.wav' does not belong into a release."),
        ("top/yes/00176480_nohash_1.wav", b"", "does not belong into a release."),
        ("_background_noise_/hum.wav", b"", "does not belong into a release."),
        ("_background_noise_/pink_noise.wav", b"", "_background_noise_/pink_noise.wav: This is not a plain"),
    ],
)
def test_a_broken_archive_is_found_out(
    archived: dict[str, bytes], repack: Repack, name: str, data: bytes | None, problem: str
) -> None:
    files = {known: kept for known, kept in (archived | {name: data}).items() if kept is not None}
    assert problem in " ".join(verify(repack(files)).problems)


def test_a_speaker_in_two_partitions_is_found_out(archived: dict[str, bytes], repack: Repack) -> None:
    lists = {"testing_list.txt": b"no/bb05582b_nohash_0.wav\n", "validation_list.txt": b"yes/bb05582b_nohash_0.wav\n"}
    assert "Speaker bb05582b is in validation and in testing." in verify(repack(archived | lists)).problems


def test_missing_noise_is_found_out(archived: dict[str, bytes], repack: Repack) -> None:
    quiet = {name: data for name, data in archived.items() if not name.startswith("_background_noise_/")}
    assert verify(repack(quiet)).problems == ("_background_noise_/ is missing in the archive.",)


def test_files_and_manifest_must_agree(archived: dict[str, bytes], repack: Repack, released: Path) -> None:
    added = archived | {
        "yes/00176480_nohash_9.wav": write_wav(bytes(32_000)),
        "yes/00176480_nohash_0.wav": archived[CLIP],
    }
    added.pop("no/00176480_nohash_0.wav")
    path = repack(added)
    shutil.copy(released / "manifest.csv", path.parent)
    assert verify(path).problems == (
        "no/00176480_nohash_0.wav is in the manifest, but not in the archive.",
        "yes/00176480_nohash_0.wav is not the file of which the manifest has the SHA-256.",
        "yes/00176480_nohash_9.wav is in the archive, but not in the manifest.",
    )


def test_a_broken_manifest_is_named(download: Path) -> None:
    (download / "manifest.csv").write_text("nonsense\n")
    assert "manifest.csv: line 1: the columns must be" in verify(download).problems[0]


def test_a_file_beside_the_archive_that_changed_is_named(download: Path) -> None:
    (download / "README.md").write_text("Something else.\n")
    assert verify(download).problems == ("README.md does not have the SHA-256 in SHA256SUMS; download it again.",)


def test_a_file_that_was_not_downloaded_is_no_problem(download: Path) -> None:
    (download / "README.md").unlink()
    assert verify(download).problems == ()


def test_a_wrong_hash_of_the_tar_is_found_out(download: Path) -> None:
    sums = download / "SHA256SUMS"
    sums.write_text(f"# uncompressed tar: {'0' * 64}\n")
    assert verify(download).problems == ("The uncompressed tar does not have the SHA-256 in SHA256SUMS.",)


def test_a_directory_must_hold_one_archive(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name one archive"):
        verify(tmp_path)
