"""In a real browser: reading aloud, printing, two languages, sharing, pictures, and the search, also by keyboard and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.checks import PAGES
from app.languages import CODES
from tests.browser.test_browser import address, violations

# A device with these voices; what it is told to say is kept, and each word takes no time.
VOICES = """
(() => {
  const voices = VOICES.map(([lang, local]) => ({ lang, localService: local, name: lang, voiceURI: lang, default: false }));
  window.said = [];
  let cancelled = 0;
  const speech = {
    getVoices: () => voices,
    speak: (one) => { const mine = cancelled; window.said.push([one.voice.lang, one.text]); setTimeout(() => { if (mine === cancelled && one.onend) { one.onend(); } }, HOLD); },
    cancel: () => { cancelled += 1; window.cancels = cancelled; },
    addEventListener: () => {},
  };
  Object.defineProperty(window, 'speechSynthesis', { value: speech, configurable: true });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})();
"""


@pytest.fixture
def device(browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def make(voices: list[tuple[str, bool]], hold: int = 0) -> Page:
        context = browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
        contexts.append(context)
        page = context.new_page()
        listed = "[" + ",".join(f"['{lang}', {str(local).lower()}]" for lang, local in voices) + "]"
        page.add_init_script(VOICES.replace("VOICES", listed).replace("HOLD", str(hold)))
        page.route("https://exit.invalid/**", lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
        return page

    yield make
    for context in contexts:
        context.close()


def test_a_page_is_read_block_by_block_from_the_button_on(device: Callable[..., Page], site: str) -> None:
    page = device([("so-SO", True), ("sv-SE", True)])
    page.goto(f"{site}/so/threats")
    ears = page.locator(".ear")
    assert ears.count() == page.locator("article h1, article h2").count()
    ears.nth(2).click()
    page.wait_for_function("document.querySelectorAll('.reading').length === 0 && window.said.length > 3")
    said = page.evaluate("window.said")
    second = page.locator("article h2").nth(1).inner_text().strip()
    assert said[0][1] == second and {lang for lang, _ in said} <= {"so-SO", "sv-SE"}
    assert not any("Dhageyso" in text for _, text in said), "the name of the button is not part of the text"
    expect(ears.nth(2)).to_have_attribute("aria-pressed", "false")


def test_a_swedish_sentence_is_read_by_a_swedish_voice_or_not_at_all(device: Callable[..., Page], site: str) -> None:
    for voices in ([("ar-EG", True), ("sv-SE", True)], [("ar-EG", True)]):
        page = device(voices)
        page.goto(f"{site}/ar/weapon")
        page.locator(".ear").first.click()
        page.wait_for_function("window.said.length > 5 && document.querySelectorAll('.reading').length === 0")
        said = page.evaluate("window.said")
        swedish = [text for lang, text in said if lang == "sv-SE"]
        assert ("Jag har hittat ett vapen hemma. Jag behöver hjälp." in swedish) == (len(voices) == 2)
        assert not any("vapen" in text for lang, text in said if lang == "ar-EG")


@pytest.mark.parametrize("voices", [[], [("en-US", True)], [("ti-ER", False)], [("tig", True)]])
def test_no_button_without_a_voice_of_that_language_on_the_device(device: Callable[..., Page], site: str, voices: list[tuple[str, bool]]) -> None:
    page = device(voices)
    page.goto(f"{site}/ti/now")
    assert page.locator(".ear").count() == 0


def test_pressing_again_or_leaving_stops_the_voice(device: Callable[..., Page], site: str) -> None:
    page = device([("sv-SE", True)], hold=60_000)
    page.goto(f"{site}/sv/now")
    ear = page.locator(".ear").first
    ear.click()
    expect(page.locator(".reading")).to_have_count(1)
    expect(ear).to_have_attribute("aria-pressed", "true")
    ear.click()
    expect(page.locator(".reading")).to_have_count(0)
    ear.click()
    before = page.evaluate("window.cancels")
    page.evaluate("() => { const real = speechSynthesis.cancel; speechSynthesis.cancel = () => { real(); document.documentElement.dataset.silenced = '1'; }; }")
    silenced = page.evaluate("() => { document.getElementById('exit').click(); return [document.documentElement.dataset.silenced, window.cancels]; }")
    assert silenced[0] == "1" and silenced[1] > before
    page.wait_for_url("https://exit.invalid/")


def test_an_answer_of_the_chat_can_be_heard(device: Callable[..., Page], site: str) -> None:
    page = device([("sv-SE", True)])
    page.goto(f"{site}/sv/chat")
    page.fill("#message", "112")
    page.click("#send")
    page.locator(".answer .ear").click()
    page.wait_for_function("window.said.length > 0")
    assert any("112" in text for _, text in page.evaluate("window.said"))
    assert violations(page) == []


def test_listening_breaks_no_rule_and_moves_nothing(device: Callable[..., Page], site: str) -> None:
    page = device([("ar-EG", True)])
    page.add_init_script("window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) { window.shift += e.value; } }).observe({ type: 'layout-shift', buffered: true });")
    for name in ("now", "talk", "start"):
        page.goto(address(site, "ar", name))
        page.wait_for_timeout(150)
        assert page.evaluate("window.shift") == 0, name
        assert violations(page) == []
        for box in (ear.bounding_box() for ear in page.locator(".ear").all()):
            assert box and box["width"] >= 44 and box["height"] >= 44


@pytest.mark.parametrize("lang", CODES)
def test_two_languages_fit_a_phone_and_break_no_rule(browser: Browser, site: str, lang: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    other = "ar" if lang == "sv" else "sv"
    for name in PAGES:
        page.goto(f"{site}/{lang}/two/{other}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        if name in ("now", "words", "meeting"):
            assert violations(page) == [], name
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto(f"{site}/{lang}/two/{other}/talk")
    boxes = page.locator(".pair").nth(3).evaluate("e => [...e.children].map(c => c.getBoundingClientRect().top)")
    assert abs(boxes[0] - boxes[1]) < 1, "side by side on a wide screen"
    context.close()


def test_printing(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.goto(f"{site}/fa/threats")
    page.locator("[data-print]").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    for hidden in ("#exit", "header", ".below", "[data-print]"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".sheet li").first.is_visible() and page.locator("article a[href='tel:112']").first.is_visible()
    page.goto(f"{site}/so/two/sv/meeting")
    tops = page.locator(".pair").nth(2).evaluate("e => [...e.children].map(c => c.getBoundingClientRect().top)")
    assert abs(tops[0] - tops[1]) < 1, "side by side on paper"
    context.close()


@pytest.mark.parametrize("lang", CODES)
def test_a_plan_prints_on_two_sheets_of_paper_at_most(browser: Browser, site: str, lang: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    for name in ("threats", "missing", "meeting", "now", "weapon"):
        page.goto(f"{site}/{lang}/{name}")
        assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2, name
    context.close()


def test_the_qr_code_is_loaded_only_when_it_is_asked_for(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/sv/threats")
    page.wait_for_timeout(200)
    assert not [url for url in asked if "/qr/" in url] and len(asked) <= 6
    page.locator(".share summary").click()
    picture = page.locator(".share img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert [url for url in asked if "/qr/" in url] == [f"{site}/sv/qr/threats.svg"]
    context.close()


@pytest.mark.parametrize("lang", ["sv", "ar", "ti"])
def test_the_search_works_without_javascript_and_leaves_no_address(browser: Browser, site: str, lang: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{lang}/")
    page.locator(f'header a[href="/{lang}/search"]').click()
    page.fill("#q", {"sv": "tjänst", "ar": "الشرطة", "ti": "ፖሊስ"}[lang])
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_be_visible()
    assert page.url == f"{site}/{lang}/search"
    page.locator(".hits a").first.click()
    assert f"/{lang}/" in page.url
    context.close()


@pytest.mark.parametrize("lang", CODES)
def test_search_results_break_no_rule_and_fit_320_pixels(browser: Browser, site: str, lang: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/{lang}/search")
    for query in ("Malmö", "swish", "112", "qqqqzzzzxx"):
        page.fill("#q", query)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert violations(page) == [], query
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), query
    context.close()
