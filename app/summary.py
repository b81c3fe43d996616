"""What a talk was about, to print and to show: what she told, what she was advised, whom to call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from app.contacts import Contact

if TYPE_CHECKING:
    from app.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary in one language: lines of plain text, advice as HTML under its titles, contacts, and all of it as text."""

    lang: str
    told: list[str]
    advised: list[tuple[str, str]]
    contacts: list[Contact]
    text: str


def summarise(assistant: Assistant, memory: dict[str, Any], lang: str) -> Summary | None:
    """Put together what is remembered of a talk, in a language; None where nothing was told.

    `memory` comes from a signed conversation id; ids that are no longer known (a page that was kept while the content changed)
    are left out.
    """
    library, topics = assistant.library, assistant.topics
    worries = [topic for topic in memory.get("worries", ()) if topic in topics]
    answers = {q: a for q, a in dict(memory.get("answers", {})).items() if q in assistant.paths.questions and a in assistant.paths.questions[q].answers}
    level = memory.get("level") if memory.get("level") in assistant.walk.level_contacts else None
    if not worries and level is None:
        return None
    told = [library.reply(topic, lang).title for topic in worries]
    advised: list[tuple[str, str, str]] = []
    for topic in worries:
        reply = library.reply(topic, lang)
        parts = [(reply.html, reply.text)]
        if topic in assistant.paths.topics:
            words = assistant.path_words(topic, lang)
            given = [(q, answers[q]) for q in assistant.paths.topics[topic] if q in answers]
            told += [line for q, a in given if (line := f"{words.questions[q]} {words.answers[q, a]}") not in told]
            parts += [words.advice[q, a] for q, a in given if (q, a) in words.advice]
            if given:
                parts.append(words.today)
        advised.append((reply.title, "\n".join(html for html, _ in parts), "\n".join(text for _, text in parts)))
    if level is not None:
        signs = [sign for sign in memory.get("signs", ()) if sign in assistant.walk.signs]
        told += [library.phrase(lang, f"signs.{sign}") for sign in signs]
        danger = memory.get("danger")
        if danger in assistant.walk.dangers:
            told.append(f"{library.phrase(lang, 'walk.ask_danger')} {library.phrase(lang, f'danger.{danger}')}")
        reply = library.reply(f"level_{level}", lang)
        advised.append((reply.title, reply.html, reply.text))
    age = memory.get("age")
    if age in assistant.walk.ages:
        told.append(f"{library.phrase(lang, 'walk.ask_age')} {memory.get('years') or library.phrase(lang, f'ages.{age}')}")
    register = assistant.register()
    ids = [id_ for topic in worries for id_ in topics[topic].contacts] + list(assistant.walk.level_contacts[level] if level else ())
    contacts = [contact for contact in map(register.national, dict.fromkeys(["sos-112", *ids])) if register.shown(contact, date.today())]
    code = str(memory.get("place") or "")
    if re.fullmatch(r"\d{4}", code):
        try:
            told.append(f"{library.phrase(lang, 'summary.place')}: {register.municipality(code).name}")
            contacts += register.local(code, date.today())
        except KeyError:
            pass
    text = [library.phrase(lang, "summary.title"), library.phrase(lang, "summary.told"), *(f"• {line}" for line in told)]
    text += [library.phrase(lang, "summary.advised"), *(f"{title}\n{plain}" for title, _, plain in advised)]
    text += [library.phrase(lang, "summary.call"), *(f"• {assistant.contact_name(contact, lang)}: {contact.phone or contact.url}" for contact in contacts)]
    return Summary(lang, told, [(title, html) for title, html, _ in advised], contacts, "\n".join(text))
