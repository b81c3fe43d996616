"""The language of a request is the first part of its address; the words of the frame come from the catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask import Flask, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept

from app.languages import CODES, LANGUAGES, SOURCE, Language
from app.settings import Settings


class CatalogError(RuntimeError):
    """A language has no compiled catalog: its frame would be in another language without a word."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language."""

    language: Language
    href: str
    current: bool


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the catalogs. Raises CatalogError where a language has none that is compiled."""
    missing = [c for c in CODES if not (settings.translations / c / "LC_MESSAGES" / "messages.mo").is_file()]
    if missing:
        raise CatalogError(f"no compiled words for {', '.join(missing)}: run `make run`, or `pybabel compile -d translations`")
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(settings.translations)
    Babel(app, locale_selector=request_language)


def request_language() -> str:
    """Give the language of the request: the first part of its path, or Swedish."""
    first = request.path.split("/", 2)[1] if request else ""
    return first if first in LANGUAGES else SOURCE


def negotiate(accepted: LanguageAccept) -> str:
    """Choose a language by Accept-Language: the first that is served, by its tag, its primary subtag or an alias."""
    by_tag: dict[str, str] = {}
    for language in LANGUAGES.values():
        for tag in (language.code, language.tag, *language.aliases):
            by_tag[tag.lower()] = language.code
    for tag, quality in accepted:
        if quality <= 0:
            continue
        lowered = tag.lower().replace("_", "-")
        for candidate in (lowered, lowered.partition("-")[0]):
            if candidate in by_tag:
                return by_tag[candidate]
    return SOURCE


def alternates(path: str, lang: str) -> Iterator[Alternate]:
    """Give the addresses of a page in all languages; `path` begins with its own language."""
    rest = path.removeprefix(f"/{lang}")
    for code, language in LANGUAGES.items():
        yield Alternate(language, f"/{code}{rest or '/'}", code == lang)


def day(iso: str, lang: str) -> str:
    """Give a day (ISO 8601) as readers of a language write it: day, month in letters, year. Raises ValueError."""
    return format_date(date.fromisoformat(iso), "d MMMM y", locale=lang)
