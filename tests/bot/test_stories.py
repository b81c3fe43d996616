"""Talks with real texts in ten languages, written as Rasa stories (bot/tests/stories), through the whole stack."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from app.languages import CODES
from app.settings import ROOT
from tests.bot.conftest import Stack

FOLDER = ROOT / "bot" / "tests" / "stories"


def stories(lang: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{lang}.yml").read_text(encoding="utf-8"))["stories"]
    return found


@pytest.mark.parametrize("lang", CODES)
def test_a_talk_is_understood_turn_by_turn(stack: Stack, lang: str) -> None:
    for story in stories(lang):
        conversation = None
        for step in story["steps"]:
            if "user" not in step:
                continue
            said = step["user"].strip()
            status, reply = stack.post("/api/chat", {"message": said, "lang": lang, "conversation": conversation})
            assert status == 200
            conversation = reply["conversation"]
            assert reply["lang"] == lang, said
            if "intent" in step:
                assert reply["topic"] == step["intent"], (story["story"], said)
