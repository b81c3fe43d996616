"""Conversation ids: random and signed; they carry what the assistant has gathered (ids, never a word), so that a talk survives it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
import time
import zlib
from collections.abc import Callable
from typing import Any, Final

_SENDER = re.compile(r"[0-9a-f]{32}\Z")
MINUTES: Final = 30  # how long what a page has kept counts; the assistant forgets a silent talk after the same time
LONGEST: Final = 4000  # characters of an id


class BadConversation(ValueError):
    """The conversation id was not given out by this site."""


class Conversations:
    """Ids of the form `<32 hexadecimal digits>[.<what is remembered>].<signature>`.

    What is remembered is JSON of ids (topics, answers, a municipality's code), packed, with the minute it was written;
    `clock` gives seconds.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._key = secret.encode()
        self._clock = clock

    def new(self) -> str:
        """Give a new id."""
        return self.give(secrets.token_hex(16), None)

    def give(self, sender: str, memory: dict[str, Any] | None) -> str:
        """Give the id of a talk with what is remembered of it."""
        packed = ""
        if memory:
            body = json.dumps([int(self._clock() // 60), memory], separators=(",", ":"), ensure_ascii=False)
            packed = base64.urlsafe_b64encode(zlib.compress(body.encode(), 9)).decode().rstrip("=") + "."
        signed = f"{sender}.{packed}"
        return signed + self._sign(signed) if len(signed) < LONGEST - 40 else self.give(sender, None)

    def read(self, conversation: str) -> tuple[str, dict[str, Any]]:
        """Give the assistant's name of a talk and what its id remembers ({} when that is too old).

        Raises BadConversation for an id that was not given out here.
        """
        signed, dot, signature = conversation.rpartition(".")
        signed += dot
        if not hmac.compare_digest(signature.encode(), self._sign(signed).encode()):
            raise BadConversation
        sender, _, packed = signed.removesuffix(".").partition(".")
        if not _SENDER.match(sender):
            raise BadConversation
        if not packed:
            return sender, {}
        try:
            minute, memory = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
        except (ValueError, zlib.error, binascii.Error) as error:
            raise BadConversation from error
        if not isinstance(memory, dict) or self._clock() // 60 - minute > MINUTES:
            return sender, {}
        return sender, memory

    def _sign(self, signed: str) -> str:
        return hmac.new(self._key, signed.encode(), "sha256").hexdigest()[:32]
