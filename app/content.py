"""The library of pages, replies and phrases in memory: read when a file changes, never when it is asked for."""

from __future__ import annotations

import csv
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import frontmatter
import tomllib

from app.contacts import Contact, Register
from app.languages import CODES, LANGUAGES, SOURCE, is_rtl
from app.markdown import Marks, Part, Rendered, Renderer, assemble, plain, text_of
from app.settings import Settings
from app.states import MISSING, OUTDATED, REVIEWED, SHARED, SOURCE_STATE, Ledger, Pair, Unit, pair
from app.topics import load_paths

_logger = logging.getLogger(__name__)
T = TypeVar("T")

# The kinds of texts and the folders of a language that hold them.
KINDS: Final = {"page": "", "reply": "replies", "card": "cards", "path": "paths"}
URGENT_PAGES: Final = ("now", "weapon", "missing", "threats")  # every paragraph of them concerns danger
# The numbers that fixed sentences name, and whose they are.
_SENTENCE_NUMBERS: Final = {"112": "sos-112", "114\u00a014": "polisen-114-14", "116\u00a0111": "bris-barn"}
_SENTENCE_NUMBER = re.compile("|".join(re.escape(number) for number in _SENTENCE_NUMBERS))
_PAGE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")


class ContentError(ValueError):
    """A file of content/ cannot be used; the message says what is wrong in plain words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A fixed sentence: as HTML (numbers are links) and as plain text."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as it is shown: the Swedish one, its translation (None where it is missing), and the state of that."""

    source: Part
    own: Part | None
    state: str
    by: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A text in one language: a page, a reply of the assistant or a call card.

    `state` is "source", "reviewed", "machine draft" or "outdated" (a Swedish paragraph has changed since); `body` its
    Markdown; `sources` the ids of where its facts come from and `checked` the day they were read.
    """

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
    sources: tuple[str, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def reviewed(self) -> bool:
        """Whether a person answers for every word."""
        return self.state in (SOURCE_STATE, REVIEWED)

    @property
    def changed(self) -> int:
        """How many Swedish paragraphs have no translation that was made from them."""
        return sum(paragraph.state in (OUTDATED, MISSING) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from: who says it, the address (or ""), and its date ("" where the page has none)."""

    name: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Word:
    """A Swedish word of the glossary in a language.

    `sound` is how it sounds in that language's script ("" in Swedish), `term` what it is called, `explained` what it
    means in simple Swedish.
    """

    key: str
    swedish: str
    sound: str
    term: str
    explained: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that could not be used; the version before it stays up."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class _Raw:
    """A file as it stands, before it is compared with the Swedish one."""

    front: dict[str, Any]
    body: str
    rendered: Rendered

    @property
    def units(self) -> list[Unit]:
        front = [(key, str(self.front.get(key, "")).strip()) for key in ("title", "summary")]
        return [Unit(key, text, bool(text)) for key, text in front] + [Unit(p.block.kind, p.block.source, p.block.written) for p in self.rendered.parts]


