"""The site in this process, without the assistant, and a page reader that checks the rules of the house in passing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.assistant import Assistant
from app.languages import LANGUAGES
from app.settings import Settings


@pytest.fixture(scope="session")
def app() -> Flask:
    # Port 9 is discard: nobody answers, so the assistant counts as down.
    return create_app(Settings(ratelimit_enabled=False, bot_url="http://127.0.0.1:9"))


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def assistant(app: Flask) -> Assistant:
    found: Assistant = app.extensions["guide"].assistant
    return found


class Outline(HTMLParser):
    """What the rules of the house need to know of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag in ("h1", "title"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.text[self._open[-1]] = self.text.get(self._open[-1], "") + data


def check_page(html: str, lang: str, tels: set[str]) -> Outline:
    """Assert what must hold of every page of the site."""
    outline = Outline()
    outline.feed(html)
    named = outline.tags
    root = next(attrs for tag, attrs in named if tag == "html")
    assert root["lang"] == LANGUAGES[lang].tag and root["dir"] == LANGUAGES[lang].direction
    assert [tag for tag, _ in named].count("h1") == 1 and outline.text["h1"].strip()
    title = outline.text["title"].lower()
    assert title.strip() and not re.search(r"gäng|polis|krimin|gang|police|crime", title)
    ids = [attrs["id"] for _, attrs in named if "id" in attrs]
    assert len(ids) == len(set(ids)), "an id stands twice"
    levels = [int(tag[1]) for tag, _ in named if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), "a heading level is left out"
    assert not [a for _, attrs in named for a in attrs if a == "style" or a.startswith("on")], "inline style or script"
    for tag, attrs in named:
        source = attrs.get("src", "")
        assert source == "" or source.startswith("/static/") or re.fullmatch(r"/[a-z]+/qr/[a-z-]+\.svg", source), f"loads {source}"
        if tag == "form":
            assert attrs.get("action", "").startswith("/")
        if tag == "a" and attrs.get("href", "").startswith("tel:"):
            assert attrs["href"] in tels, f"{attrs['href']} is not in the register"
        if tag == "a" and attrs.get("href", "").startswith("http"):
            assert "noreferrer" in attrs.get("rel", ""), attrs["href"]
    assert any(attrs.get("id") == "exit" and attrs.get("href", "").startswith("https://") for _, attrs in named), "no exit"
    assert any(attrs.get("href") == "tel:112" for _, attrs in named), "112 is not on the page"
    return outline


@pytest.fixture(scope="session")
def page(client: FlaskClient, app: Flask) -> Callable[[str], str]:
    """Give a function that fetches a page, checks it, and gives its HTML."""
    tels = app.extensions["guide"].library.register.numbers()

    def fetch(path: str, status: int = 200) -> str:
        answer = client.get(path)
        assert answer.status_code == status, path
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
        html = answer.get_data(as_text=True)
        check_page(html, path.split("/")[1], tels)
        return html

    return fetch
