"""The pages of the guide at `/<lang>/<name>`."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.content import Library
from app.languages import CODES, LANGUAGES, SOURCE
from app.pages import FINISHED

blueprint = Blueprint("guide", __name__)
LANG = "any(" + ",".join(CODES) + ")"
DOORS = ("now", "today", "week")


def _library() -> Library:
    found: Library = current_app.extensions["guide"].library
    return found


@blueprint.get(f"/<{LANG}:lang>/")
def start(lang: str) -> ResponseReturnValue:
    """The first page: three doors."""
    return page(lang, "start")


@blueprint.get(f"/<{LANG}:lang>/<name>")
def page(lang: str, name: str) -> ResponseReturnValue:
    """One page; where this language lacks it, the frame says so and shows the Swedish text."""
    library = _library()
    if name == "start" and request.path != f"/{lang}/":
        abort(404)
    found = library.page(name, lang)
    source = library.page(name, SOURCE)
    if found is None and source is None:
        abort(404)
    shown = found or source
    assert shown is not None
    doors = [(door, library.phrase(lang, f"doors.{door}.title"), library.phrase(lang, f"doors.{door}.text")) for door in DOORS]
    response = make_response(
        render_template(
            "home.html" if name == "start" else "page.html", lang=lang, language=LANGUAGES[lang], page=shown, missing=found is None,
            doors=doors, walk=library.phrase(lang, "chat.start_walk"), content_language=LANGUAGES[shown.lang],
        )
    )
    return finished(response)


def finished(response: Response, seconds: int = 60) -> Response:
    """Mark an answer as the same for everybody: it is kept as finished bytes until the content changes."""
    response.headers[FINISHED] = "1"
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response
