"""Everything that must hold of pages, replies, phrases, danger words, training sentences and catalogs.

One list of rules, three readers: `flask check` prints what is found, the tests assert that nothing is, the
editor shows it beside the text.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomllib
from babel.messages.pofile import read_po

from app.contacts import Register
from app.content import KINDS
from app.languages import CODES, SOURCE
from app.markdown import blocks
from app.reading import training_sentences
from app.spelling import Spelling
from app.states import MISSING, OUTDATED, UNRECORDED, Ledger, StateError, Unit, pair
from app.topics import load_paths, load_topics, load_walk

PAGES: Final = (
    "start", "now", "today", "week", "signs", "how", "tasks", "talk", "you", "phone", "money", "drugs", "school", "threats", "missing",
    "weapon", "crime", "leave", "social", "police", "parent", "meeting", "help", "safety", "about", "accessibility", "professionals", "words",
)
EMERGENCY_PAGES: Final = ("now", "weapon", "missing", "threats")
CARDS: Final = (
    "sos-112", "polisen-114-14", "bris-barn", "missing-children-116000", "kvinnofridslinjen", "mind-sjalvmordslinjen", "brottsofferjouren",
    "avhoppare-polisen", "vard-1177", "giftinfo", "social",
)
LEVEL_REPLIES: Final = ("level_emergency", "level_serious", "level_concern", "level_info")
OTHER_REPLIES: Final = ("safe", "not_sure")
MINIMUM: Final = 12  # training sentences a topic and language

# What a reply must name, whatever the language (the topic contract): numbers by contact id, sentences by key.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "emergency": ("sos-112",),
    "weapon_found": ("sos-112",),
    "self_harm": ("sos-112", "mind-sjalvmordslinjen"),
    "missing_child": ("sos-112", "polisen-114-14"),
    "child_self": ("sos-112", "bris-barn"),
    "threats": ("sos-112",),
    "leaving": ("sos-112", "polisen-114-14"),
    "child_in_crime": ("sos-112",),
    "home_violence": ("sos-112", "kvinnofridslinjen"),
    "social_services": ("voluntary",),
    "police": ("name_not_needed",),
    "safe": ("sos-112",),
    "not_sure": ("sos-112",),
}
OFFICE_WORDS: Final = (
    "vårdnadshavare insats insatser stödinsats stödinsatser åtgärd åtgärder ärende ärenden handläggare verksamhet verksamheter "
    "erhålla erhåller inkomma beakta avseende gällande föreligger samverka samverkan initiera individ individer problematik "
    "riskbeteende anhörig anhöriga närstående skyndsamt omgående missbruk missbrukare dock samt huruvida erfordras tillse"
).split()

_MARK = re.compile(r"\[(phone|contact|sentence|say|word):([A-Za-z0-9_-]+)\]")
_HEADING = re.compile(r"^#{2,4}\s.*?(?:\{#([a-z0-9-]+)\})?\s*$", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)]+)\)")
_TYPED = re.compile(r"\+46|\b0\d{1,3}[- ]\d{2,}|\b(?:112|114[ \u00a0]?14|116[ \u00a0]?(?:111|000|006)|90[ \u00a0]?101|1177)\b")
_PLACEHOLDER = re.compile(r"\{[a-z_]*\}|%\([a-z_]+\)[sd]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: the file (relative to the project) and what is wrong, in plain words."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def find(content: Path, translations: Path, training: Path) -> list[Problem]:
    """Give everything that is wrong; an empty list means that all rules hold."""
    content_checks: tuple[Callable[[Path], Iterable[Problem]], ...] = (
        tables, fixed_sentences, pages, replies, cards, paths, safe_messaging, states, glossary, phrases, danger_words, buttons,
    )
    found = [problem for check in content_checks for problem in check(content)]
    found += training_data(training, content)
    found += catalogs(translations)
    return found


# Reading


def split(path: Path) -> tuple[dict[str, str], str]:
    """Give front matter (as text values) and body of a Markdown file."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return {}, text
    head, _, body = text[4:].partition("\n---\n")
    front = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith((" ", "#")):
            front[key.strip()] = value.partition("  #")[0].strip().strip("\"'")
    return front, body


