"""The pages of the guide at `/<lang>/<name>`, two languages side by side at `/<lang>/two/<other>/<name>`, and their QR codes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import segno
from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.content import Library, Page, Paragraph
from app.languages import CODES, LANGUAGES, SOURCE, Language
from app.pages import FINISHED

blueprint = Blueprint("guide", __name__)
LANG = "any(" + ",".join(CODES) + ")"
DOORS = ("now", "today", "week")
PRINTED: Final = ("threats", "missing", "meeting", "words", "professionals")  # made to be printed: their button says so


@dataclass(frozen=True, slots=True)
class Share:
    """How a page is handed on: its public address, and addresses that put it into a message."""

    address: str
    shown: str
    messages: tuple[tuple[str, str], ...]  # what it is called, and where it leads


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph in two languages: the HTML of each, and a word on its state where it needs one ("" otherwise)."""

    callout: str
    own: str
    other: str
    own_state: str = ""
    other_state: str = ""


def _library() -> Library:
    found: Library = current_app.extensions["guide"].library
    return found


def address(lang: str, name: str) -> str:
    """Give the address of a page of the guide on this site."""
    return f"/{lang}/" if name == "start" else f"/{lang}/{name}"


def share(lang: str, name: str) -> Share:
    """Give how a page is handed on. The message holds the address alone: nothing that says what it is about."""
    public = current_app.extensions["guide"].settings.site_url.rstrip("/") + address(lang, name)
    written = quote(public, safe="")
    messages = (("SMS", f"sms:?&body={written}"), ("WhatsApp", f"https://wa.me/?text={written}"), (_("E-mail"), f"mailto:?body={written}"))
    return Share(public, public.partition("://")[2].rstrip("/"), messages)


def groups() -> list[tuple[str, tuple[str, ...]]]:
    """Give the pages of the guide in groups, each with its heading, as the start page lists them."""
    return [
        (_("If something has happened"), ("threats", "missing", "weapon", "crime", "leave")),
        (_("Understand"), ("signs", "how", "tasks", "phone", "money", "drugs")),
        (_("At home"), ("talk", "you", "parent")),
        (_("Get help"), ("social", "police", "school", "meeting", "words", "professionals")),
    ]


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
            doors=doors, walk=library.phrase(lang, "chat.start_walk"), content_language=LANGUAGES[shown.lang], printed=name in PRINTED,
            groups=groups() if name == "start" else [], **below(lang, shown),
        )
    )
    return finished(response)


def below(lang: str, shown: Page) -> dict[str, object]:
    """Give what stands under every page: where its facts come from, the other languages beside it, how it is handed on."""
    library = _library()
    return {
        "sources": [library.source(id_) for id_ in shown.sources if id_ != "own"],
        "others": [(LANGUAGES[code], f"/{lang}/two/{code}/{shown.name}") for code in CODES if code != lang and library.page(shown.name, code)],
        "share": share(lang, shown.name),
        "qr": f"/{lang}/qr/{shown.name}.svg",
    }


@blueprint.get(f"/<{LANG}:lang>/two/<{LANG}:other>/<name>")
def two(lang: str, other: str, name: str) -> ResponseReturnValue:
    """One page in two languages, paragraph beside paragraph, for a parent and the person at the counter."""
    library = _library()
    if lang == other:
        return redirect(address(lang, name), 303)
    own, beside = library.page(name, lang), library.page(name, other)
    if own is None or beside is None:
        abort(404)
    response = make_response(
        render_template(
            "two.html", lang=lang, language=LANGUAGES[lang], other=LANGUAGES[other], page=own, beside=beside,
            rows=list(_rows(own, beside)), choices=_choices(lang, other, name), name=name,
        )
    )
    return finished(response)


def _choices(lang: str, other: str, name: str) -> list[tuple[Language, str]]:
    library = _library()
    return [(LANGUAGES[code], f"/{lang}/two/{code}/{name}") for code in CODES if code not in (lang, other) and library.page(name, code)]


def _rows(own: Page, beside: Page) -> list[Row]:
    library = _library()
    rows = []
    for left, right in zip(own.paragraphs, beside.paragraphs, strict=True):
        rows.append(
            Row(
                left.source.block.callout, _cell(left), re.sub(r' id="[^"]*"', "", _cell(right)),
                library.state_note(left.state, own.lang), library.state_note(right.state, beside.lang),
            )
        )
    return rows


def _cell(paragraph: Paragraph) -> str:
    return paragraph.own.html if paragraph.own is not None else ""


@blueprint.get(f"/<{LANG}:lang>/qr/<name>.svg")
def code(lang: str, name: str) -> ResponseReturnValue:
    """The QR code of a page in a language: an SVG that holds its public address."""
    if _library().page(name, lang) is None:
        abort(404)
    public = share(lang, name).address
    out = io.BytesIO()
    segno.make(public, error="m", micro=False).save(out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, title=public)
    return finished(Response(out.getvalue(), content_type="image/svg+xml"), 3600)


def finished(response: Response, seconds: int = 60) -> Response:
    """Mark an answer as the same for everybody: it is kept as finished bytes until the content changes."""
    response.headers[FINISHED] = "1"
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response
