"""SHA256SUMS: the hashes of a release's files in the form that `sha256sum --check` reads."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from speechapp.errors import DataError

CHECKSUMS_NAME: Final = "SHA256SUMS"

_LINE: Final = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_.-]+)")
_TAR_COMMENT: Final = "# uncompressed tar: "


@dataclass(frozen=True)
class Checksums:
    """File name to SHA-256, and that of the uncompressed tar, which no compressor changes."""

    of_files: Mapping[str, str]
    of_tar: str | None


def write_checksums(checksums: Checksums) -> bytes:
    lines = [f"{sha256}  {name}\n" for name, sha256 in sorted(checksums.of_files.items())]
    if checksums.of_tar:
        lines.insert(0, f"{_TAR_COMMENT}{checksums.of_tar}\n")
    return "".join(lines).encode()


def parse_checksums(data: bytes) -> Checksums:
    """The inverse of `write_checksums`; comments are passed over. Raises DataError naming the line."""
    of_files: dict[str, str] = {}
    of_tar = None
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found:
            of_files[found[2]] = found[1]
        elif line.startswith(_TAR_COMMENT):
            of_tar = line.removeprefix(_TAR_COMMENT)
        elif not line.startswith("#"):
            raise DataError(
                "bad_checksums", f"{CHECKSUMS_NAME} line {number} is not a hash and a name: download it again."
            )
    return Checksums(of_files, of_tar)


def sha256_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
