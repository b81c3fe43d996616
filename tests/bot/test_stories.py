"""Talks with real texts in ten languages, written as Rasa stories (bot/tests/stories), through the whole stack."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import yaml

from app.languages import CODES
from app.settings import ROOT
from tests.bot.conftest import Stack

FOLDER = ROOT / "bot" / "tests" / "stories"
DANGER = ("emergency", "self_harm", "weapon_found")
BAR = 0.9  # of all turns that have a subject, as the product's bar for messages (docs/evaluation.md has the exact share of messages)


class Turn(NamedTuple):
    lang: str
    said: str
    wanted: str | None
    reply: dict[str, Any]


@pytest.fixture(scope="module")
def turns(stack: Stack) -> list[Turn]:
    """Every talk replayed, each as one conversation."""
    found = []
    for lang in CODES:
        for story in yaml.safe_load((FOLDER / f"{lang}.yml").read_text(encoding="utf-8"))["stories"]:
            conversation = None
            for step in story["steps"]:
                if "user" in step:
                    status, reply = stack.post("/api/chat", {"message": step["user"].strip(), "lang": lang, "conversation": conversation})
                    assert status == 200
                    conversation = reply["conversation"]
                    found.append(Turn(lang, step["user"].strip(), step.get("intent"), reply))
    return found


def test_danger_in_the_middle_of_a_talk_is_answered_as_danger(turns: list[Turn]) -> None:
    danger = [turn for turn in turns if turn.wanted in DANGER]
    assert len(danger) >= 10
    assert [(turn.lang, turn.said, turn.reply["topic"]) for turn in danger if turn.reply["level"] != "emergency"] == []


def test_the_turns_of_the_talks_are_understood(turns: list[Turn]) -> None:
    asked = [turn for turn in turns if turn.wanted is not None]
    wrong = [(turn.lang, turn.said, turn.wanted, turn.reply["topic"]) for turn in asked if turn.reply["topic"] != turn.wanted]
    assert len(asked) > 120 and len(wrong) <= (1 - BAR) * len(asked), wrong


def test_the_reply_keeps_the_language_unless_another_is_asked_for(turns: list[Turn]) -> None:
    # Twenty characters and more; a shorter message says too little.
    other = [(turn.lang, turn.said, turn.reply["lang"]) for turn in turns if turn.wanted != "language" and len(turn.said) >= 20 and turn.reply["lang"] != turn.lang]
    assert other == []


def test_a_town_that_is_the_answer_is_taken(turns: list[Turn]) -> None:
    towns = [turn for turn in turns if turn.wanted is None and turn.reply["place"]]
    assert len(towns) >= 5
