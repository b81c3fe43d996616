"""Domain, rules and topic table speak of the same topics."""

from __future__ import annotations

import yaml

from bot.actions.talk import TOPICS
from bot.tests.conftest import ROOT


def test_topics_are_intents_and_intents_have_a_rule() -> None:
    domain = yaml.safe_load((ROOT / "bot" / "domain.yml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((ROOT / "bot" / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    ruled = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}
    assert set(domain["intents"]) == set(TOPICS) | {"walk"}
    assert set(ruled) == set(domain["intents"]) | {"nlu_fallback"}
    assert set(ruled.values()) == set(domain["actions"])


def test_every_slot_is_a_field_of_the_talk() -> None:
    from bot.actions.talk import Talk

    domain = yaml.safe_load((ROOT / "bot" / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["slots"]) == set(Talk().slots())
