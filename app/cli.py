"""Commands for staff and developers: `flask check`, `flask translations`, `flask take-over`, `flask ask`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from app import checks
from app import review as states_of
from app.languages import CODES, SOURCE
from app.states import Ledger
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

    @app.cli.group("translations")
    def translations() -> None:
        """Say what translations were made from and who answers for them (docs/content.md)."""

    def ledger(lang: str) -> tuple[Ledger, Path]:
        path = app.extensions["guide"].settings.content / lang / "states.csv"
        return Ledger.load(path), path

    lang_option = click.option("--lang", "langs", multiple=True, type=click.Choice([c for c in CODES if c != SOURCE]), help="every language without it")
    by_option = click.option("--by", required=True, help="the role of the person who answers for it; never a name")

    @translations.command("draft")
    @lang_option
    def draft(langs: tuple[str, ...]) -> None:
        """Record every new or changed translation as a machine draft of the Swedish text as it is now."""
        for lang in langs or [c for c in CODES if c != SOURCE]:
            click.echo(f"{lang}: {states_of.draft(app.extensions['guide'].library, lang, *ledger(lang))} paragraphs recorded")

    @translations.command("reviewed")
    @click.argument("lang", type=click.Choice([c for c in CODES if c != SOURCE]))
    @click.argument("text")
    @click.option("--paragraph", type=int, help="its number in `flask translations show`; the whole text without it")
    @by_option
    def reviewed(lang: str, text: str, paragraph: int | None, by: str) -> None:
        """Record that a person has reviewed a text (such as now, replies/threats, cards/social)."""
        _count(lambda: states_of.review(app.extensions["guide"].library, lang, text, paragraph, by, *ledger(lang)))

    @translations.command("still-right")
    @click.argument("lang", type=click.Choice([c for c in CODES if c != SOURCE]))
    @click.argument("text")
    @click.option("--paragraph", type=int, help="its number in `flask translations show`; all that are outdated without it")
    @by_option
    def still_right(lang: str, text: str, paragraph: int | None, by: str) -> None:
        """Say that a translation is right for the changed Swedish text, too."""
        _count(lambda: states_of.still_right(app.extensions["guide"].library, lang, text, paragraph, by, *ledger(lang)))

    @translations.command("show")
    @click.argument("lang", type=click.Choice([c for c in CODES if c != SOURCE]))
    @click.argument("text")
    def show(lang: str, text: str) -> None:
        """Print the paragraphs of a text with their numbers and states, the Swedish one above its translation."""
        try:
            pairs = app.extensions["guide"].library.pairs(*states_of.kind_of(text), lang)
        except (KeyError, ValueError) as error:
            raise click.ClickException(f"there is no text {text} in {lang}") from error
        for number, (source, own, found) in enumerate(pairs):
            if source.written:
                click.echo(f"{number}  {found.state}{f', {found.record.by} {found.record.date}' if found.record and found.record.by else ''}")
                click.echo(f"    {' '.join(source.text.split())}\n    {' '.join(own.text.split()) if own else '–'}")

    @translations.command("table")
    def table() -> None:
        """Print pages by languages with words and states, as docs/pages.md holds it."""
        click.echo(states_of.table(app.extensions["guide"].library), nl=False)

    def _count(change: Callable[[], int]) -> None:
        try:
            click.echo(f"{change()} paragraphs recorded")
        except (KeyError, ValueError) as error:
            raise click.ClickException(str(error)) from error

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
        """Talk with the assistant in the terminal (`make talk L=so` starts it); a number presses a button, an empty line ends the talk."""
        assistant = app.extensions["guide"].assistant
        conversation: str | None = None
        choices: list[str] = []
        while message := click.prompt(f"[{lang}]", default="", show_default=False).strip():
            if message.isascii() and message.isdigit() and 1 <= int(message) <= len(choices):
                message = choices[int(message) - 1]
                click.echo(f"» {message}")
            conversation, answer = assistant.reply(message[: assistant.settings.message_limit], lang, conversation)
            click.echo(f"({answer.topic}, {answer.level}, {answer.lang}{', without the assistant' if answer.safe else ''})")
            choices = [choice.message for choice in answer.choices]
            click.echo("\n".join(line for line in answer.text.splitlines() if not line.startswith("• ") or line[2:] not in choices))
            for number, choice in enumerate(choices, 1):
                click.echo(f"  {number}. {choice}")
