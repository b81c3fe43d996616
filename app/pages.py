"""Finished bytes in front of Flask: a page is rendered, compressed and hashed once, then served by one look-up."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import brotli

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

FINISHED: Final = "X-Finished"  # views set it on answers that are the same for everybody; it never leaves the house
MOST = 20_000  # finished answers at the most


@dataclass(frozen=True, slots=True)
class _Finished:
    etag: str
    bodies: dict[str, tuple[list[tuple[str, str]], bytes]]  # by encoding: headers and bytes
    unchanged: list[tuple[str, str]]


class FinishedPages:
    """A WSGI application that serves finished pages and asks another one for everything else.

    `revision()` tells when what is finished is out of date. Only answers with status 200 to a GET without a
    query that carry the header X-Finished are kept.
    """

    def __init__(self, application: Application, revision: Callable[[], int]) -> None:
        self._application = application
        self._revision = revision
        self._made_from = -1
        self._pages: dict[str, _Finished] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if self._revision() != self._made_from:
            with self._lock:
                self._pages = {}
                self._made_from = self._revision()
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
            return self._application(environ, start_response)
        path = environ["PATH_INFO"]
        page = self._pages.get(path)
        if page is None:
            return self._finish(path, environ, start_response)
        return _serve(page, environ, start_response)

    def _finish(self, path: str, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        pages, made_from = self._pages, self._made_from
        answer: dict[str, Any] = {}

        def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
            answer.update(status=status, headers=headers, exc_info=exc_info)
            return lambda data: None

        asked = {**environ, "REQUEST_METHOD": "GET"}
        parts = self._application(asked, keep)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        headers = [(k, v) for k, v in answer["headers"] if k != FINISHED]
        if answer["status"].startswith("200") and len(headers) != len(answer["headers"]):
            page = _finished(headers, body)
            if len(pages) < MOST and made_from == self._revision():
                pages[path] = page
            return _serve(page, environ, start_response)
        start_response(answer["status"], headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _finished(headers: list[tuple[str, str]], body: bytes) -> _Finished:
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    common = [(k, v) for k, v in headers if k not in ("Content-Length", "ETag", "Vary")]
    common += [("ETag", etag), ("Vary", "Accept-Encoding")]
    kept = [(k, v) for k, v in common if k != "Content-Type"]
    kind = next((v for k, v in headers if k == "Content-Type"), "")
    compressible = kind.startswith(("text/", "application/json", "application/javascript", "image/svg", "application/xml", "application/manifest"))
    versions = {"identity": body}
    if compressible and len(body) > 200:
        versions["gzip"] = gzip.compress(body, 9, mtime=0)
        versions["br"] = brotli.compress(body, quality=11)
    return _Finished(
        etag,
        {
            name: ([*common, ("Content-Length", str(len(data)))] + ([("Content-Encoding", name)] if name != "identity" else []), data)
            for name, data in versions.items()
        },
        kept,
    )


def _serve(page: _Finished, environ: dict[str, Any], start_response: Start) -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and (known.strip() == "*" or page.etag in (tag.strip().removeprefix("W/") for tag in known.split(","))):
        start_response("304 Not Modified", page.unchanged)
        return []
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    encoding = "identity"
    for name in ("br", "gzip"):
        if name in page.bodies and name in accepted and _wants(name, accepted):
            encoding = name
            break
    headers, body = page.bodies[encoding]
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _wants(name: str, accepted: str) -> bool:
    """Say whether an encoding is accepted: named, and not with a quality of zero."""
    for part in accepted.split(","):
        token, _, quality = part.partition(";")
        if token.strip() == name:
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
