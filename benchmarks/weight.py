"""What a page weighs: HTML with its style compressed, and the whole first visit."""

from __future__ import annotations

import gzip
import re

from app import create_app
from app.checks import PAGES
from app.languages import CODES
from app.settings import Settings


def measure() -> str:
    """Give the heaviest page of each language, in bytes after gzip, and what a first visit loads."""
    client = create_app(Settings(ratelimit_enabled=False)).test_client()
    lines = ["## Weight", "", "HTML with its style, gzip, bytes; a first visit adds what the page names.", "",
             "| language | heaviest page | its bytes | first visit, bytes | requests |", "|---|---|---:|---:|---:|"]
    for code in CODES:
        sizes = {}
        beside = "ar" if code == "sv" else "sv"
        for name in (*PAGES, "chat", "search", "help/0192", *(f"two/{beside}/{name}" for name in PAGES)):
            address = f"/{code}/" if name == "start" else f"/{code}/{name}"
            html = client.get(address, follow_redirects=True).get_data()
            # A picture in a folded part is loaded when it is unfolded; the preview only by those who show it.
            named = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', html))
            loaded = [client.get(path.decode()).get_data() for path in named]
            style = b"".join(data for path, data in zip(named, loaded, strict=True) if b".css" in path)
            whole = sum(len(gzip.compress(data, 9)) for data in loaded) + len(gzip.compress(html, 9))
            sizes[name] = (len(gzip.compress(html + style, 9)), whole, 1 + len(loaded))
        name = max(sizes, key=lambda n: sizes[n][0])
        lines.append(f"| {code} | {name} | {sizes[name][0]:,} | {max(s[1] for s in sizes.values()):,} | {max(s[2] for s in sizes.values())} |")
    lines += ["", "Bars: 14 kB for every page, 60 kB and 6 requests for the first visit."]
    return "\n".join(lines) + "\n"
