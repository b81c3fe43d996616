"""The public site of Gängsnack: `create_app()` and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from app import cli, i18n, privacy
from app.assistant import Assistant
from app.content import Library
from app.languages import LANGUAGES
from app.places import Finder
from app.settings import Settings
from app.views import chat, contacts, guide, site


@dataclass(slots=True)
class Guide:
    """What the views work with."""

    settings: Settings
    library: Library
    finder: Finder
    assistant: Assistant


def create_app(settings: Settings | None = None) -> Flask:
    """Make the site. Raises SettingError, ContentError, RegisterError or CatalogError where it could not work."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=256 * 1024, SESSION_COOKIE_NAME="")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.init_app(app, settings)
    library = Library(settings)
    finder = Finder.load(settings.content)
    assistant = Assistant(settings, library, lambda: library.register, finder)
    app.extensions["guide"] = Guide(settings, library, finder, assistant)
    limiter = privacy.init_app(app, settings, site.STYLE)
    limiter.limit(lambda: f"{settings.rate_limit} per minute", methods=["POST"])(chat.blueprint)
    for blueprint in (site.blueprint, chat.blueprint, contacts.blueprint, guide.blueprint):
        app.register_blueprint(blueprint)
    cli.register(app)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "languages": LANGUAGES, "style": site.STYLE, "static": site.static_address, "exit_url": settings.exit_url,
            "sentence": library.sentence, "alternates": i18n.alternates, "today": date.today,
            "contact_name": assistant.contact_name, "titles": library.title,
        }

    library.watch(settings.watch_seconds)
    return app
