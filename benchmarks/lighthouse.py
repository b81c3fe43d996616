"""Lighthouse on a slow phone: every page, in the languages named in LIGHTHOUSE_LANGS (all without it; ten seconds a page).

Lighthouse comes from npm into var/lighthouse. The site is measured behind its real server, on loopback.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path

from app.checks import PAGES
from app.languages import CODES
from app.settings import ROOT
from bootstrap import find_chromium

FOLDER = ROOT / "var" / "lighthouse"
VERSION = "12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices")
PORT = 8790


def _install() -> Path:
    tool = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not tool.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(FOLDER), f"lighthouse@{VERSION}"], check=True)
    return tool


def _measured(tool: Path, address: str, tries: int = 3) -> dict[str, float]:
    """The figures of one page. Chromium sometimes does not come up on a busy machine: then it is started again."""
    done = subprocess.run(
        [
            str(tool), address, "--quiet", f"--only-categories={','.join(CATEGORIES)}", "--output=json", "--output-path=stdout",
            "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-background-networking",
        ],
        capture_output=True, text=True, timeout=180, env={**os.environ, "CHROME_PATH": find_chromium() or ""}, check=tries == 1,
    )
    if done.returncode:
        return _measured(tool, address, tries - 1)
    report = json.loads(done.stdout)
    found = {name: report["categories"][name]["score"] * 100 for name in CATEGORIES}
    found["lcp"] = report["audits"]["largest-contentful-paint"]["numericValue"] / 1000
    found["cls"] = report["audits"]["cumulative-layout-shift"]["numericValue"]
    return found


def measure() -> str:
    """Give the worst of each figure by language: scores of 100, LCP in seconds, CLS."""
    tool = _install()
    langs = os.environ.get("LIGHTHOUSE_LANGS", ",".join(CODES)).split(",")
    site = subprocess.Popen(
        [
            str(ROOT / ".venv" / "test" / "bin" / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--no-access-log",
            "--log-level", "error", "--blocking-threads", "4", "app.wsgi:application",
        ],
        cwd=ROOT, env={**os.environ, "GUIDE_BOT_URL": "http://127.0.0.1:9"},
    )
    lines = [
        "## Lighthouse", "", f"Lighthouse {VERSION}, its mobile preset (slow 4G, slow phone, simulated), the worst page of each language.", "",
        "| language | pages | performance | accessibility | best practices | LCP, s | CLS |", "|---|---:|---:|---:|---:|---:|---:|",
    ]
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        for lang in langs:
            names = [*PAGES, "chat", "search", "help/0192"]
            rows = [_measured(tool, f"http://127.0.0.1:{PORT}/{lang}/" + ("" if name == "start" else name)) for name in names]
            worst = {key: (max if key in ("lcp", "cls") else min)(row[key] for row in rows) for key in rows[0]}
            lines.append(
                f"| {lang} | {len(rows)} | {worst['performance']:.0f} | {worst['accessibility']:.0f} | {worst['best-practices']:.0f} | {worst['lcp']:.2f} | {worst['cls']:.3f} |"
            )
            print(lines[-1], flush=True)
    finally:
        site.terminate()
        site.wait(20)
    lines += ["", "Bars: 100, 100, 100, LCP at most 1.2 s, CLS 0."]
    return "\n".join(lines) + "\n"
