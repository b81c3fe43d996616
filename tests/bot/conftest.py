"""A real Rasa and a real site, started for the tests and ended after them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.settings import ROOT, Settings

BOT = ROOT / ".venv" / ("bot-full" if os.environ.get("BOT") == "full" else "bot") / "bin" / "python"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """The assistant and the site as processes of their own, with all they write in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.bot_port = free_port(), free_port()
        self.log = (folder / "log").open("ab")
        self.site: subprocess.Popen[bytes] | None = None
        self.bot: subprocess.Popen[bytes] | None = None
        # The same settings in this process, to look up words with.
        self.app = create_app(Settings(ratelimit_enabled=False))
        self.assistant = self.app.extensions["guide"].assistant

    def start_bot(self) -> None:
        self.bot = self._bot(self.bot_port)

    def _bot(self, port: int) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [
                str(BOT), "-m", "bot.rasa_command", "run", "--model", "var/models/guide.tar.gz", "--endpoints", "bot/endpoints.yml",
                "--credentials", "bot/credentials.yml", "--port", str(port), "--interface", "127.0.0.1",
            ],
            cwd=ROOT, env={**os.environ, "BOT_PORT": str(port)}, stdout=self.log, stderr=self.log,
        )
        self._wait(f"http://127.0.0.1:{port}/webhooks/guide/", process)
        return process

    def start_site(self) -> None:
        self.site = self._site(self.port, f"http://127.0.0.1:{self.bot_port}")

    def _site(self, port: int, bots: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "GUIDE_BOT_URL": bots, "GUIDE_RATELIMIT_ENABLED": "false", "GUIDE_SECRET": "test" * 16, "TMPDIR": str(self.folder),
        }
        process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--blocking-threads", "8", "--no-access-log", "--log-level", "warning", "app.wsgi:application",
            ],
            cwd=ROOT, env=environment, stdout=self.log, stderr=self.log,
        )
        self._wait(f"http://127.0.0.1:{port}/healthz", process)
        return process

    @contextmanager
    def second_bot(self) -> Iterator[int]:
        """A site with two processes of the assistant behind it; gives its port."""
        second, port = free_port(), free_port()
        started = [self._bot(second)]
        try:
            started.append(self._site(port, f"http://127.0.0.1:{self.bot_port},http://127.0.0.1:{second}"))
            yield port
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(20)

    def _wait(self, url: str, process: subprocess.Popen[bytes]) -> None:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"ended with {process.returncode}:\n{self.logs()[-3000:]}")
            try:
                urllib.request.urlopen(url, timeout=1).read()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{url} does not answer:\n{self.logs()[-3000:]}")

    def kill_bot(self) -> None:
        assert self.bot is not None
        self.bot.send_signal(signal.SIGKILL)
        self.bot.wait()
        time.sleep(1.1)  # the site believes for a second that an assistant that answered is up

    def close(self) -> None:
        for process in (self.site, self.bot):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(20)
        self.log.close()

    def raw(self, method: str, path: str, body: bytes | None, kind: str = "application/json", port: int | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port or self.port}{path}", body, {"Content-Type": kind}, method=method
        ) if path.isascii() else urllib.request.Request(
            f"http://127.0.0.1:{port or self.port}{urllib.request.quote(path)}", body, {"Content-Type": kind}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        status, data = self.raw("POST", path, json.dumps(body).encode())
        return status, json.loads(data)

    def bot_raw(self, body: bytes) -> tuple[int, bytes]:
        return self.raw("POST", "/webhooks/guide/messages", body, port=self.bot_port)

    def bot_actions(self, body: bytes) -> tuple[int, bytes]:
        return self.raw("POST", "/webhooks/guide/actions", body, port=self.bot_port)

    def health(self) -> dict[str, Any]:
        time.sleep(1.1)
        return json.loads(self.raw("GET", "/healthz", None)[1])

    def logs(self) -> str:
        self.log.flush()
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def written_files(self) -> list[Path]:
        """Every file in the folder, and every file of the project's var/ that is newer than the start."""
        return [p for p in (*self.folder.rglob("*"), *(ROOT / "var").rglob("*")) if p.is_file()]

    @contextmanager
    def false_bot(self, answer: bytes | None) -> Iterator[None]:
        """In place of the assistant something that answers this, or (None) nothing for a long time."""
        assert self.bot is not None
        self.bot.terminate()
        self.bot.wait(20)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if answer is None:
                    time.sleep(4)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", self.bot_port), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            self.start_bot()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assert BOT.is_file(), "the assistant's environment is missing: make test sets it up"
    assert (ROOT / "var" / "models" / "guide.tar.gz").is_file(), "the assistant is not trained: make train"
    made = Stack(tmp_path_factory.mktemp("stack"))
    try:
        made.start_bot()
        made.start_site()
        yield made
    finally:
        made.close()
