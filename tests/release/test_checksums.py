"""SHA256SUMS, as we and as sha256sum read it."""

import subprocess
from pathlib import Path

import pytest

from speechapp.errors import DataError
from speechapp.release.checksums import Checksums, parse_checksums, sha256_of_file, write_checksums


def test_what_is_written_is_read_again() -> None:
    checksums = Checksums({"LICENSE": "ab" * 32, "speechapp_1.2.tar.gz": "cd" * 32}, of_tar="ef" * 32)
    assert parse_checksums(write_checksums(checksums)) == checksums


def test_sha256sum_accepts_the_file(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_bytes(b"abc")
    sums = write_checksums(Checksums({"LICENSE": sha256_of_file(tmp_path / "LICENSE")}, of_tar="ef" * 32))
    (tmp_path / "SHA256SUMS").write_bytes(sums)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_comments_are_passed_over() -> None:
    assert parse_checksums(b"# made by hand\n") == Checksums({}, None)


@pytest.mark.parametrize("line", ["abc  LICENSE", f"{'ab' * 32}  ../LICENSE", ""])
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(DataError, match="line 2"):
        parse_checksums(f"# comment\n{line}\n".encode())
