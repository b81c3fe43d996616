"""What the assistant remembers of a talk: its slots, in memory, for thirty minutes, and never a written word."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class ForgetfulTrackerStore(TrackerStore, SerializedTrackerAsText):
    """A bounded store of slots by conversation id.

    Rasa's own in-memory store keeps every message until the process ends and grows slower with each. This
    one keeps, after each turn, only the slots: no text outlives the turn in which it was written.
    `max_talks`: the oldest talk goes when there are more; `minutes`: how long a silent talk is kept.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        max_talks: int = 20000,
        minutes: float = 30,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.max_talks = int(max_talks)
        self.seconds = float(minutes) * 60
        self._talks: "OrderedDict[Text, Tuple[float, Dict[Text, Any]]]" = OrderedDict()
        self._lock = threading.Lock()
        # Forgetting must not wait for the next message.
        threading.Thread(target=self._forget_for_ever, name="forget", daemon=True).start()

    def _forget_for_ever(self) -> None:
        while True:
            time.sleep(min(30.0, self.seconds / 2))
            self.forget()

    def forget(self) -> None:
        """Drop every talk that has been silent for too long, and the oldest beyond the bound."""
        now = time.monotonic()
        with self._lock:
            while self._talks:
                oldest, (when, _) = next(iter(self._talks.items()))
                if now - when <= self.seconds and len(self._talks) <= self.max_talks:
                    break
                del self._talks[oldest]

    def purge(self, sender_id: Text) -> None:
        """Forget one talk at once."""
        with self._lock:
            self._talks.pop(sender_id, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the slots of the talk that differ from their first value."""
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None and _ours(name)}
        with self._lock:
            self._talks.pop(tracker.sender_id, None)
            self._talks[tracker.sender_id] = (time.monotonic(), slots)
        self.forget()

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """Give a tracker that has a begun session and the remembered slots, or None for an unknown talk."""
        with self._lock:
            entry = self._talks.get(sender_id)
        if entry is None or time.monotonic() - entry[0] > self.seconds:
            return None
        events: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        events += [SlotSet(name, value) for name, value in entry[1].items()]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> List[Text]:
        """Give the ids of the talks that are remembered."""
        with self._lock:
            return list(self._talks)

    async def delete(self, sender_id: Text) -> None:
        """Forget one talk at once."""
        self.purge(sender_id)


def _ours(name: Text) -> bool:
    return name not in ("session_started_metadata", "requested_slot")
