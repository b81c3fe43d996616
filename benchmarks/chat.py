"""The assistant's speed and memory through the site's API, and what the two processes hold."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time

import yaml

from app.languages import CODES
from app.settings import ROOT
from benchmarks.load import free_port, granian, percentile, resident, server

BOT = ROOT / ".venv" / "bot" / "bin" / "python"
ONE, MANY = 400, int(os.environ.get("BENCH_MESSAGES", "10000"))
HELD_OUT = ROOT / "bot" / "tests" / "nlu" / "dev"


def bot_command(port: int, model: str = "var/models/guide.tar.gz") -> list[str]:
    """Give the command of the assistant as the Procfile starts it."""
    return [
        str(BOT), "-m", "bot.rasa_command", "run", "--model", model, "--endpoints", "bot/endpoints.yml", "--credentials",
        "bot/credentials.yml", "--port", str(port), "--interface", "127.0.0.1",
    ]


def messages(count: int) -> list[tuple[str, str]]:
    """Give held-out messages, which were not trained on, with the language of their page, all languages in turn."""
    sentences = {
        code: [str(text) for texts in yaml.safe_load((HELD_OUT / f"{code}.yml").read_text(encoding="utf-8")).values() for text in texts]
        for code in CODES
    }
    return [(sentences[code][(n * 37) % len(sentences[code])] + f" {n % 7}", code) for n in range(count) for code in [CODES[n % len(CODES)]]]


def talk(port: int, texts: list[tuple[str, str]], times: list[float], wrong: list[int]) -> None:
    """Send messages one after the other over one connection, and note seconds and failures."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for text, lang in texts:
        body = json.dumps({"message": text, "lang": lang, "conversation": None})
        began = time.perf_counter()
        connection.request("POST", "/api/chat", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200 or b'"topic"' not in data:
            wrong.append(answer.status)


def measure() -> str:
    """Give p50 and p95 of one client, answers a second of eight, and memory before and after."""
    site, bot = free_port(), free_port()
    with (
        server(bot_command(bot), bot, "/webhooks/guide/", BOT_PORT=str(bot)) as assistant,
        server(granian(site), site, "/healthz", GUIDE_BOT_URL=f"http://127.0.0.1:{bot}", GUIDE_RATELIMIT_ENABLED="false") as pages,
    ):
        wrong: list[int] = []
        talk(site, messages(50), [], wrong)
        times: list[float] = []
        talk(site, messages(ONE), times, wrong)
        before = resident(assistant.pid)
        many: list[float] = []
        began = time.perf_counter()
        threads = [threading.Thread(target=talk, args=(site, messages(MANY // 8), many, wrong)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(many) / (time.perf_counter() - began)
        after, held = resident(assistant.pid), resident(pages.pid)
    return "\n".join([
        "## Chat", "", f"Through `POST /api/chat`, messages of ten languages; load generator on the same cores; {len(wrong)} errors.", "",
        "| what | measured | bar |", "|---|---:|---:|",
        f"| one client, p50 | {percentile(times, 0.5) * 1000:.0f} ms | |",
        f"| one client, p95 | {percentile(times, 0.95) * 1000:.0f} ms | 60 ms |",
        f"| eight clients, answers/s | {rate:.0f} | 50 |",
        f"| eight clients, p95 | {percentile(many, 0.95) * 1000:.0f} ms | |",
        f"| assistant, memory before / after {MANY} messages | {before:.0f} / {after:.0f} MB | 300 MB |",
        f"| site, memory | {held:.0f} MB | |", "",
    ])
