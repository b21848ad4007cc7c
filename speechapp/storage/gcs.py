"""`Storage` in a Google Cloud Storage bucket; no other module knows google.cloud."""

import os
import secrets
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from google.api_core import exceptions
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY

from speechapp.errors import Conflict, NotFound, SpeechappError, StorageError
from speechapp.storage.argument import check_expiry, check_key, check_prefix, check_range, check_sources, is_key
from speechapp.storage.failure import os_storage_error
from speechapp.storage.temporary import whole_file

_TIMEOUT_S = 60  # for one answer; the retry policy bounds the whole
_MAX_SOURCES = 32  # Google's limit for one compose
_UPLOAD_CHUNK_BYTES = 8 * 1024 * 1024
_MEDIA_TYPE = "application/octet-stream"
_FAILURES = (exceptions.GoogleAPIError, GoogleAuthError, DataCorruption, InvalidResponse, OSError)


class GcsStorage:
    """`Storage` where the object under a key is the object `prefix + key` of the bucket.

    Put-if-absent is the precondition `ifGenerationMatch=0`, which also makes every retry safe. What a killed `compose`
    leaves under `prefix + ".compose/"` no key can reach; a lifecycle rule of the bucket may delete it.
    """

    def __init__(
        self, bucket_name: str, client: Client | None = None, prefix: str = "", retry: Retry = DEFAULT_RETRY
    ) -> None:
        self._location = f"gs://{bucket_name}/{prefix}"
        self._prefix = prefix
        self._options = {"timeout": _TIMEOUT_S, "retry": retry}
        with self._failures():
            self._client = client or Client(project=None)  # objects need no project
        self._bucket = self._client.bucket(bucket_name)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        return self._put(key, BytesIO(data), len(data))

    def put_file_if_absent(self, key: str, path: Path) -> bool:
        check_key(key)
        with self._failures(), path.open("rb") as file:
            return self._put(key, file, os.fstat(file.fileno()).st_size)

    def get(self, key: str) -> bytes:
        with self._existing(key) as blob:
            data: bytes = blob.download_as_bytes(raw_download=True, **self._options)
        return data

    def size(self, key: str) -> int:
        with self._existing(key) as blob:
            blob.reload(**self._options)
        return int(blob.size)

    def read_range(self, key: str, start: int, stop: int) -> bytes:
        check_range(start, stop)
        if start == stop:
            self.size(key)  # HTTP knows no empty range, but an absent object must be told
            return b""
        data = BytesIO()
        with self._existing(key) as blob, suppress(exceptions.RequestRangeNotSatisfiable):
            blob.download_to_file(data, start=start, end=stop - 1, raw_download=True, checksum=None, **self._options)
        return data.getvalue()

    def list(self, prefix: str) -> Iterator[str]:
        check_prefix(prefix)
        return self._keys(self._prefix + prefix)

    def delete(self, key: str) -> None:
        check_key(key)
        self._delete(self._blob(key))

    def compose(self, sources: Sequence[str], target: str) -> None:
        check_sources(sources)
        check_key(target)
        if not self._compose([self._blob(source) for source in sources], self._blob(target)):
            raise Conflict("object_exists", f"There is an object {target} already; compose under another key.")

    def url(self, key: str, expires_s: int) -> str | None:
        check_key(key)
        check_expiry(expires_s)
        with self._failures():
            try:
                url: str = self._blob(key).generate_signed_url(version="v4", expiration=timedelta(seconds=expires_s))
            except AttributeError:  # as documented, when the client's credentials cannot sign
                return None
        return url

    def fetch_to(self, key: str, path: Path) -> None:
        with self._existing(key) as blob, whole_file(path) as file:
            blob.download_to_file(file, raw_download=True, **self._options)

    def _put(self, key: str, file: BinaryIO, n_bytes: int) -> bool:
        check_key(key)
        blob = self._blob(key)
        blob.chunk_size = _UPLOAD_CHUNK_BYTES
        upload = partial(blob.upload_from_file, file, size=n_bytes, content_type=_MEDIA_TYPE)
        with self._failures():
            return self._create(blob, upload)

    def _compose(self, sources: Sequence[Blob], target: Blob) -> bool:
        scratch: list[Blob] = []
        try:
            while len(sources) > _MAX_SOURCES:
                sources = [self._joined(batch, scratch) for batch in _batches(sources)]
            return self._join(sources, target)
        finally:
            with suppress(StorageError):  # the target is there; what is left behind does no harm
                for blob in scratch:
                    self._delete(blob)

    def _joined(self, sources: Sequence[Blob], scratch: MutableSequence[Blob]) -> Blob:
        blob = self._blob(f".compose/{secrets.token_hex(16)}")
        scratch.append(blob)
        self._join(sources, blob)
        return blob

    def _join(self, sources: Sequence[Blob], target: Blob) -> bool:
        target.content_type = _MEDIA_TYPE
        with self._failures(sought=f"one of the sources of {target.name}"):
            return self._create(target, partial(target.compose, sources))

    def _create(self, blob: Blob, write: Callable[..., None]) -> bool:
        """Whether `write` created the object.

        When an answer is lost, the retry is refused because of the very object that the first try made. So each object
        keeps the name of the call that wrote it, and a refused call looks whether it is its own.
        """
        blob.metadata = writer = {"writer": secrets.token_hex(16)}
        try:
            write(if_generation_match=0, **self._options)
        except exceptions.PreconditionFailed:
            there = self._bucket.get_blob(blob.name, **self._options)
            return there is not None and there.metadata == writer
        return True

    def _delete(self, blob: Blob) -> None:
        with self._failures(), suppress(exceptions.NotFound):
            blob.delete(**self._options)

    def _keys(self, start: str) -> Iterator[str]:
        with self._failures():
            fields = "items(name),nextPageToken"
            for blob in self._client.list_blobs(self._bucket, prefix=start, fields=fields, **self._options):
                key = blob.name.removeprefix(self._prefix)
                if is_key(key):
                    yield key

    def _blob(self, name: str) -> Blob:
        return self._bucket.blob(self._prefix + name)

    @contextmanager
    def _existing(self, key: str) -> Iterator[Blob]:
        check_key(key)
        with self._failures(sought=key):
            yield self._blob(key)

    @contextmanager
    def _failures(self, sought: str | None = None) -> Iterator[None]:
        """Translate what Google's client raises; `sought` is the object that has to exist."""
        try:
            yield
        except exceptions.NotFound as error:
            raise self._absent(sought) from error
        except _FAILURES as error:
            raise self._failed(error) from error

    def _absent(self, sought: str | None) -> SpeechappError:
        if sought is not None:
            return NotFound("object_missing", f"There is no object {sought} in {self._location}.")
        return StorageError("bucket_missing", f"There is no bucket for {self._location}; make it or name another one.")

    def _failed(self, error: Exception) -> StorageError:
        if isinstance(error, (exceptions.Forbidden, exceptions.Unauthorized)):
            return StorageError(
                "storage_denied",
                f"{self._location} refuses these credentials ({error}); give them the role "
                "roles/storage.objectUser on the bucket.",
            )
        if isinstance(error, GoogleAuthError):
            return StorageError(
                "storage_credentials",
                f"There are no usable Google credentials for {self._location} ({error}); set "
                "GOOGLE_APPLICATION_CREDENTIALS to a service account's key file, or run: "
                "gcloud auth application-default login",
            )
        if isinstance(error, OSError) and error.errno is not None:
            return os_storage_error(error)
        return StorageError(
            "storage_unavailable", f"{self._location} did not answer as it should ({error}); try again in a minute."
        )


def _batches(blobs: Sequence[Blob]) -> Iterator[Sequence[Blob]]:
    return (blobs[start : start + _MAX_SOURCES] for start in range(0, len(blobs), _MAX_SOURCES))
