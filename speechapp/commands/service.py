"""`speechapp serve`, `worker`, `web`, `migrate`, `user`, `withdraw`: running the service and its people."""

import os

import click

from speechapp import users, withdrawals
from speechapp.commands.console import console
from speechapp.config import SETTINGS_HELP, Config, read_config
from speechapp.db import utc_now
from speechapp.errors import NotFound
from speechapp.models import Speaker
from speechapp.services import Services, migrated_services
from speechapp.supervisor import Supervisor, answers, check_port, embedded_children, web_command

SETTINGS_EPILOG = "\b\nSettings, each with its default:\n" + SETTINGS_HELP


@click.command(epilog=SETTINGS_EPILOG)
def serve() -> None:
    """Start the whole service here: web server and worker, until Ctrl-C."""
    config = read_config()
    check_port(config.host, config.port)
    _stay_at_data_dir(config)
    with migrated_services(config) as services:
        Supervisor(
            embedded_children(config),
            ready=lambda: answers(config.host, config.port),
            announce=lambda: _say_where_to_click(services),
        ).run()
    console.print("Speechapp has stopped; everything is kept.")


@click.command(epilog=SETTINGS_EPILOG)
def web() -> None:
    """Start only the web server (for deployments that run the worker elsewhere)."""
    config = read_config()
    check_port(config.host, config.port)
    command = web_command(config)
    _stay_at_data_dir(config)
    os.execv(command[0], command)  # noqa: S606


@click.command(epilog=SETTINGS_EPILOG)
def worker() -> None:
    """Start only the worker: it processes clips and cuts releases."""
    from worker.app import run_worker

    run_worker(read_config())


@click.command()
def migrate() -> None:
    """Bring the database to the newest shape; running it twice changes nothing."""
    with migrated_services():
        console.print("The database has its newest shape.")


@click.group()
def user() -> None:
    """Add and list the people who log in."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(users.ROLES), default="reviewer", show_default=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="SPEECHAPP_PASSWORD")
def add_user(name: str, role: str, password: str) -> None:
    """Add the user NAME; the password is asked for, or taken from SPEECHAPP_PASSWORD.

    Example: speechapp user add ada --role maintainer
    """
    with migrated_services() as services, services.database.write() as session:
        users.add(session, name, password, role, utc_now())
    console.print(f"{name} can log in as {role} now.")


@user.command("setup-link")
def setup_link() -> None:
    """Print a one-time link that makes the first admin."""
    with migrated_services() as services:
        _say_setup_link(services)


@click.command()
@click.argument("speaker_id")
@click.confirmation_option(prompt="This deletes every recording of the speaker for good. Go on?")
def withdraw(speaker_id: str) -> None:
    """Withdraw every recording of SPEAKER_ID, on the speaker's wish."""
    with migrated_services() as services:
        with services.database.write() as session:
            speaker = session.get(Speaker, speaker_id)
            if speaker is None:
                raise NotFound("speaker_unknown", f"There is no speaker {speaker_id}.")
            n_clips = withdrawals.withdraw(session, speaker, utc_now())
        withdrawals.purge(services.database, services.storage, utc_now())
    console.print(f"{n_clips} clips withdrawn.")


def _stay_at_data_dir(config: Config) -> None:
    """The web server changes its directory to where app.py is; a relative data directory must not move with it."""
    os.environ["SPEECHAPP_DATA_DIR"] = str(config.data_dir)


def _say_where_to_click(services: Services) -> None:
    config = services.config
    console.print(f"\n  Speechapp is at   [bold]{_address(services)}[/bold]")
    console.print(f"  data directory    {config.data_dir}", soft_wrap=True)
    _say_setup_link(services)
    console.print("  Ctrl-C stops it.\n")


def _say_setup_link(services: Services) -> None:
    with services.database.write() as session:
        token = users.setup_token(session, utc_now())
    if token:
        console.print(f"  make yourself the admin (works once):   {_address(services)}/setup/{token}", soft_wrap=True)


def _address(services: Services) -> str:
    host = {"0.0.0.0": "localhost", "127.0.0.1": "localhost", "::": "localhost"}.get(services.config.host)  # noqa: S104
    return f"http://{host or services.config.host}:{services.config.port}"
