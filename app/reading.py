"""What is certain in a message: its language, a place, an age, a button's text, and plain danger.

Everything here is read before the assistant is asked, travels to it as metadata, and holds when it is down.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.languages import CODES
from app.places import Finder
from app.spelling import Spelling

URGENT: Final = ("emergency", "self_harm", "weapon_found")
EMOJI: Final = {"🔫": "weapon_found", "💣": "weapon_found", "🧨": "weapon_found", "🆘": "emergency", "🔪": "weapon_found"}
NEAR_PHRASE, NEAR_THING = 1, 2  # a negation denies a phrase that it touches, and a thing one word away
SHORT: Final = 3  # a thing alone is danger in a message of so many words at the most
OTHER_SCRIPTS: Final = frozenset({"ar", "ckb", "fa", "ti"})
SURE: Final = 20  # characters from which a message's language counts
# The largest share of letter groups that a text of a language may have and our sentences of it never had: above it the text is in
# a language that is none of the ten (Polish, Finnish, Urdu). No held-out sentence of ours has more (4,489 of them measured).
STRANGE: Final = {"ar": 0.21, "ckb": 0.21, "fa": 0.21, "ti": 0.37}
STRANGE_LATIN: Final = 0.15


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `danger` is a topic of level emergency; `choice` the id of a button; places are codes."""

    language: str | None = None
    wanted_language: str | None = None
    danger: str | None = None
    choice: str | None = None
    place: str | None = None
    places: tuple[str, ...] = ()
    asked_place: str | None = None
    asked_places: tuple[str, ...] = ()
    only_place: bool = False
    words: int = 0
    age: int | None = None  # a lone number that can be an age
    years: int | None = None  # an age that is said to be one

    def metadata(self) -> dict[str, Any]:
        """Give what was read as the metadata of the message to the assistant, without what is empty."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, ()) and v is not False}


# Danger


@dataclass(frozen=True, slots=True)
class _Pattern:
    parts: tuple[re.Pattern[str] | None, ...]  # None: up to two words in between

    @classmethod
    def of(cls, words: Iterable[str]) -> _Pattern:
        return cls(tuple(None if w == "*" else re.compile(re.escape(w).replace(r"\*", r"\w*") + r"\Z") for w in words))

    def ends(self, words: list[str], start: int, part: int = 0) -> int | None:
        """Give the position behind a match that begins at `start`, or None."""
        if part == len(self.parts):
            return start
        pattern = self.parts[part]
        if pattern is None:
            for skipped in range(3):
                end = self.ends(words, start + skipped, part + 1) if start + skipped <= len(words) else None
                if end is not None:
                    return end
            return None
        if start < len(words) and pattern.match(words[start]):
            return self.ends(words, start + 1, part + 1)
        return None


class _Patterns:
    """Many patterns, found by the first letters of their first word."""

    def __init__(self, phrases: Iterable[str], spelling: Spelling) -> None:
        self._by_start: dict[str, list[_Pattern]] = {}
        self._anywhere: list[_Pattern] = []
        self.longest = 1
        for phrase in phrases:
            words = [w for raw in phrase.split() if (w := _pattern_word(raw, spelling))]
            if not words or words == ["*"]:
                continue
            self.longest = max(self.longest, sum(3 if w == "*" else 1 for w in words))
            pattern = _Pattern.of(words)
            stem = words[0].partition("*")[0][:2]
            if len(stem) < 2:
                self._anywhere.append(pattern)
            else:
                self._by_start.setdefault(stem, []).append(pattern)

    def find(self, words: list[str]) -> list[tuple[int, int]]:
        """Give every (start, end) of a match."""
        found = []
        for start, word in enumerate(words):
            for pattern in (*self._by_start.get(word[:2], ()), *self._anywhere):
                end = pattern.ends(words, start)
                if end is not None:
                    found.append((start, end))
        return found


def _pattern_word(raw: str, spelling: Spelling) -> str:
    if raw == "*":
        return raw
    return "*".join("".join(spelling.words(part)) for part in raw.split("*"))


class DangerWords:
    """The words of one language that mean danger (content/<lang>/danger.toml), ready to be searched for."""

    def __init__(self, table: Mapping[str, Any], spelling: Spelling) -> None:
        self.phrases = {topic: _Patterns(table.get(topic, {}).get("phrases", ()), spelling) for topic in URGENT}
        weapons = table.get("weapon_found", {})
        self.things = _Patterns(weapons.get("things", ()), spelling)
        self.places = _Patterns(weapons.get("places", ()), spelling)
        harmless = table.get("not_danger", {})
        self.harmless = _Patterns(harmless.get("phrases", ()), spelling)
        self.frames = _Patterns(harmless.get("frames", ()), spelling)
        self.negations = _Patterns(harmless.get("negations", ()), spelling)
        self.negation_after = bool(harmless.get("negation_after", False))
        self.own_negation = {
            topic: any(self.negations.find(spelling.words(p.replace("*", " "))) for p in table.get(topic, {}).get("phrases", ()))
            for topic in URGENT
        }

    def find(self, words: list[str], lone_things: bool = True) -> str | None:
        """Give the most urgent topic that one sentence states plainly, or None. `words` are folded.

        `lone_things`: whether a weapon's name counts without a sentence around it; in a text of another language
        it is more likely one of that language's ordinary words.
        """
        if self.frames.find(words):
            return None
        for start, end in self.harmless.find(words):
            words = [*words[:start], *([""] * (end - start)), *words[end:]]
        negated = self.negations.find(words)
        for topic in URGENT:
            for start, end in self.phrases[topic].find(words):
                if not self._denied(start, end, negated, NEAR_PHRASE):
                    return topic
        if not lone_things:
            return None
        things = [(s, e) for s, e in self.things.find(words) if not self._denied(s, e, negated, NEAR_THING)]
        if things and (len([w for w in words if w]) <= SHORT or self.places.find(words)):
            return "weapon_found"
        return None

    def _denied(self, start: int, end: int, negated: list[tuple[int, int]], near: int) -> bool:
        for begin, stop in negated:
            if start <= begin < end:
                continue  # the phrase itself holds a negation: "does not want to live"
            # ”I can’t go on I want to die”: only a negation that touches the words denies them.
            distance = begin - end if self.negation_after else start - stop
            if 0 <= distance < near:
                return True
        return False


# Language

_LATIN = re.compile(r"[a-z]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_ETHIOPIC = re.compile(r"[\u1200-\u139f\u2d80-\u2ddf]")


def script(text: str) -> str | None:
    """Give the script most letters of a text are in: "latin", "arabic", "ethiopic", or None without letters."""
    lowered = text.lower()
    counts = {
        "latin": sum(1 for c in lowered if c.isalpha() and c < "\u0250"),
        "arabic": len(_ARABIC.findall(lowered)),
        "ethiopic": len(_ETHIOPIC.findall(lowered)),
    }
    # A Swedish word in an Arabic sentence does not make it Swedish: the rarer keyboard counts double.
    counts["arabic"] *= 2
    counts["ethiopic"] *= 2
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


class LanguageModel:
    """Which of the ten languages a text is in, by letter groups of one to four learnt from our own sentences.

    Latin-letter Arabic, Persian, Tigrinya and Sorani are learnt from the sentences in Latin letters among theirs.
    """

    def __init__(self, sentences: Mapping[str, Iterable[str]], spelling: Spelling) -> None:
        self._spelling = spelling
        self._logs: dict[str, dict[str, dict[str, float]]] = {}
        self._unseen: dict[str, dict[str, float]] = {}
        counts: dict[str, dict[str, Counter[str]]] = {}
        for code, texts in sentences.items():
            for text in texts:
                kind = script(text)
                if kind:
                    counts.setdefault(kind, {}).setdefault(code, Counter()).update(self._groups(text))
        for kind, languages in counts.items():
            vocabulary = len(set().union(*languages.values()))
            self._logs[kind], self._unseen[kind] = {}, {}
            for code, counter in languages.items():
                if sum(counter.values()) < 400:  # a stray word in another script teaches nothing
                    continue
                total = sum(counter.values()) + 0.5 * vocabulary
                self._logs[kind][code] = {group: math.log((n + 0.5) / total) for group, n in counter.items()}
                self._unseen[kind][code] = math.log(0.5 / total)

    def _groups(self, text: str) -> list[str]:
        # Diacritics and the letters that set Sorani and Persian apart stay: folding would take them away.
        words = re.findall(r"[^\W\d_]+", text.lower())
        groups: list[str] = []
        for word in words:
            padded = f" {word} "
            for size in (1, 2, 3, 4):
                groups.extend(padded[i : i + size] for i in range(len(padded) - size + 1))
            groups.append(f"={word}")
        return groups

    def scores(self, text: str) -> list[tuple[float, str]]:
        """Give (log-likelihood for each letter group, language), the likeliest first."""
        kind = script(text)
        if kind is None:
            return []
        groups = self._groups(text)
        if not groups:
            return []
        table = self._logs.get(kind, {})
        return sorted(
            ((sum(logs.get(g, self._unseen[kind][code]) for g in groups), code) for code, logs in table.items()), reverse=True
        )

    def language(self, text: str) -> str | None:
        """Give the language when it is certain, else None. Ethiopic letters are Tigrinya here."""
        letters = sum(c.isalpha() for c in text)
        if letters < 3:
            return None
        ranked = self.scores(text)
        if not ranked:
            return None
        if len(text.strip()) >= SURE and self._strange(self._groups(text), script(text) or "", ranked[0][1]):
            return None
        if len(ranked) == 1:
            return ranked[0][1]
        margin = ranked[0][0] - ranked[1][0]
        long_enough = len(text.strip()) >= SURE
        if not long_enough and len(text.split()) < 2 and text.isascii() and ranked[0][1] in OTHER_SCRIPTS:
            return None  # one word in Latin letters, "qwerty" say, is too little for a language that has its own
        return ranked[0][1] if margin > (0.0 if long_enough else 12.0) else None

    def _strange(self, groups: list[str], kind: str, code: str) -> bool:
        """Whether a text is unlike everything that is known of the likeliest language."""
        logs = self._logs[kind][code]
        unseen = sum(group not in logs for group in groups) / len(groups)
        return unseen > STRANGE.get(code, STRANGE_LATIN)


def sentences_by_topic(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Read the assistant's training sentences, {language: {topic: [sentence]}}, without a YAML parser's slowness."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.stem in CODES:
            topic, topics = "", found.setdefault(path.stem, {})
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("- intent: "):
                    topic = line.removeprefix("- intent: ").strip()
                elif line.startswith("    - "):
                    topics.setdefault(topic, []).append(line.strip()[2:])
    return found


def training_sentences(folder: Path) -> dict[str, list[str]]:
    """Read the assistant's training sentences, {language: [sentence]}."""
    return {code: [sentence for said in topics.values() for sentence in said] for code, topics in sentences_by_topic(folder).items()}


