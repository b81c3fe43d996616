"""Whom to call: the national helplines and the contacts of the 290 municipalities, and which of them may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import tomllib

SERVICES: Final = ("social_services_children", "social_emergency", "family_support", "field_workers", "sspf", "switchboard")
PUBLISH: Final = ("yes", "after live check", "no")
OLDEST_SOURCE: Final = 2020  # a source before this year hides the number (product.md, contact register)
WARN_DAYS, HIDE_DAYS = 180, 365

# Area codes of two and four digits after the 0 that the register's numbers use; all others have three.
_TWO: Final = ("8",)
_THREE: Final = frozenset(
    "11 13 16 18 19 20 21 23 26 31 33 35 36 40 42 44 46 54 60 63 70 72 73 76 77 79 90 10".split()
)


class RegisterError(ValueError):
    """A file of the register cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `phone` as it is shown (no-break spaces between groups), `tel` the address that calls, or both "".

    `name` is a text, or texts by language. `checked` (ISO date) and `checked_by` (a role) are "" where no person
    has checked it. `source_date` is YYYY, YYYY-MM, YYYY-MM-DD or "".
    """

    id: str
    name: str | dict[str, str]
    phone: str = ""
    tel: str = ""
    hours: str = ""
    always: bool = False
    url: str = ""
    service: str = ""
    publish: str = "yes"
    languages: tuple[str, ...] = ()
    source: str = ""
    source_date: str = ""
    second_hand: bool = False
    checked: str = ""
    checked_by: str = ""
    note: str = ""

    @property
    def unchecked(self) -> bool:
        """Whether this was taken over from an archived page and no person has checked it."""
        return not self.checked and self.service != ""


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality; `code` has four digits (SCB), `website` is a domain without a scheme."""

    code: str
    name: str
    full_name: str
    county: str
    county_code: str
    website: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(slots=True)
class Register:
    """All contacts. Load it with `Register.load`."""

    helplines: dict[str, Contact] = field(default_factory=dict)
    municipalities: dict[str, Municipality] = field(default_factory=dict)

    @classmethod
    def load(cls, content: Path) -> Register:
        """Read `helplines.toml` and `municipalities/*.toml`. Raises RegisterError with every mistake found."""
        register, faults = cls(), []
        try:
            for id_, row in _toml(content / "helplines.toml").items():
                register.helplines[id_] = _helpline(id_, row)
        except RegisterError as error:
            faults.append(str(error))
        for path in sorted((content / "municipalities").glob("*.toml")):
            try:
                municipality = _municipality(path)
                register.municipalities[municipality.code] = municipality
            except RegisterError as error:
                faults.append(str(error))
        if not register.municipalities:
            faults.append("municipalities: there are no files")
        if faults:
            raise RegisterError("; ".join(faults))
        return register

    def national(self, id_: str) -> Contact:
        """Give a national contact. Raises KeyError for an unknown one."""
        return self.helplines[id_]

    def municipality(self, code: str) -> Municipality:
        """Give a municipality by its code. Raises KeyError for an unknown one."""
        return self.municipalities[code]

    def shown(self, contact: Contact, today: date) -> bool:
        """Say whether a reader may see a contact with its number."""
        if contact.publish != "yes":
            return False
        if contact.checked:
            return (today - date.fromisoformat(contact.checked)).days <= HIDE_DAYS
        if contact.second_hand:
            return False
        return not contact.source_date or int(contact.source_date[:4]) >= OLDEST_SOURCE

    def local(self, code: str, today: date) -> list[Contact]:
        """Give what a reader may see of a municipality, the most useful first; never empty.

        A number that may not be shown gives way to the page it stands on; a municipality with nothing to show
        has its own site. Raises KeyError for an unknown code.
        """
        municipality = self.municipalities[code]
        found: list[Contact] = []
        for contact in sorted(municipality.contacts, key=lambda c: SERVICES.index(c.service)):
            if contact.phone and self.shown(contact, today) and contact.tel not in {c.tel for c in found}:
                found.append(contact)
        if not any(c.service == "social_services_children" for c in found):
            page = next((c for c in municipality.contacts if c.service == "social_services_children" and c.url), None)
            if page is not None and "://" in page.url:
                found.append(_without_number(page))
        if not found and municipality.website:
            found.append(
                Contact(f"{code}-site", municipality.full_name, url=f"https://{municipality.website}", service="switchboard")
            )
        return found

    def numbers(self, today: date | None = None) -> set[str]:
        """Give the `tel:` address of every number that may be shown."""
        today = today or date.today()
        every = [*self.helplines.values(), *(c for m in self.municipalities.values() for c in m.contacts)]
        return {contact.tel for contact in every if contact.tel and self.shown(contact, today)}


