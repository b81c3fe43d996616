"""How a talk goes on: from what was heard and what is remembered to an answer in ids. Knows nothing of Rasa.

An answer is a dictionary of ids; the site makes words of it:

    topic     topic id; level: its level, or the walk's result
    say       list of ids: "topic:<id>", "level:<level>" or a phrase of content/<lang>/phrases.toml
    ask       the question that ends the answer, a phrase id, or None
    choices   list of ids: "topic:x", "walk:start", "sign:x", "signs:done", "age:x", "danger:x",
              "place:<code>", "walk:skip", "walk:back", "walk:restart", "walk:resume"
    place     municipality code or None; local: whether its contacts are shown
    language  language code of the answer
    signs, age, danger  what the walk has gathered (only while it runs and in its result)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Dict, List, Optional

import tomli

CONTENT = Path(__file__).resolve().parents[2] / "content"
TOPICS: Dict[str, Dict[str, Any]] = tomli.loads((CONTENT / "topics.toml").read_text(encoding="utf-8"))["topics"]
WALK: Dict[str, Any] = tomli.loads((CONTENT / "walk.toml").read_text(encoding="utf-8"))
STEPS: List[str] = WALK["steps"]
SIGNS: Dict[str, Dict[str, Any]] = {sign["id"]: sign for sign in WALK["signs"]}
LEVEL_TOPIC = {"emergency": "emergency", "serious": "warning_signs", "concern": "warning_signs", "info": "warning_signs"}
PATIENCE = 2  # misunderstood answers in a step before it is skipped


@dataclass
class Talk:
    """What is remembered of a talk; the slots of the domain, by the same names."""

    step: Optional[str] = None
    signs: List[str] = field(default_factory=list)
    age: Optional[str] = None
    danger: Optional[str] = None
    place: Optional[str] = None
    topic: Optional[str] = None
    asked_place: bool = False
    expects_place: bool = False
    offered_walk: bool = False
    missed: int = 0
    spoken: Optional[str] = None
    page_language: Optional[str] = None

    @classmethod
    def from_slots(cls, slots: Dict[str, Any]) -> "Talk":
        """Take the slots that are set; the others keep their first value."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in slots.items() if name in known and value is not None})

    def slots(self) -> Dict[str, Any]:
        """Give all slots with their values."""
        return asdict(self)


@dataclass
class Heard:
    """What was heard: the topic (None when unsure), the likeliest topics, and what the site read for certain."""

    topic: Optional[str]
    ranking: List[str] = field(default_factory=list)
    choice: Optional[str] = None
    place: Optional[str] = None  # a place in a free message, certain
    places: List[str] = field(default_factory=list)  # more than one place fits
    asked_place: Optional[str] = None  # the place, if the message answers "where do you live?"
    asked_places: List[str] = field(default_factory=list)
    only_place: bool = False  # the message is a place and nothing else
    words: int = 1  # how many the message has
    age: Optional[int] = None
    language: Optional[str] = None  # of the message, when certain
    wanted_language: Optional[str] = None  # asked for by name
    page_language: str = "sv"


def respond(talk: Talk, heard: Heard) -> Dict[str, Any]:
    """Answer what was heard and change `talk` to what is to be remembered."""
    before = talk.spoken
    _choose_language(talk, heard)
    if heard.place:
        talk.place = heard.place
    answer = _answer(talk, heard)
    if heard.wanted_language and before != talk.spoken:
        answer["say"].insert(0, "chat.language_changed")
    answer.setdefault("ask", None)
    answer["language"] = talk.spoken or heard.page_language
    answer["place"] = talk.place
    talk.topic = answer["topic"]
    talk.offered_walk = "walk:start" in answer["choices"]
    if "missed" not in answer:
        talk.missed = 0
    answer.pop("missed", None)
    return answer


def _choose_language(talk: Talk, heard: Heard) -> None:
    if heard.wanted_language:
        talk.spoken = heard.wanted_language
    elif heard.language:
        talk.spoken = heard.language
    elif (talk.page_language is not None and talk.page_language != heard.page_language) or talk.spoken is None:
        talk.spoken = heard.page_language
    talk.page_language = heard.page_language


