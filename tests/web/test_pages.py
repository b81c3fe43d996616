"""Every page in every language, the choice of language, errors, headers, finished bytes, and changes of content."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from app import create_app
from app.checks import PAGES
from app.i18n import CatalogError
from app.languages import CODES
from app.pages import FinishedPages
from app.settings import ROOT, SettingError, Settings

Page = Callable[..., str]


def address(lang: str, name: str) -> str:
    return f"/{lang}/" if name == "start" else f"/{lang}/{name}"


@pytest.mark.parametrize("lang", CODES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_in_every_language(page: Page, app: Flask, lang: str, name: str) -> None:
    html = page(address(lang, name))
    found = app.extensions["guide"].library.page(name, lang)
    assert found.title in html.replace("&#39;", "'")
    for other in CODES:
        assert f'hreflang="{other}" href="http://localhost{address(other, name)}"' in html
    notice = app.extensions["guide"].library.sentence("not_reviewed", lang).html
    assert (notice in html) == (lang != "sv")
    assert f'href="/{lang}/two/{"so" if lang == "sv" else "sv"}/{name}"' in html and f'src="/{lang}/qr/{name}.svg"' in html


@pytest.mark.parametrize("lang", CODES)
def test_every_link_inside_the_site_answers(client: FlaskClient, lang: str) -> None:
    seen: set[str] = set()
    for name in PAGES:
        html = client.get(address(lang, name)).get_data(as_text=True)
        ids = set(re.findall(r'id="([^"]+)"', html))
        for href in set(re.findall(r'href="(/[^"]*|#[^"]*)"', html)):
            if href.startswith("#"):
                assert href[1:] in ids, (name, href)
            elif href.split("#")[0] not in seen:
                seen.add(href.split("#")[0])
                assert client.get(href.split("#")[0]).status_code in (200, 302), (name, href)


@pytest.mark.parametrize("lang", CODES)
def test_three_doors_lead_to_now_today_and_this_week(page: Page, lang: str) -> None:
    html = page(f"/{lang}/")
    assert re.findall(r'class="door \w+" href="([^"]+)"', html) == [f"/{lang}/now", f"/{lang}/today", f"/{lang}/week"]


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("sv-SE,sv;q=0.9", "sv"), ("ar-IQ", "ar"), ("ckb-IQ,ar;q=0.5", "ckb"), ("ti-ER", "ti"), ("prs-AF", "fa"), ("fa-AF", "fa"), ("so", "so"),
        ("de,fr;q=0.7,en;q=0.3", "fr"), ("xx", "sv"), ("", "sv"), ("en;q=0,tr", "tr"), ("*", "sv"),
    ],
)
def test_the_root_chooses_by_accept_language(client: FlaskClient, accepted: str, lang: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert answer.status_code == 302 and answer.headers["Location"] == f"/{lang}/"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("lang", CODES)
def test_an_unknown_address_is_said_to_be_unknown_in_the_readers_language(page: Page, lang: str) -> None:
    page(f"/{lang}/nothing-here", status=404)
    page(f"/{lang}/help/9999", status=404)


def test_an_unknown_language_and_odd_addresses_are_404(client: FlaskClient) -> None:
    for path in ("/xx/now", "/de/", "/sv/../etc/passwd", "/sv/now/x/y", "/static/0/site.css", "/static/x/../../settings.py", "/sv/start"):
        assert client.get(path).status_code == 404, path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the content that may be changed."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path / "content"


def test_a_missing_page_is_said_to_be_missing_with_the_swedish_text_below(copy: Path) -> None:
    (copy / "so" / "talk.md").unlink()
    client = create_app(Settings(content=copy)).test_client()
    html = client.get("/so/talk").get_data(as_text=True)
    assert '<html lang="so" dir="ltr">' in html and '<article lang="sv" dir="ltr">' in html and "noindex" in html
    assert "Boggan weli kuma jiro luqaddaada" in html


def test_a_changed_file_is_live_within_a_second_and_a_broken_one_leaves_the_last_good_version(copy: Path) -> None:
    app = create_app(Settings(content=copy, watch_seconds=0.2))
    client = app.test_client()
    path = copy / "sv" / "talk.md"
    good = path.read_text(encoding="utf-8")

    def within_a_second(wanted: str) -> str:
        for _ in range(20):
            time.sleep(0.05)
            html = client.get("/sv/talk").get_data(as_text=True)
            if wanted in html:
                return html
        raise AssertionError(f"{wanted} is not live after a second")

    path.write_text(good.replace("Säg först att du bryr dig.", "Säg allra först att du bryr dig."), encoding="utf-8")
    within_a_second("Säg allra först att du bryr dig.")
    path.write_text(good + "\n<script>alert(1)</script>\n", encoding="utf-8")
    time.sleep(0.6)
    assert "Säg allra först att du bryr dig." in client.get("/sv/talk").get_data(as_text=True)
    assert client.get("/healthz").get_json()["faults"] == 1
    assert "HTML" in app.extensions["guide"].library.faults[0].message
    path.write_text(good, encoding="utf-8")
    within_a_second("Säg först att du bryr dig.")
    assert client.get("/healthz").get_json()["faults"] == 0


def test_a_path_without_one_of_its_answers_is_refused_and_the_chat_goes_on(copy: Path) -> None:
    app = create_app(Settings(content=copy, watch_seconds=60, bot_url="http://127.0.0.1:9", ratelimit_enabled=False))
    client, guide = app.test_client(), app.extensions["guide"]
    path = copy / "sv" / "paths" / "threats.md"
    path.write_text(path.read_text(encoding="utf-8").replace("{#want-money}", "{#want-mony}").replace("De vill skrämma oss", "De vill göra oss rädda"), encoding="utf-8")
    assert guide.library.refresh() and "want-money" in guide.library.faults[0].message
    for message in ("De vill ha pengar", "De vill skrämma oss", "hej"):
        reply = client.post("/api/chat", json={"message": message, "lang": "sv"})
        assert reply.status_code == 200 and "112" in reply.get_json()["text"]
    assert client.post("/api/chat", json={"message": "De vill ha pengar", "lang": "so"}).get_json()["topic"] == "threats"


def test_a_municipality_that_is_gone_from_the_register_is_left_out(copy: Path) -> None:
    app = create_app(Settings(content=copy, watch_seconds=60, bot_url="http://127.0.0.1:9", ratelimit_enabled=False))
    conversation = app.extensions["guide"].assistant.conversations.give("0" * 32, {"worries": ["threats"], "place": "9999"})
    reply = app.test_client().post("/api/chat", json={"message": "hej", "lang": "sv", "conversation": conversation})
    assert reply.status_code == 200 and reply.get_json()["place"] is None


def test_a_changed_number_is_live_on_page_reply_and_municipality(copy: Path) -> None:
    app = create_app(Settings(content=copy, watch_seconds=0.2, bot_url="http://127.0.0.1:9"))
    client = app.test_client()
    path = copy / "municipalities" / "0192.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("+46852068000", "+46852068001"), encoding="utf-8")
    time.sleep(1)
    assert "08-520\u00a0680\u00a001" in client.get("/ar/help/0192").get_data(as_text=True)
    assert "08-520\u00a0680\u00a001" in client.post("/api/chat", json={"message": "Nynäshamn", "lang": "sv"}).get_json()["text"]


def test_a_broken_contact_file_leaves_the_last_good_register(copy: Path) -> None:
    app = create_app(Settings(content=copy, watch_seconds=0.2))
    client = app.test_client()
    (copy / "municipalities" / "0192.toml").write_text("code = 5\n[[", encoding="utf-8")
    time.sleep(1)
    assert "08-520\u00a0680\u00a000" in client.get("/sv/help/0192").get_data(as_text=True)
    assert client.get("/healthz").get_json()["faults"] == 1


def test_finished_bytes_have_an_etag_and_answer_304(app: Flask) -> None:
    finished = FinishedPages(app, lambda: app.extensions["guide"].library.revision)
    client = Client(finished)
    first = client.get("/sv/now", headers={"Accept-Encoding": "gzip"})
    assert first.status_code == 200 and first.headers["Content-Encoding"] == "gzip" and first.headers["Vary"] == "Accept-Encoding"
    assert "X-Finished" not in first.headers
    etag = first.headers["ETag"]
    again = client.get("/sv/now", headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.data == b"" and again.headers["ETag"] == etag
    assert client.get("/sv/now", headers={"If-None-Match": '"other"'}).status_code == 200
    plain = client.get("/sv/now", headers={"Accept-Encoding": "gzip;q=0, br;q=0"})
    assert "Content-Encoding" not in plain.headers and plain.data.startswith(b"<!doctype html>")
    assert client.get("/sv/now", headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"
    head = client.head("/sv/now")
    assert head.status_code == 200 and head.data == b"" and int(head.headers["Content-Length"]) > 1000
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"):
        assert name in first.headers and name in again.headers
    assert client.get("/sv/nothing").status_code == 404 and client.get("/sv/help?q=botkyrka").status_code == 303


def test_finished_bytes_change_with_the_revision(app: Flask) -> None:
    revision = [1]
    calls = []

    def application(environ, start_response):
        calls.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Finished", "1")])
        return [f"revision {revision[0]}".encode()]

    client = Client(FinishedPages(application, lambda: revision[0]))
    assert client.get("/a").data == client.get("/a").data == b"revision 1"
    assert len(calls) == 1
    revision[0] = 2
    assert client.get("/a").data == b"revision 2"


def test_every_answer_carries_the_protecting_headers(client: FlaskClient) -> None:
    for path in ("/sv/", "/sv/chat", "/sv/nothing", "/healthz", "/api/places?q=x", "/"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin" and "max-age=63072000" in headers["Strict-Transport-Security"]
        assert "Set-Cookie" not in headers


def test_static_files_live_a_year_under_the_hash_of_their_content(client: FlaskClient) -> None:
    html = client.get("/sv/chat").get_data(as_text=True)
    paths = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    assert len(paths) == 4
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]


def test_help_finds_a_place_without_javascript(client: FlaskClient) -> None:
    assert client.get("/ti/help?q=ስቶክሆልም").headers["Location"] == "/ti/help/0180"
    html = client.get("/sv/help?q=sätra").get_data(as_text=True)
    assert "/sv/help/0180" in html and "/sv/help/2180" in html
    assert 'role="status"' in client.get("/sv/help?q=qqqqqq").get_data(as_text=True)
    assert client.get("/sv/help?q=" + "x" * 5000).status_code == 200


@pytest.mark.parametrize("lang", CODES)
def test_every_municipality_has_a_page_with_something_to_call_or_open(page: Page, app: Flask, lang: str) -> None:
    register = app.extensions["guide"].library.register
    codes = list(register.municipalities) if lang in ("sv", "ar") else ["0192", "0180", "1280", "1290", "2584"]
    say = app.extensions["guide"].library.sentence("worried_call", "sv").text
    for code in codes:
        html = page(f"/{lang}/help/{code}")
        assert say in html and ('class="call" href="tel:+' in html or 'rel="noreferrer"' in html)


def test_the_places_interface(client: FlaskClient) -> None:
    body = client.get("/api/places?q=Botkyrka&lang=sv&asked=true").get_json()
    assert body == {"places": [{"code": "0127", "name": "Botkyrka", "county": "Stockholms län", "matched": "Botkyrka"}], "certain": True}
    assert client.get("/api/places?q=vara&asked=false").get_json() == {"places": [], "certain": False}
    assert client.get("/api/places").get_json() == {"places": [], "certain": False}


def test_the_rate_limit_answers_clearly_and_can_be_switched_off() -> None:
    limited = create_app(Settings(rate_limit=3, bot_url="http://127.0.0.1:9")).test_client()
    answers = [limited.post("/api/chat", json={"message": "112", "lang": "sv"}) for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].get_json()["error"]["code"] == "too_often" and "112" in answers[-1].get_json()["error"]["message"]
    assert limited.get("/sv/chat").status_code == 200
    assert "112" in limited.post("/sv/chat", data={"message": "hej"}).get_data(as_text=True)


@pytest.mark.parametrize(
    "environment",
    [{"GUIDE_NOTHING": "1"}, {"GUIDE_RATE_LIMIT": "many"}, {"GUIDE_RATE_LIMIT": "-1"}, {"GUIDE_CONTENT": "/nowhere"}, {"GUIDE_SECRET": "short"}, {"GUIDE_RATELIMIT_ENABLED": "perhaps"}],
)
def test_a_wrong_setting_stops_the_start_with_its_name(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=next(iter(environment))):
        Settings.from_environment(environment)


def test_a_language_without_a_catalog_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="ti"):
        create_app(Settings(translations=tmp_path))


def test_robots_and_sitemap(client: FlaskClient) -> None:
    assert "Disallow: /api/" in client.get("/robots.txt").get_data(as_text=True)
    listed = client.get("/sitemap.xml").get_data(as_text=True)
    assert listed.count("<loc>") == len(CODES) * len(PAGES)
