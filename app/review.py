"""What is done with the states of translations: record drafts, reviews and "still right", and show them all."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

from app.content import KINDS, Library
from app.languages import CODES, SOURCE
from app.states import MISSING, OUTDATED, SHARED, UNRECORDED, Ledger, Pair, StateError, Unit, revision


def kind_of(text: str) -> tuple[str, str]:
    """Give kind and name of "now", "replies/threats" or "cards/social". Raises StateError for another folder."""
    folder, slash, name = text.rpartition("/")
    for kind, its_folder in KINDS.items():
        if folder == its_folder:
            return kind, name
    raise StateError(f"there is no folder {folder}{slash}")


def draft(library: Library, lang: str, ledger: Ledger, path: Path) -> int:
    """Record every paragraph of a language that is new or was changed, and forget those that are gone; how many."""
    recorded = 0
    kept: set[str] = set()
    for kind in KINDS:
        for name in library.names(kind):
            if library.text(kind, name, lang) is None:
                continue
            for source, own, found in library.pairs(kind, name, lang):
                if own is None or not own.written:
                    continue
                kept.add(revision(own.text))
                if found.state in (UNRECORDED, OUTDATED):
                    # What stands unchanged beside a changed Swedish paragraph was not made from it.
                    if found.state == OUTDATED:
                        continue
                    ledger.draft(revision(own.text), revision(source.text))
                    recorded += 1
    ledger.keep(kept)
    ledger.save(path)
    return recorded


def review(library: Library, lang: str, text: str, paragraph: int | None, by: str, ledger: Ledger, path: Path) -> int:
    """Record a review of a whole text or of one paragraph of it; how many paragraphs.

    Raises StateError where there is nothing to review or no role is given, KeyError for an unknown text.
    """
    chosen = [(source, own) for source, own, found in _chosen(library, lang, text, paragraph)]
    if not chosen:
        raise StateError(f"there is nothing to review in {text}")
    for source, own in chosen:
        ledger.review(revision(own.text), revision(source.text), by, date.today())
    ledger.save(path)
    return len(chosen)


def still_right(library: Library, lang: str, text: str, paragraph: int | None, by: str, ledger: Ledger, path: Path) -> int:
    """Say of what is outdated in a text, or of one paragraph, that it is right for the new Swedish words; how many."""
    chosen = [(source, own) for source, own, found in _chosen(library, lang, text, paragraph) if found.state == OUTDATED]
    if not chosen:
        raise StateError(f"nothing is outdated in {text}")
    for source, own in chosen:
        ledger.still_right(revision(own.text), revision(source.text), by, date.today())
    ledger.save(path)
    return len(chosen)


def _chosen(library: Library, lang: str, text: str, paragraph: int | None) -> list[tuple[Unit, Unit, Pair]]:
    pairs = library.pairs(*kind_of(text), lang)
    if paragraph is not None and not 0 <= paragraph < len(pairs):
        raise StateError(f"{text} has no paragraph {paragraph}")
    return [
        (source, own, found)
        for number, (source, own, found) in enumerate(pairs)
        if own is not None and own.written and (paragraph is None or number == paragraph)
    ]


def counts(library: Library, kind: str, name: str, lang: str) -> Counter[str]:
    """Give how many paragraphs of a text are in which state; all are missing where the language lacks the text."""
    if library.text(kind, name, lang) is None:
        return Counter({MISSING: 1})
    return Counter(found.state for source, _, found in library.pairs(kind, name, lang) if found.state != SHARED)


def words(library: Library, kind: str, name: str, lang: str) -> int:
    """Give the number of words that a reader of a text sees."""
    page = library.text(kind, name, lang)
    return len(re.findall(r"\w+", page.text)) if page else 0


def table(library: Library) -> str:
    """Give the table pages by languages as Markdown: words, and the state where it is not a plain machine draft."""
    lines = [
        "# Pages by languages",
        "",
        "Made by `flask translations table`; a test compares it with the content. The number of words that a reader sees",
        "(call cards and fixed sentences included), and behind it the paragraphs: `d` machine draft, `r` reviewed by a person,",
        "`o` the Swedish text has changed since, `m` missing. Swedish is the source.",
        "",
        "| text | " + " | ".join(CODES) + " |",
        "|---|" + "---:|" * len(CODES),
    ]
    totals: Counter[str] = Counter()
    for kind, folder in KINDS.items():
        for name in library.names(kind):
            cells = []
            for lang in CODES:
                totals[lang] += (number := words(library, kind, name, lang))
                cells.append(str(number) if lang == SOURCE else f"{number} {_short(counts(library, kind, name, lang))}")
            lines.append(f"| {folder + '/' if folder else ''}{name} | " + " | ".join(cells) + " |")
    lines.append("| **words** | " + " | ".join(f"**{totals[lang]}**" for lang in CODES) + " |")
    return "\n".join(lines) + "\n"


def _short(found: Counter[str]) -> str:
    letters = {"machine draft": "d", "reviewed": "r", OUTDATED: "o", MISSING: "m", UNRECORDED: "?"}
    return " ".join(f"{found[state]}{letter}" for state, letter in letters.items() if found[state])
