"""Takes the pictures of the README from a running site: `.venv/test/bin/python docs/pictures.py http://127.0.0.1:8000`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bootstrap import find_chromium

FOLDER = Path(__file__).resolve().parent / "pictures"


def main(site: str) -> None:
    """Take three pictures, 360 × 720 pixels."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 360, "height": 720}).new_page()
        page.goto(f"{site}/sv/")
        page.screenshot(path=FOLDER / "start-sv.png")
        page.goto(f"{site}/ar/chat")
        page.fill("#message", "لقيت مسدس بشنطة ابني")
        page.click("#send")
        page.wait_for_selector("#log .answer")
        page.wait_for_timeout(600)
        page.screenshot(path=FOLDER / "chat-ar.png")
        page.goto(f"{site}/ti/now")
        page.screenshot(path=FOLDER / "now-ti.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
