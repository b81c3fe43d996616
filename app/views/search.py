"""The search at `/<lang>/search`: what the assistant would answer first, then places, pages, replies and words."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.languages import LANGUAGES
from app.views.guide import LANG, finished

blueprint = Blueprint("search", __name__)
SHORT = 4  # words; a search that is not longer may be nothing but the name of a place


@blueprint.get(f"/<{LANG}:lang>/search")
def ask(lang: str) -> ResponseReturnValue:
    """The empty search."""
    return finished(make_response(_page(lang, "")))


@blueprint.post(f"/<{LANG}:lang>/search")
def find(lang: str) -> ResponseReturnValue:
    """What was found. Asked by POST, so that the words are in no address, no history and no log."""
    response: Response = make_response(_page(lang, request.form.get("q", "").strip()[:200]))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(lang: str, query: str) -> str:
    guide = current_app.extensions["guide"]
    found = guide.finder.find(query, asked=len(query.split()) <= SHORT) if query else None
    return render_template(
        "search.html", lang=lang, language=LANGUAGES[lang], query=query,
        answer=guide.assistant.topic_of(query, lang) if query else None,
        places=found.places[:5] if found else (),
        hits=guide.search.find(query, lang) if query else [],
    )
