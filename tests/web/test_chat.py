"""The chat by JSON and by form, without the assistant: clear errors, and always an answer with 112."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from app.assistant import Assistant
from app.languages import CODES


def ask(client: FlaskClient, message: object = "hej", lang: object = "sv", conversation: object = None, **kw: object):
    return client.post("/api/chat", json={"message": message, "lang": lang, "conversation": conversation, **kw})


@pytest.mark.parametrize("lang", CODES)
def test_without_the_assistant_there_is_the_safe_reply_with_112_and_buttons(client: FlaskClient, lang: str) -> None:
    reply = ask(client, "qwerty asdf", lang).get_json()
    assert reply["lang"] == lang and "112" in reply["text"] and len(reply["choices"]) >= 5
    assert 'href="tel:112"' in reply["html"]


@pytest.mark.parametrize("lang", CODES)
def test_without_the_assistant_every_topic_button_leads_to_its_reply(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    for topic in assistant.topics:
        reply = ask(client, assistant.label(f"topic:{topic}", lang), lang).get_json()
        assert reply["topic"] == topic and reply["lang"] == lang


def test_without_the_assistant_danger_is_danger(client: FlaskClient) -> None:
    reply = ask(client, "jag hittade en pistol i hans byrå").get_json()
    assert (reply["topic"], reply["level"]) == ("weapon_found", "emergency")
    assert reply["text"].index("112") < 200 and reply["contacts"][0]["tel"] == "tel:112"


def test_without_the_assistant_a_place_gives_its_contacts(client: FlaskClient) -> None:
    reply = ask(client, "Nynäshamn").get_json()
    assert reply["place"] == "0192" and "112" in reply["text"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"message": "", "lang": "sv"}, 422, "message"),
        ({"message": "   ", "lang": "sv"}, 422, "message"),
        ({"message": 5, "lang": "sv"}, 422, "message"),
        ({"message": None, "lang": "sv"}, 422, "message"),
        ({"message": ["hej"], "lang": "sv"}, 422, "message"),
        ({"lang": "sv"}, 422, "message"),
        ({"message": "hej", "lang": "xx"}, 422, "lang"),
        ({"message": "hej", "lang": 3}, 422, "lang"),
        ({"message": "x" * 2001, "lang": "sv"}, 413, "too_long"),
        ({"message": "x" * 10000, "lang": "sv"}, 413, "too_long"),
        ({"message": "hej", "lang": "sv", "conversation": "forged"}, 422, "conversation"),
        ({"message": "hej", "lang": "sv", "conversation": "0" * 32 + "." + "0" * 32}, 422, "conversation"),
        ({"message": "hej", "lang": "sv", "conversation": 7}, 422, "conversation"),
        ({"message": "hej", "lang": "sv", "conversation": "x" * 500}, 422, "conversation"),
        ([], 400, "json"),
        ("text", 400, "json"),
    ],
)
def test_a_bad_request_gets_a_clear_error(client: FlaskClient, body: object, status: int, code: str) -> None:
    answer = client.post("/api/chat", json=body)
    assert answer.status_code == status
    error = answer.get_json()["error"]
    assert error["code"] == code and error["message"]


def test_what_is_not_json_gets_a_clear_error(client: FlaskClient) -> None:
    assert client.post("/api/chat", data="hej", content_type="text/plain").status_code == 415
    assert client.post("/api/chat", data="{", content_type="application/json").status_code == 400
    assert client.post("/api/chat", data=b"{" + b" " * 70000 + b"}", content_type="application/json").status_code == 413
    assert client.get("/api/chat").status_code == 405


@pytest.mark.parametrize("lang", CODES)
def test_errors_are_in_the_language_of_the_page(client: FlaskClient, lang: str) -> None:
    messages = {ask(client, "", code).get_json()["error"]["message"] for code in CODES}
    assert len(messages) == len(CODES)


@pytest.mark.parametrize("message", ["/emergency", "/restart", '/threats{"place": "0180"}', "//", "/"])
def test_a_leading_slash_is_text(client: FlaskClient, message: str) -> None:
    assert ask(client, message).status_code == 200


@pytest.mark.parametrize("message", ["\x00", "a\x00b", "\ud800 hej", "😀" * 100, "‮abc", "x" * 2000])
def test_odd_characters_do_no_harm(client: FlaskClient, message: str) -> None:
    answer = client.post("/api/chat", data=json.dumps({"message": message, "lang": "sv"}), content_type="application/json")
    assert answer.status_code in (200, 422)


def test_a_conversation_goes_on_under_its_id(client: FlaskClient) -> None:
    first = ask(client).get_json()["conversation"]
    assert ask(client, "hej igen", conversation=first).get_json()["conversation"] == first
    assert ask(client).get_json()["conversation"] != first


def test_the_reply_has_the_fields_of_the_interface(client: FlaskClient) -> None:
    reply = ask(client, "112").get_json()
    assert set(reply) == {"conversation", "lang", "topic", "level", "place", "text", "html", "contacts", "links", "choices"}
    assert set(reply["contacts"][0]) == {"id", "name", "phone", "tel", "hours", "url", "checked"}
    for contact in reply["contacts"]:
        assert not contact["phone"] or contact["phone"] in reply["text"]


@pytest.mark.parametrize("lang", CODES)
def test_the_page_says_what_it_is_before_the_first_message(client: FlaskClient, assistant: Assistant, lang: str) -> None:
    html = client.get(f"/{lang}/chat").get_data(as_text=True)
    for key in ("assistant_notice", "not_saved"):
        assert assistant.library.sentence(key, lang).text in html


@pytest.mark.parametrize("lang", CODES)
def test_the_form_answers_without_javascript(client: FlaskClient, lang: str) -> None:
    answer = client.post(f"/{lang}/chat", data={"message": "112", "conversation": ""})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'href="tel:112"' in html
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_form_shows_what_is_wrong_and_keeps_the_text(client: FlaskClient) -> None:
    answer = client.post("/sv/chat", data={"message": "å" * 2001})
    assert answer.status_code == 413 and "å" * 100 in answer.get_data(as_text=True)
    assert client.post("/sv/chat", data={"message": " "}).status_code == 422
    assert client.post("/sv/chat", data={"message": "hej", "conversation": "forged"}).status_code == 422


def test_what_a_visitor_writes_is_escaped(client: FlaskClient) -> None:
    html = client.post("/sv/chat", data={"message": "<script>alert(1)</script>"}).get_data(as_text=True)
    assert "<script>alert" not in html
