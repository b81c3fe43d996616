"""The words of a topic's short path: one or two questions after the reply, the advice of each answer, and the next step today."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.content import Page
from app.languages import SOURCE
from app.markdown import plain

_HEADING = re.compile(r"^#+\s*(.*?)\s*(?:\{#[a-z0-9-]+\})?\s*$")


@dataclass(frozen=True, slots=True)
class Words:
    """A path in one language. Advice by question and answer, as (HTML, plain text); so is `today`."""

    today: tuple[str, str]
    questions: dict[str, str]
    answers: dict[tuple[str, str], str]
    advice: dict[tuple[str, str], tuple[str, str]]


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
