"""The public site of Gängsnack: `create_app()` and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from app import cli, i18n, pictures, privacy
from app.assistant import Assistant
from app.content import Library
from app.languages import LANGUAGES
from app.places import Finder
from app.reading import sentences_by_topic
from app.search import Search
from app.settings import Settings
from app.spelling import Spelling
from app.views import chat, contacts, guide, search, site


@dataclass(slots=True)
class Guide:
    """What the views work with."""

    settings: Settings
    library: Library
    finder: Finder
    assistant: Assistant
    search: Search


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
    index = Search(library, assistant.topics, sentences_by_topic(settings.training), Spelling(settings.content))
    app.extensions["guide"] = Guide(settings, library, finder, assistant, index)
    limiter = privacy.init_app(app, settings, site.STYLE)
    for blueprint in (chat.blueprint, search.blueprint):
        limiter.limit(lambda: f"{settings.rate_limit} per minute", methods=["POST"])(blueprint)
    for blueprint in (site.blueprint, chat.blueprint, contacts.blueprint, search.blueprint, guide.blueprint):
        app.register_blueprint(blueprint)
    cli.register(app)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "languages": LANGUAGES, "style": site.STYLE, "static": site.static_address, "exit_url": settings.exit_url,
            "sentence": library.sentence, "alternates": i18n.alternates, "today": date.today,
            "contact_name": assistant.contact_name, "titles": library.title, "titles_of_reply": lambda name, lang: library.reply(name, lang).title,
            "illustrate": pictures.illustrate, "of_page": pictures.of_page, "drawings": pictures.SHEET, "picture": pictures.picture,
            "card": library.card_of, "phrase": library.phrase,
            "site_url": settings.site_url.rstrip("/"), "day": i18n.day,
        }

    library.watch(settings.watch_seconds)
    return app
