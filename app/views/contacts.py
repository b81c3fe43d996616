"""Where to find help: the search at `/<lang>/help`, a page for each municipality, and `/api/places`."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, current_app, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.content import Library
from app.languages import LANGUAGES, SOURCE
from app.places import Finder
from app.views.guide import LANG, below, finished

blueprint = Blueprint("contacts", __name__)
LONGEST = 200  # characters of a search


def _library() -> Library:
    found: Library = current_app.extensions["guide"].library
    return found


def _finder() -> Finder:
    found: Finder = current_app.extensions["guide"].finder
    return found


@blueprint.get(f"/<{LANG}:lang>/help")
def search(lang: str) -> ResponseReturnValue:
    """The help page with the search for a place; one sure answer leads straight to the municipality."""
    query = request.args.get("q", "").strip()[:LONGEST]
    library = _library()
    found = _finder().find(query, asked=True) if query else None
    if found is not None and found.certain:
        return redirect(f"/{lang}/help/{found.places[0].code}", 303)
    page = library.page("help", lang) or library.page("help", SOURCE)
    if page is None:
        abort(404)
    response = make_response(
        render_template(
            "help.html", lang=lang, language=LANGUAGES[lang], page=page, missing=page.lang != lang, content_language=LANGUAGES[page.lang],
            query=query, places=list(found.places[:5]) if found else [],
            counties=_counties() if not query else [], **below(lang, page),
        )
    )
    if query:  # what somebody looked for is kept nowhere
        response.headers["Cache-Control"] = "no-store"
        return response
    return finished(response)


def _counties() -> list[tuple[str, list[tuple[str, str]]]]:
    counties: dict[str, list[tuple[str, str]]] = {}
    for municipality in _library().register.municipalities.values():
        counties.setdefault(municipality.county, []).append((municipality.code, municipality.name))
    return [(county, sorted(places, key=lambda p: _swedish_order(p[1]))) for county, places in sorted(counties.items(), key=lambda c: _swedish_order(c[0]))]


def _swedish_order(name: str) -> str:
    return name.lower().translate({ord("å"): "{", ord("ä"): "|", ord("ö"): "}"})


@blueprint.get(f"/<{LANG}:lang>/help/<code>")
def municipality(lang: str, code: str) -> ResponseReturnValue:
    """The page of a municipality: call buttons and the sentence to say."""
    library = _library()
    try:
        found = library.register.municipality(code)
    except KeyError:
        abort(404)
    today = date.today()
    response = make_response(
        render_template(
            "municipality.html", lang=lang, language=LANGUAGES[lang], municipality=found, contacts=library.register.local(code, today),
            emergency=library.contact("sos-112"), police=library.contact("polisen-114-14"),
        )
    )
    return finished(response)


@blueprint.get("/api/places")
def places() -> ResponseReturnValue:
    """`?q=…&asked=true|false`: `{"places": [{"code", "name", "county", "matched"}], "certain": bool}`."""
    asked = request.args.get("asked", "true").lower() in ("1", "true", "yes")
    query = request.args.get("q", "")[:2000]
    found = _finder().find(query, asked=asked)
    response = jsonify(
        {
            "places": [{"code": p.code, "name": p.name, "county": p.county, "matched": p.matched} for p in found.places[:5]],
            "certain": found.certain,
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response
