"""The topic table: what a message can be about, how urgent it is, and what a reply to it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tomllib

LEVELS: Final = ("emergency", "serious", "concern", "info")

# The contract with reports and tests (docs/content.md): every one of these, and no other.
IDS: Final = frozenset(
    "emergency weapon_found missing_child threats child_in_crime leaving self_harm home_violence warning_signs "
    "money phone drugs school talk recruitment protect social_services police law parent_support local_contacts "
    "child_self about language smalltalk out_of_scope".split()
)


class TopicError(ValueError):
    """`content/topics.toml` or `content/walk.toml` cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `contacts` are ids of national contacts, `pages` names of pages, `rank` its urgency (0 first)."""

    id: str
    level: str
    rank: int
    contacts: tuple[str, ...] = ()
    local: bool = False
    pages: tuple[str, ...] = ()
    sign: str | None = None

    @property
    def urgent(self) -> bool:
        """Whether this ends whatever the talk was about."""
        return self.level in ("emergency", "serious")


@dataclass(frozen=True, slots=True)
class Walk:
    """The walk through the warning signs: ids of its steps and answers (content/walk.toml)."""

    steps: tuple[str, ...]
    signs: tuple[str, ...]
    ages: tuple[str, ...]
    dangers: tuple[str, ...]
    level_contacts: dict[str, tuple[str, ...]]
    level_pages: dict[str, tuple[str, ...]]


def load_topics(content: Path) -> dict[str, Topic]:
    """Read the topic table in the order of urgency. Raises TopicError for a table that breaks the contract."""
    path = content / "topics.toml"
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["topics"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise TopicError(f"{path.name}: {error}") from error
    if set(rows) != IDS:
        raise TopicError(f"{path.name}: topics missing or unknown: {', '.join(sorted(set(rows) ^ IDS))}")
    topics: dict[str, Topic] = {}
    for rank, (name, row) in enumerate(rows.items()):
        unknown = set(row) - {"level", "contacts", "local", "pages", "sign"}
        if unknown:
            raise TopicError(f"{path.name}: {name}: unknown key {', '.join(sorted(unknown))}")
        if row.get("level") not in LEVELS:
            raise TopicError(f"{path.name}: {name}: level must be one of {', '.join(LEVELS)}")
        topics[name] = Topic(
            name,
            row["level"],
            rank,
            tuple(row.get("contacts", ())),
            bool(row.get("local", False)),
            tuple(row.get("pages", ())),
            row.get("sign"),
        )
    return topics


def load_walk(content: Path) -> Walk:
    """Read the ids of the walk. Raises TopicError where the file is broken."""
    path = content / "walk.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Walk(
            tuple(table["steps"]),
            tuple(sign["id"] for sign in table["signs"]),
            tuple(table["ages"]["order"]),
            tuple(table["danger"]["order"]),
            {level: tuple(table["levels"][level]["contacts"]) for level in LEVELS},
            {level: tuple(table["levels"][level]["pages"]) for level in LEVELS},
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise TopicError(f"{path.name}: {error}") from error
