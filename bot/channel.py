"""The assistant's two doors, on loopback: the site's messages, and Rasa's calls for actions.

`POST /webhooks/guide/messages` takes `{"sender", "message", "metadata"}` and answers what `bot/actions/talk.py`
describes, or an error without any of the visitor's words. `POST /webhooks/guide/actions` runs the actions in
this process, so that there is one process and no action server.
"""

from __future__ import annotations

import inspect
import logging
from asyncio import CancelledError
from typing import Any, Awaitable, Callable, Dict, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.actions.actions import ActionTopic, ActionUnsure, ActionWalk

_logger = logging.getLogger(__name__)


class GuideChannel(InputChannel):
    """The channel that the site speaks to."""

    @classmethod
    def name(cls) -> Text:
        return "guide"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("guide_channel", inspect.getmodule(self).__name__)  # type: ignore[union-attr]
        executor = ActionExecutor()
        for action in (ActionTopic, ActionWalk, ActionUnsure):
            executor.register_action(action)

        @blueprint.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.route("/messages", methods=["POST"])
        async def messages(request: Request) -> HTTPResponse:
            try:
                body = request.json
            except Exception:
                return response.json({"error": "json"}, status=400)
            if not _valid(body):
                return response.json({"error": "body"}, status=422)
            output = CollectingOutputChannel()
            try:
                await on_new_message(
                    UserMessage(
                        body["message"], output, body["sender"], input_channel=self.name(), metadata=body["metadata"]
                    )
                )
            except CancelledError:
                raise
            except Exception as error:
                _logger.error("a message failed: %s", type(error).__name__)
                return response.json({"error": "failed"}, status=500)
            answers = [message["custom"] for message in output.messages if "custom" in message]
            if not answers:
                return response.json({"error": "silent"}, status=500)
            return response.json(answers[-1])

        @blueprint.route("/actions", methods=["POST"])
        async def actions(request: Request) -> HTTPResponse:
            try:
                result = await executor.run(request.json)
            except (ActionExecutionRejection, ActionNotFoundException) as error:
                return response.json({"error": type(error).__name__, "action_name": error.action_name}, status=400)
            except Exception as error:
                _logger.error("an action failed: %s", type(error).__name__)
                return response.json({"error": "failed"}, status=500)
            return response.json(result)

        return blueprint


def _valid(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("sender"), str)
        and 8 <= len(body["sender"]) <= 100
        and isinstance(body.get("message"), str)
        and not body["message"].lstrip().startswith("/")  # Rasa would take it as a command
        and isinstance(body.get("metadata"), dict)
    )
