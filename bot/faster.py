"""Takes work off a message that Rasa does again and again with the same result.

Rasa checks every answer of an action against a JSON schema, and checks the schema itself, with its 57 kinds of events, each
time: 20 of 25 ms of a turn (docs/benchmarks.md). The schema does not change: `install()` has it checked once. Every answer is
still checked against it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Text

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validate_action_result(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    error = next(_validator().iter_errors(result), None)
    if error is not None:
        raise ValidationError(f"the answer of the action is not as Rasa wants it: {error.validator}")
    return True


def install() -> None:
    """Put the check with the finished schema in the place of Rasa's own."""
    RemoteAction._validate_action_result = _validate_action_result  # type: ignore[method-assign]
