"""Asks the assistant what a message means, and makes the answer: reviewed words, contacts, links, buttons.

Whatever happens to the assistant, there is an answer: plain danger, a button's text and a place are read by the
site itself, and everything else gets the safe reply with 112 and buttons.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.bots import Bots
from app.contacts import Contact, Register
from app.content import Library, Page
from app.conversations import Conversations
from app.languages import CODES
from app.paths import Words as PathWords
from app.paths import words_of
from app.places import Finder
from app.reading import DangerWords, LanguageModel, Reader, Reading, Words, training_sentences
from app.settings import Settings
from app.spelling import Spelling
from app.summary import Summary, summarise
from app.topics import Paths, Topic, Walk, load_paths, load_topics, load_walk

_logger = logging.getLogger(__name__)
SAFE_TOPICS: Final = ("weapon_found", "threats", "child_in_crime", "missing_child", "warning_signs", "social_services")


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
    ask: str = ""  # the question that ends the answer, as HTML
    contacts: list[Contact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    safe: bool = False  # the assistant was not asked or did not answer
    brief: bool = False  # a step between: the numbers were shown before and take little room
    summaries: list[Summary] = field(default_factory=list)  # in the person's language and in Swedish, where they were asked for


class Assistant:
    """The assistant as the site knows it."""

    def __init__(self, settings: Settings, library: Library, register: Callable[[], Register], finder: Finder) -> None:
        self.settings = settings
        self.library = library
        self._register = register
        self.finder = finder
        self.topics: dict[str, Topic] = load_topics(settings.content)
        self.walk: Walk = load_walk(settings.content)
        self.paths: Paths = load_paths(settings.content)
        self.conversations = Conversations(settings.secret)
        self._path_words: dict[tuple[str, str], tuple[Page, PathWords]] = {}
        self._spelling = Spelling(settings.content)
        model = LanguageModel(training_sentences(settings.training), self._spelling)
        self._revision = library.revision
        self.reader = Reader(self._spelling, finder, model, {code: self._words(code) for code in CODES})
        self._lock = threading.Lock()
        self._bots = Bots(settings.bots, settings.bot_timeout)

    def reply(self, message: str, lang: str, conversation: str | None) -> tuple[str, Answer]:
        """Answer a message of 1 to `message_limit` characters; gives the conversation id and the answer.

        Raises BadConversation for a forged id. Never raises because of the assistant.
        """
        sender, memory = self.conversations.read(conversation or self.conversations.new())
        self._refresh()
        reading = self.reader.read(message, lang)
        heard = self._ask(sender, message, lang, reading, memory)
        if heard is None or not self._obeys(heard, reading):
            heard = {**self._alone(reading, lang, memory), "memory": self._kept(memory, reading)}
        return self.conversations.give(sender, heard["memory"]), self._compose(heard)

    def summaries(self, conversation: str, lang: str) -> list[Summary]:
        """Give what a talk was about, in a language and in Swedish, from what its id carries; [] where that is nothing.

        Raises BadConversation.
        """
        _, memory = self.conversations.read(conversation)
        return self._summaries(memory, lang)

    def topic_of(self, message: str, lang: str) -> Answer | None:
        """Give what the assistant says on a message, in the language of the page and without a talk; None where it is not sure."""
        self._refresh()
        reading = self.reader.read(message, lang)
        heard = self._ask(secrets.token_hex(16), message, lang, reading, {})
        if heard is None or not self._obeys(heard, reading):
            heard = self._alone(reading, lang, {})
        topic = heard["topic"]
        if topic in ("smalltalk", "out_of_scope", "language", "local_contacts") or f"topic:{topic}" not in heard["say"]:
            return None
        return self._compose({**heard, "language": lang, "say": [f"topic:{topic}"], "ask": None, "choices": [], "signs": ()})

    def up(self) -> bool:
        """Say whether the assistant answers; what was true within the last second is not asked again."""
        return self._bots.up()

    # Asking

    def _ask(self, sender: str, message: str, lang: str, reading: Reading, memory: dict[str, Any]) -> dict[str, Any] | None:
        heard = self._bots.ask({
            "sender": sender,
            # A leading slash is a command to Rasa and a text to us.
            "message": message.lstrip("/ \t\r\n") or "·",
            "metadata": {**reading.metadata(), "page_language": lang, "remembered": memory},
        })
        if heard is None:
            return None
        if (
            not isinstance(heard, dict) or heard.get("topic") not in self.topics or heard.get("language") not in CODES
            or not isinstance(heard.get("memory"), dict)
        ):
            _logger.warning("assistant: an answer of the wrong form")
            return None
        self._bots.seen()
        return heard

    def _obeys(self, heard: dict[str, Any], reading: Reading) -> bool:
        """Plain danger can only be answered as danger, whatever the assistant made of it."""
        return reading.danger is None or heard["level"] == "emergency"

    @staticmethod
    def _kept(memory: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """What is remembered of a talk when the assistant is away: what was known, and the place if one was named."""
        place = reading.place or (reading.asked_place if reading.only_place else None)
        return {**memory, "place": place} if place else memory

    def _alone(self, reading: Reading, lang: str, memory: dict[str, Any]) -> dict[str, Any]:
        """What the site says by itself, from what it read for certain and what the page has kept."""
        spoken = memory.get("spoken") if memory.get("spoken") in CODES else None
        heard: dict[str, Any] = {
            "language": reading.wanted_language or reading.language or spoken or lang, "place": reading.place or self._known(memory.get("place")),
            "choices": [], "ask": None, "safe": True,
        }
        kind, _, value = (reading.choice or "").partition(":")
        topic = reading.danger or (value if kind == "topic" else "emergency" if reading.choice == "danger:now" else None)
        if kind == "answer" and topic is None:
            question, _, given = value.partition(".")
            topic = self.paths.topic(question)
            leads = self.paths.questions[question].goto.get(given)
            if leads is None:
                return {
                    **heard, "topic": topic, "level": self.topics[topic].level, "local": self.topics[topic].local,
                    "say": [f"advice:{topic}.{question}.{given}", f"today:{topic}"],
                }
            topic = "warning_signs" if leads == "walk" else leads
        if kind == "sign":  # the walk cannot go on without the assistant; what was said of it can be answered
            topic = next((found.id for found in self.topics.values() if found.sign == value), "warning_signs")
        elif kind in ("signs", "age", "danger") and topic is None:
            topic = "threats" if value == "threat" else "warning_signs"
        if reading.choice == "summary:show" and memory.get("worries"):
            return {**heard, "topic": "smalltalk", "level": "info", "say": ["summary"], "local": True, "summary": True, "memory": memory}
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

    def _known(self, code: object) -> str | None:
        """A municipality's code that came back from a page or the assistant, if there is (still) such a municipality."""
        if not code:
            return None
        try:
            return self._register().municipality(str(code)).code
        except KeyError:
            return None

    # Composing

    def _compose(self, heard: dict[str, Any]) -> Answer:
        lang: str = heard["language"]
        topic, level = self.topics[heard["topic"]], str(heard["level"])
        place = self._known(heard.get("place"))
        register = self._register()
        municipality = register.municipality(place) if place else None
        summaries = self._summaries(heard["memory"], lang) if heard.get("summary") else []
        said = ["summary.empty"] if heard.get("summary") and not summaries else [item for item in heard["say"] if item != "summary"]
        words = [self._say(str(item), lang, heard, municipality.name if municipality else "") for item in said]
        ask = self._say(str(heard["ask"]), lang, heard, "") if heard.get("ask") else ("", "")
        contacts = self._contacts(heard, topic, level, register, place) if not summaries else []
        pages = self._pages(heard, topic, level) if not heard.get("summary") else ()
        links = [Link(self.library.title(name, lang), f"/{lang}/" if name == "start" else f"/{lang}/{name}") for name in pages]
        if municipality and heard.get("local"):
            links.insert(0, Link(municipality.name, f"/{lang}/help/{municipality.code}"))
        choices = [Choice(title, title) for item in dict.fromkeys(heard["choices"]) if (title := self.label(str(item), lang))]
        text = [plain for _, plain in words if plain]
        text += [summary.text for summary in summaries]
        text += [f"{self.contact_name(contact, lang)}: {contact.phone or contact.url}" for contact in contacts]
        text += [f"{link.title}: {link.href}" for link in links]
        text += [ask[1]] if ask[1] else []
        text += [f"• {choice.title}" for choice in choices]
        return Answer(
            lang, topic.id, level, municipality.code if municipality else None, "\n".join(html for html, _ in words), "\n".join(text), ask[0],
            contacts, links, choices, bool(heard.get("safe")), "answers" in heard and bool(heard.get("ask")), summaries,
        )

    def _summaries(self, memory: dict[str, Any], lang: str) -> list[Summary]:
        return [found for code in dict.fromkeys((lang, "sv")) if (found := summarise(self, memory, code))]

    def path_words(self, topic: str, lang: str) -> PathWords:
        """Give the words of a topic's short path. Raises KeyError where there are none."""
        page = self.library.text("path", topic, lang) or self.library.text("path", topic, "sv")
        if page is None:
            raise KeyError(topic)
        kept = self._path_words.get((topic, lang))
        if kept is None or kept[0] is not page:
            kept = (page, words_of(page))
            self._path_words[topic, lang] = kept
        return kept[1]

    def register(self) -> Register:
        """Give the contact register as it is now."""
        return self._register()

    def _say(self, item: str, lang: str, heard: dict[str, Any], municipality: str) -> tuple[str, str]:
        kind, _, name = item.partition(":")
        if kind in ("topic", "level", "reply") and name:
            reply = self.library.reply(f"level_{name}" if kind == "level" else name, lang)
            return reply.html, reply.text
        if kind in ("advice", "today", "question"):
            topic, _, rest = name.partition(".")
            path = self.path_words(topic, lang)
            if kind == "today":
                return path.today
            if kind == "question":
                return f"<p><strong>{self.library.escape(path.questions[rest])}</strong></p>", path.questions[rest]
            question, _, answer = rest.partition(".")
            return path.advice[question, answer]
        if kind == "sentence":
            sentence = self.library.sentence(name, lang)
            return f"<p>{sentence.html}</p>", sentence.text
        signs = self._join(self.library.phrase(lang, f"signs.{sign}") for sign in heard.get("signs", ()))
        phrase = self.library.phrase(lang, item, municipality=municipality, signs=signs)
        return f"<p>{self.library.escape(phrase)}</p>", phrase

    @staticmethod
    def _join(words: Iterable[str]) -> str:
        return " · ".join(words)

    def _contacts(self, heard: dict[str, Any], topic: Topic, level: str, register: Register, place: str | None) -> list[Contact]:
        ids = self.walk.level_contacts[level] if heard.get("result") else tuple(heard.get("contacts") or topic.contacts)
        about = self.topics.get(str(heard.get("about")))
        if about is not None:
            ids = tuple(dict.fromkeys([*about.contacts, *ids]))
        today = date.today()
        found = [contact for contact in map(register.national, ids) if register.shown(contact, today)]
        if heard.get("local") and place:
            found += register.local(place, today)
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
            "walk:restart": "walk.restart", "walk:change_place": "walk.change_place", "walk:wrong": "chat.wrong", "signs:done": "walk.done",
            "summary:show": "chat.summary",
        }
        if kind == "answer":
            question, _, answer = value.partition(".")
            return self.path_words(self.paths.topic(question), lang).answers[question, answer]
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
        words.years = frozenset(self._fold(word) for word in phrases.get("commands", {}).get("years", ()))
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
            *self.paths.choices(),
            "signs:done", "walk:start", "walk:resume", "walk:skip", "walk:back", "walk:restart", "walk:change_place", "walk:wrong", "summary:show",
        ]

    def _fold(self, text: str) -> str:
        return " ".join(self._spelling.words(text))
