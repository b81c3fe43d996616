"""In a real browser: accessibility, small screens, keyboard, the exit, the chat with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.checks import PAGES
from app.languages import CODES, LANGUAGES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def address(site: str, lang: str, name: str) -> str:
    return f"{site}/{lang}/" if name == "start" else f"{site}/{lang}/{name}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.route("https://exit.invalid/**", lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
    yield page
    context.close()


@pytest.fixture
def strict(browser: Browser) -> Iterator[Page]:
    """Like `phone`, under the site's own security policy, with every refused or foreign request noted."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.faults = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)  # type: ignore[attr-defined]
    page.on("request", lambda request: page.faults.append(request.url) if "127.0.0.1" not in request.url and "exit.invalid" not in request.url else None)  # type: ignore[attr-defined]
    page.route("https://exit.invalid/**", lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


@pytest.mark.parametrize("lang", CODES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(phone: Page, site: str, lang: str) -> None:
    for name in (*PAGES, "chat", "search", "help/0192", "help?q=sätra", "nothing-here"):
        phone.set_viewport_size({"width": 320, "height": 568})
        phone.goto(address(site, lang, name))
        assert violations(phone) == [], name
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, "320 px")
        phone.evaluate("document.documentElement.style.fontSize = '225%'")
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, "200 % text")


@pytest.mark.parametrize("lang", CODES)
def test_the_exit_is_in_view_while_scrolling_and_large_enough(phone: Page, site: str, lang: str) -> None:
    for name in ("start", "signs", "chat"):
        phone.goto(address(site, lang, name))
        for _ in range(2):
            box = phone.locator("#exit").bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 44
            assert box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] >= 0 and box["y"] + box["height"] <= 640
            on_top = phone.evaluate("([x, y]) => document.elementFromPoint(x, y).id", [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
            assert on_top == "exit", name
            phone.evaluate("window.scrollTo(0, document.body.scrollHeight)")


def test_the_exit_takes_this_pages_place_in_the_history(strict: Page, site: str) -> None:
    strict.goto(f"{site}/sv/about")
    strict.goto(f"{site}/sv/signs")
    strict.click("#exit")
    strict.wait_for_url("https://exit.invalid/")
    strict.go_back()
    assert strict.url == f"{site}/sv/about"


def test_the_screen_is_blank_in_the_same_moment(strict: Page, site: str) -> None:
    strict.goto(f"{site}/sv/signs")
    shown = strict.evaluate("() => { document.getElementById('exit').click(); return [document.body.innerText, document.title]; }")
    assert shown == ["", ""]


def test_shift_three_times_leaves(strict: Page, site: str) -> None:
    strict.goto(f"{site}/ti/now")
    for _ in range(3):
        strict.keyboard.press("Shift")
    strict.wait_for_url("https://exit.invalid/")


def test_no_cookie_no_storage_no_foreign_request_no_refused_file(strict: Page, site: str) -> None:
    for lang in ("sv", "ar", "ti"):
        for name in (*PAGES, "chat", "help/0192"):
            strict.goto(address(site, lang, name))
            assert strict.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert strict.context.cookies() == []
    assert strict.faults == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", CODES)
def test_the_chat_answers_on_the_same_page(strict: Page, site: str, lang: str) -> None:
    strict.goto(f"{site}/{lang}/chat")
    strict.fill("#message", "112")
    strict.click("#send")
    answer = strict.locator("#log .answer")
    expect(answer).to_be_visible()
    assert answer.get_attribute("dir") == LANGUAGES[lang].direction
    assert strict.locator("#log").get_attribute("role") == "log"
    assert strict.locator('#log a.call[href="tel:112"]').count() == 1
    assert strict.url == f"{site}/{lang}/chat" and strict.input_value("#message") == ""
    assert strict.evaluate("document.activeElement.id") == "message"
    assert strict.evaluate("localStorage.length + sessionStorage.length") == 0
    assert strict.faults == []  # type: ignore[attr-defined]


def test_a_button_of_an_answer_is_a_message(strict: Page, site: str) -> None:
    strict.goto(f"{site}/sv/chat")
    strict.fill("#message", "qwerty")
    strict.keyboard.press("Tab")
    strict.keyboard.press("Enter")
    strict.locator("#log .choices button").first.click()
    expect(strict.locator("#log .answer")).to_have_count(2)
    assert strict.locator("#log .question").last.inner_text().endswith("Jag har hittat ett vapen")


def test_a_chat_that_fails_shows_112_and_keeps_the_text(strict: Page, site: str) -> None:
    strict.goto(f"{site}/sv/chat")
    strict.route("**/api/chat", lambda route: route.abort())
    strict.fill("#message", "min son är borta")
    strict.click("#send")
    alert = strict.locator('#log [role="alert"]')
    expect(alert).to_contain_text("112")
    assert strict.input_value("#message") == "min son är borta"


@pytest.mark.parametrize("lang", ["sv", "ar", "ti"])
def test_everything_works_without_javascript(browser: Browser, site: str, lang: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{lang}/")
    page.locator(".door.now").click()
    expect(page.locator('main a[href="tel:112"]').first).to_be_visible()
    page.goto(f"{site}/{lang}/help")
    page.fill("#q", "nynashamn")
    page.locator(".search button").click()
    expect(page.locator('a.call[href="tel:+46852068000"]')).to_be_visible()
    page.goto(f"{site}/{lang}/chat")
    page.fill("#message", "112")
    page.click("#send")
    expect(page.locator('#log a.call[href="tel:112"]')).to_be_visible()
    page.locator("#log .links a").first.click()
    assert page.url == f"{site}/{lang}/now"
    assert page.locator("#exit").get_attribute("href") == "https://exit.invalid/"
    context.close()


def test_by_keyboard_alone_skip_link_exit_and_text_come_first(strict: Page, site: str) -> None:
    strict.goto(f"{site}/sv/now")
    order = []
    for _ in range(3):
        strict.keyboard.press("Tab")
        order.append(strict.evaluate("document.activeElement.className || document.activeElement.tagName"))
    assert order[:2] == ["skip", "exit"]
    strict.goto(f"{site}/sv/now")
    strict.keyboard.press("Tab")
    strict.keyboard.press("Enter")
    assert strict.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("lang", ["sv", "ar", "ti"])
def test_numbers_and_swedish_words_keep_their_order_in_every_script(phone: Page, site: str, lang: str) -> None:
    phone.goto(f"{site}/{lang}/help")
    for link in phone.locator('bdi > a[href^="tel:"], a[href^="tel:"] > bdi').all():
        assert link.evaluate("e => getComputedStyle(e.closest('bdi') || e.querySelector('bdi')).direction") == "ltr"
    police = phone.locator('a[href="tel:11414"]').first
    assert police.inner_text().replace("\u00a0", " ") == "114 14"
