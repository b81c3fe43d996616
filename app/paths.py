"""The short path of a topic: one or two questions after the reply, the advice of each answer, and the next step today."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import tomllib

from app.content import Page
from app.languages import SOURCE
from app.markdown import plain

MOST: Final = 2  # questions of a path
_HEADING = re.compile(r"^#+\s*(.*?)\s*(?:\{#[a-z0-9-]+\})?\s*$")


class PathError(ValueError):
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

    def topic(self, question: str) -> str:
        """Give the first topic that asks a question. Raises KeyError for a question that no topic asks."""
        for topic, questions in self.topics.items():
            if question in questions:
                return topic
        raise KeyError(question)


@dataclass(frozen=True, slots=True)
class Words:
    """A path in one language. Advice by question and answer, as (HTML, plain text); so is `today`."""

    today: tuple[str, str]
    questions: dict[str, str]
    answers: dict[tuple[str, str], str]
    advice: dict[tuple[str, str], tuple[str, str]]


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


def words_of(page: Page) -> Words:
    """Take a path's text apart: question by "## … {#id}", answer by "### … {#question-answer}", advice below it.

    What a language lacks is there in Swedish, marked as such.
    """
    today: list[tuple[str, str]] = []
    questions: dict[str, str] = {}
    answers: dict[tuple[str, str], str] = {}
    advice: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for paragraph in page.paragraphs:
        part = paragraph.own or paragraph.source
        section = paragraph.source.block.section
        question, dash, answer = section.partition("-")
        if paragraph.source.block.kind == "heading":
            found = _HEADING.match(part.block.source)
            label = found.group(1) if found else part.block.source
            if dash:
                answers[question, answer] = label
            else:
                questions[question] = label
            continue
        html = part.html if paragraph.own is not None else f'<div lang="{SOURCE}" dir="ltr">{part.html}</div>'
        if section == "":
            today.append((html, plain(html)))
        elif dash:
            advice.setdefault((question, answer), []).append((html, plain(html)))
    return Words(
        ("\n".join(html for html, _ in today), "\n".join(text for _, text in today)),
        questions,
        answers,
        {key: ("\n".join(html for html, _ in found), "\n".join(text for _, text in found)) for key, found in advice.items()},
    )