def _answer(talk: Talk, heard: Heard) -> Dict[str, Any]:
    topic = heard.topic
    if topic and _level(topic) == "emergency":
        return _urgent(talk, topic)
    if heard.choice:
        return _chosen(talk, heard)
    if topic and _level(topic) == "serious" and not _answers_step(talk, heard):
        return _urgent(talk, topic)
    if talk.step:
        return _walk_on(talk, heard)
    if talk.expects_place or heard.only_place:
        answer = _place_answer(talk, heard)
        if answer is not None:
            return answer
    if heard.wanted_language and topic in (None, "language", "smalltalk", "out_of_scope", "local_contacts"):
        return _topic("language", talk)
    if topic is None:
        return _unsure(talk, heard)
    return _topic(topic, talk, heard)


def _level(topic: str) -> str:
    return str(TOPICS[topic]["level"])


def _topic(topic: str, talk: Talk, heard: Optional[Heard] = None) -> Dict[str, Any]:
    local = bool(TOPICS[topic].get("local"))
    answer: Dict[str, Any] = {"topic": topic, "level": _level(topic), "say": [f"topic:{topic}"], "choices": [], "local": local}
    talk.expects_place = False
    if local and talk.place is None:
        if heard is not None and len(heard.places) > 1:
            answer.update(ask="chat.place_which", choices=[f"place:{code}" for code in heard.places[:5]])
            talk.expects_place = talk.asked_place = True
        elif not talk.asked_place:
            answer["ask"] = "sentence:where_live"
            talk.expects_place = talk.asked_place = True
    if topic in ("warning_signs", "smalltalk", "out_of_scope", "recruitment", "parent_support", "money", "phone"):
        answer["choices"].append("walk:start")
    return answer


def _urgent(talk: Talk, topic: str) -> Dict[str, Any]:
    in_walk = talk.step is not None
    talk.step = None
    answer = _topic(topic, talk)
    if in_walk:
        answer["choices"].append("walk:resume")
    return answer


def _unsure(talk: Talk, heard: Heard) -> Dict[str, Any]:
    talk.missed += 1
    choices = [f"topic:{topic}" for topic in heard.ranking if topic not in ("smalltalk", "out_of_scope")][:3]
    if talk.missed > 1 or not choices:
        choices = [f"topic:{topic}" for topic in ("threats", "warning_signs", "child_in_crime", "social_services")]
        say = "chat.again" if talk.missed > 1 else "reply:not_sure"
    else:
        say = "reply:not_sure"
    return {
        "topic": "out_of_scope", "level": "info", "say": [say], "choices": [*choices, "walk:start"],
        "local": False, "unsure": True, "missed": talk.missed,
    }


def _place_answer(talk: Talk, heard: Heard) -> Optional[Dict[str, Any]]:
    """The answer to a message that may be the answer to "where do you live?", or None where it is not."""
    code = heard.place or heard.asked_place
    several = heard.places or heard.asked_places
    vague = heard.topic in (None, "local_contacts", "smalltalk", "out_of_scope", "language")
    if not (vague or heard.only_place):
        return None
    earlier = talk.topic if talk.topic in TOPICS and TOPICS[talk.topic].get("local") else "local_contacts"
    answer: Dict[str, Any] = {
        "topic": "local_contacts", "level": _level("local_contacts"), "say": [], "choices": [], "local": True, "about": earlier,
    }
    if code:
        talk.place, talk.expects_place = code, False
        answer["say"] = ["chat.place_set"]
        return answer
    if several:
        talk.expects_place = True
        answer.update(ask="chat.place_which", choices=[f"place:{c}" for c in several[:5]] + ["walk:skip"])
        return answer
    if talk.expects_place and heard.topic in (None, "local_contacts") and heard.words <= 4:
        answer["say"] = ["chat.place_unknown"]
        answer["choices"] = ["walk:skip"]
        return answer
    return None


# The walk


