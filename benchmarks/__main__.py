"""Runs all measurements and writes docs/benchmarks.md: `make bench`, or `python -m benchmarks NAME …` for some."""

from __future__ import annotations

import importlib
import os
import platform
import subprocess
import sys
from datetime import date

from app.settings import ROOT

NAMES = ("pages", "weight", "places", "search", "chat", "start", "understanding")
SLOW = ("default_pipeline", "lighthouse")  # only when named


def machine() -> str:
    """Say on what machine this was measured."""
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def main() -> int:
    names = sys.argv[1:] or NAMES
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    parts = [f"# Benchmarks\n\nWritten by `make bench`. {date.today()}, revision {revision}, {machine()}.\n"]
    for name in names:
        if name not in (*NAMES, *SLOW):
            print(f"there is no measurement {name}; there are: {', '.join(NAMES)}", file=sys.stderr)
            return 2
        print(f"· {name}", flush=True)
        part = importlib.import_module(f"benchmarks.{name}").measure()
        print(part, flush=True)
        parts.append(part)
    if not sys.argv[1:]:
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
