"""Conversation ids carry what a talk has gathered, signed and for half an hour; a talk stays with its process of the assistant."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from app.bots import Bots
from app.conversations import LONGEST, BadConversation, Conversations
from app.settings import Settings

MEMORY = {"worries": ["threats"], "answers": {"want": "money"}, "place": "0127", "spoken": "so"}


def test_what_is_given_is_read_again() -> None:
    talks = Conversations("k" * 32)
    sender, memory = talks.read(talks.new())
    assert memory == {} and len(sender) == 32
    assert talks.read(talks.give(sender, MEMORY)) == (sender, MEMORY)


@pytest.mark.parametrize("place", [0, 10, 33, 40, -1, -20])
def test_a_changed_id_is_refused(place: int) -> None:
    talks = Conversations("k" * 32)
    given = talks.give("0" * 32, MEMORY)
    changed = list(given)
    changed[place] = "1" if changed[place] != "1" else "2"
    with pytest.raises(BadConversation):
        talks.read("".join(changed))


@pytest.mark.parametrize("conversation", ["", ".", "..", "x", "0" * 32, "0" * 32 + "." + "0" * 32, "0" * 32 + ".e30." + "0" * 32, "å" * 40])
def test_an_id_that_was_not_given_out_is_refused(conversation: str) -> None:
    with pytest.raises(BadConversation):
        Conversations("k" * 32).read(conversation)


def test_another_key_refuses_what_this_one_gave() -> None:
    with pytest.raises(BadConversation):
        Conversations("a" * 32).read(Conversations("b" * 32).new())


def test_what_was_kept_longer_than_half_an_hour_is_forgotten() -> None:
    now = [0.0]
    talks = Conversations("k" * 32, lambda: now[0])
    given = talks.give("0" * 32, MEMORY)
    now[0] = 30 * 60
    assert talks.read(given)[1] == MEMORY
    now[0] = 31 * 60
    assert talks.read(given) == ("0" * 32, {})


def test_an_id_stays_short_whatever_is_remembered() -> None:
    import random

    dice = random.Random(1)
    talks = Conversations("k" * 32)
    large = {"worries": ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=20)) for _ in range(2000)]}
    assert len(talks.give("0" * 32, large)) < LONGEST and talks.read(talks.give("0" * 32, large)) == ("0" * 32, {})


@contextmanager
def process(name: str, seen: list[str], status: int = 200) -> Iterator[str]:
    """Something that answers as the assistant does, and notes which it was."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(name)
            body = json.dumps({"from": name}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def body(sender: str) -> dict[str, Any]:
    return {"sender": sender, "message": "hej", "metadata": {}}


def test_a_talk_stays_with_one_process_and_talks_are_spread() -> None:
    seen: list[str] = []
    with process("a", seen) as a, process("b", seen) as b, process("c", seen) as c:
        bots = Bots([a, b, c], 5)
        for number in range(30):
            assert len({bots.ask(body(f"talk{number:04}"))["from"] for _ in range(3)}) == 1
    assert min(seen.count(name) for name in "abc") >= 9


def test_when_a_process_is_gone_only_its_talks_move() -> None:
    seen: list[str] = []
    with process("a", seen) as a, process("b", seen) as b:
        with process("c", seen) as c:
            bots = Bots([a, b, c], 5)
            before = {number: bots.ask(body(f"talk{number:04}"))["from"] for number in range(20)}
        after = {number: bots.ask(body(f"talk{number:04}"))["from"] for number in range(20)}
        assert all(after[n] == before[n] for n in before if before[n] != "c") and "c" not in after.values()
        assert bots.up()
    assert Bots([a, b], 1).ask(body("talk")) is None and not Bots([a, b], 1).up()


def test_a_process_that_fails_is_not_passed_over() -> None:
    seen: list[str] = []
    with process("a", seen, status=500) as a, process("b", seen, status=500) as b:
        assert Bots([a, b], 5).ask(body("talk")) is None
    assert len(seen) == 1


def test_one_setting_names_one_address_or_several() -> None:
    assert Settings(bot_url="http://127.0.0.1:5005/").bots == ("http://127.0.0.1:5005",)
    assert Settings(bot_url="http://a:1, http://b:2/").bots == ("http://a:1", "http://b:2")
