"""Asks the assistant what a message means, and makes the answer: reviewed words, contacts, links, buttons.

Whatever happens to the assistant, there is an answer: plain danger, a button's text and a place are read by the
site itself, and everything else gets the safe reply with 112 and buttons.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import urllib3

from app.contacts import Contact, Register
from app.content import Library
from app.languages import CODES
from app.places import Finder
from app.reading import DangerWords, LanguageModel, Reader, Reading, Words, training_sentences
from app.settings import Settings
from app.spelling import Spelling
from app.topics import Topic, Walk, load_topics, load_walk

_logger = logging.getLogger(__name__)
_SENDER = re.compile(r"[0-9a-f]{32}\Z")
SAFE_TOPICS: Final = ("weapon_found", "threats", "child_in_crime", "missing_child", "warning_signs", "social_services")


class BadConversation(ValueError):
    """The conversation id was not given out by this site."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and the message it sends, which is the same."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the guide: its title and its address on this site."""

    title: str
    href: str


@dataclass(slots=True)
class Answer:
    """A whole answer: the fields of the chat interface, with `html` of the words alone (docs/architecture.md)."""

    lang: str
    topic: str
    level: str
    place: str | None
    html: str
    text: str
    contacts: list[Contact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    safe: bool = False  # the assistant was not asked or did not answer


class Conversations:
    """Conversation ids: random, signed, and worth nothing without the talk that the assistant remembers."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def new(self) -> str:
        """Give a new id: 32 hexadecimal digits, a dot and their signature."""
        sender = secrets.token_hex(16)
        return f"{sender}.{self._sign(sender)}"

    def sender(self, conversation: str) -> str:
        """Give the assistant's name of a talk. Raises BadConversation for an id that was not given out here."""
        sender, _, signature = conversation.partition(".")
        if not _SENDER.match(sender) or not hmac.compare_digest(signature.encode(), self._sign(sender).encode()):
            raise BadConversation
        return sender

    def _sign(self, sender: str) -> str:
        return hmac.new(self._key, sender.encode(), "sha256").hexdigest()[:32]


