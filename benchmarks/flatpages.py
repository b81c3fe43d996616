"""The peer: a textbook Flask-FlatPages application that serves the same Swedish pages, as its manual shows it."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_flatpages import FlatPages

from app.settings import ROOT

TEMPLATE = "<!doctype html><html lang=sv><title>{{ page.title }}</title><h1>{{ page.title }}</h1>{{ page.html|safe }}"

app = Flask(__name__)
app.config.update(
    FLATPAGES_ROOT=str(ROOT / "content" / "sv"), FLATPAGES_EXTENSION=".md", FLATPAGES_AUTO_RELOAD=True,
)
pages = FlatPages(app)


@app.route("/sv/<path:path>")
def page(path: str) -> str:
    """Show one page."""
    return render_template_string(TEMPLATE, page=pages.get_or_404(path))
