"""The way to the assistant's processes: one, or several with each talk at the same one."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import urllib3

_logger = logging.getLogger(__name__)


class Bots:
    """The processes of the assistant, by their addresses.

    A talk goes to the same process while that answers (rendezvous hashing: when one is gone, only its talks move). Rasa's own
    multi-worker mode sends each message to any worker, and workers do not share what they remember.
    """

    def __init__(self, addresses: Sequence[str], timeout: float) -> None:
        self.addresses = tuple(addresses)
        self._pool = urllib3.PoolManager(num_pools=max(4, len(self.addresses)), maxsize=32, retries=False, timeout=timeout)
        self._seen_up = 0.0

    def order(self, sender: str) -> list[str]:
        """Give the addresses in the order in which a talk tries them."""
        return sorted(self.addresses, key=lambda address: blake2b(f"{sender} {address}".encode(), digest_size=8).digest())

    def ask(self, body: dict[str, Any]) -> Any:
        """Send a message (`sender`, `message`, `metadata`) and give what is answered, or None.

        A process that refuses the connection is passed over for the next; one that is slow or answers nonsense is not, so that
        nobody waits twice.
        """
        data = json.dumps(body).encode()
        for address in self.order(str(body["sender"])):
            try:
                answer = self._pool.request("POST", f"{address}/webhooks/guide/messages", body=data, headers={"Content-Type": "application/json"})
            except urllib3.exceptions.NewConnectionError:
                _logger.warning("assistant: no connection")
                continue
            except urllib3.exceptions.ProtocolError:  # it died with the message in its hands
                _logger.warning("assistant: the connection broke")
                continue
            except urllib3.exceptions.HTTPError as error:
                _logger.warning("assistant: %s", type(error).__name__)
                return None
            if answer.status != 200:
                _logger.warning("assistant: status %d", answer.status)
                return None
            try:
                heard = json.loads(answer.data)
            except ValueError:
                _logger.warning("assistant: not JSON")
                return None
            return heard
        return None

    def seen(self) -> None:
        """Note that a process has just answered as it should."""
        self._seen_up = time.monotonic()

    def up(self) -> bool:
        """Say whether a process answers; what was true within the last second is not asked again."""
        if time.monotonic() - self._seen_up < 1.0:
            return True
        for address in self.addresses:
            try:
                answer = self._pool.request("GET", f"{address}/webhooks/guide/", timeout=0.5)
            except urllib3.exceptions.HTTPError:
                continue
            if answer.status == 200:
                self.seen()
                return True
        return False