def sentences(content: Path) -> dict[str, dict[str, str]]:
    """Give the fixed sentences, {key: {language: text}}."""
    with (content / "sentences.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: {code: row[code] for code in CODES} for row in csv.DictReader(file)}


def plain(body: str, lang: str, fixed: Mapping[str, Mapping[str, str]]) -> str:
    """Give the words of a text: marks are replaced by what they write, headings end a sentence."""

    def written(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "sentence":
            return fixed.get(name, {}).get(lang, "")
        return "" if kind != "phone" else "0"

    text = _MARK.sub(written, body)
    text = re.sub(r"^:::.*$|\[operator\]", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{#[a-z0-9-]+\}", "", text)
    text = re.sub(r"\]\([^)]*\)", "", text).replace("[", "").replace("**", "").replace("*", "")
    lines = []
    for line in text.splitlines():
        line = re.sub(r"^\s*(?:#{1,6}|[-*]|\d+\.)\s+", "", line).strip()
        lines.append(line if not line or line[-1] in ".!?:;။።؟" else line + ".")
    return "\n".join(lines)


def lix(text: str) -> float:
    """Give the readability of a Swedish text: words a sentence plus the percentage of words over six letters.

    Below 30 is very easy, 40–50 a newspaper, above 60 an official text (Björnsson's LIX).
    """
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    if not words:
        return 0.0
    return len(words) / max(1, len(sentence_lengths(text))) + 100 * sum(len(w) > 6 for w in words) / len(words)


def sentence_lengths(text: str) -> list[int]:
    """Give the number of words of each sentence."""
    parts = re.split(r"[.!?:;።؟]+(?:\s|$|[”\"»])|\n\s*\n", text)
    return [n for part in parts if (n := len(re.findall(r"\w+", part)))]


# Rules


def tables(content: Path) -> Iterator[Problem]:
    """The topic table, the walk and the register can be read and fit together."""
    try:
        topics, walk, register, short = load_topics(content), load_walk(content), Register.load(content), load_paths(content)
    except ValueError as error:
        yield Problem("content", str(error))
        return
    named = {id_ for topic in topics.values() for id_ in topic.contacts} | {c for ids in walk.level_contacts.values() for c in ids}
    for name in sorted(named):
        try:
            register.national(name)
        except KeyError:
            yield Problem("content/helplines.toml", f"the topic table names {name}, which is not here")
    for topic in topics.values():
        for page in topic.pages:
            if page not in PAGES:
                yield Problem("content/topics.toml", f"{topic.id}: there is no page {page}")
        if topic.sign is not None and topic.sign not in walk.signs:
            yield Problem("content/topics.toml", f"{topic.id}: there is no sign {topic.sign}")
    for name in sorted({*short.topics, *(t for q in short.questions.values() for t in q.goto.values())} - {*topics, "walk"}):
        yield Problem("content/paths.toml", f"there is no topic {name}")


def fixed_sentences(content: Path) -> Iterator[Problem]:
    """Every fixed sentence is there in ten languages, with the same numbers."""
    for key, row in sentences(content).items():
        for code in CODES:
            where = f"content/sentences.csv ({key}, {code})"
            if not row[code].strip():
                yield Problem(where, "the sentence is missing")
            elif sorted(_DIGITS.findall(row[code])) != sorted(_DIGITS.findall(row[SOURCE])):
                yield Problem(where, "the numbers differ from the Swedish sentence")
            elif _PLACEHOLDER.findall(row[code]) != _PLACEHOLDER.findall(row[SOURCE]) and key != "need_interpreter_say_sv":
                yield Problem(where, "the placeholders differ from the Swedish sentence")


def pages(content: Path) -> Iterator[Problem]:
    """Every page is there in ten languages, with the same headings, marks and links as the Swedish one."""
    fixed = sentences(content)
    for name in PAGES:
        yield from _texts(content, f"{name}.md", fixed, limit=25.0 if name in EMERGENCY_PAGES else 30.0)
        yield from _facts(content, name)


def _facts(content: Path, name: str) -> Iterator[Problem]:
    """Every page says where its facts come from, and when they were read."""
    path = content / SOURCE / f"{name}.md"
    if not path.is_file():
        return
    where = f"content/{SOURCE}/{name}.md"
    known = set(_toml(content / "sources.toml") or {})
    front, _ = split(path)
    listed = [part.strip() for part in front.get("sources", "").split(",") if part.strip()]
    if not listed:
        yield Problem(where, "sources are missing: say where the facts come from (content/sources.toml)")
    for id_ in listed:
        if id_ not in known:
            yield Problem(where, f"there is no source {id_} in content/sources.toml")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", front.get("checked", "")):
        yield Problem(where, "checked must be the day the facts were read, as 2026-11-22")
    if not front.get("summary"):
        yield Problem(where, "the summary is missing")


def cards(content: Path) -> Iterator[Problem]:
    """Every contact that people call has its call card in ten languages."""
    fixed = sentences(content)
    for name in CARDS:
        yield from _texts(content, f"cards/{name}.md", fixed, limit=30.0)


def states(content: Path) -> Iterator[Problem]:
    """Every translated paragraph is recorded as made from the Swedish paragraph as it is now."""
    for code in CODES:
        if code == SOURCE:
            continue
        try:
            ledger = Ledger.load(content / code / "states.csv")
        except StateError as error:
            yield Problem(f"content/{code}/states.csv", str(error))
            continue
        for folder in KINDS.values():
            for path in sorted((content / SOURCE / folder).glob("*.md")):
                own = content / code / folder / path.name
                if not own.is_file():
                    continue
                where = f"content/{code}/{Path(folder) / path.name}"
                try:
                    source, translation = units(path), units(own)
                except ValueError as error:
                    yield Problem(where, str(error))
                    continue
                for found in pair(source, translation, ledger):
                    if found.state in (OUTDATED, MISSING, UNRECORDED):
                        text = " ".join(source[found.source].text.split())[:60]
                        yield Problem(where, f"{found.state}: “{text}” (flask translations)")


def units(path: Path) -> list[Unit]:
    """Give title, summary and blocks of a file as they are compared. Raises ValueError for a text that is not allowed."""
    front, body = split(path)
    head = [Unit(key, front.get(key, ""), bool(front.get(key))) for key in ("title", "summary")]
    return head + [Unit(block.kind, block.source, block.written) for block in blocks(body)]


def glossary(content: Path) -> Iterator[Problem]:
    """Every word that a page names is in the glossary in ten languages, and every spoken Swedish text says how it sounds."""
    with (content / "glossary.csv").open(encoding="utf-8", newline="") as file:
        words = {row["key"]: row for row in csv.DictReader(file)}
    try:
        with (content / "sounds.csv").open(encoding="utf-8", newline="") as file:
            sounds = {row["key"]: row for row in csv.DictReader(file)}
    except OSError:
        sounds = {}
    spoken: set[str] = set()
    for folder in KINDS.values():
        for path in (content / SOURCE / folder).glob("*.md"):
            for kind, key in _MARK.findall(path.read_text(encoding="utf-8")):
                if kind == "word" and key not in words:
                    yield Problem(f"content/{SOURCE}/{Path(folder) / path.name}", f"the glossary has no word {key}")
                if kind in ("word", "say"):
                    spoken.add(key)
    for key in sorted(spoken):
        for code in CODES:
            if key in words and not words[key][code].strip():
                yield Problem("content/glossary.csv", f"{key} is missing in {code}")
            if code != SOURCE and not (sounds.get(key) or {}).get(code, "").strip():
                yield Problem("content/sounds.csv", f"how {key} sounds is missing in {code}")


def replies(content: Path) -> Iterator[Problem]:
    """Every reply is there, short, and names what the topic contract demands."""
    fixed = sentences(content)
    topics = load_topics(content)
    for name in (*topics, *LEVEL_REPLIES, *OTHER_REPLIES):
        emergency = name in topics and topics[name].level == "emergency"
        yield from _texts(content, f"replies/{name}.md", fixed, limit=25.0 if emergency else 30.0)
        for code, where, body in _bodies(content, f"replies/{name}.md"):
            words = len(re.findall(r"\w+", plain(body, code, fixed)))
            # The bar is counted in Swedish; other languages split the same text into more words.
            most = (80 if code == SOURCE else 96) if name.startswith("level_") else (60 if code == SOURCE else 72)
            if words > most:
                yield Problem(where, f"{words} words; at most {most}")
            named = _named(body, fixed)
            for needed in REQUIRED.get(name, ()):
                if needed not in named:
                    yield Problem(where, f"must name {needed} (topic contract)")


def paths(content: Path) -> Iterator[Problem]:
    """Every topic of content/paths.toml has its questions, answers and advice in ten languages, short enough to be read at once."""
    fixed = sentences(content)
    short = load_paths(content)
    topics = load_topics(content)
    for topic in short.topics:
        yield from _texts(content, f"paths/{topic}.md", fixed, limit=25.0 if topics[topic].level == "emergency" else 30.0)
        for code, where, body in _bodies(content, f"paths/{topic}.md"):
            if sorted(_HEADING.findall(body)) != short.headings(topic):
                yield Problem(where, "the questions and answers must be those of content/paths.toml")
            advice: dict[str, list[int]] = {}
            for section, text in re.findall(r"^###.*?\{#([a-z0-9]+)-[a-z0-9]+\}\s*\n(.*?)(?=^#|\Z)", body, re.MULTILINE | re.DOTALL):
                advice.setdefault(section, []).append(len(re.findall(r"\w+", plain(text, code, fixed))))
            today = len(re.findall(r"\w+", plain(body.partition("\n#")[0], code, fixed)))
            # The longest way through the questions ends in one answer: all advice, and the step today.
            longest = sum(max(counts) for counts in advice.values()) + today
            most = 70 if code == SOURCE else 90
            if longest > most:
                yield Problem(where, f"{longest} words of advice on the longest way; at most {most}")


def safe_messaging(content: Path) -> Iterator[Problem]:
    """What is said of not wanting to live keeps to docs/self-harm.md, as far as words show it."""
    for code in CODES:
        table = _toml(content / "self-harm.toml") or {}
        avoid = [word.lower() for word in table.get("avoid", {}).get(code, ())]
        if not avoid:
            yield Problem("content/self-harm.toml", f"[avoid] says nothing for {code}")
        fixed = {key: row[code] for key, row in sentences(content).items() if key.startswith("self_harm")}
        texts = {f"content/sentences.csv ({key}, {code})": text for key, text in fixed.items()}
        for file in ("replies/self_harm.md", "paths/self_harm.md", "cards/mind-sjalvmordslinjen.md"):
            if (content / code / file).is_file():
                texts[f"content/{code}/{file}"] = (content / code / file).read_text(encoding="utf-8")
        for where, text in texts.items():
            for word in avoid:
                if word in text.lower():
                    yield Problem(where, f"“{word}” must not stand in a text on not wanting to live (docs/self-harm.md)")


def _named(body: str, fixed: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The contacts and sentences that a text names; a fixed sentence names the numbers that stand in it."""
    numbers = {"112": "sos-112", "114\u00a014": "polisen-114-14", "116\u00a0111": "bris-barn"}
    named = {name for _, name in _MARK.findall(body)}
    for kind, name in _MARK.findall(body):
        if kind == "sentence":
            named |= {id_ for number, id_ in numbers.items() if number in fixed.get(name, {}).get(SOURCE, "")}
    return named


def _bodies(content: Path, file: str) -> Iterator[tuple[str, str, str]]:
    """Give language, name and body of a text in each language that has it."""
    for code in CODES:
        if (content / code / file).is_file():
            yield code, f"content/{code}/{file}", split(content / code / file)[1]


def _texts(content: Path, file: str, fixed: Mapping[str, Mapping[str, str]], limit: float) -> Iterator[Problem]:
    source = content / SOURCE / file
    if not source.is_file():
        yield Problem(f"content/{SOURCE}/{file}", "the text is missing")
        return
    _, original = split(source)
    shape, form = _shape(original), _form(original)
    for code in CODES:
        where = f"content/{code}/{file}"
        path = content / code / file
        if not path.is_file():
            yield Problem(where, "the text is missing")
            continue
        front, body = split(path)
        if not front.get("title"):
            yield Problem(where, "the title is missing")
        if code != SOURCE and (typed_ := sorted(set(front) & {"state", "sources", "checked"})):
            yield Problem(where, f"only the Swedish text has {', '.join(typed_)}; states are in states.csv")
        if not body.strip():
            yield Problem(where, "the text is empty")
        if code != SOURCE and body.strip() == original.strip() and re.search(r"\w", _MARK.sub("", body)):
            yield Problem(where, "the text is a copy of the Swedish one")
        stripped = _MARK.sub("", body)
        if typed := _TYPED.search(stripped):
            yield Problem(where, f"a telephone number is typed ({typed.group()}); use a mark")
        for kind, key in _MARK.findall(body):
            if kind in ("sentence", "say") and key not in fixed:
                yield Problem(where, f"there is no fixed sentence {key}")
        if missing := [m.group().strip() for m in _HEADING.finditer(body) if not m.group(1)]:
            yield Problem(where, f"a heading has no id: {missing[0]}")
        for name, expected, found in zip(("headings", "marks", "links"), shape, _shape(body), strict=True):
            if expected != found:
                differing = sorted((expected - found) + (found - expected))
                yield Problem(where, f"the {name} differ from the Swedish text: {', '.join(differing)}")
        if form is not None and (found_form := _form(body)) is not None and found_form != form:
            section, kind = next(((a[0], a[1]) for a, b in zip(form, found_form, strict=False) if a != b), (form or [("", "text", "", 0)])[-1][:2])
            yield Problem(where, f"the paragraphs differ from the Swedish text, at {section or 'the beginning'}: {kind}")
        if code == SOURCE:
            yield from _swedish(where, plain(body, code, fixed), limit)


def _form(body: str) -> list[tuple[str, str, str, int]] | None:
    """The blocks of a text, without their words: section, kind, callout and, for a list, its items."""
    try:
        return [(b.section, b.kind, b.callout, len(_ITEM.findall(b.source)) if b.kind == "list" else 0) for b in blocks(body)]
    except ValueError:
        return None  # the library says what is wrong


def _shape(body: str) -> tuple[Counter[str], Counter[str], Counter[str]]:
    headings = Counter(m.group(1) or "" for m in _HEADING.finditer(body))
    marks = Counter(f"{kind}:{name}" for kind, name in _MARK.findall(body))
    return headings, marks, Counter(_LINK.findall(body))


def _swedish(where: str, text: str, limit: float) -> Iterator[Problem]:
    if (value := lix(text)) > limit:
        yield Problem(where, f"LIX {value:.0f}; at most {limit:.0f}")
    lengths = sentence_lengths(text)
    if lengths and sum(lengths) / len(lengths) > 12:
        yield Problem(where, f"{sum(lengths) / len(lengths):.1f} words a sentence; at most 12")
    words = set(re.findall(r"\w+", text.lower()))
    if office := sorted(words & set(OFFICE_WORDS)):
        yield Problem(where, f"an office word: {', '.join(office)}")


def _toml(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def _leaves(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found.update(_leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value})
    return found


def phrases(content: Path) -> Iterator[Problem]:
    """The assistant's phrases are complete in ten languages, with the same placeholders."""
    source = _leaves(_toml(content / SOURCE / "phrases.toml") or {})
    for code in CODES:
        where = f"content/{code}/phrases.toml"
        table = _toml(content / code / "phrases.toml")
        if table is None:
            yield Problem(where, "the file is missing or is not TOML")
            continue
        found = _leaves(table)
        for key in sorted(set(source) ^ set(found)):
            yield Problem(where, f"{key} is {'missing' if key in source else 'unknown'}")
        for key in set(source) & set(found):
            value = found[key]
            if isinstance(value, str) != isinstance(source[key], str) or not value:
                yield Problem(where, f"{key} is empty or of another kind than in Swedish")
            elif isinstance(value, str) and sorted(_PLACEHOLDER.findall(value)) != sorted(_PLACEHOLDER.findall(source[key])):
                yield Problem(where, f"{key}: the placeholders differ from the Swedish text")


def buttons(content: Path) -> Iterator[Problem]:
    """No two buttons of a language have the same text: a button's text is the message that it sends."""
    spelling = Spelling(content)
    topics = load_topics(content)
    for code in CODES:
        table = _toml(content / code / "phrases.toml") or {}
        texts: dict[str, str] = {}
        for name in topics:
            path = content / code / "replies" / f"{name}.md"
            if path.is_file():
                texts[f"reply {name}"] = split(path)[0].get("title", "")
        short = load_paths(content)
        for name in short.topics:
            path = content / code / "paths" / f"{name}.md"
            if path.is_file():
                for label, id_ in re.findall(r"^###\s*(.*?)\s*\{#([a-z0-9]+-[a-z0-9]+)\}", split(path)[1], re.MULTILINE):
                    if texts.setdefault(f"answer {id_}", label) != label:
                        yield Problem(f"content/{code}/paths/{name}.md", f"{id_} says something else in another path: {label}")
        for part in ("signs", "ages", "danger"):
            texts.update({f"{part}.{key}": text for key, text in table.get(part, {}).items()})
        texts.update({f"walk.{key}": table.get("walk", {}).get(key, "") for key in ("done", "skip", "back", "restart", "change_place")})
        texts.update({f"chat.{key}": table.get("chat", {}).get(key, "") for key in ("start_walk", "resume_walk", "wrong", "summary")})
        seen: dict[str, str] = {}
        for name, text in texts.items():
            folded = " ".join(spelling.words(text))
            if folded and folded in seen:
                yield Problem(f"content/{code}", f"the buttons {seen[folded]} and {name} have the same text: {text}")
            seen[folded] = name


def danger_words(content: Path) -> Iterator[Problem]:
    """Every language says what danger sounds like, and what only looks like it."""
    for code in CODES:
        where = f"content/{code}/danger.toml"
        table = _toml(content / code / "danger.toml")
        if table is None:
            yield Problem(where, "the file is missing or is not TOML")
            continue
        wanted = {
            "emergency": {"phrases"}, "weapon_found": {"phrases", "things", "places"}, "self_harm": {"phrases"},
            "not_danger": {"phrases", "frames", "negations", "negation_after"},
        }
        if set(table) != set(wanted):
            yield Problem(where, f"the sections must be {', '.join(wanted)}")
            continue
        for section, keys in wanted.items():
            if set(table[section]) != keys:
                yield Problem(where, f"[{section}] must hold {', '.join(sorted(keys))}")
            for key, values in table[section].items():
                if key != "negation_after" and (not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values)):
                    yield Problem(where, f"[{section}] {key} must be a list of words")


def training_data(training: Path, content: Path) -> Iterator[Problem]:
    """Every topic has enough distinct training sentences in every language, and only known topics are taught."""
    topics = set(load_topics(content))
    spelling = Spelling(content)
    everywhere: dict[str, tuple[str, str]] = {}  # Rasa refuses the same words with two topics, in whatever language
    for code in CODES:
        where = f"bot/data/nlu/{code}.yml"
        path = training / f"{code}.yml"
        if not path.is_file():
            yield Problem(where, "the file is missing")
            continue
        counts: Counter[str] = Counter()
        seen: dict[str, str] = {}
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("- intent:"):
                intent = line.partition(":")[2].strip()
            elif line.startswith("    - "):
                text = line[6:]
                counts[intent] += 1
                folded = " ".join(spelling.words(text)) or text
                topic, elsewhere = everywhere.setdefault(text, (intent, code))
                if topic != intent:
                    yield Problem(where, f"{intent} here and {topic} in {elsewhere}.yml: {text}")
                if folded in seen:
                    yield Problem(where, f"twice, in {seen[folded]} and {intent}: {text}")
                seen[folded] = intent
                if re.search(r"[\[\](){}]", text) or text.startswith("/"):
                    yield Problem(where, f"brackets or a leading slash: {text}")
        for name in sorted(set(counts) - topics):
            yield Problem(where, f"unknown topic {name}")
        for name in sorted(topics):
            if counts[name] < MINIMUM:
                yield Problem(where, f"{name}: {counts[name]} sentences; at least {MINIMUM}")
    if not training_sentences(training):
        yield Problem("bot/data/nlu", "no training sentences")


def catalogs(translations: Path) -> Iterator[Problem]:
    """The interface's words are complete in ten languages: none missing, fuzzy, or with other placeholders or numbers."""
    template = translations / "messages.pot"
    if not template.is_file():
        yield Problem("translations/messages.pot", "the file is missing")
        return
    with template.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    for code in CODES:
        path = translations / code / "LC_MESSAGES" / "messages.po"
        where = f"translations/{code}/LC_MESSAGES/messages.po"
        if not path.is_file():
            yield Problem(where, "the file is missing")
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=code)
        for id_ in sorted(wanted - {m.id for m in catalog}, key=str):
            yield Problem(where, f"missing: {id_}")
        for message in catalog:
            if not message.id or message.id not in wanted:
                continue
            texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
            ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
            if message.fuzzy:
                yield Problem(where, f"fuzzy: {ids[0]}")
            if not all(texts):
                yield Problem(where, f"not translated: {ids[0]}")
                continue
            for text in map(str, texts):
                if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(ids[-1])):
                    yield Problem(where, f"the placeholders differ: {ids[0]}")
                if sorted(_DIGITS.findall(text)) != sorted(_DIGITS.findall(ids[-1])):
                    yield Problem(where, f"the numbers differ: {ids[0]}")
