"""What the site read for certain in a message, as Rasa's entities and intent.

The site sends it as metadata (docs/architecture.md): a button that was pressed (`choice`), a plain statement of
danger (`danger`), a place, an age. A choice decides the intent; danger can only raise it. Both spare the
classifier its work.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

URGENT = ("emergency", "self_harm", "weapon_found")
WALK = "walk"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SiteReading(GraphComponent):
    """Entities `choice`, `danger`, `place` and `age` from the metadata of a message, and the certain intent."""

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SiteReading":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            metadata = message.get("metadata") or {}
            if not isinstance(metadata, dict):
                continue
            entities = list(message.get(ENTITIES, []))
            for name in ("choice", "danger", "place", "age"):
                value = metadata.get(name)
                if value not in (None, ""):
                    entities.append({"entity": name, "value": value, "start": 0, "end": 0, "extractor": "SiteReading"})
            message.set(ENTITIES, entities, add_to_output=True)
            certain = certain_intent(metadata)
            if certain is not None:
                message.set(INTENT, {INTENT_NAME_KEY: certain, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
        return messages


def certain_intent(metadata: Dict[Text, Any]) -> Any:
    """Give the intent that the metadata decides, or None where the classifier has to read the message."""
    danger = metadata.get("danger")
    if danger in URGENT:
        return danger
    choice = metadata.get("choice")
    if isinstance(choice, str) and ":" in choice:
        kind, _, value = choice.partition(":")
        return value if kind == "topic" else WALK
    return None
