"""From the setting SPEECHAPP_STORAGE to a storage."""

from pathlib import Path

from speechapp.errors import ConfigError, InvalidInput
from speechapp.storage.argument import check_key
from speechapp.storage.contract import Storage
from speechapp.storage.local import LocalStorage

_BUCKET_SCHEME = "gs://"


def open_storage(location: str) -> Storage:
    """The storage at a directory, or at `gs://bucket[/prefix]`; raises ConfigError or StorageError.

    The directory is made when it is missing. With STORAGE_EMULATOR_HOST set, its server is asked instead of Google's,
    without credentials.
    """
    if location.startswith(_BUCKET_SCHEME):
        return _open_bucket(location)
    if not location or "://" in location:
        raise _wrong(location)
    return LocalStorage(Path(location).expanduser())


def _open_bucket(location: str) -> Storage:
    from speechapp.storage.gcs import GcsStorage  # here, because it takes long to load and most installations are local

    bucket_name, _, folder = location.removeprefix(_BUCKET_SCHEME).rstrip("/").partition("/")
    try:
        check_key(f"{bucket_name}/{folder}" if folder else bucket_name)
    except InvalidInput as error:
        raise _wrong(location) from error
    return GcsStorage(bucket_name, prefix=f"{folder}/" if folder else "")


def _wrong(location: str) -> ConfigError:
    return ConfigError(
        "storage_location",
        f"SPEECHAPP_STORAGE={location} is neither a directory nor gs://bucket[/prefix] in small letters; "
        "set it to one of them.",
    )
