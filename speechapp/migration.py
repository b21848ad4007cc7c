"""Bring the database to the newest shape; the steps stand in migrations/."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy.exc import OperationalError

from speechapp.db import Database
from speechapp.errors import ConfigError

MIGRATIONS_DIR = Path(__file__).parent.parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration that is missing; running it again changes nothing. Raises ConfigError if nobody answers."""
    try:
        with database.engine.connect() as connection:
            command.upgrade(alembic_config(connection), revision)
            connection.commit()
    except OperationalError as error:
        raise ConfigError(
            "database_unreachable",
            f"The database does not answer ({error.orig}). Check SPEECHAPP_DATABASE_URL and that the server runs.",
        ) from error


def alembic_config(connection: object) -> AlembicConfig:
    """Alembic on this connection, with our migrations."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    config.attributes["connection"] = connection
    return config
