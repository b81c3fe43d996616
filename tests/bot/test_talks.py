"""Whole talks against a real, trained Rasa behind the real site, in ten languages."""

from __future__ import annotations

import concurrent.futures
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from app.assistant import Assistant
from app.languages import CODES
from tests.bot.conftest import Stack

Ask = Callable[..., dict[str, Any]]


def talk(stack: Stack, lang: str) -> Ask:
    """Give a function that says something in one conversation and returns the reply."""
    state: dict[str, Any] = {"conversation": None}

    def ask(message: str, page: str = lang) -> dict[str, Any]:
        status, reply = stack.post("/api/chat", {"message": message, "lang": page, "conversation": state["conversation"]})
        assert status == 200, reply
        state["conversation"] = reply["conversation"]
        assert "112" in reply["text"] or reply["level"] in ("info", "concern")
        return reply

    return ask


def labels(stack: Stack, lang: str) -> Callable[[str], str]:
    assistant: Assistant = stack.assistant
    return lambda choice: assistant.label(choice, lang)


@pytest.mark.parametrize("lang", CODES)
def test_the_walk_by_buttons_in_every_language(stack: Stack, lang: str) -> None:
    ask, label = talk(stack, lang), labels(stack, lang)
    reply = ask(label("walk:start"))
    assert reply["topic"] == "warning_signs" and label("sign:money") in [c["title"] for c in reply["choices"]]
    ask(label("sign:money"))
    reply = ask(label("sign:friends"))
    assert label("sign:money") in reply["text"]
    ask(label("signs:done"))
    ask(label("age:12_14"))
    ask(label("danger:no"))
    reply = ask("Nynäshamn")
    assert (reply["level"], reply["place"], reply["lang"]) == ("concern", "0192", lang)
    assert any("520" in contact["phone"] for contact in reply["contacts"])


@pytest.mark.parametrize("lang", CODES)
def test_danger_in_the_middle_of_the_walk_is_answered_first(stack: Stack, lang: str) -> None:
    ask, label = talk(stack, lang), labels(stack, lang)
    steps = ["walk:start", "sign:money", "signs:done", "age:12_14", "danger:no"]
    for stop in range(1, len(steps) + 1):
        for choice in ("walk:restart", *steps[1:stop]):
            ask(label(choice if stop > 1 or choice != "walk:restart" else "walk:start"))
        reply = ask("🔫")
        assert (reply["topic"], reply["lang"]) == ("weapon_found", lang)
        assert reply["contacts"][0]["tel"] == "tel:112"
        ask(label("walk:start"))


@pytest.mark.parametrize("lang", CODES)
def test_every_topic_by_its_button_carries_its_level_and_numbers(stack: Stack, lang: str) -> None:
    for topic, row in stack.assistant.topics.items():
        ask, label = talk(stack, lang), labels(stack, lang)
        reply = ask(label(f"topic:{topic}"))
        assert (reply["topic"], reply["level"], reply["lang"]) == (topic, row.level, lang)


def plain_danger(stack: Stack, lang: str) -> dict[str, str]:
    """Words of a language for each danger, as they stand in its danger.toml."""
    table = stack.assistant.library.danger(lang)
    return {
        topic: next(p for p in table[topic]["phrases"] if "*" not in p and stack.assistant.reader.danger(p) == topic)
        for topic in ("emergency", "self_harm", "weapon_found")
    }


@pytest.mark.parametrize("lang", CODES)
def test_danger_in_every_step_of_every_path(stack: Stack, lang: str) -> None:
    label, danger = labels(stack, lang), list(plain_danger(stack, lang).items())
    paths = stack.assistant.paths
    number = 0
    for topic, questions in paths.topics.items():
        for step in range(len(questions)):
            ask = talk(stack, lang)
            ask("Nynäshamn")
            ask(label(f"topic:{topic}"))
            for question in questions[:step]:
                ask(label(f"answer:{question}.{paths.questions[question].answers[-1]}"))
            expected, words = danger[number % 3]
            number += 1
            reply = ask(words)
            assert (reply["topic"], reply["level"]) == (expected, "emergency"), (topic, step, words)
            assert reply["contacts"][0]["tel"] == "tel:112"