# The whole


@dataclass(slots=True)
class Words:
    """What one language's files say: danger words, button texts (folded → id), names of languages (folded → code)."""

    danger: DangerWords
    choices: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    years: frozenset[str] = frozenset()  # words that make the number beside them an age


_SENTENCE = re.compile(r"[.!?;\n؟።፧،,]+")
_AGE = re.compile(r"(\d{1,2})(\D*)\Z")
_NUMBER = re.compile(r"(?<![\d+])(\d{1,2})(?!\d)")


class Reader:
    """Reads messages. Holds the words of all languages; `replace` takes new ones when a file changed."""

    def __init__(self, spelling: Spelling, finder: Finder, model: LanguageModel, words: Mapping[str, Words]) -> None:
        self._spelling = spelling
        self._finder = finder
        self._model = model
        self._words = dict(words)

    def replace(self, words: Mapping[str, Words]) -> None:
        """Take the words of files that changed."""
        self._words = {**self._words, **words}

    def read(self, message: str, page_language: str) -> Reading:
        """Read a message that was written on a page of the given language."""
        folded = " ".join(self._spelling.words(message))
        choice = self._choice(folded, page_language)
        if choice is not None:
            code = choice[1]
            return Reading(choice=choice[0], language=code if code != page_language else None, place=_code(choice[0]))
        wanted = self._wanted(folded)
        language = self._model.language(message)
        danger = self._danger(message, language)
        found = self._finder.find(message)
        asked = self._finder.find(message, asked=True)
        place = found.places[0].code if found.certain else None
        only = bool(asked.places) and self._only_place(folded, asked.places[0].matched)
        if only:
            language = None  # a bare name of a town says nothing about the language
        return Reading(
            language=language if not wanted else None,
            wanted_language=wanted,
            danger=danger,
            place=place,
            places=() if place else tuple(p.code for p in found.places),
            asked_place=asked.places[0].code if asked.certain else None,
            asked_places=() if asked.certain else tuple(p.code for p in asked.places),
            only_place=only and (place is not None or not found.places),
            words=len(folded.split()),
            age=self._age(message),
            years=self._years(message),
        )

    def danger(self, message: str) -> str | None:
        """Give the most urgent topic that a message states plainly in any of the ten languages, or None."""
        return self._danger(message, self._model.language(message))

    def _danger(self, message: str, language: str | None) -> str | None:
        if message.strip().rstrip("!?. ") == "112":
            return "emergency"
        hits = {EMOJI[c] for c in message if c in EMOJI} if len(self._spelling.words(message)) <= SHORT else set()
        for sentence in _SENTENCE.split(message):
            words = self._spelling.words(sentence)
            if not words:
                continue
            for code, table in self._words.items():
                hit = table.danger.find(list(words), language is None or code in (language, "sv"))
                if hit:
                    hits.add(hit)
        return next((topic for topic in URGENT if topic in hits), None)

    def _choice(self, folded: str, page_language: str) -> tuple[str, str] | None:
        """A message that is exactly the text of a button, in the page's language first."""
        if not folded:
            return None
        for code in (page_language, *(c for c in self._words if c != page_language)):
            choice = self._words[code].choices.get(folded) if code in self._words else None
            if choice is not None:
                return choice, code
        return None

    def _wanted(self, folded: str) -> str | None:
        """The language that a short message asks for by its name: ”svenska tack”, ”in english please”."""
        words = folded.split()
        if not 1 <= len(words) <= 5:
            return None
        for table in self._words.values():
            for name, code in table.languages.items():
                if f" {name} " in f" {folded} ":
                    return code
        return None

    def _only_place(self, folded: str, matched: str) -> bool:
        rest = len(folded.split()) - len(self._spelling.words(matched))
        return rest <= 1

    def _years(self, message: str) -> int | None:
        """The one age that a message names: a number from 3 to 25 with a word for years beside it."""
        words = self._spelling.words(message)
        marks = frozenset().union(*(table.years for table in self._words.values()))
        found = set()
        for place, word in enumerate(words):
            digits = _AGE.match(word)
            if digits is None:
                continue
            near = {*words[max(0, place - 2) : place], *words[place + 1 : place + 2], digits.group(2)}
            if 3 <= int(digits.group(1)) <= 25 and near & marks:
                found.add(int(digits.group(1)))
        return found.pop() if len(found) == 1 else None

    def _age(self, message: str) -> int | None:
        numbers = [int(n) for n in _NUMBER.findall(self._spelling.fold(message))]
        return numbers[0] if len(numbers) == 1 and 0 <= numbers[0] <= 30 else None


def _code(choice: str) -> str | None:
    return choice.removeprefix("place:") if re.fullmatch(r"place:\d{4}", choice) else None
