"""Fixtures for all tests: a fresh service on an empty database and a local directory, and the cast that uses it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from jinja2.bccache import Bucket, BytecodeCache
from webtest import TestApp

from speechapp.config import Config, read_config
from speechapp.db import Database
from speechapp.migration import upgrade
from speechapp.services import Services, open_services
from speechapp.web.app import create_app
from tests import databases
from tests.cast import PASSWORD, Member, Volunteer
from tests.rows import add_user
from worker.processing import process_clip

ROOT = Path(__file__).parents[1]

hypothesis.settings.register_profile("speechapp", deadline=None)  # a shared machine may pause any test
hypothesis.settings.register_profile("fast", deadline=None, max_examples=20)  # for ./test --fast
hypothesis.settings.load_profile("speechapp")


class CompiledTemplates(BytecodeCache):
    """Keeps what Jinja has compiled: every test has an application of its own, and all have the same templates."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = CompiledTemplates()


@pytest.fixture(scope="session")
def real_speech() -> Path:
    """The directory of real recordings, or a skip that says how to get them."""
    path = Path(os.environ.get("SPEECHAPP_REAL_SPEECH", ROOT.parent / "shared" / "data"))
    if not (path / "manifest.csv").is_file():
        pytest.skip(f"real speech is not at {path}; set SPEECHAPP_REAL_SPEECH to where it is")
    return path


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "speechapp.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Postgresql]:
    """A private PostgreSQL, or a skip that says why there is none."""
    if reason := databases.why_not():
        pytest.skip(reason)
    with databases.running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: databases.Postgresql) -> str:
    """A migrated database; whoever fills it empties it again."""
    url = postgresql.create("migrated")
    _migrate(url)
    return url


@pytest.fixture
def postgresql_url(postgresql: databases.Postgresql) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    with postgresql.fresh() as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database: SQLite, and PostgreSQL too for tests that are marked `on_every_database`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'speechapp.db')}"
    else:
        url: str = request.getfixturevalue("migrated_postgresql")
        yield url
        databases.empty(url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, str]:
    """The environment of a service that is about to start."""
    return {
        "SPEECHAPP_DATA_DIR": str(tmp_path / "data"),
        "SPEECHAPP_DATABASE_URL": database_url,
        "SPEECHAPP_SECRET_KEY": "s" * 32,
    }


@pytest.fixture
def config(settings: dict[str, str]) -> Config:
    return read_config(settings)


@pytest.fixture
def services(config: Config) -> Iterator[Services]:
    services = open_services(config)
    yield services
    services.database.close()


@pytest.fixture
def database(services: Services) -> Database:
    return services.database


@pytest.fixture
def web(config: Config) -> Iterator[TestApp]:
    """The web application, asked without a network."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    yield TestApp(app)
    app.extensions["speechapp"].services.database.close()


@pytest.fixture
def volunteer(web: TestApp) -> Volunteer:
    """A volunteer who has agreed and started a visit."""
    volunteer = Volunteer(web)
    volunteer.start_visit()
    return volunteer


@pytest.fixture
def member(web: TestApp, services: Services) -> Callable[[str], Member]:
    """Log somebody of this role in; each call is a browser of its own."""

    def log_in(role: str) -> Member:
        add_user(services.database, role, role, PASSWORD)
        return Member(TestApp(web.app), role).log_in()

    return log_in


@pytest.fixture
def process(services: Services) -> Callable[[str], bool]:
    """Process a clip as the worker does, in this process."""
    return lambda clip_id: process_clip(services, clip_id)


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under ./test --strict a test that was skipped has failed: it would prove nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("SPEECHAPP_STRICT") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Skipped tests are failures under --strict.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
