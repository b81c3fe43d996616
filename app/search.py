"""Finds the guide's sections, replies and words by what somebody typed: words inside words, any keyboard, ten languages."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from app.content import Library, Page
from app.languages import SOURCE
from app.markdown import plain
from app.spelling import Spelling
from app.topics import Topic

MOST: Final = 12
LONGEST: Final = 200  # characters that are looked at
_SENTENCE = re.compile(r"(?<=[.!?؟።])\s+|\n")
# What a hit is worth by where the words stand: title, heading, text, and what people say who need it.
_WEIGHTS: Final = (8.0, 6.0, 2.0, 1.0)
_KINDS: Final = {"page": 1.0, "reply": 0.9, "word": 0.8}  # a page says more than a word
_BEGINNINGS: Final = (1.0, 0.6, 0.4, 0.3)  # the word, and without its last one, two, three letters
_LIKENESS: Final = 82.0  # of 100: two letters of eleven differ


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: `kind` is "page", "reply" or "word"; `href` "" where it has no page of its own."""

    kind: str
    name: str
    title: str
    heading: str
    href: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class _Document:
    kind: str
    name: str
    title: str
    heading: str
    href: str
    text: str
    said: str = ""


class Search:
    """The indexes of all languages, in memory, made anew when the content has changed and somebody asks."""

    def __init__(self, library: Library, topics: Mapping[str, Topic], said: Mapping[str, Mapping[str, Iterable[str]]], spelling: Spelling) -> None:
        """`said` gives by language and topic what people write who mean it; it helps to find the topic's reply and pages."""
        self._library, self._topics, self._said, self._spelling = library, topics, said, spelling
        self._indexes: dict[str, tuple[int, _Index]] = {}
        self._lock = threading.Lock()

    def find(self, query: str, lang: str) -> list[Hit]:
        """Give at most MOST hits, best first, each page once; nothing for a query without letters or digits."""
        revision = self._library.revision
        with self._lock:
            made, index = self._indexes.get(lang, (-1, None))
            if index is None or made != revision:
                index = _Index(self._documents(lang), self._spelling)
                self._indexes[lang] = (revision, index)
            return index.find(query[:LONGEST])

    def _documents(self, lang: str) -> list[_Document]:
        documents = []
        said = self._said.get(lang, {})
        pages: dict[str, list[str]] = {}
        for topic in self._topics.values():
            for name in topic.pages:
                pages.setdefault(name, []).extend(said.get(topic.id, ()))
        for name in self._library.names("page"):
            page = self._library.page(name, lang)
            if page is not None:
                documents += _sections(page, " ".join(pages.get(name, ())))
        for topic in self._topics.values():
            reply = self._library.reply(topic.id, lang)
            if reply.lang == lang and topic.id not in ("smalltalk", "out_of_scope"):
                documents.append(_Document("reply", topic.id, reply.title, "", "", reply.text, " ".join(said.get(topic.id, ()))))
        sections = self._word_sections()
        for word in self._library.words(lang):
            own = lang == SOURCE
            documents.append(
                _Document(
                    "word", word.key, word.swedish, "" if own else word.term,
                    f"/{lang}/words#{sections[word.key]}" if word.key in sections else "", word.explained if own else word.term,
                )
            )
        return documents

    def _word_sections(self) -> dict[str, str]:
        """Where on the page of words each word stands."""
        page = self._library.page("words", SOURCE)
        found = {}
        for paragraph in page.paragraphs if page else ():
            if (mark := re.match(r"\[word:([a-z0-9_-]+)\]", paragraph.source.block.source)) is not None:
                found[mark.group(1)] = paragraph.source.block.section
        return found


def _sections(page: Page, said: str) -> list[_Document]:
    """A page as its sections, each with the heading and address that lead to it."""
    base = f"/{page.lang}/" if page.name == "start" else f"/{page.lang}/{page.name}"
    parts: dict[str, list[str]] = {}
    headings: dict[str, str] = {}
    for paragraph in page.paragraphs:
        block = paragraph.source.block
        words = plain(paragraph.own.html) if paragraph.own else ""
        if block.kind == "heading":
            headings[block.section] = words
        parts.setdefault(block.section, []).append(words)
    documents = [_Document("page", page.name, page.title, "", base, f"{page.summary}\n" + "\n".join(parts.pop("", [])), said)]
    for section, texts in parts.items():
        documents.append(_Document("page", page.name, page.title, headings.get(section, ""), f"{base}#{section}", "\n".join(texts[1:])))
    return documents


