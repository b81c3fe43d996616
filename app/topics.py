"""The topic table: what a message can be about, how urgent it is, and what a reply to it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import tomllib

LEVELS: Final = ("emergency", "serious", "concern", "info")
MOST: Final = 2  # questions of a short path

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


class PathError(TopicError):
    """`content/paths.toml` cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: ids of its answers in their order, and where some of them lead (a topic, or "walk")."""

    id: str
    answers: tuple[str, ...]
    goto: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paths:
    """All short paths: topic id → ids of its questions, and the questions by id."""

    topics: dict[str, tuple[str, ...]]
    questions: dict[str, Question]

    def choices(self) -> list[str]:
        """Give the ids of all answers as buttons: "answer:want.money"."""
        return [f"answer:{question.id}.{answer}" for question in self.questions.values() for answer in question.answers]

    def headings(self, topic: str) -> list[str]:
        """Give the ids that the headings of a topic's path have: its questions and "question-answer". Raises KeyError."""
        return sorted([*self.topics[topic], *(f"{q}-{a}" for q in self.topics[topic] for a in self.questions[q].answers)])

    def topic(self, question: str) -> str:
        """Give the first topic that asks a question. Raises KeyError for a question that no topic asks."""
        for topic, questions in self.topics.items():
            if question in questions:
                return topic
        raise KeyError(question)


def load_paths(content: Path) -> Paths:
    """Read `content/paths.toml`. Raises PathError."""
    path = content / "paths.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        topics = {topic: tuple(questions) for topic, questions in table["paths"].items()}
        questions = {
            id_: Question(id_, tuple(row["answers"]), dict(row.get("goto", {}))) for id_, row in table["questions"].items()
        }
    except (OSError, KeyError, TypeError, AttributeError, tomllib.TOMLDecodeError) as error:
        raise PathError(f"{path.name}: {error}") from error
    for topic, asked in topics.items():
        if not 1 <= len(asked) <= MOST:
            raise PathError(f"{path.name}: {topic}: one or two questions")
        for question in asked:
            if question not in questions:
                raise PathError(f"{path.name}: {topic}: there is no question {question}")
    for id_, row in table["questions"].items():
        named = {row.get("yes"), row.get("no"), *row.get("goto", {}), *row.get("ages", {})} - {None}
        if unknown := sorted(named - set(questions[id_].answers)):
            raise PathError(f"{path.name}: {id_}: there is no answer {', '.join(unknown)}")
    return Paths(topics, questions)
