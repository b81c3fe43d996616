"""The summary of a talk: what was told, what was advised, whom to call; in two languages, from the id alone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.assistant import Assistant
from app.languages import CODES

MEMORY = {
    "worries": ["threats", "child_in_crime"], "answers": {"want": "money", "home": "", "what": "taken", "age15": "under"}, "years": 13,
    "age": "12_14", "place": "0192", "level": "serious", "signs": ["money", "friends"], "danger": "threat", "turns": 9,
}


def give(assistant: Assistant, memory: dict) -> str:
    return assistant.conversations.give("0" * 32, memory)


@pytest.mark.parametrize("lang", CODES)
def test_the_page_shows_both_languages_and_all_that_was_told(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    html = client.post(f"/{lang}/summary", data={"conversation": give(assistant, MEMORY)}).get_data(as_text=True)
    assert html.count('<section class="summary"') == (1 if lang == "sv" else 2)
    for code in {lang, "sv"}:
        words = assistant.path_words("threats", code)
        told = html.replace("&#39;", "'").replace("&#34;", '"')
        assert words.answers["want", "money"].replace("’", "’") in told
        assert assistant.library.phrase(code, "summary.told") in told and assistant.library.reply("level_serious", code).title in told
    assert "Nynäshamn" in html and "13" in html
    register = assistant.register()
    known = {number.removeprefix("tel:") for number in register.numbers()} | {re.sub(r"\D", "", n) for n in register.numbers()}
    for tel in re.findall(r'href="tel:(\+?\d+)"', html):
        assert tel in known or tel.removeprefix("+46") in known or "0" + tel.removeprefix("+46") in known, tel


@pytest.mark.parametrize("conversation", ["", "forged", "0" * 32 + "." + "0" * 32, "x" * 5000])
def test_without_a_talk_it_says_so(client: FlaskClient, assistant: Assistant, conversation: str) -> None:
    answer = client.post("/sv/summary", data={"conversation": conversation})
    assert answer.status_code == 200 and assistant.library.phrase("sv", "summary.empty") in answer.get_data(as_text=True)


def test_ids_that_are_no_longer_known_are_left_out(client: FlaskClient, assistant: Assistant) -> None:
    strange = {**MEMORY, "worries": ["threats", "gone"], "answers": {"want": "gone", "gone": "money"}, "signs": ["gone"], "level": "gone", "place": "9999", "age": "gone", "danger": "gone"}
    html = client.post("/sv/summary", data={"conversation": give(assistant, strange)}).get_data(as_text=True)
    assert assistant.library.reply("threats", "sv").title in html and "gone" not in html


def test_it_is_not_kept_anywhere(client: FlaskClient, assistant: Assistant) -> None:
    answer = client.post("/sv/summary", data={"conversation": give(assistant, MEMORY)})
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    assert client.get("/sv/summary").status_code in (404, 405)


def test_the_button_gives_it_in_the_chat_even_without_the_assistant(client: FlaskClient, assistant: Assistant) -> None:
    body = {"message": assistant.label("summary:show", "sv"), "lang": "sv", "conversation": give(assistant, {**MEMORY, "spoken": "sv"})}
    reply = client.post("/api/chat", json=body).get_json()
    assert assistant.library.phrase("sv", "summary.advised") in reply["text"] and 'formaction="/sv/summary"' in reply["html"]
    body["conversation"] = None
    assert assistant.library.phrase("sv", "summary.empty") not in client.post("/api/chat", json=body).get_json()["text"]


def test_without_the_assistant_the_buttons_go_on_with_what_the_page_has_kept(client: FlaskClient, assistant: Assistant) -> None:
    body = {"message": assistant.label("answer:want.money", "sv"), "lang": "sv", "conversation": give(assistant, {"worries": ["threats"], "path": "threats", "place": "0192"})}
    reply = client.post("/api/chat", json=body).get_json()
    assert reply["topic"] == "threats" and reply["place"] == "0192"
    assert assistant.path_words("threats", "sv").advice["want", "money"][1] in reply["text"]
    assert any(contact["phone"].startswith("08-520") for contact in reply["contacts"])
    kept = assistant.conversations.read(reply["conversation"])[1]
    assert kept["place"] == "0192" and kept["worries"] == ["threats"]


@pytest.mark.parametrize("lang", CODES)
def test_without_the_assistant_every_answer_on_a_button_is_answered(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    for choice in assistant.paths.choices():
        reply = client.post("/api/chat", json={"message": assistant.label(choice, lang), "lang": lang}).get_json()
        question, _, given = choice.removeprefix("answer:").partition(".")
        leads = assistant.paths.questions[question].goto.get(given)
        expected = assistant.paths.topic(question) if leads is None else "warning_signs" if leads == "walk" else leads
        assert reply["topic"] == expected, choice
