"""What stands around a page: two languages side by side, sources, sharing, QR codes, call cards, drawings, search."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, pictures
from app.checks import CARDS, PAGES
from app.content import Library
from app.languages import CODES, LANGUAGES
from app.markdown import plain
from app.settings import Settings
from app.views.guide import groups
from tests.conftest import check_page

Page = Callable[..., str]


@pytest.fixture(scope="session")
def library(app: Flask) -> Library:
    found: Library = app.extensions["guide"].library
    return found


# Two languages


@pytest.mark.parametrize("lang", CODES)
def test_every_page_stands_beside_swedish_paragraph_by_paragraph(page: Page, library: Library, lang: str) -> None:
    other = "ar" if lang == "sv" else "sv"
    for name in PAGES:
        html = page(f"/{lang}/two/{other}/{name}")
        pairs = re.findall(r'<div class="pair">\n<div lang="([\w-]+)" dir="(\w+)">(.*?)</div>\n<div lang="([\w-]+)" dir="(\w+)">', html, re.DOTALL)
        found, beside = library.page(name, lang), library.page(name, other)
        assert found is not None and beside is not None
        assert len(pairs) == len(found.paragraphs) == len(beside.paragraphs)
        assert {(p[0], p[1]) for p in pairs} == {(LANGUAGES[lang].tag, LANGUAGES[lang].direction)}
        assert {(p[3], p[4]) for p in pairs} == {(LANGUAGES[other].tag, LANGUAGES[other].direction)}
        for paragraph in found.paragraphs:
            assert paragraph.own is not None
            assert plain(paragraph.own.html).splitlines()[0] in plain(html)


def test_any_two_languages_can_stand_together_and_one_twice_is_one(client: FlaskClient, page: Page) -> None:
    page("/ti/two/en/threats")
    page("/fa/two/ckb/start")
    assert client.get("/so/two/so/threats").headers["Location"] == "/so/threats"
    assert client.get("/so/two/so/start").headers["Location"] == "/so/"
    for wrong in ("/so/two/xx/threats", "/so/two/sv/nothing", "/xx/two/sv/now"):
        assert client.get(wrong).status_code == 404


# Sources, sharing


@pytest.mark.parametrize("lang", CODES)
def test_every_page_says_where_its_facts_come_from_and_when_they_were_read(page: Page, library: Library, lang: str) -> None:
    for name in PAGES:
        html = page(f"/{lang}/" if name == "start" else f"/{lang}/{name}")
        found = library.page(name, lang)
        assert found is not None and found.sources and found.checked
        part = html[html.index('class="fold sources"') :]
        for id_ in found.sources:
            source = library.source(id_)
            assert id_ == "own" or source.name in part.replace("&amp;", "&")
            assert not source.url or id_ == "own" or source.url in part
        assert "2026" in part and "2026-" not in part.split("</summary>")[0], "the day in letters"


@pytest.mark.parametrize("lang", CODES)
def test_a_shared_page_says_nothing_of_its_subject(client: FlaskClient, library: Library, lang: str) -> None:
    for name in PAGES:
        html = client.get(f"/{lang}/" if name == "start" else f"/{lang}/{name}").get_data(as_text=True)
        previews = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', html))
        assert set(previews) == {"type", "title", "image", "description"}
        words = f"{previews['title']} {previews['description']}".lower()
        assert not re.search(r"\bgäng|polis|krimin|gang\b|police|crime|عصابة|شرطة|باند|پولیس|polic|policía|booliska|ፖሊስ|çete", words), (name, words)
        messages = re.findall(r'href="((?:sms:|mailto:|https://wa\.me)[^"]*)"', html)
        assert len(messages) == 3
        for href in messages:
            body = unquote(href.partition("=")[2])
            assert body == "http://127.0.0.1:8000" + (f"/{lang}/" if name == "start" else f"/{lang}/{name}")


def test_the_preview_picture_is_there(client: FlaskClient) -> None:
    html = client.get("/sv/").get_data(as_text=True)
    address = re.search(r'og:image" content="http://127.0.0.1:8000(/static/[^"]+)"', html)
    assert address is not None
    answer = client.get(address.group(1))
    assert answer.content_type == "image/png" and answer.data.startswith(b"\x89PNG")


def test_a_qr_code_holds_the_public_address_of_page_and_language() -> None:
    client = create_app(Settings(site_url="https://guide.example/", ratelimit_enabled=False)).test_client()
    seen = set()
    for lang in ("sv", "ti"):
        for name in ("start", "threats"):
            answer = client.get(f"/{lang}/qr/{name}.svg")
            assert answer.content_type == "image/svg+xml"
            root = ET.fromstring(answer.data)
            title = root.find("{http://www.w3.org/2000/svg}title")
            assert title is not None and title.text == "https://guide.example" + (f"/{lang}/" if name == "start" else f"/{lang}/{name}")
            seen.add(answer.data)
    assert len(seen) == 4
    assert client.get("/sv/qr/nothing.svg").status_code == 404 and client.get("/xx/qr/now.svg").status_code == 404


# Call cards


@pytest.mark.parametrize("lang", CODES)
def test_every_contact_with_a_number_has_its_call_card(page: Page, library: Library, lang: str) -> None:
    html = page(f"/{lang}/help")
    assert html.count('<details class="card">') == html.count('<div class="contact">') - html.count('<a class="call" href="http')
    for code in ("0192", "0180", "1280"):
        local = page(f"/{lang}/help/{code}")
        assert local.count('<details class="card">') == len(re.findall(r'<div class="contact">\s*<h3[^>]*>[^<]*</h3>\s*<p><a class="call" href="tel:', local))
    for name in CARDS:
        card = library.card(name, lang)
        assert card is not None and card.lang == lang
    sos = library.card("sos-112", lang)
    assert sos is not None and library.sentence("interpreter_112", lang).text in sos.text


@pytest.mark.parametrize("lang", [code for code in CODES if code != "sv"])
def test_a_sentence_to_say_stands_in_swedish_with_its_sound_and_meaning(page: Page, library: Library, lang: str) -> None:
    html = page(f"/{lang}/weapon")
    assert f'<p class="swedish" lang="sv" dir="ltr">{library.sentence("weapon_call", "sv").text}</p>\n<p class="sound">' in html
    scripts = {"ar": r"[\u0600-\u06ff]", "fa": r"[\u0600-\u06ff]", "ckb": r"[\u0600-\u06ff]", "ti": r"[\u1200-\u137f]"}
    for sound in re.findall(r'<p class="sound">([^<]*)</p>', html + page(f"/{lang}/words")):
        assert re.search(scripts.get(lang, r"[a-zA-ZåäöşğüıçéèêñÅÄÖ]"), sound), sound
        assert lang not in scripts or not re.search(r"[a-zA-Z]", sound), sound


# Drawings


def test_the_doors_and_the_urgent_pages_have_their_drawings(page: Page) -> None:
    for lang in ("sv", "ar", "ti"):
        assert re.findall(r'class="door \w+" href="[^"]*"><svg class="picture"[^>]*><use href="#p-(\w+)"', page(f"/{lang}/")) == ["call", "clock", "calendar"]
        now = page(f"/{lang}/now")
        for id_, drawing in pictures.SECTIONS["now"].items():
            assert f'<h2 id="{id_}"><svg class="picture" aria-hidden="true" focusable="false"><use href="#p-{drawing}"/></svg>' in now
        for name in ("weapon", "missing", "threats"):
            assert re.search(rf'<h1><svg class="picture"[^>]*><use href="#p-{pictures.PAGES[name]}"/>', page(f"/{lang}/{name}"))
        assert '<a class="call" href="tel:112"><svg class="handset"' in now


def test_every_drawing_that_is_used_is_drawn(page: Page) -> None:
    for name in (*PAGES, "chat", "search", "help/0192"):
        html = page("/sv/" if name == "start" else f"/sv/{name}")
        drawn = set(re.findall(r'<symbol id="p-(\w+)"', html))
        assert set(re.findall(r'<use href="#p-(\w+)"', html)) <= drawn
    with pytest.raises(KeyError):
        pictures.picture("nothing")


def test_the_start_page_leads_to_every_page(app: Flask, page: Page) -> None:
    html = page("/sv/")
    with app.test_request_context("/sv/"):
        listed = [name for _, names in groups() for name in names]
    assert len(listed) == len(set(listed))
    for name in PAGES:
        assert name == "start" or f'href="/sv/{name}"' in html, name


# Search


def searched(client: FlaskClient, app: Flask, lang: str, query: str) -> str:
    answer = client.post(f"/{lang}/search", data={"q": query})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    html = answer.get_data(as_text=True)
    check_page(html, lang, app.extensions["guide"].library.register.numbers())
    return html


@pytest.mark.parametrize("lang", CODES)
def test_what_the_chat_would_answer_is_the_first_hit(client: FlaskClient, app: Flask, lang: str) -> None:
    """Without the assistant it is what the site reads for certain: plain danger, and the text of a button."""
    library = app.extensions["guide"].library
    html = searched(client, app, lang, library.reply("threats", lang).title)
    first = html.index('id="answer"')
    assert 'class="answer level-serious"' in html and first < html.index('id="hits"')
    assert library.reply("threats", lang).text.splitlines()[-1][:20] in plain(html)


def test_plain_danger_in_the_search_is_answered_with_112(client: FlaskClient, app: Flask) -> None:
    html = searched(client, app, "sv", "pistol i min sons låda")
    assert 'class="answer level-emergency"' in html
    assert 'class="answer level-emergency"' in searched(client, app, "so", "waxaan rabaa inaan is dilo")


def test_a_place_is_found_by_the_search_too(client: FlaskClient, app: Flask) -> None:
    assert 'href="/ti/help/0180"' in searched(client, app, "ti", "ስቶክሆልም")
    assert 'href="/sv/help/0192"' in searched(client, app, "sv", "nynashamn")


def test_the_words_of_a_search_are_in_no_address(client: FlaskClient, app: Flask) -> None:
    html = client.get("/sv/search").get_data(as_text=True)
    assert '<form class="search" role="search" method="post" action="/sv/search">' in html
    assert "pistol" not in client.get("/sv/search?q=pistol").get_data(as_text=True)
    for odd in ("", "   ", "<script>alert(1)</script>", "x" * 10_000, "\x00", "؟"):
        found = searched(client, app, "sv", odd)
        assert "<script>alert" not in found
    assert 'role="status"' in searched(client, app, "sv", "qqqqzzzzxx")


def test_searching_very_often_is_limited() -> None:
    limited = create_app(Settings(rate_limit=2, bot_url="http://127.0.0.1:9")).test_client()
    assert [limited.post("/sv/search", data={"q": "skola"}).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert limited.get("/sv/search").status_code == 200