class Assistant:
    """The assistant as the site knows it."""

    def __init__(self, settings: Settings, library: Library, register: Callable[[], Register], finder: Finder) -> None:
        self.settings = settings
        self.library = library
        self._register = register
        self.finder = finder
        self.topics: dict[str, Topic] = load_topics(settings.content)
        self.walk: Walk = load_walk(settings.content)
        self.conversations = Conversations(settings.secret)
        self._spelling = Spelling(settings.content)
        model = LanguageModel(training_sentences(settings.training), self._spelling)
        self._revision = library.revision
        self.reader = Reader(self._spelling, finder, model, {code: self._words(code) for code in CODES})
        self._lock = threading.Lock()
        self._pool = urllib3.PoolManager(maxsize=32, retries=False, timeout=settings.bot_timeout)
        self._seen_up = 0.0

    def reply(self, message: str, lang: str, conversation: str | None) -> tuple[str, Answer]:
        """Answer a message of 1 to `message_limit` characters; gives the conversation id and the answer.

        Raises BadConversation for a forged id. Never raises because of the assistant.
        """
        conversation = conversation or self.conversations.new()
        sender = self.conversations.sender(conversation)
        self._refresh()
        reading = self.reader.read(message, lang)
        heard = self._ask(sender, message, lang, reading)
        if heard is None or not self._obeys(heard, reading):
            heard = self._alone(reading, lang)
        return conversation, self._compose(heard)

    def topic_of(self, message: str, lang: str) -> Answer | None:
        """Give what the assistant says on a message, in the language of the page and without a talk; None where it is not sure."""
        self._refresh()
        reading = self.reader.read(message, lang)
        heard = self._ask(secrets.token_hex(16), message, lang, reading)
        if heard is None or not self._obeys(heard, reading):
            heard = self._alone(reading, lang)
        topic = heard["topic"]
        if topic in ("smalltalk", "out_of_scope", "language", "local_contacts") or f"topic:{topic}" not in heard["say"]:
            return None
        return self._compose({**heard, "language": lang, "say": [f"topic:{topic}"], "ask": None, "choices": [], "signs": ()})

    def up(self) -> bool:
        """Say whether the assistant answers; what was true within the last second is not asked again."""
        if time.monotonic() - self._seen_up < 1.0:
            return True
        try:
            answer = self._pool.request("GET", f"{self.settings.bot_url}/webhooks/guide/", timeout=0.5)
        except urllib3.exceptions.HTTPError:
            return False
        if answer.status == 200:
            self._seen_up = time.monotonic()
            return True
        return False

    # Asking

    def _ask(self, sender: str, message: str, lang: str, reading: Reading) -> dict[str, Any] | None:
        body = {
            "sender": sender,
            # A leading slash is a command to Rasa and a text to us.
            "message": message.lstrip("/ \t\r\n") or "·",
            "metadata": {**reading.metadata(), "page_language": lang},
        }
        try:
            answer = self._pool.request(
                "POST", f"{self.settings.bot_url}/webhooks/guide/messages", body=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
        except urllib3.exceptions.HTTPError as error:
            _logger.warning("assistant: %s", type(error).__name__)
            return None
        if answer.status != 200:
            _logger.warning("assistant: status %d", answer.status)
            return None
        try:
            heard = json.loads(answer.data)
        except ValueError:
            _logger.warning("assistant: not JSON")
            return None
        if not isinstance(heard, dict) or heard.get("topic") not in self.topics or heard.get("language") not in CODES:
            _logger.warning("assistant: an answer of the wrong form")
            return None
        self._seen_up = time.monotonic()
        return heard

    def _obeys(self, heard: dict[str, Any], reading: Reading) -> bool:
        """Plain danger can only be answered as danger, whatever the assistant made of it."""
        return reading.danger is None or heard["level"] == "emergency"

    def _alone(self, reading: Reading, lang: str) -> dict[str, Any]:
        """What the site says by itself, from what it read for certain."""
        heard: dict[str, Any] = {
            "language": reading.wanted_language or reading.language or lang, "place": reading.place, "choices": [], "ask": None,
            "safe": True,
        }
        kind, _, value = (reading.choice or "").partition(":")
        topic = reading.danger or (value if kind == "topic" else "emergency" if reading.choice == "danger:now" else None)
        if topic in self.topics:
            return {**heard, "topic": topic, "level": self.topics[topic].level, "say": [f"topic:{topic}"], "local": self.topics[topic].local}
        code = reading.place or (reading.asked_place if reading.only_place else None)
        if code:
            return {
                **heard, "topic": "local_contacts", "level": "info", "place": code, "say": ["reply:safe", "chat.place_set"],
                "local": True, "choices": [f"topic:{topic}" for topic in SAFE_TOPICS],
            }
        return {
            **heard, "topic": "out_of_scope", "level": "info", "say": ["reply:safe"], "local": False,
            "choices": [f"topic:{topic}" for topic in SAFE_TOPICS],
        }

    # Composing

    def _compose(self, heard: dict[str, Any]) -> Answer:
        lang: str = heard["language"]
        topic, level = self.topics[heard["topic"]], str(heard["level"])
        place = heard.get("place")
        register = self._register()
        municipality = register.municipality(place) if place else None
        html: list[str] = []
        text: list[str] = []
        for item in [*heard["say"], *([heard["ask"]] if heard.get("ask") else [])]:
            words = self._say(str(item), lang, heard, municipality.name if municipality else "")
            html.append(words[0])
            text.append(words[1])
        contacts = self._contacts(heard, topic, level, register)
        links = [Link(self.library.title(name, lang), f"/{lang}/" if name == "start" else f"/{lang}/{name}") for name in self._pages(heard, topic, level)]
        if municipality and heard.get("local"):
            links.insert(0, Link(municipality.name, f"/{lang}/help/{municipality.code}"))
        choices = [Choice(title, title) for item in heard["choices"] if (title := self.label(str(item), lang))]
        text += [f"{self.contact_name(contact, lang)}: {contact.phone or contact.url}" for contact in contacts]
        text += [f"{link.title}: {link.href}" for link in links]
        text += [f"• {choice.title}" for choice in choices]
        return Answer(
            lang, topic.id, level, municipality.code if municipality else None, "\n".join(html), "\n".join(text), contacts, links,
            choices, bool(heard.get("safe")),
        )

    def _say(self, item: str, lang: str, heard: dict[str, Any], municipality: str) -> tuple[str, str]:
        kind, _, name = item.partition(":")
        if kind in ("topic", "level", "reply") and name:
            reply = self.library.reply(f"level_{name}" if kind == "level" else name, lang)
            return reply.html, reply.text
        if kind == "sentence":
            sentence = self.library.sentence(name, lang)
            return f"<p>{sentence.html}</p>", sentence.text
        signs = self._join(self.library.phrase(lang, f"signs.{sign}") for sign in heard.get("signs", ()))
        phrase = self.library.phrase(lang, item, municipality=municipality, signs=signs)
        return f"<p>{self.library.escape(phrase)}</p>", phrase

    @staticmethod
    def _join(words: Iterable[str]) -> str:
        return " · ".join(words)

    def _contacts(self, heard: dict[str, Any], topic: Topic, level: str, register: Register) -> list[Contact]:
        ids = self.walk.level_contacts[level] if heard.get("result") else topic.contacts
        about = self.topics.get(str(heard.get("about")))
        if about is not None:
            ids = tuple(dict.fromkeys([*about.contacts, *ids]))
        today = date.today()
        found = [contact for contact in map(register.national, ids) if register.shown(contact, today)]
        if heard.get("local") and heard.get("place"):
            found += register.local(heard["place"], today)
        return found

    def _pages(self, heard: dict[str, Any], topic: Topic, level: str) -> tuple[str, ...]:
        return self.walk.level_pages[level] if heard.get("result") else topic.pages

    def contact_name(self, contact: Contact, lang: str) -> str:
        """Give the name of a contact in a language."""
        return contact.name if isinstance(contact.name, str) else contact.name.get(lang) or contact.name["sv"]

    def label(self, choice: str, lang: str) -> str:
        """Give the text of a button, or "" for an id without one."""
        kind, _, value = choice.partition(":")
        if kind == "topic":
            return self.library.reply(value, lang).title
        if kind == "place":
            return self._register().municipality(value).name
        keys = {
            "walk:start": "chat.start_walk", "walk:resume": "chat.resume_walk", "walk:skip": "walk.skip", "walk:back": "walk.back",
            "walk:restart": "walk.restart", "walk:change_place": "walk.change_place", "signs:done": "walk.done",
        }
        key = keys.get(choice) or {"sign": f"signs.{value}", "age": f"ages.{value}", "danger": f"danger.{value}"}.get(kind)
        return self.library.phrase(lang, key) if key else ""

    # What buttons say and what danger sounds like

    def _refresh(self) -> None:
        if self.library.revision == self._revision:
            return
        with self._lock:
            self._revision = self.library.revision
            self.reader.replace({code: self._words(code) for code in CODES})

    def _words(self, lang: str) -> Words:
        words = Words(DangerWords(self.library.danger(lang), self._spelling))
        commands = {
            "back": "walk:back", "restart": "walk:restart", "change_place": "walk:change_place", "yes": "walk:yes", "no": "walk:no",
            "skip": "walk:skip", "walk": "walk:start",
        }
        phrases = self.library.phrases(lang)
        for name, choice in commands.items():
            for text in phrases.get("commands", {}).get(name, ()):
                words.choices[self._fold(text)] = choice
        for choice in self.every_choice():
            title = self.label(choice, lang)
            if title:
                words.choices[self._fold(title)] = choice
        for code, names in phrases.get("languages", {}).items():
            for name in names:
                words.languages[self._fold(name)] = code
        return words

    def every_choice(self) -> list[str]:
        """Give the ids of all buttons but places."""
        return [
            *(f"topic:{topic}" for topic in self.topics),
            *(f"sign:{sign}" for sign in self.walk.signs),
            *(f"age:{age}" for age in self.walk.ages),
            *(f"danger:{danger}" for danger in self.walk.dangers),
            "signs:done", "walk:start", "walk:resume", "walk:skip", "walk:back", "walk:restart", "walk:change_place",
        ]

    def _fold(self, text: str) -> str:
        return " ".join(self._spelling.words(text))