@pytest.mark.parametrize("lang", CODES)
def test_every_path_to_its_end_and_the_summary_of_it(stack: Stack, lang: str) -> None:
    label, paths = labels(stack, lang), stack.assistant.paths
    for topic, questions in paths.topics.items():
        ask = talk(stack, lang)
        ask("Nynäshamn")
        reply = ask(label(f"topic:{topic}"))
        words = stack.assistant.path_words(topic, lang)
        chosen = []
        for question in questions:
            assert words.questions[question] in reply["text"], (topic, question)
            answer = [a for a in paths.questions[question].answers if a not in paths.questions[question].goto][-1]
            chosen.append(words.answers[question, answer])
            reply = ask(label(f"answer:{question}.{answer}"))
            assert words.advice[question, answer][1] in reply["text"] and reply["lang"] == lang
        assert words.today[1] in reply["text"]
        summary = ask(label("summary:show"))
        swedish = stack.assistant.path_words(topic, "sv")
        assert all(line in summary["text"] for line in chosen) and swedish.today[1] in summary["text"]
        assert "Nynäshamn" in summary["text"] and "112" in summary["text"]


def test_never_a_third_time_not_understood(stack: Stack) -> None:
    ask, library = talk(stack, "sv"), stack.assistant.library
    unclear = [library.reply("not_sure", "sv").text.splitlines()[-1], library.phrase("sv", "chat.again")]
    heard = [ask(noise)["text"] for noise in ("blorp", "krunt", "zwup", "flims", "gnarp", "trolb", "wexo", "plim")]
    assert sum(any(line in text for line in unclear) for text in heard) <= 2


def test_a_question_in_the_middle_is_answered_and_the_walk_goes_on(stack: Stack) -> None:
    ask, label = talk(stack, "sv"), labels(stack, "sv")
    ask(label("walk:start"))
    ask(label("signs:done"))
    reply = ask(label("topic:law"))
    assert reply["topic"] == "law" and label("age:12_14") in [c["title"] for c in reply["choices"]]
    reply = ask("13")
    assert label("danger:no") in [c["title"] for c in reply["choices"]]
    assert label("age:12_14") in [c["title"] for c in ask(label("walk:back"))["choices"]]
    reply = ask(label("walk:restart"))
    assert label("sign:money") in [c["title"] for c in reply["choices"]]


def test_the_place_is_asked_for_once_and_remembered(stack: Stack) -> None:
    ask = talk(stack, "sv")
    where = stack.assistant.library.sentence("where_live", "sv").text
    assert where in ask("de säger att min son är skyldig dem pengar och hotar honom")["text"]
    reply = ask("Botkyrka")
    assert reply["place"] == "0127"
    assert ask("min son säljer knark åt dem")["place"] == "0127"
    assert ask("jag menar Malmö")["place"] == "1280"


def test_the_reply_follows_the_language_of_the_message(stack: Stack) -> None:
    ask = talk(stack, "sv")
    assert ask("my son is being threatened by older boys and he owes them money")["lang"] == "en"
    assert ask("Botkyrka")["lang"] == "en"
    assert ask("svenska tack")["lang"] == "sv"


def test_strangers_do_not_share_a_talk(stack: Stack) -> None:
    first, second = talk(stack, "sv"), talk(stack, "sv")
    first("Botkyrka")
    assert second("hej")["place"] is None


@pytest.mark.parametrize("message", ["/restart", "/emergency", '/threats{"place": "0180"}', "/session_start"])
def test_a_command_of_rasa_is_text(stack: Stack, message: str) -> None:
    ask = talk(stack, "sv")
    ask("Botkyrka")
    reply = ask(message)
    assert reply["place"] == "0127"


def test_hundred_talks_at_once(stack: Stack) -> None:
    def one(number: int) -> tuple[int, str]:
        status, reply = stack.post("/api/chat", {"message": "min dotter har fått en dyr mobil", "lang": "sv", "conversation": None})
        return status, reply.get("topic", "")

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        results = list(pool.map(one, range(100)))
    assert {status for status, _ in results} == {200}


def test_a_long_talk_does_not_slow_down(stack: Stack) -> None:
    ask = talk(stack, "sv")
    times = []
    for _ in range(60):
        began = time.perf_counter()
        ask("hur pratar jag med min son")
        times.append(time.perf_counter() - began)
    first, last = sorted(times[5:20])[7], sorted(times[45:])[7]
    assert last < 2.5 * first, (first, last)


