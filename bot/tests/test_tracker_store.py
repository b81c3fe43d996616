"""The memory of talks: bounded, short, and without a written word."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tests.conftest import ROOT
from bot.tracker_store import ForgetfulTrackerStore

MARKER = "zebra-marker-4711"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "bot" / "domain.yml"))


def tracker(domain: Domain, sender: str, **slots: Any) -> DialogueStateTracker:
    made = DialogueStateTracker(sender, domain.slots)
    made.update(UserUttered(MARKER, metadata={"x": MARKER}))
    for name, value in slots.items():
        made.update(SlotSet(name, value))
    return made


def test_slots_come_back_and_words_do_not(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain)
    asyncio.run(store.save(tracker(domain, "a", place="0127", signs=["money"])))
    back = asyncio.run(store.retrieve("a"))
    assert back is not None and back.get_slot("place") == "0127" and back.get_slot("signs") == ["money"]
    assert MARKER not in repr(store.__dict__) and MARKER not in repr(back.events)
    assert not back.latest_message.text


def test_an_unknown_talk_is_none(domain: Domain) -> None:
    assert asyncio.run(ForgetfulTrackerStore(domain).retrieve("nobody")) is None


def test_the_oldest_talk_goes_when_there_are_too_many(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain, max_talks=3)
    for name in "abcd":
        asyncio.run(store.save(tracker(domain, name)))
    assert list(asyncio.run(store.keys())) == ["b", "c", "d"]


def test_a_silent_talk_is_forgotten_without_a_further_message(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain, minutes=0.002)
    asyncio.run(store.save(tracker(domain, "a")))
    asyncio.run(asyncio.sleep(0.4))
    assert asyncio.run(store.keys()) == [] and store._talks == {}


def test_a_talk_can_be_deleted(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain)
    asyncio.run(store.save(tracker(domain, "a")))
    asyncio.run(store.delete("a"))
    assert asyncio.run(store.retrieve("a")) is None