def _without_number(contact: Contact) -> Contact:
    return Contact(
        contact.id, contact.name, url=contact.url, service=contact.service, source=contact.source, source_date=contact.source_date
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RegisterError(f"{path.name}: {error}") from error


def _checked(where: str, row: dict[str, Any], allowed: set[str]) -> None:
    if unknown := set(row) - allowed:
        raise RegisterError(f"{where}: unknown: {', '.join(sorted(unknown))}")
    for key in ("checked", "source_date"):
        value = str(row.get(key, ""))
        parts = value.split("-") if value else []
        if value and not (1 <= len(parts) <= 3 and all(p.isdigit() for p in parts) and len(parts[0]) == 4):
            raise RegisterError(f"{where}: {key} is a date like 2026-11-22, not {value!r}")
    if row.get("checked"):
        try:
            date.fromisoformat(str(row["checked"]))
        except ValueError as error:
            raise RegisterError(f"{where}: checked is a date like 2026-11-22") from error
    url = row.get("url", "")
    if url and not url.startswith(("https://", "http://")):
        raise RegisterError(f"{where}: url begins with https://")


def _helpline(id_: str, row: dict[str, Any]) -> Contact:
    where = f"helplines.toml: {id_}"
    _checked(where, row, {"name", "phone", "tel", "hours", "always", "url", "publish", "languages", "source", "source_date", "checked", "checked_by", "note"})
    if row.get("publish") not in PUBLISH:
        raise RegisterError(f"{where}: publish must be one of: {', '.join(PUBLISH)}")
    name = row.get("name")
    if not isinstance(name, dict) or not name.get("sv"):
        raise RegisterError(f"{where}: name needs at least sv")
    tel = row.get("tel", "")
    if bool(row.get("phone")) != bool(tel) or (tel and not tel.removeprefix("tel:").removeprefix("+").isdigit()):
        raise RegisterError(f"{where}: phone and tel belong together; tel is tel: and digits")
    return Contact(
        id_, dict(name), str(row.get("phone", "")).replace(" ", "\u00a0"), tel, row.get("hours", ""), bool(row.get("always")), row.get("url", ""),
        "", row["publish"], tuple(row.get("languages", ())), row.get("source", ""), str(row.get("source_date", "")), False,
        str(row.get("checked", "")), row.get("checked_by", ""), row.get("note", ""),
    )


def _municipality(path: Path) -> Municipality:
    row = _toml(path)
    if path.stem != row.get("code") or not (path.stem.isdigit() and len(path.stem) == 4):
        raise RegisterError(f"{path.name}: code must be the four digits of the file's name")
    for key in ("name", "full_name", "county", "county_code"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise RegisterError(f"{path.name}: {key} is missing")
    contacts = []
    for number, entry in enumerate(row.get("contact", ()), 1):
        where = f"{path.name}: contact {number}"
        _checked(where, entry, {"service", "label", "phone", "hours", "url", "source", "source_date", "second_hand", "checked", "checked_by", "note", "origin", "languages"})
        if entry.get("service") not in SERVICES:
            raise RegisterError(f"{where}: service must be one of: {', '.join(SERVICES)}")
        phone = entry.get("phone", "")
        if phone and not (phone.startswith("+46") and phone[1:].isdigit() and 9 <= len(phone) <= 13):
            raise RegisterError(f"{where}: phone is written +46 and digits, not {phone!r}")
        contacts.append(
            Contact(
                f"{path.stem}-{entry['service']}-{number}", entry.get("label", ""), shown_number(phone), f"tel:{phone}" if phone else "",
                entry.get("hours", ""), False, entry.get("url", ""), entry["service"], "yes", tuple(entry.get("languages", ())),
                entry.get("source", ""), str(entry.get("source_date", "")), bool(entry.get("second_hand")), str(entry.get("checked", "")),
                entry.get("checked_by", ""), entry.get("note", ""),
            )
        )
    return Municipality(row["code"], row["name"], row["full_name"], row["county"], row["county_code"], row.get("website", ""), tuple(contacts))


def shown_number(number: str) -> str:
    """Give a number in E.164 (+46…) as Swedes write it: area code, hyphen, groups with no-break spaces; "" stays "".

    >>> shown_number("+46852068000").replace(chr(160), " ")
    '08-520 680 00'
    """
    if not number:
        return ""
    digits = number.removeprefix("+46")
    size = 1 if digits.startswith(_TWO) else 2 if digits[:2] in _THREE else 3
    area, rest = digits[:size], digits[size:]
    sizes = {5: (3, 2), 6: (2, 2, 2), 7: (3, 2, 2), 8: (3, 3, 2), 9: (3, 3, 3)}.get(len(rest), (len(rest),))
    groups, start = [], 0
    for length in sizes:
        groups.append(rest[start : start + length])
        start += length
    return f"0{area}-" + "\u00a0".join(groups)
