"""Settings: read once at start-up from the environment, typed, and refused with the variable, its value and the fix."""

import math
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from speechapp.errors import ConfigError

AlignMethod = Literal["word", "loudest"]
LEVELS_DBFS: Final = (-60.0, -6.0)  # the least and the most that a clip may be brought to

SETTINGS_HELP = """\
SPEECHAPP_DATA_DIR        where everything embedded lives           (./data)
SPEECHAPP_DATABASE_URL    SQLAlchemy URL                            (SQLite inside the data directory)
SPEECHAPP_STORAGE         directory, or gs://bucket[/prefix]        (storage/ inside the data directory)
SPEECHAPP_BROKER_URL      filesystem://, redis://... or amqp://...  (filesystem:// inside the data directory)
SPEECHAPP_SECRET_KEY      signs login cookies, at least 32 letters  (made once, kept in the data directory)
SPEECHAPP_VOCABULARY      names or paths, with commas between       (en)
SPEECHAPP_HOST            address to listen on                      (127.0.0.1)
SPEECHAPP_PORT            port to listen on                         (8000, or PORT)
SPEECHAPP_WEB_THREADS     requests served at once                   (8)
SPEECHAPP_CONCURRENCY     clips processed at once                   (2)
SPEECHAPP_ALIGN_METHOD    word, or loudest as in old releases       (word)
SPEECHAPP_CLIP_LEVEL_DBFS active speech level of every clip         (levels are left as they are)
SPEECHAPP_CLIP_DITHER     1 to dither where samples are rounded     (0)
SPEECHAPP_LEASE_S         seconds a worker may hold one clip        (60)
SPEECHAPP_SWEEP_S         seconds between two sweeps                (10)
SPEECHAPP_PROXIES         trusted reverse proxies in front          (0)
SPEECHAPP_SECURE_COOKIES  1 when served by https only               (0)
SPEECHAPP_PSEUDO_LOCALE   1 to offer a language for testing pages   (0)
"""


@dataclass(frozen=True)
class Config:
    """Every setting of one running service; see `SETTINGS_HELP` for what each means."""

    data_dir: Path
    database_url: str
    storage: str
    broker_url: str
    secret_key: str
    vocabularies: tuple[str, ...]
    host: str
    port: int
    web_threads: int
    concurrency: int
    align_method: AlignMethod
    clip_level_dbfs: float | None  # none: levels are left as they are
    clip_dither: bool
    lease_s: int
    sweep_s: int
    n_proxies: int
    secure_cookies: bool
    pseudo_locale: bool


def read_config(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the settings and make the data directory; raises ConfigError."""
    data_dir = _data_dir(environ)
    return Config(
        data_dir=data_dir,
        database_url=environ.get("SPEECHAPP_DATABASE_URL") or f"sqlite:///{data_dir / 'speechapp.db'}",
        storage=environ.get("SPEECHAPP_STORAGE") or str(data_dir / "storage"),
        broker_url=environ.get("SPEECHAPP_BROKER_URL") or "filesystem://",
        secret_key=_secret_key(environ, data_dir),
        vocabularies=_names(environ, "SPEECHAPP_VOCABULARY", "en"),
        host=environ.get("SPEECHAPP_HOST") or "127.0.0.1",
        port=_whole_number(environ, "SPEECHAPP_PORT", _whole_number(environ, "PORT", 8000, 1, 65535), 1, 65535),
        web_threads=_whole_number(environ, "SPEECHAPP_WEB_THREADS", 8, 1, 256),
        concurrency=_whole_number(environ, "SPEECHAPP_CONCURRENCY", 2, 1, 256),
        align_method=_align_method(environ),
        clip_level_dbfs=_level_dbfs(environ, "SPEECHAPP_CLIP_LEVEL_DBFS"),
        clip_dither=bool(_whole_number(environ, "SPEECHAPP_CLIP_DITHER", 0, 0, 1)),
        lease_s=_whole_number(environ, "SPEECHAPP_LEASE_S", 60, 1, 3600),
        sweep_s=_whole_number(environ, "SPEECHAPP_SWEEP_S", 10, 1, 3600),
        n_proxies=_whole_number(environ, "SPEECHAPP_PROXIES", 0, 0, 10),
        secure_cookies=bool(_whole_number(environ, "SPEECHAPP_SECURE_COOKIES", 0, 0, 1)),
        pseudo_locale=bool(_whole_number(environ, "SPEECHAPP_PSEUDO_LOCALE", 0, 0, 1)),
    )


def _names(environ: Mapping[str, str], variable: str, default: str) -> tuple[str, ...]:
    """What stands between the commas; the default where nothing does."""
    names = (name.strip() for name in environ.get(variable, "").split(","))
    return tuple(name for name in names if name) or (default,)


def _data_dir(environ: Mapping[str, str]) -> Path:
    named = environ.get("SPEECHAPP_DATA_DIR") or "data"
    path = Path(named).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            "data_dir_not_writable",
            f"SPEECHAPP_DATA_DIR={named} cannot be written ({error.strerror}). "
            "Make it writable, or set SPEECHAPP_DATA_DIR to another directory.",
        ) from error
    return path


def _secret_key(environ: Mapping[str, str], data_dir: Path) -> str:
    key = environ.get("SPEECHAPP_SECRET_KEY")
    if key is None:
        return _kept_secret_key(data_dir / "secret_key")
    if len(key) < 32:
        raise ConfigError(
            "secret_key_too_short",
            f"SPEECHAPP_SECRET_KEY has {len(key)} letters; give it at least 32, "
            "for example from: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return key


def _kept_secret_key(path: Path) -> str:
    """The first process to come makes the key; link() makes sure that every process reads the same one."""
    if not path.exists():
        draft = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


def _align_method(environ: Mapping[str, str]) -> AlignMethod:
    named = environ.get("SPEECHAPP_ALIGN_METHOD") or "word"
    for method in get_args(AlignMethod):
        if named == method:
            return cast(AlignMethod, method)
    raise ConfigError(
        "align_method_unknown",
        f"SPEECHAPP_ALIGN_METHOD={named} is not usable; set it to {' or '.join(get_args(AlignMethod))}.",
    )


def _level_dbfs(environ: Mapping[str, str], name: str) -> float | None:
    text, (least, most) = environ.get(name), LEVELS_DBFS
    if not text:
        return None
    try:
        level_dbfs = float(text)
    except ValueError:
        level_dbfs = math.nan
    if not least <= level_dbfs <= most:  # which is never so for NaN
        raise ConfigError(
            "setting_out_of_range",
            f"{name}={text} is not usable; set it to a number from {least:g} to {most:g}, such as -26, "
            "or leave it empty to leave levels as they are.",
        )
    return level_dbfs


def _whole_number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ConfigError(
            "setting_out_of_range", f"{name}={text} is not usable; set it to a whole number from {least} to {most}."
        )
    return int(text)
