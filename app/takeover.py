"""Takes municipalities, places and contacts from a folder of CSV files into content/, keeping what staff changed.

A contact that was taken over carries `origin`, a hash of its values then. Run again: a contact whose values
still fit its origin is renewed, one that staff changed or added stays, one that staff removed stays away.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import tomllib

FILES: Final = ("municipalities.csv", "social_contacts.csv", "places.csv", "place_aliases.csv", "postcodes.csv")
_VALUES: Final = ("service", "label", "phone", "hours", "url", "source", "source_date", "second_hand")
ATTRIBUTION: Final = """# Places

`places.csv` and `place_aliases.csv` hold names from **GeoNames** (geonames.org), licence CC BY 4.0; changed: filtered and mapped to
municipalities. Codes, counties and postal codes: swedish-geodata, CC0 1.0. Districts and written aliases: made for
this project. `postcodes.csv`: about 82 % of all Swedish codes, state of September 2024.
Taken over by `make take-over FROM=…`; edit here, the next take-over of places replaces these files.
"""


class TakeOverError(ValueError):
    """The folder does not hold what is to be taken over."""


@dataclass(slots=True)
class Report:
    """What a take-over did, in numbers of contacts."""

    new: int = 0
    renewed: int = 0
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.new} contacts new, {self.renewed} renewed, {len(self.kept)} kept as staff changed them"]
        lines += [f"  kept: {name}" for name in self.kept]
        lines += [f"  removed by staff, not taken again: {name}" for name in self.removed]
        return "\n".join(lines)


def take_over(source: Path, content: Path) -> Report:
    """Take the CSV files of `source` into `content`. Raises TakeOverError before anything is written."""
    missing = [name for name in FILES if not (source / name).is_file()]
    if missing:
        raise TakeOverError(f"{source.name} does not hold {', '.join(missing)}")
    rows = _rows(source / "municipalities.csv")
    contacts: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(source / "social_contacts.csv"):
        contacts.setdefault(row["municipality_code"], []).append(_contact(row))
    if len(rows) != 290:
        raise TakeOverError(f"municipalities.csv holds {len(rows)} rows, not 290")
    report = Report()
    folder = content / "municipalities"
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        taken = contacts.get(row["code"], [])
        if row["switchboard"] and not any(c["service"] == "switchboard" for c in taken):
            taken.append({"service": "switchboard", "label": "Kommunens växel", "phone": row["switchboard"], "source": row["switchboard_source"]})
        _write(folder / f"{row['code']}.toml", row, taken, report)
    places = content / "places"
    places.mkdir(exist_ok=True)
    for name in ("places.csv", "place_aliases.csv", "postcodes.csv"):
        shutil.copyfile(source / name, places / name)
    (places / "README.md").write_text(ATTRIBUTION, encoding="utf-8")
    return report


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _contact(row: Mapping[str, str]) -> dict[str, Any]:
    values = {
        "service": row["service"], "label": row["label"], "phone": row["phone"], "hours": row["hours"], "url": row["url"],
        "source": row["source_url"], "source_date": row["source_date"], "second_hand": row["quote_checked"] == "no",
    }
    return {key: value for key, value in values.items() if value not in ("", False)}


def origin(contact: Mapping[str, Any]) -> str:
    """Give the hash of a contact's values: 16 hexadecimal digits."""
    values = [str(contact.get(key, "")) for key in _VALUES]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]


def _write(path: Path, row: Mapping[str, str], taken: Iterable[dict[str, Any]], report: Report) -> None:
    before: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    known = list(before.get("contact", []))
    gone = set(before.get("removed", []))
    origins = {c["origin"] for c in known if "origin" in c}
    slots = {(c["service"], c.get("label", "")): c for c in known}
    result = [c for c in known if "origin" not in c]  # added by staff
    report.kept += [f"{row['name']}: {c.get('label') or c['service']}" for c in result]
    for contact in taken:
        mark = origin(contact)
        present = next((c for c in known if c.get("origin") == mark), None)
        if mark in gone:
            report.removed.append(f"{row['name']}: {contact['label']}")
        elif present is not None:
            changed = origin(present) != mark or bool(present.get("checked"))
            result.append(present)
            if changed:
                report.kept.append(f"{row['name']}: {present.get('label')}")
        elif (old := slots.get((contact["service"], contact["label"]))) is not None and "origin" in old:
            if origin(old) != old["origin"] or old.get("checked"):
                result.append(old)
                report.kept.append(f"{row['name']}: {old.get('label')}")
            else:
                result.append({**contact, "origin": mark})
                report.renewed += 1
        elif before and mark not in origins and before.get("taken") and mark in before["taken"]:
            gone.add(mark)  # it was here and staff took it out
            report.removed.append(f"{row['name']}: {contact['label']}")
        else:
            result.append({**contact, "origin": mark})
            report.new += 1
    every = sorted({*before.get("taken", []), *(origin(c) for c in taken)})
    head = {
        "code": row["code"], "name": row["name"], "full_name": row["full_name"], "county": row["county"], "county_code": row["county_code"],
        "website": before.get("website") or row["website"],
    }
    path.write_text(_as_toml(head, result, every, sorted(gone)), encoding="utf-8")


def _as_toml(head: Mapping[str, str], contacts: Iterable[Mapping[str, Any]], taken: list[str], removed: list[str]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in head.items()]
    lines.append(f"taken = {_value(taken)}  # what was once taken over; leave as it is")
    if removed:
        lines.append(f"removed = {_value(removed)}")
    for contact in contacts:
        lines += ["", "[[contact]]", *(f"{key} = {_value(value)}" for key, value in contact.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
