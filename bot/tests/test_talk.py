"""The talk: every urgent topic in every step, questions in the middle, back, restart, place, language."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from bot.actions.talk import PATIENCE, SIGNS, STEPS, TOPICS, WALK, Heard, Talk, respond, walk_level

URGENT = [topic for topic, row in TOPICS.items() if row["level"] in ("emergency", "serious")]


def choose(talk: Talk, choice: str, **heard: Any) -> Dict[str, Any]:
    return respond(talk, Heard(None, choice=choice, **heard))


def say(talk: Talk, topic: Optional[str], **heard: Any) -> Dict[str, Any]:
    return respond(talk, Heard(topic, **heard))


def in_step(step: Optional[str]) -> Talk:
    talk = Talk()
    if step is None:
        return talk
    choose(talk, "walk:start")
    for choice in ("sign:money", "signs:done", "age:12_14", "danger:no"):
        if talk.step == step:
            break
        choose(talk, choice)
    assert talk.step == step
    return talk


@pytest.mark.parametrize("step", [None, *STEPS])
@pytest.mark.parametrize("topic", URGENT)
def test_an_urgent_topic_ends_the_walk_and_answers_first(step: Optional[str], topic: str) -> None:
    talk = in_step(step)
    answer = say(talk, topic)
    assert answer["topic"] == topic and answer["level"] == TOPICS[topic]["level"]
    assert answer["say"][0] == f"topic:{topic}"
    assert talk.step is None
    assert ("walk:resume" in answer["choices"]) == (step is not None)


@pytest.mark.parametrize("step", [None, *STEPS])
@pytest.mark.parametrize("topic", ["emergency", "self_harm", "weapon_found"])
def test_danger_read_by_the_site_wins_over_a_button(step: Optional[str], topic: str) -> None:
    talk = in_step(step)
    assert respond(talk, Heard(topic, choice="walk:back"))["topic"] == topic


def test_the_walk_from_end_to_end() -> None:
    talk = Talk()
    answer = choose(talk, "walk:start")
    assert (answer["ask"], answer["say"]) == ("walk.ask_signs", ["walk.intro"])
    answer = choose(talk, "sign:money")
    assert answer["ask"] == "walk.ask_more" and "sign:money" not in answer["choices"] and answer["signs"] == ["money"]
    choose(talk, "sign:friends")
    assert choose(talk, "signs:done")["ask"] == "walk.ask_age"
    assert say(talk, None, age=13)["ask"] == "walk.ask_danger"
    assert choose(talk, "danger:no")["ask"] == "walk.ask_place"
    answer = say(talk, None, asked_place="0127")
    assert answer["level"] == "concern" and answer["say"] == ["level:concern"] and answer["place"] == "0127"
    assert answer["signs"] == ["money", "friends"] and talk.step is None


def test_worries_in_words_become_signs() -> None:
    talk = in_step("signs")
    assert say(talk, "drugs")["signs"] == ["drugs"]
    assert say(talk, "money")["signs"] == ["drugs", "money"]


def test_a_bare_age_or_town_is_the_answer_whatever_it_was_taken_for() -> None:
    talk = in_step("age")
    assert say(talk, "child_self", age=13, words=1)["ask"] == "walk.ask_danger"
    talk = in_step("place")
    assert say(talk, "missing_child", asked_place="0127", only_place=True).get("result")
    talk = in_step("age")
    assert say(talk, "child_self", age=13, words=12)["topic"] == "child_self"


def test_a_place_already_known_is_not_asked_for() -> None:
    talk = Talk(place="0180")
    for choice in ("walk:start", "sign:money", "signs:done", "age:8_11"):
        choose(talk, choice)
    assert choose(talk, "danger:unsure").get("result")


def test_danger_now_in_the_walk_is_an_emergency_at_once() -> None:
    talk = in_step("danger")
    answer = choose(talk, "danger:now")
    assert (answer["topic"], answer["level"], talk.step) == ("emergency", "emergency", None)


@pytest.mark.parametrize("step", STEPS)
def test_a_question_in_the_middle_is_answered_and_the_walk_goes_on(step: str) -> None:
    talk = in_step(step)
    answer = say(talk, "law")
    assert answer["topic"] == "law" and answer["say"][:2] == ["topic:law", "chat.continue_walk"]
    assert talk.step == step and answer["ask"]


@pytest.mark.parametrize("step", STEPS)
def test_back_restart_and_change_of_town_work_in_every_step(step: str) -> None:
    talk = in_step(step)
    choose(talk, "walk:back")
    assert talk.step == STEPS[max(0, STEPS.index(step) - 1)]
    talk = in_step(step)
    choose(talk, "walk:restart")
    assert (talk.step, talk.signs, talk.age, talk.danger) == ("signs", [], None, None)
    talk = in_step(step)
    talk.place = "0180"
    assert choose(talk, "walk:change_place")["ask"] == "walk.ask_place" and talk.place is None


@pytest.mark.parametrize("step", STEPS)
def test_the_language_changes_in_every_step(step: str) -> None:
    talk = in_step(step)
    answer = say(talk, "language", wanted_language="so")
    assert answer["language"] == "so" and answer["say"][0] == "chat.language_changed"
    assert say(talk, "law")["language"] == "so"


@pytest.mark.parametrize("step", STEPS)
def test_no_step_asks_for_ever(step: str) -> None:
    talk = in_step(step)
    for _ in range(PATIENCE):
        answer = say(talk, "smalltalk")
    assert talk.step != step or answer.get("result")


def test_where_do_you_live_is_asked_once() -> None:
    talk = Talk()
    assert say(talk, "threats")["ask"] == "sentence:where_live"
    assert say(talk, "child_in_crime")["ask"] == "question:child_in_crime.what"
    assert say(talk, "law")["ask"] != "sentence:where_live"


def test_the_answer_to_where_do_you_live_gives_the_contacts_of_the_worry() -> None:
    talk = Talk()
    say(talk, "threats")
    answer = say(talk, None, asked_place="0127", only_place=True)
    assert answer["place"] == "0127" and answer["local"] and answer["about"] == "threats"
    assert answer["say"] == ["chat.place_set"]


def test_an_ambiguous_place_is_asked_about_with_at_most_five() -> None:
    talk = Talk()
    answer = say(talk, "local_contacts", places=["0180", "0380", "1280", "0580", "0680", "0780"])
    assert answer["ask"] == "chat.place_which"
    assert [c for c in answer["choices"] if c.startswith("place:")] == [f"place:{c}" for c in ("0180", "0380", "1280", "0580", "0680")]
    assert choose(talk, "place:0380")["place"] == "0380"


def test_a_change_of_town_in_mid_talk_is_taken() -> None:
    talk = Talk()
    say(talk, "threats", place="0127")
    assert say(talk, "local_contacts", place="0180")["place"] == "0180"


def test_the_second_misunderstanding_gives_other_words() -> None:
    talk = Talk()
    assert say(talk, None, ranking=["money", "phone", "drugs"])["choices"][:3] == ["topic:money", "topic:phone", "topic:drugs"]
    second = say(talk, None, ranking=["money"])
    assert second["say"] == ["chat.again"] and "polisen-114-14" in second["contacts"]
    say(talk, "talk")
    assert say(talk, None, ranking=["money"])["say"] == ["reply:not_sure"]


def test_an_unknown_answer_to_where_do_you_live_is_said_to_be_unknown() -> None:
    talk = Talk()
    say(talk, "threats")
    assert say(talk, None, words=1)["say"] == ["chat.place_unknown"]
    answer = say(talk, None, words=2)
    assert answer["say"] == ["chat.place_none"] and answer["ask"] == "question:threats.want"


def test_reply_language_follows_the_message_then_the_talk_then_the_page() -> None:
    talk = Talk()
    assert say(talk, "money", page_language="sv")["language"] == "sv"
    assert say(talk, "money", page_language="sv", language="ar")["language"] == "ar"
    assert say(talk, None, page_language="sv", asked_place="0180", only_place=True)["language"] == "ar"
    assert say(talk, "money", page_language="tr")["language"] == "tr"


@pytest.mark.parametrize(
    ("signs", "danger", "age", "level"),
    [
        ([], "now", None, "emergency"),
        ([], "threat", None, "serious"),
        (["errands"], "no", None, "serious"),
        (["money", "friends", "values", "secretive"], "unsure", None, "serious"),
        (["money", "friends", "values"], "no", "8_11", "serious"),
        (["money", "friends", "values"], "no", "12_14", "concern"),
        (["money", "friends"], "no", None, "concern"),
        (["money"], "unsure", None, "concern"),
        (["money"], "no", None, "info"),
        ([], "no", None, "info"),
    ],
)
def test_the_rules_for_the_level(signs: List[str], danger: str, age: Optional[str], level: str) -> None:
    assert walk_level(signs, danger, age) == level


def test_every_choice_that_is_offered_is_understood() -> None:
    for step in STEPS:
        talk = in_step(step)
        for choice in respond(Talk(**talk.slots()), Heard(None, choice="walk:resume"))["choices"]:
            answer = respond(Talk(**talk.slots()), Heard(None, choice=choice))
            assert answer["topic"] in TOPICS, choice


def test_the_walk_names_signs_that_exist() -> None:
    assert {row["sign"] for row in TOPICS.values() if "sign" in row} <= set(SIGNS)
    assert WALK["steps"] == STEPS


def test_what_may_be_danger_is_answered_with_112_above() -> None:
    assert say(Talk(), "school", near_danger=True)["say"] == ["sentence:call_112", "topic:school"]
    assert say(Talk(), "threats", near_danger=True)["say"] == ["topic:threats"]  # its reply begins with 112
    assert say(Talk(), "school")["say"] == ["topic:school"]
    assert say(Talk(), "out_of_scope", near_danger=True)["say"] == ["topic:out_of_scope"]  # it names 112 itself