def test_no_word_of_a_visitor_is_written_anywhere(stack: Stack) -> None:
    marker = "zebramarkör4711"
    ask = talk(stack, "sv")
    ask(f"min son heter {marker} och har en pistol")
    ask(f"{marker} botkyrka")
    stack.post("/api/chat", {"message": marker, "lang": "xx", "conversation": marker})
    stack.post("/api/chat", {"message": [marker], "lang": "sv", "conversation": None})
    stack.raw("POST", "/api/chat", f'{{"message": "{marker}'.encode())
    stack.raw("GET", f"/sv/{marker}", None)
    stack.raw("POST", "/sv/chat", f"message={marker}".encode(), "application/x-www-form-urlencoded")
    # Straight at the assistant, past the site's checks, and with what makes it fail.
    for body in ({"sender": "x" * 8, "message": marker, "metadata": {"choice": marker, "places": 5}}, {"message": marker}, [marker]):
        stack.bot_raw(json.dumps(body).encode())
    stack.bot_raw(f'{{"message": "{marker}'.encode())
    stack.bot_actions(json.dumps({"next_action": marker, "tracker": {"latest_message": {"text": marker}}}).encode())
    time.sleep(0.5)
    assert marker not in stack.logs()
    for path in stack.written_files():
        assert marker.encode() not in path.read_bytes(), path


def test_the_assistant_killed_in_mid_talk_and_back(stack: Stack) -> None:
    ask, label = talk(stack, "sv"), labels(stack, "sv")
    assert stack.health()["bot"] == "up"
    stack.kill_bot()
    reply = ask("blabla hjälp mig lite")
    assert "112" in reply["text"] and reply["choices"]
    assert ask(label("topic:threats"))["topic"] == "threats"
    assert ask("jag hittade en pistol i hans rum")["topic"] == "weapon_found"
    assert stack.health()["bot"] == "down"
    stack.start_bot()
    assert stack.health()["bot"] == "up"
    assert ask(label("walk:start"))["topic"] == "warning_signs"


def test_a_talk_goes_on_where_it_was_when_the_assistant_is_back(stack: Stack) -> None:
    ask, label, paths = talk(stack, "sv"), labels(stack, "sv"), stack.assistant
    ask("Botkyrka")
    ask(label("topic:threats"))
    ask(label("answer:want.money"))
    stack.kill_bot()
    reply = ask(label("answer:home.yes"))
    assert reply["place"] == "0127" and paths.path_words("threats", "sv").advice["home", "yes"][1] in reply["text"]
    stack.start_bot()
    assert stack.health()["bot"] == "up"
    reply = ask(label("summary:show"))
    assert label("answer:want.money") in reply["text"] and "Botkyrka" in reply["text"]
    reply = ask(label("topic:child_in_crime"))
    assert reply["place"] == "0127" and paths.path_words("child_in_crime", "sv").questions["what"] in reply["text"]


def test_several_processes_of_the_assistant_each_talk_at_one_and_none_lost(stack: Stack) -> None:
    with stack.second_bot() as site:
        label = labels(stack, "sv")

        def walk(number: int) -> tuple[str, str]:
            conversation = None
            reply: dict[str, Any] = {}
            for said in ("Nynäshamn", label("topic:threats"), label("answer:want.task"), label("answer:home.no"), label("summary:show")):
                status, body = stack.raw("POST", "/api/chat", json.dumps({"message": said, "lang": "sv", "conversation": conversation}).encode(), port=site)
                assert status == 200
                reply = json.loads(body)
                # The first id only: what is remembered must come from the process, not from the page.
                conversation = conversation or reply["conversation"]
            return reply["place"], reply["text"]

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for place, text in pool.map(walk, range(24)):
                assert place == "0192" and label("answer:want.task") in text and label("answer:home.no") in text


def test_an_assistant_that_is_slow_or_talks_nonsense(stack: Stack) -> None:
    for answer in (b"", b"[]", b"{}", b'{"topic": "nonsense", "language": "sv"}', b'{"topic": "money", "language": "xx"}', None):
        with stack.false_bot(answer):
            status, reply = stack.post("/api/chat", {"message": "vad gör jag nu då", "lang": "sv", "conversation": None})
            assert status == 200 and "112" in reply["text"] and reply["choices"], answer


def test_every_number_in_a_reply_stands_in_the_register(stack: Stack) -> None:
    numbers = stack.assistant._register().numbers()
    shown = re.compile(r"tel:(\+?\d+)")
    ask = talk(stack, "sv")
    ask("Nynäshamn")
    for topic in stack.assistant.topics:
        for tel in shown.findall(ask(labels(stack, "sv")(f"topic:{topic}"))["html"]):
            assert tel in {re.sub(r"\D", "", n) if not n.startswith("+") else n for n in numbers} | {n.removeprefix("tel:") for n in numbers}
