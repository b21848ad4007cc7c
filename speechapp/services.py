"""What one running service is made of: its settings, its database and its storage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from speechapp.config import Config, read_config
from speechapp.db import Database
from speechapp.migration import upgrade
from speechapp.storage.contract import Storage
from speechapp.storage.opening import open_storage


@dataclass(frozen=True)
class Services:
    """Handed to whoever needs them; nobody makes their own."""

    config: Config
    database: Database
    storage: Storage


def open_services(config: Config | None = None) -> Services:
    """Open database and storage as the settings say; raises ConfigError or StorageError."""
    config = config or read_config()
    return Services(config=config, database=Database(config.database_url), storage=open_storage(config.storage))


@contextmanager
def migrated_services(config: Config | None = None) -> Iterator[Services]:
    """The services for as long as one command needs them, with the database in its newest shape."""
    services = open_services(config)
    try:
        upgrade(services.database)
        yield services
    finally:
        services.database.close()
