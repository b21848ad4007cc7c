"""The `speechapp` command."""

import sys

import click

from speechapp.commands import (
    align,
    demo,
    importing,
    measure,
    release,
    reprocessing,
    service,
    training,
    translations,
    vocabulary,
)
from speechapp.errors import SpeechappError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="speechapp")
def speechapp() -> None:
    """Collect, curate and release spoken words; train a keyword spotter on them."""


for command in (
    align.align,
    measure.measure,
    service.serve,
    service.web,
    service.worker,
    service.migrate,
    service.user,
    service.withdraw,
    vocabulary.vocabulary,
    importing.import_command,
    reprocessing.process_again_command,
    release.release,
    training.train,
    training.evaluate,
    training.export,
    training.label,
    translations.translations,
    demo.demo,
):
    speechapp.add_command(command)


def main() -> None:
    """Run a command; our errors become one line and exit status 1, never a traceback."""
    try:
        speechapp(prog_name="speechapp")
    except SpeechappError as error:
        click.echo(f"speechapp: {error.message}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
