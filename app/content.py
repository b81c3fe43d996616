"""The library of pages, replies and phrases in memory: read when a file changes, never when it is asked for."""

from __future__ import annotations

import csv
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import frontmatter
import tomllib

from app.contacts import Contact, Register
from app.languages import CODES, LANGUAGES, SOURCE, is_rtl
from app.markdown import Marks, plain, render, text_of
from app.settings import Settings

_logger = logging.getLogger(__name__)
T = TypeVar("T")

STATES: Final = ("source", "machine draft", "reviewed")
# The numbers that fixed sentences name, and whose they are.
_SENTENCE_NUMBERS: Final = {"112": "sos-112", "114\u00a014": "polisen-114-14", "116\u00a0111": "bris-barn"}
_SENTENCE_NUMBER = re.compile("|".join(re.escape(number) for number in _SENTENCE_NUMBERS))
_PAGE_NAME = re.compile(r"[a-z][a-z-]*\Z")


class ContentError(ValueError):
    """A file of content/ cannot be used; the message says what is wrong in plain words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A fixed sentence: as HTML (numbers are links) and as plain text."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language. `state` is "source", "machine draft" or "reviewed"; `body` its Markdown."""

    name: str
    lang: str
    title: str
    summary: str
    state: str
    html: str
    text: str
    headings: tuple[str, ...]
    checked: str
    body: str

    @property
    def reviewed(self) -> bool:
        """Whether a person answers for the words."""
        return self.state in ("source", "reviewed")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of the assistant in one language; `title` is the text of its button."""

    name: str
    lang: str
    title: str
    state: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that could not be used; the version before it stays up."""

    path: str
    message: str


@dataclass(slots=True)
class _Language:
    pages: dict[str, Page] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    phrases: dict[str, Any] = field(default_factory=dict)
    danger: dict[str, Any] = field(default_factory=dict)


