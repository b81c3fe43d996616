"""The short paths: their questions, danger in every step of them, corrections, memory, and never "I did not understand" a third time."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest

from bot.actions.talk import PATHS, PERSON, QUESTIONS, TOPICS, Heard, Talk, respond

URGENT = [topic for topic, row in TOPICS.items() if row["level"] in ("emergency", "serious")]
STEPS: List[Tuple[str, str]] = [(topic, question) for topic, asked in PATHS.items() for question in asked]


def choose(talk: Talk, choice: str, **heard: Any) -> Dict[str, Any]:
    return respond(talk, Heard(None, choice=choice, **heard))


def say(talk: Talk, topic: Optional[str], **heard: Any) -> Dict[str, Any]:
    return respond(talk, Heard(topic, read=True, **heard))


def at(topic: str, question: str) -> Talk:
    """A talk in which this question of this path was asked last."""
    talk = Talk(place="0180")
    say(talk, topic)
    while talk.question != question:
        assert talk.question is not None
        quiet = [a for a in QUESTIONS[talk.question]["answers"] if a not in QUESTIONS[talk.question].get("goto", {})]
        choose(talk, f"answer:{talk.question}.{quiet[0]}")
    return talk


@pytest.mark.parametrize("topic", PATHS)
def test_a_reply_comes_before_the_question_and_every_way_ends_with_the_step_today(topic: str) -> None:
    for number in range(max(len(QUESTIONS[q]["answers"]) for q in PATHS[topic])):
        talk = Talk(place="0180")
        answer = say(talk, topic)
        assert answer["say"] == [f"topic:{topic}"] and answer["ask"] == f"question:{topic}.{PATHS[topic][0]}"
        asked = 0
        while talk.question and talk.path == topic:
            asked += 1
            question = talk.question
            answers = QUESTIONS[question]["answers"]
            given = answers[min(number, len(answers) - 1)]
            leads = QUESTIONS[question].get("goto", {}).get(given)
            answer = choose(talk, f"answer:{question}.{given}")
            if leads:
                assert answer["topic"] == (leads if leads != "walk" else "warning_signs")
                break
            assert answer["say"][0] == f"advice:{topic}.{question}.{given}"
        else:
            assert answer["say"][-1] == f"today:{topic}" and "summary:show" in answer["choices"]
        assert asked <= 2


@pytest.mark.parametrize(("topic", "question"), STEPS)
@pytest.mark.parametrize("urgent", URGENT)
def test_danger_in_every_step_of_every_path_is_answered_first(topic: str, question: str, urgent: str) -> None:
    talk = at(topic, question)
    answer = say(talk, urgent)
    assert answer["topic"] == urgent and answer["say"][0] == f"topic:{urgent}"
    assert respond(at(topic, question), Heard(urgent if TOPICS[urgent]["level"] == "emergency" else None, choice=None if TOPICS[urgent]["level"] == "emergency" else f"topic:{urgent}"))["topic"] == urgent


@pytest.mark.parametrize(("topic", "question"), STEPS)
def test_yes_no_skip_back_and_other_subjects_work_in_every_step(topic: str, question: str) -> None:
    for word in ("yes", "no"):
        talk = at(topic, question)
        answer = choose(talk, f"walk:{word}")
        if word in QUESTIONS[question]:
            given = QUESTIONS[question][word]
            assert given in QUESTIONS[question].get("goto", {}) or f"advice:{topic}.{question}.{given}" in answer["say"]
    talk = at(topic, question)
    choose(talk, "walk:skip")
    assert talk.answers[question] == "" and talk.question != question
    talk = at(topic, question)
    choose(talk, f"answer:{question}.{next(a for a in QUESTIONS[question]['answers'] if a not in QUESTIONS[question].get('goto', {}))}")
    assert choose(talk, "walk:back")["ask"] == f"question:{topic}.{question}"
    other = "police" if topic != "police" else "school"
    assert say(at(topic, question), other)["topic"] == other


def test_a_question_that_was_passed_over_is_not_asked_again() -> None:
    talk = at("threats", "want")
    assert say(talk, "threats")["ask"] == "question:threats.home"
    assert say(talk, "threats")["ask"] is None


def test_what_was_answered_before_is_not_asked_again() -> None:
    talk = at("child_in_crime", "age15")
    choose(talk, "answer:age15.over")
    answer = say(talk, "law")
    assert answer["ask"] is None


def test_an_age_that_was_said_is_remembered_and_corrected() -> None:
    talk = Talk(place="0180")
    say(talk, "child_in_crime", years=13)
    answer = choose(talk, "answer:what.carry")
    assert "advice:child_in_crime.age15.under" in answer["say"] and answer["ask"] is None
    answer = say(talk, None, years=16, words=3)
    assert answer["say"] == ["advice:child_in_crime.age15.over", "today:child_in_crime"]
    assert talk.age == "15_17"
    assert say(talk, "smalltalk", years=12, words=4)["say"] == ["advice:child_in_crime.age15.under", "today:child_in_crime"]
    say(talk, None, years=16, words=3)
    choose(talk, "walk:start")
    choose(talk, "sign:money")
    assert choose(talk, "signs:done")["ask"] == "walk.ask_danger"


def test_a_bare_age_is_taken_in_and_the_talk_goes_on() -> None:
    talk = Talk(place="0180")
    say(talk, "child_in_crime")
    answer = say(talk, "child_self", years=14, words=2)
    assert answer["topic"] == "child_in_crime" and answer["ask"] == "question:child_in_crime.what" and talk.years == 14
    assert say(talk, "child_self", years=14, words=9)["topic"] == "child_self"


def test_a_lone_number_answers_a_question_on_age() -> None:
    talk = at("law", "age15")
    assert say(talk, None, age=14, words=1)["say"][0] == "advice:law.age15.under"


def test_the_town_is_asked_first_and_once_and_then_the_path_goes_on() -> None:
    talk = Talk()
    assert say(talk, "leaving")["ask"] == "sentence:where_live"
    answer = say(talk, None, asked_place="0127", only_place=True)
    assert answer["ask"] == "question:leaving.ready" and answer["place"] == "0127" and answer["about"] == "leaving"
    talk = Talk()
    say(talk, "leaving")
    assert choose(talk, "walk:skip")["ask"] == "question:leaving.ready"
    assert say(talk, "threats")["ask"] == "question:threats.want"


def test_not_understood_three_buttons_then_a_person_then_questions_and_never_a_third_time() -> None:
    talk = Talk()
    first = say(talk, None, ranking=["money", "phone"])
    assert first["say"] == ["reply:not_sure"] and len([c for c in first["choices"] if c.startswith("topic:")]) == 3
    second = say(talk, None)
    assert second["say"] == ["chat.again"] and second["contacts"] == PERSON
    third = say(talk, None)
    assert third["say"][0] == "chat.step_by_step" and third["ask"] == "walk.ask_signs" and third["contacts"] == PERSON
    said: List[str] = []
    for _ in range(12):
        answer = say(talk, None)
        said += answer["say"]
        if answer.get("result"):
            break
    assert answer.get("result") and "chat.again" not in said and "reply:not_sure" not in said


def test_that_was_not_what_i_meant_offers_what_else_it_may_have_been() -> None:
    talk = Talk()
    answer = say(talk, "money", ranking=["money", "phone", "threats", "out_of_scope"])
    assert "walk:wrong" in answer["choices"]
    answer = choose(talk, "walk:wrong")
    assert answer["choices"][:2] == ["topic:phone", "topic:threats"] and answer["say"] == ["reply:not_sure"]
    assert choose(talk, "walk:wrong")["say"] == ["chat.again"]


def test_a_second_subject_of_a_message_is_offered() -> None:
    answer = say(Talk(place="0180"), "threats", ranking=["threats", "money"], also="money")
    assert answer["topic"] == "threats" and "topic:money" in answer["choices"]


def test_the_words_for_not_wanting_to_live_on_a_button_are_danger_in_every_state() -> None:
    for talk in (Talk(), at("threats", "want"), at("parent_support", "weight")):
        assert choose(talk, "answer:weight.die")["topic"] == "self_harm"
        assert choose(talk, "answer:state.bad")["topic"] == "emergency"


def test_what_a_page_has_kept_goes_on_elsewhere() -> None:
    talk = at("child_in_crime", "age15")
    other = Talk.from_memory(talk.memory())
    assert other.memory() == talk.memory()
    assert choose(other, "answer:age15.under")["say"][0] == "advice:child_in_crime.age15.under"


@pytest.mark.parametrize("memory", [None, 5, [], "x", {"step": 7, "signs": ["nonsense"], "answers": {"want": "xx", "zz": "y"}, "path": "no", "place": 3, "worries": ["threats", "xx"], "years": "13", "turns": True, "unknown": 1}])
def test_a_memory_that_is_not_as_it_should_be_is_left_out(memory: Any) -> None:
    talk = Talk.from_memory(memory)
    assert (talk.step, talk.signs, talk.answers, talk.path, talk.place, talk.years) == (None, [], {}, None, None, None)
    assert respond(talk, Heard("threats"))["topic"] == "threats"


def test_the_summary_is_asked_for_by_a_button_and_changes_nothing() -> None:
    talk = at("threats", "want")
    choose(talk, "answer:want.money")
    before = talk.memory()
    answer = choose(talk, "summary:show")
    assert answer["summary"] and answer["topic"] == "threats"
    assert {k: v for k, v in talk.memory().items() if k != "turns"} == {k: v for k, v in before.items() if k != "turns"}