@dataclass(slots=True)
class _Language:
    raw: dict[tuple[str, str], _Raw] = field(default_factory=dict)  # by kind and name
    phrases: dict[str, Any] = field(default_factory=dict)
    danger: dict[str, Any] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    finished: dict[tuple[str, str], tuple[tuple[Any, ...], Page]] = field(default_factory=dict)


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
        self._words: dict[str, dict[str, Word]] = {}
        self._sounds: dict[str, dict[str, str]] = {}
        self._sources: dict[str, Source] = {}
        self._paths = load_paths(settings.content)
        self._operator = (settings.operator, settings.feedback)
        self._renderers = {code: self._renderer(code) for code in CODES}  # for the reading thread alone
        self._faults: dict[str, Fault] = {}
        self._seen: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self.revision = 0
        self.register: Register = Register.load(self._content)
        self.refresh()
        if not self.pages(SOURCE):
            raise ContentError(f"there are no pages in {SOURCE}/; is GUIDE_CONTENT right?")

    # What readers ask for

    def page(self, name: str, lang: str) -> Page | None:
        """Give a page in a language, or None where that language does not have it."""
        return self._text("page", name, lang)

    def pages(self, lang: str) -> list[str]:
        """Give the names of the pages that a language has."""
        return [name for kind, name in self._languages[lang].raw if kind == "page"]

    def names(self, kind: str) -> list[str]:
        """Give the names of the Swedish texts of a kind: page, reply or card."""
        return sorted(name for found, name in self._languages[SOURCE].raw if found == kind)

    def title(self, name: str, lang: str) -> str:
        """Give the title of a page, in Swedish where the language does not have the page."""
        page = self.page(name, lang) or self.page(name, SOURCE)
        return page.title if page else name

    def reply(self, name: str, lang: str) -> Page:
        """Give a reply; where the language lacks it, the Swedish one. Raises KeyError where Swedish lacks it, too."""
        found = self._text("reply", name, lang) or self._text("reply", name, SOURCE)
        if found is None:
            raise KeyError(name)
        return found

    def card(self, name: str, lang: str) -> Page | None:
        """Give the call card of a contact ("social" for social services), in Swedish where the language lacks it."""
        return self._text("card", name, lang) or self._text("card", name, SOURCE)

    def text(self, kind: str, name: str, lang: str) -> Page | None:
        """Give a text of a kind (page, reply, card) in a language, or None."""
        return self._text(kind, name, lang)

    def word(self, key: str, lang: str) -> Word:
        """Give a word of the glossary. Raises KeyError for an unknown key."""
        return self._words[key][lang]

    def words(self, lang: str) -> list[Word]:
        """Give the whole glossary of a language."""
        return [by_language[lang] for by_language in self._words.values()]

    def source(self, id_: str) -> Source:
        """Give where facts come from. Raises KeyError for an unknown id."""
        return self._sources[id_]

    def ledger(self, lang: str) -> Ledger:
        """Give the records of a language's translations."""
        return self._languages[lang].ledger

    def pairs(self, kind: str, name: str, lang: str) -> list[tuple[Unit, Unit | None, Pair]]:
        """Give title, summary and paragraphs of a Swedish text, each with its translation and the state of that.

        Raises KeyError where either language lacks the text.
        """
        source, own = self._languages[SOURCE].raw[kind, name].units, self._languages[lang].raw[kind, name].units
        found = pair(source, own, self._languages[lang].ledger)
        return [(source[p.source], own[p.translation] if p.translation is not None else None, p) for p in found]

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
        for name in ("sentences.csv", "glossary.csv", "sounds.csv", "sources.toml"):
            yield self._content / name
        yield self._content / "helplines.toml"
        yield from (self._content / "municipalities").glob("*.toml")
        for code in CODES:
            folder = self._content / code
            yield from (folder / "phrases.toml", folder / "danger.toml", folder / "states.csv")
            for part in KINDS.values():
                yield from (folder / part).glob("*.md")

    def _read(self, changed: set[Path]) -> None:
        names = {path.relative_to(self._content).parts[0] for path in changed}
        shared = False
        if self.revision and names & {"helplines.toml", "municipalities"}:
            self._try(self._content / "helplines.toml", self._read_register)
            shared = True
        if "sentences.csv" in names or shared:
            self._try(self._content / "sentences.csv", self._read_sentences)
            shared = True
        if names & {"glossary.csv", "sounds.csv"}:
            self._try(self._content / "sounds.csv", self._read_sounds)
            self._try(self._content / "glossary.csv", self._read_glossary)
            shared = True
        if "sources.toml" in names:
            self._try(self._content / "sources.toml", self._read_sources)
        # Contacts, sentences, phrases and call cards stand inside texts: when they change, the texts are rendered anew.
        anew = set(CODES) if shared else {
            path.relative_to(self._content).parts[0] for path in changed if path.suffix == ".toml" or _kind(path) == "card"
        }
        for path in sorted(self._seen, key=_order):
            code = path.relative_to(self._content).parts[0]
            if code in self._languages and (path in changed or (code in anew and path.suffix == ".md")):
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
            self._languages[parts[0]].raw.pop((_kind(path), path.stem), None)

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

    def _read_sounds(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self._sounds = {row["key"]: row for row in csv.DictReader(file)}

    def _read_glossary(self, path: Path) -> None:
        found: dict[str, dict[str, Word]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                sounds = self._sounds.get(row["key"], {})
                found[row["key"]] = {code: Word(row["key"], row["sv"], sounds.get(code, ""), row[code], row["sv_explained"]) for code in CODES}
        if not found:
            raise ContentError("there are no words")
        self._words = found

    def _read_sources(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self._sources = {id_: Source(str(row["name"]), str(row.get("url", "")), str(row.get("date", ""))) for id_, row in table.items()}

    def _read_file(self, path: Path) -> None:
        code = path.relative_to(self._content).parts[0]
        language = self._languages[code]
        if path.suffix == ".toml":
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            if path.stem == "phrases":
                language.phrases = table
            else:
                language.danger = table
        elif path.suffix == ".csv":
            language.ledger = Ledger.load(path)
        else:
            if not _PAGE_NAME.match(path.stem):
                raise ContentError("a page's name has only small letters a–z, digits and -")
            front, body = self._front(path)
            rendered = self._renderers[code].render(body)
            if code == SOURCE and _kind(path) == "path":
                self._complete(path.stem, rendered.headings)
            language.raw[_kind(path), path.stem] = _Raw(front, body, rendered)

    def _complete(self, topic: str, headings: list[str]) -> None:
        """Refuse a path without one of its questions or answers: the assistant's buttons are made of them."""
        if topic not in self._paths.topics:
            raise ContentError(f"paths.toml has no topic {topic}")
        if sorted(headings) != (wanted := self._paths.headings(topic)):
            raise ContentError(f"the headings must have exactly these ids: {', '.join(wanted)}")

    def _front(self, path: Path) -> tuple[dict[str, Any], str]:
        try:
            post = frontmatter.loads(path.read_text(encoding="utf-8"))
        except Exception as error:  # the YAML parser has many
            raise ContentError("the lines between --- at the beginning are not as they should be") from error
        title = post.metadata.get("title")
        if not isinstance(title, str) or not title.strip():
            raise ContentError("the title is missing")
        if not post.content.strip():
            raise ContentError("the text is empty")
        return dict(post.metadata), post.content

    # Comparing with the Swedish text

    def _text(self, kind: str, name: str, lang: str) -> Page | None:
        language = self._languages[lang]
        raw, source = language.raw.get((kind, name)), self._languages[SOURCE].raw.get((kind, name))
        if raw is None or source is None:
            return None
        made_from = (raw, source, language.ledger, language.phrases)
        kept = language.finished.get((kind, name))
        if kept is None or any(now is not before for now, before in zip(made_from, kept[0], strict=True)):
            kept = (made_from, self._page(kind, name, lang, raw, source))
            language.finished[kind, name] = kept
        return kept[1]

    def _page(self, kind: str, name: str, lang: str, raw: _Raw, source: _Raw) -> Page:
        front = raw.front
        if lang == SOURCE:
            paragraphs = tuple(Paragraph(part, part, SOURCE_STATE) for part in raw.rendered.parts)
            state, html, text = SOURCE_STATE, raw.rendered.html, raw.rendered.text
        else:
            found = pair(source.units, raw.units, self._languages[lang].ledger)
            paragraphs = tuple(
                Paragraph(
                    source.rendered.parts[p.source - 2],
                    # Parts that are only marks are rendered in this language even where its text lacks them.
                    raw.rendered.parts[p.translation - 2] if p.translation is not None else None,
                    p.state, p.record.by if p.record else "", p.record.date if p.record else "",
                )
                for p in found[2:]
            )
            paragraphs = tuple(self._marks_only(paragraph, lang) for paragraph in paragraphs)
            states = {p.state for p in found} - {SHARED}
            state = OUTDATED if states & {OUTDATED, MISSING} else REVIEWED if states <= {REVIEWED} else "machine draft"
            html = assemble(self._shown(paragraphs, lang, kind == "page" and name in URGENT_PAGES))
            text = plain(html)
        listed = source.front.get("sources") or ""
        return Page(
            name, lang, front["title"].strip(), str(front.get("summary", "")).strip(), state, html, text,
            tuple(re.findall(r'<h[2-4] id="([^"]+)"', html)), str(source.front.get("checked", "")), raw.body,
            tuple(part.strip() for part in listed.split(",") if part.strip()), paragraphs,
        )

    def _marks_only(self, paragraph: Paragraph, lang: str) -> Paragraph:
        if paragraph.state != SHARED or paragraph.own is not None:
            return paragraph
        own = Part(paragraph.source.block, self._renderer(lang).render(paragraph.source.block.source).html)
        return Paragraph(paragraph.source, own, SHARED)

    def _shown(self, paragraphs: Iterable[Paragraph], lang: str, urgent: bool) -> Iterator[Part]:
        """What the reader of a translation sees: where it is behind and it matters, the Swedish words beside it."""
        for paragraph in paragraphs:
            block = paragraph.source.block
            swedish = f'<div class="beside" lang="{SOURCE}" dir="ltr">\n{paragraph.source.html}\n</div>'
            if paragraph.own is None:
                note = f'<p class="state">{text_of(self.phrase(lang, "state.missing"))}</p>'
                yield Part(block, f"{note}\n{swedish}")
                continue
            yield Part(block, paragraph.own.html)
            if paragraph.state == OUTDATED:
                note = f'<p class="state">{text_of(self.phrase(lang, "state.outdated"))}</p>'
                yield Part(block, f"{note}\n{swedish}" if urgent or concerns_danger(paragraph) else note)

    # Marks

    def _renderer(self, lang: str) -> Renderer:
        return Renderer(
            Marks(
                phone=self._phone,
                contact=lambda id_: self.contact_html(self.contact(id_), lang),
                sentence=lambda key: self._sentences[key][lang].html,
                say=lambda key: self._say(key, lang),
                word=lambda key: self._word(key, lang),
                operator=lambda: self._operator_html(lang),
                link=lambda href: self._link(href, lang),
            )
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
        return f'<div class="contact">\n<p>{text_of(name)}</p>\n<p>{button}</p>\n{self.card_html(contact.id, lang)}</div>'

    def card_of(self, contact: Contact, lang: str) -> str:
        """Give the call card of a contact as HTML: a municipality's are those of social services; "" where there is no number."""
        return self.card_html("social" if contact.service else contact.id, lang) if contact.phone else ""

    def card_html(self, id_: str, lang: str) -> str:
        """Give the call card of a contact as something to unfold, or "" where it has none."""
        card = self._text("card", id_, lang)
        if card is None:
            return ""
        return f'<details class="card"><summary>{text_of(self.phrase(lang, "card.title"))}</summary>\n{card.html}\n</details>\n'

    def _say(self, key: str, lang: str) -> str:
        """The Swedish sentence to say, large, above its meaning in the language of the page."""
        if key == "need_interpreter_say_sv":
            swedish, meaning = self._sentences[key][lang].text, self._sentences["need_interpreter"][lang].text
            if lang == SOURCE:  # for those who help somebody to call
                swedish = swedish.replace(LANGUAGES[SOURCE].swedish, "…")
        else:
            swedish, meaning = self._sentences[key][SOURCE].text, self._sentences[key][lang].text
        sound = self._sounds.get(key, {}).get(lang, "")
        return f'<div class="callout phrase">\n{self._spoken(swedish, sound, meaning, lang)}\n</div>'

    @staticmethod
    def _spoken(swedish: str, sound: str, meaning: str, lang: str) -> str:
        lines = [f'<p class="swedish" lang="sv" dir="ltr">{text_of(swedish)}</p>']
        if lang != SOURCE and sound:
            lines.append(f'<p class="sound">{text_of(sound)}</p>')
        if lang != SOURCE:
            lines.append(f'<p class="meaning">{text_of(meaning)}</p>')
        return "\n".join(lines)

    def state_note(self, state: str, lang: str) -> str:
        """Give what readers are told of a paragraph in this state, as text; "" where there is nothing to tell."""
        return self.phrase(lang, f"state.{state}") if state in (OUTDATED, MISSING) else ""

    def spoken(self, key: str, lang: str) -> str:
        """Give a fixed sentence to say: in Swedish, how it sounds, what it means, as HTML. Raises KeyError."""
        return self._say(key, lang)

    def _word(self, key: str, lang: str) -> str:
        word = self._words[key][lang]
        meaning = "" if lang == SOURCE else word.term
        return f'<div class="word">\n{self._spoken(word.swedish, word.sound, meaning, lang)}\n</div>'

    def _operator_html(self, lang: str) -> str:
        """Who runs this copy of the site and how to reach them, or an honest word that it does not say so."""
        name, address = self._operator
        if not address:
            return f'<p>{text_of(self.phrase(lang, "operator.unknown"))}</p>'
        shown = address.removeprefix("mailto:").removeprefix("https://")
        link = f'<a href="{text_of(address)}" rel="noreferrer">{text_of(shown)}</a>'
        return f'<p><bdi>{text_of(name)}</bdi> <bdi dir="ltr">{link}</bdi></p>'

    def _link(self, href: str, lang: str) -> str:
        name, _, anchor = href.partition("#")
        if not (self._content / SOURCE / f"{name}.md").is_file() and name != "chat":
            raise KeyError(href)
        if name == "start":
            return f"/{lang}/"
        return f"/{lang}/{name}" + (f"#{anchor}" if anchor else "")


def concerns_danger(paragraph: Paragraph) -> bool:
    """Whether a paragraph, as it was or as it is, says what to do in danger or whom to call."""
    texts = [paragraph.source.block, *([paragraph.own.block] if paragraph.own else [])]
    return any(block.callout == "danger" or re.search(r"\[(?:phone|contact|sentence|say):", block.source) for block in texts)


def _order(path: Path) -> tuple[int, str]:
    """Phrases first, then call cards, then the texts that show both."""
    return (0 if path.suffix in (".toml", ".csv") else 1 if _kind(path) == "card" else 2, str(path))


def _kind(path: Path) -> str:
    return next((kind for kind, folder in KINDS.items() if folder == path.parent.name), "page")


def fingerprint(data: bytes) -> str:
    """Give a short hash of bytes, for versions and addresses."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


__all__ = ["ContentError", "Fault", "Library", "Page", "Paragraph", "Source", "Text", "Word", "concerns_danger", "fingerprint", "is_rtl", "plain"]
