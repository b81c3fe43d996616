"""The three actions of the domain: they carry a talk from Rasa's tracker to `talk.respond` and back."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.talk import IDLE, TOPICS, Heard, Talk, respond

ALSO = 0.2  # how likely a second topic must be to be offered, too


class _Respond(Action):
    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> List[EventType]:
        talk = Talk.from_slots(tracker.current_slot_values())
        if not talk.turns:  # a talk that this process does not know: what the page has kept, if it has
            talk = Talk.from_memory((tracker.latest_message.get("metadata") or {}).get("remembered"))
        before = Talk.from_slots(tracker.current_slot_values()).slots()
        dispatcher.utter_message(json_message=respond(talk, heard(tracker.latest_message)))
        return [SlotSet(name, value) for name, value in talk.slots().items() if value != before[name]]


class ActionTopic(_Respond):
    """Answers a message on a topic."""

    def name(self) -> str:
        return "action_topic"


class ActionWalk(_Respond):
    """Leads the walk through the warning signs."""

    def name(self) -> str:
        return "action_walk"


class ActionUnsure(_Respond):
    """Offers the likeliest topics where the message was not understood."""

    def name(self) -> str:
        return "action_unsure"


def heard(message: Dict[str, Any]) -> Heard:
    """Put together what Rasa understood and what the site read in the latest message."""
    metadata = message.get("metadata") or {}
    intent: Optional[str] = (message.get("intent") or {}).get("name")
    topic = intent if intent in TOPICS else None
    rows = [row for row in message.get("intent_ranking", []) if row.get("name") in TOPICS]
    ranking = [row["name"] for row in rows]
    also = next((row["name"] for row in rows if row["name"] not in (topic, *IDLE) and row.get("confidence", 0) >= ALSO), None)
    return Heard(
        topic=topic,
        ranking=ranking,
        choice=metadata.get("choice"),
        place=metadata.get("place"),
        places=list(metadata.get("places") or []),
        asked_place=metadata.get("asked_place"),
        asked_places=list(metadata.get("asked_places") or []),
        only_place=bool(metadata.get("only_place")),
        words=int(metadata.get("words") or 1),
        age=metadata.get("age"),
        years=metadata.get("years"),
        also=also if topic not in (None, *IDLE) else None,
        near_danger=any(entity.get("entity") == "near_danger" for entity in message.get("entities") or ()),
        read=not metadata.get("choice") and not metadata.get("danger"),
        language=metadata.get("language"),
        wanted_language=metadata.get("wanted_language"),
        page_language=str(metadata.get("page_language") or "sv"),
    )
