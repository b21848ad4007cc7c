"""Running `speechapp` commands in this process."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from speechapp.cli import speechapp

Run = Callable[..., Result]


@pytest.fixture
def run(settings: dict[str, str]) -> Run:
    """Run a command with the settings of the test, which may be changed; what it raises is raised."""

    def invoke(*arguments: str, typed: str | None = None, **changed: str) -> Result:
        return CliRunner().invoke(
            speechapp, arguments, input=typed, env=settings | changed, catch_exceptions=False, prog_name="speechapp"
        )

    return invoke