def _chosen(talk: Talk, heard: Heard) -> Dict[str, Any]:
    kind, _, value = str(heard.choice).partition(":")
    if kind == "topic" and value in TOPICS:
        if _level(value) in ("emergency", "serious"):
            return _urgent(talk, value)
        if talk.step:
            return _interrupted(talk, value)
        return _topic(value, talk)
    if kind == "lang":
        return _topic("language", talk)
    if kind == "place":
        talk.place, talk.expects_place = value, False
        if talk.step:
            return _finish(talk) if talk.step == "place" else _ask(talk)
        return _place_answer(talk, Heard(None, place=value, only_place=True)) or _topic("local_contacts", talk)
    if kind == "sign" and value in SIGNS:
        talk.step = "signs"
        _note(talk, value)
        return _ask(talk)
    if kind == "signs" and talk.step:
        return _next(talk, "signs")
    if kind == "age" and value in WALK["ages"]["order"] and talk.step:
        talk.age = value
        return _next(talk, "age")
    if kind == "danger" and value in WALK["danger"]["order"]:
        if value == "now":
            talk.danger = value
            return _finish(talk)
        if talk.step:
            talk.danger = value
            return _next(talk, "danger")
        if value == "threat":
            return _urgent(talk, "threats")
        return _commanded(talk, "no")
    return _commanded(talk, value)


def _commanded(talk: Talk, command: str) -> Dict[str, Any]:
    if command in ("start", "restart"):
        _begin(talk)
        return _ask(talk, first=True)
    if command == "resume":
        talk.step = talk.step or _first_open(talk)
        return _ask(talk)
    if command == "back":
        return _back(talk)
    if command == "change_place":
        talk.place, talk.expects_place = None, True
        if talk.step is None:
            return {"topic": "local_contacts", "level": "info", "say": [], "ask": "sentence:where_live", "choices": ["walk:skip"], "local": False}
        talk.step = "place"
        return _ask(talk)
    if command in ("yes", "no", "skip") and talk.step:
        return _walk_word(talk, command)
    if command == "yes" and talk.offered_walk:
        _begin(talk)
        return _ask(talk, first=True)
    if command in ("skip", "no") and talk.expects_place:
        talk.expects_place = False
        return {"topic": "local_contacts", "level": "info", "say": ["chat.place_none"], "choices": [], "local": True}
    if command == "stop":
        talk.step = None
    return _topic("smalltalk", talk)


def _begin(talk: Talk) -> None:
    talk.step, talk.signs, talk.age, talk.danger, talk.missed = STEPS[0], [], None, None, 0


def _first_open(talk: Talk) -> str:
    if not talk.signs:
        return "signs"
    if talk.age is None:
        return "age"
    if talk.danger is None:
        return "danger"
    return "place"


def _note(talk: Talk, sign: str) -> None:
    if sign not in talk.signs:
        talk.signs = [*talk.signs, sign]


def _ask(talk: Talk, first: bool = False, say: Optional[List[str]] = None) -> Dict[str, Any]:
    """Ask the question of the present step."""
    step = talk.step or STEPS[0]
    said = list(say or [])
    if first:
        said.append("walk.intro")
    if step == "signs":
        ask = "walk.ask_more" if talk.signs else "walk.ask_signs"
        if talk.signs:
            said.append("walk.noted")
        choices = [f"sign:{sign}" for sign in SIGNS if sign not in talk.signs] + ["signs:done"]
    elif step == "age":
        ask, choices = "walk.ask_age", [f"age:{age}" for age in WALK["ages"]["order"]] + ["walk:skip"]
    elif step == "danger":
        ask, choices = "walk.ask_danger", [f"danger:{danger}" for danger in WALK["danger"]["order"]]
    else:
        ask, choices = "walk.ask_place", ["walk:skip"]
        talk.asked_place = talk.expects_place = True
    if step != STEPS[0]:
        choices.append("walk:back")
    if not first:
        choices.append("walk:restart")
    return {
        "topic": "warning_signs", "level": "concern", "say": said, "ask": ask, "choices": choices, "local": False,
        "step": step, "signs": list(talk.signs), "age": talk.age, "danger": talk.danger,
    }


def _next(talk: Talk, step: str) -> Dict[str, Any]:
    talk.missed = 0
    later = STEPS[STEPS.index(step) + 1 :]
    for name in later:
        if name == "place" and talk.place is not None:
            continue
        talk.step = name
        return _ask(talk)
    return _finish(talk)


