"""The chat: `POST /api/chat` as JSON and the plain form at `/<lang>/chat`; both do the same."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.assistant import Answer, Assistant
from app.conversations import LONGEST, BadConversation
from app.languages import CODES, LANGUAGES, SOURCE

blueprint = Blueprint("chat", __name__)

BODY_LIMIT = 64 * 1024  # bytes; 2,000 characters are at most 8,000 bytes in UTF-8, and 12 in escaped JSON each


class ChatError(Exception):
    """A request that cannot be answered: an HTTP status, a code for programs and a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def _assistant() -> Assistant:
    found: Assistant = current_app.extensions["guide"].assistant
    return found


def _checked(message: Any, lang: Any, conversation: Any) -> tuple[str, str, str | None]:
    """Check the three fields of a request. Raises ChatError with a sentence in the language of the page."""
    if not isinstance(lang, str) or lang not in CODES:
        raise ChatError(422, "lang", _("This language is not available here."))
    if not isinstance(message, str):
        raise ChatError(422, "message", _("Write a message first."))
    message = message.replace("\x00", "").strip()
    # A lone surrogate is no character: it cannot be sent on.
    message = message.encode("utf-8", "ignore").decode("utf-8")
    if not message:
        raise ChatError(422, "message", _("Write a message first."))
    limit = _assistant().settings.message_limit
    if len(message) > limit:
        raise ChatError(413, "too_long", _("The message is too long. Write at most %(limit)d characters.", limit=limit))
    if conversation is not None and (not isinstance(conversation, str) or len(conversation) > LONGEST):
        raise ChatError(422, "conversation", _("This conversation has ended. Start a new one."))
    return message, lang, conversation or None


def _reply(message: str, lang: str, conversation: str | None) -> tuple[str, Answer]:
    try:
        return _assistant().reply(message, lang, conversation)
    except BadConversation as error:
        raise ChatError(422, "conversation", _("This conversation has ended. Start a new one.")) from error


@blueprint.post("/api/chat")
def api() -> ResponseReturnValue:
    """Answer one message. Request and reply as in docs/architecture.md; errors `{"error": {"code", "message"}}`."""
    lang = SOURCE
    try:
        if request.content_length is not None and request.content_length > BODY_LIMIT:
            raise ChatError(413, "too_long", _("The message is too long. Write at most %(limit)d characters.", limit=_assistant().settings.message_limit))
        if not request.is_json:
            raise ChatError(415, "content_type", _("Send JSON."))
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise ChatError(400, "json", _("Send JSON."))
        wanted = body.get("lang", SOURCE)
        lang = wanted if isinstance(wanted, str) and wanted in CODES else SOURCE
        with force_locale(lang):
            conversation, answer = _reply(*_checked(body.get("message"), wanted, body.get("conversation")))
            return _private(jsonify(reply_fields(conversation, answer)))
    except ChatError as error:
        answer_ = jsonify({"error": {"code": error.code, "message": error.message}})
        answer_.status_code = error.status
        return _private(answer_)


def reply_fields(conversation: str, answer: Answer) -> dict[str, Any]:
    """Give the fields of a reply of the chat interface."""
    assistant = _assistant()
    with force_locale(answer.lang):
        html = render_template("parts/answer.html", answer=answer, lang=answer.lang)
    return {
        "conversation": conversation,
        "lang": answer.lang,
        "topic": answer.topic,
        "level": answer.level,
        "place": answer.place,
        "text": answer.text,
        "html": html,
        "contacts": [
            {
                "id": contact.id, "name": assistant.contact_name(contact, answer.lang), "phone": contact.phone, "tel": contact.tel,
                "hours": contact.hours, "url": contact.url, "checked": contact.checked,
            }
            for contact in answer.contacts
        ],
        "links": [{"title": link.title, "href": link.href} for link in answer.links],
        "choices": [{"title": choice.title, "message": choice.message} for choice in answer.choices],
    }


@blueprint.route("/<any(" + ",".join(CODES) + "):lang>/chat", methods=["GET", "POST"])
def form(lang: str) -> ResponseReturnValue:
    """The chat as a page with a form, which needs no JavaScript. The address never holds a message."""
    if request.method == "GET":
        return _page(lang)
    question = request.form.get("message", "")
    try:
        if request.content_length is not None and request.content_length > BODY_LIMIT:
            raise ChatError(413, "too_long", _("The message is too long. Write at most %(limit)d characters.", limit=_assistant().settings.message_limit))
        conversation, answer = _reply(*_checked(question, lang, request.form.get("conversation") or None))
    except ChatError as error:
        kept = "" if error.code == "conversation" else request.form.get("conversation", "")
        return _page(lang, question=question[:2000], error=error.message, conversation=kept or None, status=error.status)
    return _page(lang, question=question, answer=answer, conversation=conversation)


@blueprint.post("/<any(" + ",".join(CODES) + "):lang>/summary")
def summary(lang: str) -> ResponseReturnValue:
    """What a talk was about, to print: in the language of the page and in Swedish. Nothing is asked of the assistant."""
    conversation = request.form.get("conversation", "")
    try:
        found = _assistant().summaries(conversation, lang) if conversation else []
    except BadConversation:
        found = []
    body = render_template("summary.html", lang=lang, language=LANGUAGES[lang], summaries=found, path=f"/{lang}/chat")
    return _private(make_response(body))


def _page(
    lang: str,
    *,
    question: str | None = None,
    answer: Answer | None = None,
    error: str | None = None,
    conversation: str | None = None,
    status: int = 200,
) -> Response:
    assistant = _assistant()
    library = assistant.library
    body = render_template(
        "chat.html",
        lang=lang,
        language=LANGUAGES[lang],
        question=question,
        answer=answer,
        error=error,
        conversation=conversation,
        greeting=library.phrase(lang, "chat.greeting"),
        intro=[library.sentence(key, lang) for key in ("assistant_notice", "not_human", "not_saved", "no_names")],
        choices=[assistant.label(choice, lang) for choice in FIRST],
        limit=assistant.settings.message_limit,
    )
    return _private(make_response(body, status))


FIRST = (
    "topic:weapon_found", "topic:threats", "topic:missing_child", "topic:child_in_crime", "topic:drugs", "topic:money",
    "topic:talk", "topic:social_services", "walk:start",
)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