class _Index:
    """One language: SQLite FTS5 over folded words, cut into groups of three letters (docs/decisions.md says why)."""

    def __init__(self, documents: list[_Document], spelling: Spelling) -> None:
        self._documents, self._spelling = documents, spelling
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE words USING fts5(title, heading, body, said, tokenize='trigram')")
        self._folded = [tuple(map(self._fold, (d.title, d.heading, d.text, d.said))) for d in documents]
        self._db.executemany(
            "INSERT INTO words(rowid, title, heading, body, said) VALUES (?, ?, ?, ?, ?)", ((n, *row) for n, row in enumerate(self._folded)),
        )
        self._vocabulary = sorted({word for row in self._folded for text in row for word in text.split() if len(word) >= 4})

    def _fold(self, text: str) -> str:
        return " ".join(self._spelling.words(text))

    def find(self, query: str) -> list[Hit]:
        words = list(dict.fromkeys(self._spelling.words(query)))[:12]
        # Words of one or two letters say little, unless they are all there is.
        telling = [word for word in words if len(word) > 2] or words
        if not telling:
            return []
        scores: dict[int, float] = {}
        for word in telling:
            for number, score in self._matching(word).items():
                scores[number] = scores.get(number, 0.0) + score
        whole = " ".join(words)
        for number, (title, heading, *_) in enumerate(self._folded):
            if whole in (title, heading):  # somebody typed what it is called
                scores[number] = scores.get(number, 0.0) + 100.0
        best: dict[tuple[str, str], tuple[float, int]] = {}
        for number, score in scores.items():
            document = self._documents[number]
            key = (document.kind, document.name)
            if key not in best or score > best[key][0]:
                best[key] = (score, number)
        order = sorted(best.values(), key=lambda found: (-found[0] * _KINDS[self._documents[found[1]].kind], found[1]))[:MOST]
        return [self._hit(self._documents[number], telling) for _, number in order]

    def _matching(self, word: str) -> dict[int, float]:
        """What each document is worth for a word: the word itself, less for its beginning, else what it may have been meant to be."""
        found: dict[int, float] = {}
        for form, weight in zip(_forms(word), _BEGINNINGS, strict=False):
            for number, score in self._rows(form).items():
                found[number] = max(found.get(number, 0.0), score * weight)
        for form in () if found else self._alike(word):
            for number, score in self._rows(form).items():
                found[number] = max(found.get(number, 0.0), score * 0.7)
        return found

    def _rows(self, form: str) -> dict[int, float]:
        if len(form) < 3:  # too short for groups of three letters
            return {n: float(any(f" {form}" in f" {text}" for text in row)) for n, row in enumerate(self._folded) if any(f" {form}" in f" {text}" for text in row)}
        rows = self._db.execute(
            f"SELECT rowid, -bm25(words, {', '.join(map(str, _WEIGHTS))}) FROM words WHERE words MATCH ?",  # noqa: S608  numbers of ours
            ('"' + form.replace('"', "") + '"',),
        ).fetchall()
        # In the middle of a word it may be another word: "garde" in "regarder".
        return {n: score if any(f" {form}" in f" {text}" for text in self._folded[n]) else score * 0.4 for n, score in rows}

    def _alike(self, word: str) -> list[str]:
        """For a word that stands nowhere: words that differ by a typing error, and the parts of a compound."""
        if len(word) < 5:
            return []
        near = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_LIKENESS, limit=3)
        found = [form for form, _, _ in near]
        for size in range(len(word) - 2, 4, -1):
            part = next((part for part in (word[-size:], word[:size]) if self._rows(part)), None)
            if part is not None:
                return [*found, part]
        return found

    def _hit(self, document: _Document, words: list[str]) -> Hit:
        best, excerpt = -1, ""
        for sentence in _SENTENCE.split(document.text):
            folded = self._fold(sentence)
            found = sum(form in folded for word in words for form in _forms(word)[:1])
            if found > best and sentence.strip():
                best, excerpt = found, sentence.strip()
        return Hit(document.kind, document.name, document.title, document.heading, document.href, excerpt[:220])


def _forms(word: str) -> tuple[str, ...]:
    """The word, and for a longer one its beginnings: endings of words differ in every language of the guide."""
    return (word, *(word[:-cut] for cut in (1, 2, 3) if len(word) - cut >= 4))
