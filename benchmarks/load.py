"""Starts servers on loopback for the measurements and puts bounded load on them."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT

BIN = Path(sys.executable).parent


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(command: list[str], port: int, path: str = "/", seconds: float = 60, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; wait until it answers `path`. Raises RuntimeError when it does not."""
    with open(os.devnull, "w") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=sink, stderr=sink)
        try:
            wait(port, path, seconds)
            yield process
        finally:
            process.terminate()
            process.wait(20)


def wait(port: int, path: str, seconds: float) -> float:
    """Wait until a server answers 200 and give the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return time.monotonic() - began
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port} {path}")


def requests_a_second(port: int, path: str, connections: int = 32, seconds: int = 4) -> float:
    """Give answers a second under steady load on both cores, by wrk (Debian's package). Raises without it or on errors."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("the measurement needs wrk: apt-get install wrk")
    done = subprocess.run(
        [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True,
    )
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))  # type: ignore[union-attr]


def resident(process: int) -> float:
    """Give the resident memory of a process and its children in MB."""
    total = 0.0
    for pid in [process, *children(process)]:
        try:
            total += next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")) / 1024
        except (OSError, StopIteration):
            continue
    return total


def children(process: int) -> list[int]:
    """Give the ids of all descendants of a process."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True).stdout.split()
    return [pid for text in found for pid in (int(text), *children(int(text)))]


def percentile(values: list[float], share: float) -> float:
    """Give the value below which a share of the values lies."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def granian(port: int, workers: int = 1, threads: int = 4) -> list[str]:
    """Give the command of the site as the Procfile starts it."""
    return [
        str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(threads), "--backpressure", "32", "--no-access-log", "--log-level", "error", "app.wsgi:application",
    ]