def _back(talk: Talk) -> Dict[str, Any]:
    if talk.step is None:
        if talk.danger is not None or talk.signs:  # after the result: the last question again
            talk.step = "danger"
            return _ask(talk)
        return _topic("smalltalk", talk)
    talk.step = STEPS[max(0, STEPS.index(talk.step) - 1)]
    if talk.step == "signs":
        talk.signs = talk.signs[:-1]
    return _ask(talk)


def _finish(talk: Talk) -> Dict[str, Any]:
    """The result: a level by the rules of content/walk.toml, what to do, and whom to call."""
    talk.step, talk.expects_place = None, False
    level = walk_level(talk.signs, talk.danger, talk.age)
    return {
        "topic": LEVEL_TOPIC[level], "level": level, "say": [f"level:{level}"], "choices": ["walk:back", "walk:restart"],
        "local": True, "result": True, "signs": list(talk.signs), "age": talk.age, "danger": talk.danger,
    }


def walk_level(signs: List[str], danger: Optional[str], age: Optional[str] = None) -> str:
    """Give the level of the first rule in content/walk.toml that fits the answers."""
    weight = sum(SIGNS[sign]["weight"] for sign in signs)
    serious = any(SIGNS[sign].get("serious") for sign in signs)
    for rule in WALK["rules"]:
        if "danger" in rule and danger not in rule["danger"]:
            continue
        if "ages" in rule and age not in rule["ages"]:
            continue
        if rule.get("serious_sign") and not serious:
            continue
        if weight < rule.get("weight", 0):
            continue
        return str(rule["level"])
    return "info"


def _answers_step(talk: Talk, heard: Heard) -> bool:
    """Whether a message plainly answers the present question, whatever the classifier made of it: ”13”, ”Botkyrka”."""
    if talk.step == "age":
        return heard.age is not None and heard.words <= 4
    return talk.step == "place" and heard.only_place


def _age_group(age: int) -> Optional[str]:
    for group, low, high in (("under_8", 0, 7), ("8_11", 8, 11), ("12_14", 12, 14), ("15_17", 15, 17), ("18_plus", 18, 30)):
        if low <= age <= high:
            return group
    return None


def _walk_on(talk: Talk, heard: Heard) -> Dict[str, Any]:
    """A free message in the walk: an answer to its question, a question of its own, or not understood."""
    step, topic = talk.step, heard.topic
    if step == "signs":
        sign = TOPICS[topic].get("sign") if topic else None
        if sign:
            _note(talk, sign)
            return _ask(talk)
    if step == "age" and heard.age is not None:
        group = _age_group(heard.age)
        if group:
            talk.age = group
            return _next(talk, "age")
    if step == "place":
        if heard.place or heard.asked_place:
            talk.place = heard.place or heard.asked_place
            return _finish(talk)
        several = heard.places or heard.asked_places
        if several:
            answer = _ask(talk)
            answer.update(ask="chat.place_which", choices=[f"place:{c}" for c in several[:5]] + ["walk:skip", "walk:back"])
            return answer
    if topic and topic not in ("smalltalk", "out_of_scope", "warning_signs", "local_contacts"):
        return _interrupted(talk, topic)
    talk.missed += 1
    if talk.missed >= PATIENCE:
        return _walk_word(talk, "skip")
    say = ["chat.place_unknown"] if step == "place" else ["walk.try_again"]
    answer = _ask(talk, say=say)
    answer["missed"] = talk.missed
    return answer


def _interrupted(talk: Talk, topic: str) -> Dict[str, Any]:
    """A question in the middle of the walk is answered, and the walk goes on."""
    question = _ask(talk)
    answer: Dict[str, Any] = {"topic": topic, "level": _level(topic), "local": False}
    answer["say"] = [f"topic:{topic}", "chat.continue_walk"]
    return {**question, **answer}


def _walk_word(talk: Talk, word: str) -> Dict[str, Any]:
    """Yes, no or skip as the answer to the present question."""
    step = talk.step or STEPS[0]
    if step == "danger":
        talk.danger = {"yes": "now", "no": "no", "skip": "unsure"}[word]
        return _finish(talk) if word == "yes" else _next(talk, "danger")
    if word == "yes":
        return _ask(talk, say=["walk.try_again"])
    if step == "place":
        return _finish(talk)
    return _next(talk, step)
