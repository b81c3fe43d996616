"""docs/self-harm.md, as far as a test can tell: order, numbers, no digits, the talk goes on, the same without the assistant."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.assistant import Assistant
from app.languages import CODES
from app.settings import ROOT


def ask(client: FlaskClient, message: str, lang: str) -> dict:
    return client.post("/api/chat", json={"message": message, "lang": lang}).get_json()


@pytest.mark.parametrize("lang", CODES)
def test_112_comes_first_then_the_helplines_and_no_other_digit(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    reply = assistant.library.reply("self_harm", lang)
    first, _, rest = reply.text.partition("\n")
    assert "112" in first and "90101" in rest.replace("\u00a0", "").replace(" ", "")
    assert "?" not in first and "؟" not in first
    numbers = {re.sub(r"\D", "", contact.phone) for contact in map(assistant.register().national, assistant.topics["self_harm"].contacts)}
    for text in (reply.text, *(advice for _, advice in assistant.path_words("self_harm", lang).advice.values())):
        found = re.findall(r"\d+", re.sub(r"(?<=\d)[\s\u00a0-](?=\d)", "", text))
        assert set(found) <= numbers, found


@pytest.mark.parametrize("lang", CODES)
def test_the_answer_goes_on_by_buttons_and_names_a_line_for_children(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    reply = ask(client, assistant.label("answer:weight.die", lang), lang)
    assert (reply["topic"], reply["level"], reply["lang"]) == ("self_harm", "emergency", lang)
    assert [contact["id"] for contact in reply["contacts"]] == ["sos-112", "mind-sjalvmordslinjen", "bris-barn"]
    child = ask(client, assistant.label("answer:who.child", lang), lang)
    assert child["topic"] == "self_harm" and "116" in child["text"] and "112" in child["text"]
    assert len({assistant.path_words("self_harm", lang).advice["who", who] for who in ("me", "child", "other")}) == 3


@pytest.mark.parametrize("lang", CODES)
def test_plain_words_are_danger_without_the_assistant(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    said = next(phrase for phrase in assistant.library.danger(lang)["self_harm"]["phrases"] if "*" not in phrase)
    reply = ask(client, said, lang)
    assert (reply["topic"], reply["level"]) == ("self_harm", "emergency"), said


def test_every_point_of_the_list_says_how_it_is_known() -> None:
    rows = [line for line in (ROOT / "docs" / "self-harm.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ ", line)]
    known = [row.strip("| ").rpartition("| ")[2] for row in rows]
    assert len(rows) == 20 and all(re.match("test|read", how) for how in known), known
