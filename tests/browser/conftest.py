"""Chromium, and the site behind its real server, without the assistant."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.settings import ROOT
from bootstrap import find_chromium
from tests.bot.conftest import free_port


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    assert path, "Chromium is missing: make test installs it, or name it with CHROMIUM=…"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    port = free_port()
    exit_port = free_port()
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-access-log",
            "--log-level", "error", "--blocking-threads", "8", "app.wsgi:application",
        ],
        cwd=ROOT,
        env={**os.environ, "GUIDE_BOT_URL": f"http://127.0.0.1:{exit_port}", "GUIDE_RATELIMIT_ENABLED": "false", "GUIDE_EXIT_URL": "https://exit.invalid/"},
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
            break
        except OSError:
            time.sleep(0.1)
    else:
        raise RuntimeError("the site does not answer")
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)
