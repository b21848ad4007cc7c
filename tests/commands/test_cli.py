"""The `speechapp` command as a whole: help, version, and errors that are one line."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from speechapp import cli

Run = Callable[..., Result]
COMMANDS = {
    "align",
    "demo",
    "evaluate",
    "export",
    "import",
    "label",
    "measure",
    "migrate",
    "release",
    "serve",
    "train",
    "translations",
    "user",
    "vocabulary",
    "web",
    "withdraw",
    "worker",
}


def test_the_help_lists_every_command(run: Run) -> None:
    shown = run("--help").output
    listed = {line.split()[0] for line in shown.partition("Commands:")[2].splitlines() if line.strip()}
    assert listed >= COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself_without_starting_anything(run: Run, tmp_path: Path, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: speechapp {command} ")
    assert not (tmp_path / "data").exists()


def test_the_version_is_shown(run: Run) -> None:
    assert run("--version").output == "speechapp, version 0.1.0\n"


def test_serving_and_working_explain_the_settings(run: Run) -> None:
    assert "SPEECHAPP_DATA_DIR" in run("serve", "--help").output
    assert "SPEECHAPP_LEASE_S" in run("worker", "--help").output


def test_an_error_of_ours_is_one_line_and_status_1(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["speechapp", "migrate"])
    monkeypatch.setenv("SPEECHAPP_DATA_DIR", settings["SPEECHAPP_DATA_DIR"])
    monkeypatch.setenv("SPEECHAPP_PORT", "http")
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    message = "speechapp: SPEECHAPP_PORT=http is not usable; set it to a whole number from 1 to 65535.\n"
    assert capsys.readouterr() == ("", message)
