"""Commands for staff and developers: `flask check`, `flask take-over`, `flask ask`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from app import checks
from app.languages import CODES
from app.takeover import TakeOverError, take_over


def register(app: Flask) -> None:
    """Add the commands to an application."""

    @app.cli.command("check")
    def check() -> None:
        """Print everything that is wrong in content, contacts, training sentences and catalogs."""
        settings = app.extensions["guide"].settings
        problems = checks.find(settings.content, settings.translations, settings.training)
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{len(problems)} problems" if problems else "content, contacts, training sentences and catalogs: nothing wrong")
        raise SystemExit(1 if problems else 0)

    @app.cli.command("take-over")
    @click.option("--from", "source", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
    def take_over_(source: Path) -> None:
        """Take municipalities, places and contacts from a folder of CSV files, keeping what staff changed."""
        try:
            report = take_over(source, app.extensions["guide"].settings.content)
        except TakeOverError as error:
            raise click.ClickException(str(error)) from error
        click.echo(str(report))

    @app.cli.command("ask")
    @click.option("--lang", default="sv", type=click.Choice(CODES))
    def ask(lang: str) -> None:
        """Talk with the assistant in the terminal (it must run); an empty line ends the talk."""
        assistant = app.extensions["guide"].assistant
        conversation: str | None = None
        while message := click.prompt(f"[{lang}]", default="", show_default=False).strip():
            conversation, answer = assistant.reply(message[: assistant.settings.message_limit], lang, conversation)
            click.echo(f"({answer.topic}, {answer.level}, {answer.lang}{', without the assistant' if answer.safe else ''})")
            click.echo(answer.text)
