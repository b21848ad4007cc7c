"""Settings are read once; a wrong one is refused with its name, its value and the fix."""

import re
import stat
from pathlib import Path

import pytest

from speechapp.config import SETTINGS_HELP, read_config
from speechapp.db import Database
from speechapp.errors import ConfigError
from speechapp.queue import make_celery
from speechapp.storage.opening import open_storage


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_without_settings_everything_lives_in_the_data_directory(data_dir: Path) -> None:
    config = read_config({"SPEECHAPP_DATA_DIR": str(data_dir)})
    assert config.data_dir == data_dir
    assert config.database_url == f"sqlite:///{data_dir}/speechapp.db"
    assert config.storage == f"{data_dir}/storage"
    assert config.broker_url == "filesystem://"
    assert (config.host, config.port, config.vocabularies) == ("127.0.0.1", 8000, ("en",))
    assert (config.align_method, config.clip_level_dbfs, config.clip_dither) == ("word", None, False)
    assert (config.n_proxies, config.secure_cookies) == (0, False)


def test_each_setting_is_taken_from_its_variable(data_dir: Path) -> None:
    config = read_config(
        {
            "SPEECHAPP_DATA_DIR": str(data_dir),
            "SPEECHAPP_DATABASE_URL": "postgresql+psycopg://ada@db/speech",
            "SPEECHAPP_STORAGE": "gs://bucket/words",
            "SPEECHAPP_BROKER_URL": "amqp://broker//",
            "SPEECHAPP_SECRET_KEY": "0123456789abcdef0123456789abcdef",
            "SPEECHAPP_VOCABULARY": "is.json, de,",
            "SPEECHAPP_HOST": "::1",
            "SPEECHAPP_PORT": "9000",
            "SPEECHAPP_WEB_THREADS": "4",
            "SPEECHAPP_CONCURRENCY": "3",
            "SPEECHAPP_ALIGN_METHOD": "loudest",
            "SPEECHAPP_CLIP_LEVEL_DBFS": "-26.5",
            "SPEECHAPP_CLIP_DITHER": "1",
            "SPEECHAPP_LEASE_S": "30",
            "SPEECHAPP_SWEEP_S": "5",
            "SPEECHAPP_PROXIES": "1",
            "SPEECHAPP_SECURE_COOKIES": "1",
        }
    )
    assert config.database_url == "postgresql+psycopg://ada@db/speech"
    assert config.storage == "gs://bucket/words"
    assert config.broker_url == "amqp://broker//"
    assert config.secret_key == "0123456789abcdef0123456789abcdef"
    assert (config.vocabularies, config.host, config.port) == (("is.json", "de"), "::1", 9000)
    assert (config.web_threads, config.concurrency) == (4, 3)
    assert (config.align_method, config.clip_level_dbfs, config.clip_dither) == ("loudest", -26.5, True)
    assert (config.lease_s, config.sweep_s) == (30, 5)
    assert (config.n_proxies, config.secure_cookies) == (1, True)


def test_the_port_of_a_hosting_service_is_used_unless_ours_is_set(data_dir: Path) -> None:
    hosted = {"SPEECHAPP_DATA_DIR": str(data_dir), "PORT": "8080"}
    assert read_config(hosted).port == 8080
    assert read_config(hosted | {"SPEECHAPP_PORT": "9000"}).port == 9000


