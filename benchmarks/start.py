"""How long start takes, and how large the assistant's installation is."""

from __future__ import annotations

import subprocess
import time

from app.settings import ROOT
from benchmarks.chat import bot_command
from benchmarks.load import free_port, granian, server


def measure() -> str:
    """Give seconds from the command to the first answer, the middle of three, and MB on disk."""
    assistant, site = [], []
    for _ in range(3):
        bot, port = free_port(), free_port()
        began = time.monotonic()
        with server(bot_command(bot), bot, "/webhooks/guide/", BOT_PORT=str(bot)):
            assistant.append(time.monotonic() - began)
        began = time.monotonic()
        with server(granian(port), port, "/sv/now"):
            site.append(time.monotonic() - began)
    size = int(subprocess.run(["du", "-sm", str(ROOT / ".venv" / "bot")], capture_output=True, text=True).stdout.split()[0])
    bytecode = sum(p.stat().st_size for p in (ROOT / ".venv" / "bot").rglob("*.pyc")) / 1e6
    return "\n".join([
        "## Start and size", "", "| what | measured | bar |", "|---|---:|---:|",
        f"| assistant: start to first answer | {sorted(assistant)[1]:.1f} s | 5 s |",
        f"| site: start to first page | {sorted(site)[1]:.1f} s | 5 s with the assistant |",
        f"| assistant: installed, with pip and bytecode ({bytecode:.0f} MB) | {size} MB | 500 MB |", "",
    ])
