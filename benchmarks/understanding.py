"""What the assistant makes of the held-out sentences, through the site's API: what the site reads and what Rasa understands together."""

from __future__ import annotations

import http.client
import json

import yaml

from app.languages import CODES
from app.settings import ROOT
from benchmarks.chat import bot_command
from benchmarks.load import free_port, granian, server

URGENT = ("emergency", "weapon_found", "self_harm")
IDLE = ("smalltalk", "out_of_scope")


def measure() -> str:
    """Give the figures of the product's bars by language, each message a talk of its own on a page of its language."""
    site, bot = free_port(), free_port()
    rows: list[tuple[str, str, str, bool]] = []
    with (
        server(bot_command(bot), bot, "/webhooks/guide/", BOT_PORT=str(bot)),
        server(granian(site), site, "/healthz", GUIDE_BOT_URL=f"http://127.0.0.1:{bot}", GUIDE_RATELIMIT_ENABLED="false"),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", site, timeout=20)
        for code in CODES:
            page = "sv" if code != "sv" else "en"  # on a page of another language, so that the language has to be read
            held_out = yaml.safe_load((ROOT / "bot" / "tests" / "nlu" / "test" / f"{code}.yml").read_text(encoding="utf-8"))
            for topic, texts in held_out.items():
                for text in texts:
                    connection.request("POST", "/api/chat", json.dumps({"message": text, "lang": page}), {"Content-Type": "application/json"})
                    reply = json.loads(connection.getresponse().read())
                    rows.append((code, topic, reply["topic"], len(text) < 20 or reply["lang"] == code))
    names = ("topic right", "crisis recognised", "false alarms, other", "false alarms, idle", "language right (20 characters and more)")
    lines = ["## Understanding, through the site", "", f"{len(rows)} held-out sentences of `bot/tests/nlu/test`, each on a page of another language.", "",
             "| language | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for code in (*CODES, None):
        part = [r for r in rows if code in (None, r[0])]
        figures = (
            [t == f for _, t, f, _ in part],
            [f in URGENT for _, t, f, _ in part if t in URGENT],
            [f in URGENT for _, t, f, _ in part if t not in (*URGENT, *IDLE)],
            [f in URGENT for _, t, f, _ in part if t in IDLE],
            [right for *_, right in part],
        )
        lines.append(f"| {code or '**all**'} | " + " | ".join(f"{sum(values) / len(values):.3f}" for values in figures) + " |")
    return "\n".join(lines) + "\n"
