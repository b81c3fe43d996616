"""From what somebody wrote to a municipality: names, districts, postal codes, in any script, with typing errors."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from app.spelling import Spelling

MOST: Final = 5
LONGEST: Final = 2000  # characters that are read

# What may hang on a name. Apostrophes are gone by now (Malmö'de → malmode).
_ENDINGS: Final = (
    "s", "es", "ss", "de", "da", "te", "ta", "den", "dan", "ten", "tan", "deki", "daki", "teki", "taki", "ye", "ya", "yi", "e", "a",
    "deyim", "dayim", "liyim", "li", "deyiz", "dayiz", "ka", "ga", "ha", "ku", "kommun", "stad", "kommune", "municipality",
    "دا", "یه", "ه", "ی", "یه‌", "وه", "ن",
)
_BEGINNINGS: Final = ("ب", "ل", "و", "ال", "بال", "لل", "وب", "ف", "ኣብ", "ብ", "ን", "ካብ", "ናብ", "እብ", "ናይ", "ዓዲ")
_POSTCODE: Final = re.compile(r"(?<!\d)(\d{3})[ \u00a0]?(\d{2})(?!\d)")
# Words around a place in the answer to "where do you live?", taken out before names are compared by likeness.
_AROUND: Final = frozenset(
    "i jag bor vi bo kommun stad stan i utanfor nara live in we near from the am un je habite vis a en vivo yo soy ben biz oturuyorum "
    "yasiyorum waxaan degganahay ku nool ahay انا اسکن اعیش فی من نحن در زندکی میکنم هستم ساکن له دژیم من نیشتهجیم ኣብ ይነብር ኣነ እየ".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality that was found: its code, name and county, and the words that led to it."""

    code: str
    name: str
    county: str
    matched: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: one place and certain, two to five and not certain, or nothing."""

    places: tuple[Place, ...] = ()
    certain: bool = False


class Finder:
    """Finds places. Load it with `Finder.load`."""

    def __init__(self, spelling: Spelling, municipalities: dict[str, tuple[str, str]]) -> None:
        self._spelling = spelling
        self._municipalities = municipalities  # code → (name, county)
        self._names: dict[str, dict[str, str]] = {}  # folded name → {code: name as written}
        self._own: dict[str, str] = {}  # folded name of a municipality → code
        self._twins: dict[str, dict[str, str]] = {}  # folded → names that only å, ä, ö set apart (Habo, Håbo) → code
        self._quiet: set[str] = set()  # counts only as an answer to the question
        self._codes: dict[str, str] = {}
        self._longest = 1
        self._alike: list[str] = []
        self.find = lru_cache(maxsize=2048)(self._find)

    @classmethod
    def load(cls, content: Path) -> Finder:
        """Read the places of `content/places` and the names of `content/municipalities`."""
        import tomllib

        municipalities = {}
        for path in sorted((content / "municipalities").glob("*.toml")):
            row = tomllib.loads(path.read_text(encoding="utf-8"))
            municipalities[row["code"]] = (row["name"], row["county"])
        finder = cls(Spelling(content), municipalities)
        ordinary = (content / "places" / "ordinary.txt").read_text(encoding="utf-8").split("\n")
        quiet = {finder._fold(line) for line in ordinary if line and not line.startswith("#")}
        for code, (name, _) in municipalities.items():
            finder._add(name, code)
            folded = finder._fold(name)
            twin = finder._own.get(folded)
            if twin is not None:
                finder._twins[folded] = {municipalities[twin][0].lower(): twin, name.lower(): code}
            finder._own[folded] = code
        for row in _rows(content / "places" / "places.csv"):
            finder._add(row["name"], row["municipality_code"])
        for row in _rows(content / "places" / "place_aliases.csv"):
            folded = finder._add(row["alias"], row["municipality_code"])
            # Foreign and historic spellings hold noise: in a free message they would find places in ordinary words.
            if row["source"] == "geonames" and row["lang"] not in ("ar", "fa", "ckb", "am", "ti") and folded not in finder._own:
                quiet.add(folded)
        for row in _rows(content / "places" / "postcodes.csv"):
            finder._codes[row["postcode"]] = row["municipality_code"]
        named = {finder._fold(row["name"]) for row in _rows(content / "places" / "places.csv")} | set(finder._own)
        finder._quiet = {name for name in quiet if name not in named} | {n for n in quiet if n in {finder._fold(o) for o in ordinary}}
        finder._quiet |= {name for name in finder._names if len(name) < 4}
        finder._alike = [name for name in finder._names if len(name) >= 4]
        return finder

    def municipality_names(self) -> dict[str, str]:
        """Give the names of all municipalities by code."""
        return {code: name for code, (name, _) in self._municipalities.items()}

    def _fold(self, text: str) -> str:
        return " ".join(self._spelling.words(text))

    def _add(self, name: str, code: str) -> str:
        folded = self._fold(name)
        if folded and code in self._municipalities:
            self._names.setdefault(folded, {}).setdefault(code, name)
            self._longest = max(self._longest, len(folded.split()))
        return folded

    def _find(self, text: str, *, asked: bool = False) -> Found:
        """Find the place in a text. `asked`: the text answers "where do you live?"; else it is a free message."""
        text = text[:LONGEST]
        words = self._spelling.words(text)
        if not words:
            return Found()
        hits = self._postcodes(text, asked or len(words) <= 4)
        if asked and len(words) > 1:  # "I live in …": the words around the name, and names that are words, come last
            rest = [word for word in words if word not in _AROUND] or words
            hits += self._named(rest, False, text.lower()) or self._named(rest, True, text.lower())
        else:
            hits += self._named(words, asked, text.lower())
        if not hits:
            hits = self._resembling(words, asked)
        return self._decide(hits)

    def _postcodes(self, text: str, allowed: bool) -> list[dict[str, str]]:
        found = []
        for match in _POSTCODE.finditer(self._spelling.fold(text)):
            code = self._codes.get("".join(match.groups()))
            if code and (allowed or " " in match.group()):
                found.append({code: match.group()})
        return found

    def _named(self, words: list[str], asked: bool, raw: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        start = 0
        while start < len(words):
            for size in range(min(self._longest, len(words) - start), 0, -1):
                hit = self._name(words[start : start + size], asked, raw)
                if hit:
                    found.append(hit)
                    start += size
                    break
            else:
                start += 1
        return found

    def _name(self, words: list[str], asked: bool, raw: str) -> dict[str, str] | None:
        name = " ".join(words)
        for candidate in _forms(name):
            codes = self._names.get(candidate)
            if codes is None or (candidate != name and len(candidate) < 4):
                continue
            if candidate in self._quiet and not asked:
                continue
            if candidate in self._twins:
                written = {c: n for n, c in self._twins[candidate].items() if n in raw}
                return written or {c: n.title() for n, c in self._twins[candidate].items()}
            own = self._own.get(candidate)
            return {own: codes[own]} if own else codes
        return None

    def _resembling(self, words: list[str], asked: bool) -> list[dict[str, str]]:
        """By likeness: the whole answer and its words, or in a free message only long words."""
        if asked:
            core = [w for w in words if w not in _AROUND] or words
            if len(core) > 6:
                return []
            tries = [" ".join(core), *(w for w in core if len(w) >= 5)]
            lowest = 84.0
        else:
            tries = [w for w in words if len(w) >= 8]
            lowest = 93.0
        for text in dict.fromkeys(tries):
            if len(text) < 4:
                continue
            near = process.extract(text, self._alike, scorer=fuzz.ratio, score_cutoff=lowest, limit=8)
            near = [n for n in near if n[0][0] == text[0] or n[1] >= 90]
            if not asked:
                near = [n for n in near if n[0] in self._own]
            if near:
                best = near[0][1]
                own = [n for n in near if n[0] in self._own and n[1] >= best - 3]
                merged: dict[str, str] = {}
                for name, score, _ in own or [n for n in near if n[1] >= best - 2]:
                    codes = {self._own[name]: name} if name in self._own else self._names[name]
                    for code, written in codes.items():
                        merged.setdefault(code, self._names[name].get(code, written) if score else written)
                return [merged]
        return []

    def _decide(self, hits: Iterable[dict[str, str]]) -> Found:
        """One place where all that was named fits one; else what was named, at most five."""
        hits = list(hits)
        if not hits:
            return Found()
        common = set(hits[0]).intersection(*hits[1:])
        chosen: dict[str, str] = {}
        for hit in hits:
            for code, name in hit.items():
                if not common or code in common:
                    chosen.setdefault(code, name)
        places = tuple(
            Place(code, self._municipalities[code][0], self._municipalities[code][1], name) for code, name in list(chosen.items())[:MOST]
        )
        return Found(places, len(chosen) == 1)


def _forms(name: str) -> Iterable[str]:
    """The name as written, without an ending, without a beginning, without both."""
    yield name
    bare = [name]
    for beginning in _BEGINNINGS:
        if name.startswith(beginning) and len(name) - len(beginning) >= 3:
            bare.append(name[len(beginning) :])
            yield bare[-1]
    for text in bare:
        for ending in _ENDINGS:
            if text.endswith(ending) and len(text) - len(ending) >= 4:
                yield text[: -len(ending)].rstrip()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
