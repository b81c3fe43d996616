"""Which Swedish paragraph a translated paragraph was made from, and who has answered for it.

A record joins the hash of a translated paragraph to the hash of the Swedish paragraph it was made from. States are
derived from the texts as they are: a changed Swedish paragraph makes only its own translations outdated, and a
translation that nobody touched keeps its review. Clocks play no part; the date of a review is only shown.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from hashlib import blake2b
from pathlib import Path
from typing import Final

DRAFT: Final = "machine draft"
REVIEWED: Final = "reviewed"
OUTDATED: Final = "outdated"  # the Swedish paragraph has changed since
MISSING: Final = "missing"  # there is no translation of this paragraph
UNRECORDED: Final = "unrecorded"  # nobody has said which Swedish paragraph it was made from
SHARED: Final = "shared"  # only marks: the words are kept elsewhere
SOURCE_STATE: Final = "source"

_COLUMNS: Final = ("translation", "source", "state", "by", "date")
_HASH = re.compile(r"[0-9a-f]{12}\Z")


class StateError(ValueError):
    """A file of states that cannot be used; the message says the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Record:
    """That a translation (hash) was made from a Swedish text (hash); `by` is a role and never a name, `date` ISO 8601."""

    translation: str
    source: str
    state: str
    by: str = ""
    date: str = ""


def revision(text: str) -> str:
    """Give the revision of a paragraph: 12 hexadecimal digits of its words, whatever its line breaks."""
    return blake2b(" ".join(text.split()).encode(), digest_size=6).hexdigest()


class Ledger:
    """The records of one language, `content/<lang>/states.csv`: one line a pair, in the order of the hashes."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._records: dict[str, dict[str, Record]] = {}
        for record in records:
            self.add(record)

    @classmethod
    def load(cls, path: Path) -> Ledger:
        """Read a file; no file is an empty ledger. Raises StateError."""
        if not path.is_file():
            return cls()
        ledger = cls()
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise StateError(f"the first line must be: {','.join(_COLUMNS)}")
            for number, row in enumerate(reader, 2):
                if None in row or None in row.values():
                    raise StateError(f"line {number}: five values are needed")
                record = Record(**row)
                if not (_HASH.match(record.translation) and _HASH.match(record.source)):
                    raise StateError(f"line {number}: a revision is 12 hexadecimal digits")
                if record.state not in (DRAFT, REVIEWED):
                    raise StateError(f"line {number}: the state must be {DRAFT} or {REVIEWED}")
                if record.state == REVIEWED:
                    _reviewer(record.by, f"line {number}: ")
                    try:
                        date.fromisoformat(record.date)
                    except ValueError as error:
                        raise StateError(f"line {number}: a review needs its date, as 2026-11-24") from error
                ledger.add(record)
        return ledger

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for record in self:
            writer.writerow([record.translation, record.source, record.state, record.by, record.date])
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text(out.getvalue(), encoding="utf-8")
        os.replace(temporary, path)

    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        for translation in sorted(self._records):
            yield from (self._records[translation][source] for source in sorted(self._records[translation]))

    def __len__(self) -> int:
        return sum(map(len, self._records.values()))

    def add(self, record: Record) -> None:
        """Add a record, in place of the one for the same pair."""
        self._records.setdefault(record.translation, {})[record.source] = record

    def get(self, translation: str, source: str) -> Record | None:
        """Give the record of a pair."""
        return self._records.get(translation, {}).get(source)

    def sources(self, translation: str) -> dict[str, Record]:
        """Give every Swedish text that a translation is recorded for."""
        return self._records.get(translation, {})

    def keep(self, translations: Iterable[str]) -> None:
        """Forget the records of translations that exist no more."""
        kept = set(translations)
        self._records = {t: sources for t, sources in self._records.items() if t in kept}

    def draft(self, translation: str, source: str) -> None:
        """Record a translation as a machine draft of a Swedish text; a review of the same pair is kept."""
        if self.get(translation, source) is None:
            self.add(Record(translation, source, DRAFT))

    def review(self, translation: str, source: str, by: str, on: date) -> None:
        """Record that a person, by role, answers for a translation. Raises StateError without a role."""
        self.add(Record(translation, source, REVIEWED, _reviewer(by), on.isoformat()))

    def still_right(self, translation: str, source: str, by: str, on: date) -> None:
        """Say that a translation is right for the changed Swedish text, too; what it was before stays what it is.

        A reviewed translation stays reviewed, now by this role; a machine draft stays a machine draft.
        Raises StateError where nothing is known of the translation, or without a role.
        """
        before = self.sources(translation).values()
        if not before:
            raise StateError("nothing is recorded of this translation yet")
        if any(record.state == REVIEWED for record in before):
            self.review(translation, source, by, on)
        else:
            self.add(Record(translation, source, DRAFT, _reviewer(by), on.isoformat()))


def _reviewer(by: str, where: str = "") -> str:
    by = " ".join(by.split())
    if not by or "@" in by or len(by) > 60 or any(c.isdigit() for c in by):
        raise StateError(f"{where}say the role of the person who answers for it (such as “interpreter”), never a name or an address")
    return by


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph as the comparison sees it: its kind, its text, and whether it has words of its own."""

    kind: str
    text: str
    written: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """A Swedish paragraph and its translation, by their places in their texts; `translation` is None where it is missing."""

    source: int
    translation: int | None
    state: str
    record: Record | None = None


def pair(source: Sequence[Unit], translation: Sequence[Unit], ledger: Ledger) -> list[Pair]:
    """Join each Swedish paragraph to its translation, in the order of the Swedish text.

    What is recorded is joined first, wherever it stands; what lies between is joined in order, like with like. A
    translation whose Swedish paragraph is gone is left out.
    """
    wanted = [_label(unit) for unit in source]
    known = set(wanted)
    labels = []
    for place, unit in enumerate(translation):
        found = [label for label in ledger.sources(revision(unit.text)) if label in known] if unit.written else [unit.text]
        labels.append(found[0] if len(found) == 1 else next((f for f in found if place < len(wanted) and wanted[place] == f), found[0] if found else f"#{place}"))
    joined: dict[int, int] = {}
    last_source = last_own = 0
    for block in SequenceMatcher(None, wanted, labels, autojunk=False).get_matching_blocks():
        own = last_own
        for place in range(last_source, block.a):
            # In a gap: the next translation of the same kind.
            candidate = next((i for i in range(own, block.b) if translation[i].kind == source[place].kind and translation[i].written == source[place].written), None)
            if candidate is not None and source[place].written:
                joined[place] = candidate
                own = candidate + 1
        for offset in range(block.size):
            joined[block.a + offset] = block.b + offset
        last_source, last_own = block.a + block.size, block.b + block.size
    return [_pair(place, joined.get(place), source, translation, ledger) for place in range(len(source))]


def _label(unit: Unit) -> str:
    return revision(unit.text) if unit.written else unit.text


def _pair(place: int, own: int | None, source: Sequence[Unit], translation: Sequence[Unit], ledger: Ledger) -> Pair:
    if not source[place].written:
        return Pair(place, own, SHARED)
    if own is None:
        return Pair(place, None, MISSING)
    made = revision(translation[own].text)
    record = ledger.get(made, revision(source[place].text))
    if record is not None:
        return Pair(place, own, record.state, record)
    before = ledger.sources(made)
    if before:
        return Pair(place, own, OUTDATED, next(iter(before.values())))
    return Pair(place, own, UNRECORDED)
