"""What keeps the reader safe in every answer: headers, no cookie, a rate limit that knows nobody, logs without words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import time
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from werkzeug.datastructures import Headers

from app.settings import Settings

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}


def style_hash(style: str) -> str:
    """Give the hash that allows exactly this style in a page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def content_policy(style: str) -> str:
    """Give the Content-Security-Policy: everything forbidden but our own files and the one style by its hash."""
    return (
        f"default-src 'none'; style-src '{style_hash(style)}'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class _Visitors:
    """Tells visitors apart without knowing them: the address under a key that is never stored and lives a day."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until = time.monotonic() + 86400

    def __call__(self) -> str:
        if time.monotonic() > self._until:
            self.__init__()  # type: ignore[misc]
        return hmac.new(self._key, (request.remote_addr or "").encode(), "sha256").hexdigest()


def init_app(app: Flask, settings: Settings, style: str) -> Limiter:
    """Give every answer its headers, take cookies away, and give the limiter for chat messages."""
    policy = content_policy(style)

    @app.after_request
    def protect(response: Response) -> Response:
        add_headers(response.headers, policy)
        response.headers.pop("Set-Cookie", None)
        return response

    limiter = Limiter(
        _Visitors(), app=app, storage_uri="memory://", enabled=settings.ratelimit_enabled, headers_enabled=False,
        swallow_errors=True,
    )
    logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)
    # Flask logs an exception with its traceback, and a traceback can hold what was written.
    app.logger.addFilter(NoWords())
    return limiter


class NoWords(logging.Filter):
    """Keeps of an exception in the log only its type and the place in our code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0]:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
            record.msg, record.args = f"{record.exc_info[0].__name__} at {where}", None
            record.exc_info = None
            record.exc_text = None
        return True


def add_headers(headers: Headers, policy: str) -> None:
    """Add the protecting headers to an answer's."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", policy)