class Library:
    """Everything that a reader sees, in ten languages, always the last good version of each file.

    `revision` grows by one whenever something changed. `register` is the contact register. `faults` lists files
    that are broken now. Raises ContentError or RegisterError at start only where there is no version at all to fall
    back on.
    """

    def __init__(self, settings: Settings) -> None:
        self._content = settings.content
        self._languages: dict[str, _Language] = {code: _Language() for code in CODES}
        self._sentences: dict[str, dict[str, Text]] = {}
        self._faults: dict[str, Fault] = {}
        self._seen: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self.revision = 0
        self.register: Register = Register.load(self._content)
        self.refresh()
        if not self._languages[SOURCE].pages:
            raise ContentError(f"there are no pages in {SOURCE}/; is GUIDE_CONTENT right?")

    # What readers ask for

    def page(self, name: str, lang: str) -> Page | None:
        """Give a page in a language, or None where that language does not have it."""
        return self._languages[lang].pages.get(name)

    def pages(self, lang: str) -> list[str]:
        """Give the names of the pages that a language has."""
        return list(self._languages[lang].pages)

    def title(self, name: str, lang: str) -> str:
        """Give the title of a page, in Swedish where the language does not have the page."""
        page = self.page(name, lang) or self.page(name, SOURCE)
        return page.title if page else name

    def reply(self, name: str, lang: str) -> Reply:
        """Give a reply; where the language lacks it, the Swedish one. Raises KeyError where Swedish lacks it, too."""
        found = self._languages[lang].replies.get(name)
        return found or self._languages[SOURCE].replies[name]

    def phrases(self, lang: str) -> dict[str, Any]:
        """Give the tables of a language's phrases.toml."""
        return self._languages[lang].phrases

    def phrase(self, lang: str, key: str, **values: str) -> str:
        """Give a phrase ("walk.ask_age") with its {placeholders} filled in; Swedish where it is missing.

        Raises KeyError where Swedish lacks it, too.
        """
        for code in (lang, SOURCE):
            found: Any = self._languages[code].phrases
            for part in key.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if isinstance(found, str):
                return re.sub(r"\{(\w+)\}", lambda m: values.get(m.group(1), m.group()), found)
        raise KeyError(key)

    def danger(self, lang: str) -> dict[str, Any]:
        """Give the danger words of a language (docs/content.md)."""
        return self._languages[lang].danger

    def sentence(self, key: str, lang: str) -> Text:
        """Give a fixed sentence. Raises KeyError for an unknown key."""
        return self._sentences[key][lang]

    def contact(self, id_: str) -> Contact:
        """Give a national contact. Raises KeyError for an unknown one."""
        return self.register.national(id_)

    @property
    def faults(self) -> list[Fault]:
        """The files that are broken now."""
        return list(self._faults.values())

    @staticmethod
    def escape(text: str) -> str:
        """Give text as HTML."""
        return text_of(text)

    # Reading

    def watch(self, seconds: float) -> None:
        """Look for changed files every so many seconds, in a thread of its own."""
        threading.Thread(target=self._watch, args=(seconds,), name="content", daemon=True).start()

    def _watch(self, seconds: float) -> None:
        wait = threading.Event()
        while not wait.wait(seconds):
            try:
                self.refresh()
            except Exception as error:  # a watcher that dies would freeze the content
                _logger.error("content: %s", type(error).__name__)

    def refresh(self) -> bool:
        """Read every file that changed since it was last read; say whether anything did."""
        with self._lock:
            changed = self._changed()
            if not changed:
                return False
            self._read(changed)
            self.revision += 1
            return True

    def _changed(self) -> set[Path]:
        found: dict[Path, tuple[int, int]] = {}
        for path in self._files():
            try:
                stat = path.stat()
            except OSError:
                continue
            found[path] = (stat.st_mtime_ns, stat.st_size)
        changed = {path for path in found.keys() | self._seen.keys() if found.get(path) != self._seen.get(path)}
        self._seen = found
        return changed

    def _files(self) -> Iterator[Path]:
        yield self._content / "sentences.csv"
        yield self._content / "helplines.toml"
        yield from (self._content / "municipalities").glob("*.toml")
        for code in CODES:
            folder = self._content / code
            yield from (folder / "phrases.toml", folder / "danger.toml")
            yield from folder.glob("*.md")
            yield from (folder / "replies").glob("*.md")

    def _read(self, changed: set[Path]) -> None:
        names = {path.relative_to(self._content).parts[0] for path in changed}
        shared = False
        if self.revision and names & {"helplines.toml", "municipalities"}:
            self._try(self._content / "helplines.toml", self._read_register)
            shared = True
        if "sentences.csv" in names or shared:
            self._try(self._content / "sentences.csv", self._read_sentences)
            shared = True
        # Contacts and sentences stand inside texts: when they change, every text is rendered anew.
        for path in sorted(self._seen.keys() if shared else changed, key=str):
            code = path.relative_to(self._content).parts[0]
            if code in self._languages and path in self._seen:
                self._try(path, self._read_file)
        for path in changed - self._seen.keys():
            self._forget(path)

    def _try(self, path: Path, read: Callable[[Path], None]) -> None:
        name = str(path.relative_to(self._content))
        try:
            read(path)
        except (ValueError, KeyError, OSError, UnicodeError) as error:
            message = str(error) or type(error).__name__
            self._faults[name] = Fault(name, message)
            _logger.error("content/%s: %s; the version before stays", name, message)
        else:
            self._faults.pop(name, None)

    def _forget(self, path: Path) -> None:
        parts = path.relative_to(self._content).parts
        self._faults.pop(str(Path(*parts)), None)
        if parts[0] in self._languages and path.suffix == ".md":
            language = self._languages[parts[0]]
            table: dict[str, Any] = language.replies if "replies" in parts else language.pages
            table.pop(path.stem, None)

    def _read_register(self, path: Path) -> None:
        self.register = Register.load(self._content)

    def _read_sentences(self, path: Path) -> None:
        found: dict[str, dict[str, Text]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["key"]] = {code: self._sentence(row["key"], row[code], code) for code in CODES}
        if not found:
            raise ContentError("there are no sentences")
        self._sentences = found

    def _sentence(self, key: str, text: str, lang: str) -> Text:
        if not text or not text.strip():
            raise ContentError(f"{key} is missing in {lang}")
        language = LANGUAGES[SOURCE if key == "need_interpreter_say_sv" else lang].swedish
        text = text.replace("{language}", language if key == "need_interpreter_say_sv" else LANGUAGES[lang].name)
        html = _SENTENCE_NUMBER.sub(lambda m: self._phone(_SENTENCE_NUMBERS[m.group()]), text_of(text))
        return Text(html, text)

    def _read_file(self, path: Path) -> None:
        code = path.relative_to(self._content).parts[0]
        language = self._languages[code]
        if path.suffix == ".toml":
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            if path.stem == "phrases":
                language.phrases = table
            else:
                language.danger = table
        elif path.parent.name == "replies":
            language.replies[path.stem] = self._read_reply(path, code)
        else:
            language.pages[path.stem] = self._read_page(path, code)

    def _front(self, path: Path, code: str) -> tuple[dict[str, Any], str]:
        try:
            post = frontmatter.loads(path.read_text(encoding="utf-8"))
        except Exception as error:  # the YAML parser has many
            raise ContentError("the lines between --- at the beginning are not as they should be") from error
        title = post.metadata.get("title")
        if not isinstance(title, str) or not title.strip():
            raise ContentError("the title is missing")
        if post.metadata.get("state") not in STATES:
            raise ContentError(f"state must be one of: {', '.join(STATES)}")
        if not post.content.strip():
            raise ContentError("the text is empty")
        return dict(post.metadata), post.content

    def _read_page(self, path: Path, code: str) -> Page:
        if not _PAGE_NAME.match(path.stem):
            raise ContentError("a page's name has only small letters a–z and -")
        front, body = self._front(path, code)
        rendered = render(body, self._marks(code))
        return Page(
            path.stem, code, front["title"].strip(), str(front.get("summary", "")).strip(), front["state"], rendered.html, rendered.text,
            tuple(rendered.headings), str(front.get("checked", "")), body,
        )

    def _read_reply(self, path: Path, code: str) -> Reply:
        front, body = self._front(path, code)
        rendered = render(body, self._marks(code))
        return Reply(path.stem, code, front["title"].strip(), front["state"], rendered.html, rendered.text)

    # Marks

    def _marks(self, lang: str) -> Marks:
        return Marks(
            phone=self._phone,
            contact=lambda id_: self.contact_html(self.contact(id_), lang),
            sentence=lambda key: self._sentences[key][lang].html,
            say=lambda key: self._say(key, lang),
            link=lambda href: self._link(href, lang),
        )

    def _phone(self, id_: str) -> str:
        contact = self.register.national(id_)
        if not contact.phone:
            raise ContentError(f"{id_} has no number")
        return f'<bdi dir="ltr"><a href="{text_of(contact.tel)}">{text_of(contact.phone)}</a></bdi>'

    def contact_html(self, contact: Contact, lang: str) -> str:
        """Give the block of a contact inside a text: its name and a button that calls, or its page."""
        name = contact.name if isinstance(contact.name, str) else contact.name.get(lang) or contact.name[SOURCE]
        if contact.phone:
            button = f'<a class="call" href="{text_of(contact.tel)}"><bdi dir="ltr">{text_of(contact.phone)}</bdi></a>'
        else:
            button = f'<a class="call" href="{text_of(contact.url)}" rel="noreferrer"><bdi dir="ltr">{text_of(contact.url.removeprefix("https://"))}</bdi></a>'
        return f'<div class="contact">\n<p>{text_of(name)}</p>\n<p>{button}</p>\n</div>'

    def _say(self, key: str, lang: str) -> str:
        """The Swedish sentence to say, large, above its meaning in the language of the page."""
        if key == "need_interpreter_say_sv":
            swedish, meaning = self._sentences[key][lang].text, self._sentences["need_interpreter"][lang].text
            if lang == SOURCE:
                swedish = self._sentences["need_interpreter"][SOURCE].text
        else:
            swedish, meaning = self._sentences[key][SOURCE].text, self._sentences[key][lang].text
        html = f'<p class="swedish" lang="sv" dir="ltr">{text_of(swedish)}</p>'
        if lang != SOURCE:
            html += f'\n<p class="meaning">{text_of(meaning)}</p>'
        return f'<div class="callout phrase">\n{html}\n</div>'

    def _link(self, href: str, lang: str) -> str:
        name, _, anchor = href.partition("#")
        if not (self._content / SOURCE / f"{name}.md").is_file() and name != "chat":
            raise KeyError(href)
        if name == "start":
            return f"/{lang}/"
        return f"/{lang}/{name}" + (f"#{anchor}" if anchor else "")


def fingerprint(text: str) -> str:
    """Give a short hash of a text, for versions and addresses."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


__all__ = ["ContentError", "Fault", "Library", "Page", "Reply", "Text", "fingerprint", "is_rtl", "plain"]