def test_an_empty_variable_is_one_that_is_not_set(data_dir: Path) -> None:
    config = read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_PORT": "", "SPEECHAPP_STORAGE": ""})
    assert (config.port, config.storage) == (8000, f"{data_dir}/storage")


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(data_dir: Path) -> None:
    first = read_config({"SPEECHAPP_DATA_DIR": str(data_dir)})
    second = read_config({"SPEECHAPP_DATA_DIR": str(data_dir)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["secret_key"]


def test_a_data_directory_that_cannot_be_written_is_named_with_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as refused:
        read_config({"SPEECHAPP_DATA_DIR": f"{tmp_path}/file/data"})
    assert refused.value.code == "data_dir_not_writable"
    assert refused.value.message == (
        f"SPEECHAPP_DATA_DIR={tmp_path}/file/data cannot be written (Not a directory). "
        "Make it writable, or set SPEECHAPP_DATA_DIR to another directory."
    )


def test_a_short_secret_key_is_refused_without_being_shown(data_dir: Path) -> None:
    with pytest.raises(ConfigError, match="SPEECHAPP_SECRET_KEY has 6 letters; give it at least 32") as refused:
        read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_SECRET_KEY": "hunter"})
    assert refused.value.code == "secret_key_too_short"
    assert "hunter" not in refused.value.message


@pytest.mark.parametrize(
    ("variable", "value", "span"),
    [
        ("SPEECHAPP_PORT", "http", "1 to 65535"),
        ("SPEECHAPP_PORT", "0", "1 to 65535"),
        ("SPEECHAPP_PORT", "65536", "1 to 65535"),
        ("SPEECHAPP_PORT", "-1", "1 to 65535"),
        ("SPEECHAPP_PORT", "٣", "1 to 65535"),
        ("PORT", "x", "1 to 65535"),
        ("SPEECHAPP_WEB_THREADS", "0", "1 to 256"),
        ("SPEECHAPP_CONCURRENCY", "many", "1 to 256"),
        ("SPEECHAPP_LEASE_S", "1.5", "1 to 3600"),
        ("SPEECHAPP_SWEEP_S", "3601", "1 to 3600"),
        ("SPEECHAPP_PROXIES", "11", "0 to 10"),
        ("SPEECHAPP_SECURE_COOKIES", "yes", "0 to 1"),
        ("SPEECHAPP_CLIP_DITHER", "2", "0 to 1"),
    ],
)
def test_a_number_that_is_none_or_out_of_range_is_named_with_its_range(
    data_dir: Path, variable: str, value: str, span: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config({"SPEECHAPP_DATA_DIR": str(data_dir), variable: value})
    assert refused.value.code == "setting_out_of_range"
    assert refused.value.message == f"{variable}={value} is not usable; set it to a whole number from {span}."


@pytest.mark.parametrize("level", ["loud", "-5.9", "-61", "nan", "inf"])
def test_a_level_that_no_clip_can_have_is_refused_with_the_fix(data_dir: Path, level: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_CLIP_LEVEL_DBFS": level})
    assert refused.value.message == (
        f"SPEECHAPP_CLIP_LEVEL_DBFS={level} is not usable; set it to a number from -60 to -6, such as -26, "
        "or leave it empty to leave levels as they are."
    )


def test_an_empty_level_leaves_levels_as_they_are(data_dir: Path) -> None:
    config = read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_CLIP_LEVEL_DBFS": ""})
    assert config.clip_level_dbfs is None


def test_a_method_of_alignment_that_nobody_knows_is_refused_with_those_there_are(data_dir: Path) -> None:
    with pytest.raises(ConfigError, match="SPEECHAPP_ALIGN_METHOD=best is not usable; set it to word or loudest"):
        read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_ALIGN_METHOD": "best"})


@pytest.mark.parametrize("url", ["nonsense", "oracle17://host/name"])
def test_a_database_url_that_no_driver_takes_is_refused_with_two_that_work(url: str) -> None:
    with pytest.raises(ConfigError, match=r"SPEECHAPP_DATABASE_URL is not usable.*sqlite:///path or postgresql"):
        Database(url)


def test_a_broker_url_that_no_transport_takes_is_refused_with_those_that_work(data_dir: Path) -> None:
    config = read_config({"SPEECHAPP_DATA_DIR": str(data_dir), "SPEECHAPP_BROKER_URL": "pigeon://loft"})
    with pytest.raises(ConfigError, match=r"SPEECHAPP_BROKER_URL=pigeon://.*filesystem://, redis://host"):
        make_celery(config)


def test_a_storage_that_is_neither_directory_nor_bucket_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"SPEECHAPP_STORAGE=s3://bucket"):
        open_storage("s3://bucket")


def test_the_help_names_every_variable_that_is_read() -> None:
    source = (Path(__file__).parents[1] / "speechapp" / "config.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"(SPEECHAPP_[A-Z_]+)"', source)) == set(re.findall(r"SPEECHAPP_[A-Z_]+", SETTINGS_HELP))
