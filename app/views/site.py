"""The site's own addresses: the choice of language at /, static files, errors, health, robots, the list of pages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound

from app.content import Library, fingerprint
from app.i18n import negotiate, request_language
from app.languages import CODES, LANGUAGES
from app.pages import FINISHED
from app.views.guide import finished

blueprint = Blueprint("site", __name__)
STATIC: Final = Path(__file__).resolve().parent.parent / "static"
KINDS: Final = {".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json"}


def _small(style: str) -> str:
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", style)).replace(";}", "}").strip()


# The style stands in the page: one request less before the first words are seen (docs/decisions.md).
STYLE: Final = Markup(_small((STATIC / "site.css").read_text(encoding="utf-8")))  # noqa: S704  our own file


@cache
def static_address(name: str) -> str:
    """Give the address of a static file, which holds its content's hash and so never changes its meaning."""
    return f"/static/{fingerprint((STATIC / name).read_bytes())}/{name}"


@blueprint.get("/static/<version>/<name>")
def static_file(version: str, name: str) -> ResponseReturnValue:
    """A static file, for a year; an address with an old hash is not found."""
    path = STATIC / name
    if path.suffix not in KINDS or not path.is_file() or static_address(name) != request.path:
        raise NotFound
    response = Response(path.read_bytes(), content_type=KINDS[path.suffix])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers[FINISHED] = "1"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """The icon, for browsers that do not read the page's own."""
    return redirect(static_address("icon.svg"), 302)


@blueprint.get("/")
def root() -> ResponseReturnValue:
    """Lead to the guide in the visitor's language; the only place where a language is guessed."""
    response = redirect(f"/{negotiate(request.accept_languages)}/", 302)
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """`{"status": "ok", "bot": "up" | "down", "faults": number of broken content files}`."""
    guide = current_app.extensions["guide"]
    response = jsonify({"status": "ok", "bot": "up" if guide.assistant.up() else "down", "faults": len(guide.library.faults)})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Everything may be found but the chat and the interfaces."""
    lines = ["User-agent: *", "Disallow: /api/", *(f"Disallow: /{code}/chat" for code in CODES)]
    lines.append(f"Sitemap: {current_app.extensions['guide'].settings.site_url}/sitemap.xml")
    return finished(Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"), 3600)


@blueprint.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """The pages that exist, each in its languages."""
    guide = current_app.extensions["guide"]
    library: Library = guide.library
    addresses = [
        f"/{code}/" if name == "start" else f"/{code}/{name}" for code in CODES for name in sorted(library.pages(code))
    ]
    body = render_template("sitemap.xml", addresses=addresses, base=guide.settings.site_url)
    return finished(Response(body, content_type="application/xml; charset=utf-8"), 3600)


@blueprint.app_errorhandler(HTTPException)
def failed(error: HTTPException) -> ResponseReturnValue:
    """An error in the reader's language, with 112 on it; for programs as JSON."""
    return _error(error.code or 500, error)


@blueprint.app_errorhandler(Exception)
def broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged without words, shown with 112."""
    current_app.logger.error("fault", exc_info=error)
    return _error(500, None)


def _error(status: int, error: HTTPException | None) -> ResponseReturnValue:
    if error is not None and error.code is not None and error.code < 400:
        return error.get_response()
    lang = request_language()
    if request.path.startswith("/api/"):
        codes = {404: "not_found", 405: "method", 413: "too_long", 429: "too_often"}
        with force_locale(lang):
            messages = {429: _("You have written very often. Wait a minute. In danger, call 112.")}
            response = jsonify({"error": {"code": codes.get(status, "failed"), "message": messages.get(status, _("Something went wrong. In danger, call 112."))}})
    else:
        body = render_template(
            "error.html", lang=lang, language=LANGUAGES[lang], status=status,
            emergency=current_app.extensions["guide"].library.contact("sos-112"),
        )
        response = make_response(body)
    response.status_code = status
    if error is not None:
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
