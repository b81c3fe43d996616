"""How a talk goes on: from what was heard and what is remembered to an answer in ids. Knows nothing of Rasa.

An answer is a dictionary of ids; the site makes words of it:

    topic     topic id; level: its level, or the walk's result
    say       list of ids: "topic:<id>", "level:<level>", "advice:<topic>.<question>.<answer>", "today:<topic>", "summary"
              or a phrase of content/<lang>/phrases.toml
    ask       the question that ends the answer: a phrase id, "question:<topic>.<question>", or None
    choices   list of ids: "topic:x", "answer:<question>.<answer>", "walk:start", "sign:x", "signs:done", "age:x", "danger:x",
              "place:<code>", "walk:skip", "walk:back", "walk:restart", "walk:resume", "walk:wrong", "summary:show"
    place     municipality code or None; local: whether its contacts are shown
    contacts  ids of national contacts to show instead of the topic's, where the answer needs others
    language  language code of the answer
    signs, age, danger  what the walk has gathered (only while it runs and in its result)
    memory    what is remembered of the talk after this answer: the page keeps it for the case that the assistant forgets
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
_PATHS: Dict[str, Any] = tomli.loads((CONTENT / "paths.toml").read_text(encoding="utf-8"))
PATHS: Dict[str, List[str]] = _PATHS["paths"]
QUESTIONS: Dict[str, Dict[str, Any]] = _PATHS["questions"]
LEVEL_TOPIC = {"emergency": "emergency", "serious": "warning_signs", "concern": "warning_signs", "info": "warning_signs"}
PATIENCE = 2  # misunderstood answers in a step before it is skipped
IDLE = ("smalltalk", "out_of_scope", "about", "language", "local_contacts")  # topics that are no worry
OFTEN = ("threats", "warning_signs", "child_in_crime", "social_services")  # offered where nothing likely is known
PERSON = ["sos-112", "polisen-114-14"]  # whom to call where the assistant does not understand
SKIPPED = ""  # the answer to a question that was passed over
WALK_TOPICS = ("warning_signs", "smalltalk", "out_of_scope", "recruitment", "parent_support", "money", "phone")


@dataclass
class Talk:
    """What is remembered of a talk; the slots of the domain, by the same names."""

    step: Optional[str] = None
    signs: List[str] = field(default_factory=list)
    age: Optional[str] = None
    danger: Optional[str] = None
    level: Optional[str] = None  # the result of the walk
    place: Optional[str] = None
    topic: Optional[str] = None
    asked_place: bool = False
    expects_place: bool = False
    offered_walk: bool = False
    missed: int = 0
    spoken: Optional[str] = None
    page_language: Optional[str] = None
    path: Optional[str] = None  # the topic whose short path is open
    question: Optional[str] = None  # its question that was asked last
    answers: Dict[str, str] = field(default_factory=dict)  # question → answer, of all paths of the talk
    worries: List[str] = field(default_factory=list)  # topics that were spoken of, in their order
    years: Optional[int] = None  # the child's age, if it was said
    guesses: List[str] = field(default_factory=list)  # what the last message may have been about instead
    turns: int = 0

    @classmethod
    def from_slots(cls, slots: Dict[str, Any]) -> "Talk":
        """Take the slots that are set; the others keep their first value."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in slots.items() if name in known and value is not None})

    def slots(self) -> Dict[str, Any]:
        """Give all slots with their values."""
        return asdict(self)

    def memory(self) -> Dict[str, Any]:
        """Give the slots that hold something, for the page to keep."""
        empty = asdict(Talk())
        return {name: value for name, value in self.slots().items() if value != empty[name]}

    @classmethod
    def from_memory(cls, memory: Any) -> "Talk":
        """Take what a page has kept; what is not as it should be is left out."""
        if not isinstance(memory, dict):
            return cls()
        empty = asdict(cls())
        kinds = {"years": int, "step": str, "age": str, "danger": str, "level": str, "place": str, "topic": str, "spoken": str, "page_language": str, "path": str, "question": str}
        kept = {
            name: value for name, value in memory.items()
            if name in empty and isinstance(value, kinds.get(name) or type(empty[name]))
        }
        talk = cls(**kept)
        talk.signs = [sign for sign in talk.signs if sign in SIGNS]
        talk.worries = [topic for topic in talk.worries if topic in TOPICS]
        talk.guesses = [topic for topic in talk.guesses if topic in TOPICS]
        talk.answers = {q: a for q, a in talk.answers.items() if q in QUESTIONS and (a == SKIPPED or a in QUESTIONS[q]["answers"])}
        if talk.step not in STEPS:
            talk.step = None
        if talk.path not in PATHS or talk.question not in PATHS[talk.path]:
            talk.path = talk.question = None
        return talk


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
    age: Optional[int] = None  # a lone number that can be an age
    years: Optional[int] = None  # an age that is said to be one
    also: Optional[str] = None  # another topic that the message is likely to be about, too
    near_danger: bool = False  # it may be danger, but is not likely enough to be answered as such
    read: bool = False  # whether the topic was read out of a message, not chosen
    language: Optional[str] = None  # of the message, when certain
    wanted_language: Optional[str] = None  # asked for by name
    page_language: str = "sv"


def respond(talk: Talk, heard: Heard) -> Dict[str, Any]:
    """Answer what was heard and change `talk` to what is to be remembered."""
    before = talk.spoken
    talk.turns += 1
    _choose_language(talk, heard)
    if heard.place:
        talk.place = heard.place
    if heard.years is not None:
        _remember_age(talk, heard.years)
    answer = _answer(talk, heard)
    if heard.wanted_language and before != talk.spoken:
        answer["say"].insert(0, "chat.language_changed")
    answer.setdefault("ask", None)
    answer["language"] = talk.spoken or heard.page_language
    answer["place"] = talk.place
    talk.topic = answer["topic"]
    if talk.topic not in IDLE and talk.topic not in talk.worries and not answer.get("step"):
        talk.worries = [*talk.worries, talk.topic]
    if heard.also and heard.also not in (answer["topic"], talk.path) and f"topic:{heard.also}" not in answer["choices"] and not answer.get("unsure"):
        answer["choices"].append(f"topic:{heard.also}")
        if answer["ask"] is None:
            answer["ask"] = "chat.more"
    if heard.near_danger and answer["level"] in ("concern", "info") and f"topic:{heard.topic}" in answer["say"] and heard.topic not in ("smalltalk", "out_of_scope"):
        answer["say"].insert(0, "sentence:call_112")
    if heard.read:
        talk.guesses = [topic for topic in heard.ranking if topic != answer["topic"] and topic not in ("smalltalk", "out_of_scope")][:3]
        if heard.topic and f"topic:{heard.topic}" in answer["say"] and _level(heard.topic) != "emergency" and talk.guesses and not talk.step:
            answer["choices"].append("walk:wrong")
    talk.offered_walk = "walk:start" in answer["choices"]
    if "missed" not in answer:
        talk.missed = 0
    answer.pop("missed", None)
    answer["memory"] = talk.memory()
    return answer


def _remember_age(talk: Talk, years: int) -> None:
    """Remember the child's age; a new one corrects what was answered by the old one."""
    group = _age_group(years)
    if group is None or years == talk.years:
        return
    talk.years, talk.age = years, group
    for question, row in QUESTIONS.items():
        if question in talk.answers and "ages" in row:
            talk.answers = {**talk.answers, question: _by_age(question, years) or SKIPPED}


def _by_age(question: str, years: Optional[int]) -> Optional[str]:
    """The answer that an age means, for a question on age."""
    if years is None:
        return None
    ranges = QUESTIONS[question].get("ages", {})
    return next((answer for answer, (low, high) in ranges.items() if low <= years <= high), None)


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
    if topic and _level(topic) == "emergency" and not (heard.choice or "").startswith("answer:"):
        return _urgent(talk, topic)
    if heard.choice:
        return _chosen(talk, heard)
    if talk.path and not talk.step and heard.years is not None and heard.words <= 2:  # ”14 år”: taken in, and the talk goes on
        return _corrected(talk) or _path_on(talk, talk.path, [])
    if topic and _level(topic) == "serious" and not _answers_step(talk, heard):
        return _urgent(talk, topic)
    if talk.step:
        return _walk_on(talk, heard)
    if talk.expects_place or heard.only_place:
        answer = _place_answer(talk, heard)
        if answer is not None:
            return answer
    if talk.question and heard.age is not None and heard.words <= 4 and (found := _by_age(talk.question, heard.age)):
        _remember_age(talk, heard.age)
        return _advise(talk, talk.question, found)
    if heard.wanted_language and topic in (None, "language", "smalltalk", "out_of_scope", "local_contacts"):
        return _topic("language", talk)
    if heard.years is not None and topic in (None, *IDLE) and (corrected := _corrected(talk)):
        return corrected
    if topic is None:
        return _unsure(talk, heard)
    return _topic(topic, talk, heard)


def _level(topic: str) -> str:
    return str(TOPICS[topic]["level"])


def _topic(topic: str, talk: Talk, heard: Optional[Heard] = None) -> Dict[str, Any]:
    local = bool(TOPICS[topic].get("local"))
    answer: Dict[str, Any] = {"topic": topic, "level": _level(topic), "say": [f"topic:{topic}"], "choices": [], "local": local}
    talk.expects_place = False
    if talk.path == topic and talk.question:  # spoken of again without an answer: the question is not asked a second time
        talk.answers = {**talk.answers, talk.question: SKIPPED}
    if topic in PATHS:
        talk.path, talk.question = topic, None
    elif topic not in IDLE:
        talk.path = talk.question = None
    if local and talk.place is None:
        if heard is not None and len(heard.places) > 1:
            answer.update(ask="chat.place_which", choices=[f"place:{code}" for code in heard.places[:5]])
            talk.expects_place = talk.asked_place = True
        elif not talk.asked_place:
            answer["ask"] = "sentence:where_live"
            answer["choices"].append("walk:skip")
            talk.expects_place = talk.asked_place = True
    if not talk.expects_place:
        _ask_path(talk, answer)
    if topic in WALK_TOPICS and talk.question is None:
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
    """Three likely topics; the second time other words and a person's number; after that the questions of the walk, never a third time."""
    talk.missed += 1
    missed = talk.missed
    if missed > 2:
        talk.path = talk.question = None
        _begin(talk)
        answer = _ask(talk, say=["chat.step_by_step"])
        answer["contacts"] = list(PERSON)
        return {**answer, "missed": missed}
    likely = heard.ranking if heard.topic is None and heard.ranking else talk.guesses
    choices = [f"topic:{topic}" for topic in likely if topic not in ("smalltalk", "out_of_scope")][:3]
    for topic in OFTEN if missed > 1 or len(choices) < 3 else ():
        if f"topic:{topic}" not in choices and len(choices) < (4 if missed > 1 else 3):
            choices.append(f"topic:{topic}")
    answer = {
        "topic": "out_of_scope", "level": "info", "say": ["chat.again" if missed > 1 else "reply:not_sure"], "choices": [*choices, "walk:start"],
        "local": talk.place is not None and missed > 1, "unsure": True, "missed": missed,
    }
    if missed > 1:
        answer["contacts"] = list(PERSON)
    return answer


def _place_answer(talk: Talk, heard: Heard) -> Optional[Dict[str, Any]]:
    """The answer to a message that may be the answer to "where do you live?", or None where it is not."""
    code = heard.place or heard.asked_place
    several = heard.places or heard.asked_places
    vague = heard.topic in (None, "local_contacts", "smalltalk", "out_of_scope", "language")
    if not (vague or heard.only_place):
        return None
    earlier = talk.path or (talk.topic if talk.topic in TOPICS and TOPICS[talk.topic].get("local") else "local_contacts")
    answer: Dict[str, Any] = {
        "topic": "local_contacts", "level": _level("local_contacts"), "say": [], "choices": [], "local": True, "about": earlier,
    }
    if code:
        talk.place, talk.expects_place = code, False
        answer["say"] = ["chat.place_set"]
        return _ask_path(talk, answer)
    if several:
        talk.expects_place = True
        answer.update(ask="chat.place_which", choices=[f"place:{c}" for c in several[:5]] + ["walk:skip"])
        return answer
    if talk.expects_place and heard.topic in (None, "local_contacts") and heard.words <= 4:
        talk.missed += 1
        if talk.missed >= PATIENCE:  # not a third time
            return _no_place(talk)
        return {**answer, "say": ["chat.place_unknown"], "choices": ["walk:skip"], "missed": talk.missed}
    return None


def _no_place(talk: Talk) -> Dict[str, Any]:
    """She does not say where she lives: the talk goes on without."""
    talk.expects_place = False
    answer: Dict[str, Any] = {"topic": "local_contacts", "level": "info", "say": ["chat.place_none"], "choices": [], "local": True}
    return _ask_path(talk, answer)


# The short paths


def _ask_path(talk: Talk, answer: Dict[str, Any]) -> Dict[str, Any]:
    """Add the next question of the open path to an answer; what is known already is answered by what is known."""
    talk.question = None
    for question in PATHS.get(talk.path or "", ()):
        if question in talk.answers:
            continue
        known = _by_age(question, talk.years)
        if known:
            talk.answers = {**talk.answers, question: known}
            answer["say"].append(f"advice:{talk.path}.{question}.{known}")
            continue
        talk.question = question
        answer["ask"] = f"question:{talk.path}.{question}"
        answer["choices"] = [*(f"answer:{question}.{a}" for a in QUESTIONS[question]["answers"]), "walk:skip", *answer["choices"]]
        break
    return answer


def _advise(talk: Talk, question: str, given: str) -> Dict[str, Any]:
    """The advice of an answer, then the next question or, behind the last one, the step today."""
    if talk.path is None or question not in PATHS[talk.path]:
        talk.path = next(topic for topic, asked in PATHS.items() if question in asked)
    path = talk.path
    talk.answers = {**talk.answers, question: given}
    leads = QUESTIONS[question].get("goto", {}).get(given)
    if leads == "walk":
        _begin(talk)
        return _ask(talk, first=True)
    if leads:
        return _urgent(talk, leads)
    return _path_on(talk, path, [f"advice:{path}.{question}.{given}"] if given else [])


def _path_on(talk: Talk, path: str, say: List[str]) -> Dict[str, Any]:
    answer: Dict[str, Any] = {"topic": path, "level": _level(path), "say": say, "choices": [], "local": bool(TOPICS[path].get("local")), "answers": dict(talk.answers)}
    _ask_path(talk, answer)
    if talk.question is None:
        answer["say"].append(f"today:{path}")
        answer["choices"] += ["summary:show", "walk:back"]
        if path in WALK_TOPICS:
            answer["choices"].append("walk:start")
    elif any(q in talk.answers for q in PATHS[path]):
        answer["choices"].append("walk:back")
    return answer


def _corrected(talk: Talk) -> Optional[Dict[str, Any]]:
    """The child's age was corrected: the advice that depends on it, anew."""
    if talk.path is None:
        return None
    asked = [q for q in PATHS[talk.path] if "ages" in QUESTIONS[q] and talk.answers.get(q)]
    return _path_on(talk, talk.path, [f"advice:{talk.path}.{q}.{talk.answers[q]}" for q in asked]) if asked else None


def _path_back(talk: Talk) -> Optional[Dict[str, Any]]:
    """The question before, again; None where there is none."""
    answered = [q for q in PATHS.get(talk.path or "", ()) if q in talk.answers and q != talk.question]
    if not answered or talk.path is None:
        return None
    talk.answers = {q: a for q, a in talk.answers.items() if q != answered[-1]}
    if "ages" in QUESTIONS[answered[-1]]:
        talk.years = None
    return _path_on(talk, talk.path, [])


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
    if kind == "summary":
        topic = talk.topic or "smalltalk"
        return {"topic": topic, "level": _level(topic), "say": ["summary"], "choices": [], "local": True, "summary": True}
    if kind == "answer":
        question, _, given = value.partition(".")
        if question in QUESTIONS and given in QUESTIONS[question]["answers"]:
            talk.step, talk.expects_place = None, False
            return _advise(talk, question, given)
        return _topic("smalltalk", talk)
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
        talk.age, talk.years = value, None
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
    if command == "wrong":
        return _unsure(talk, Heard(None))
    if command == "back":
        if talk.step is None and (earlier := _path_back(talk)):
            return earlier
        return _back(talk)
    if command == "change_place":
        talk.place, talk.expects_place = None, True
        if talk.step is None:
            return {"topic": "local_contacts", "level": "info", "say": [], "ask": "sentence:where_live", "choices": ["walk:skip"], "local": False}
        talk.step = "place"
        return _ask(talk)
    if command in ("yes", "no", "skip") and talk.step:
        return _walk_word(talk, command)
    if command in ("skip", "no") and talk.expects_place:
        return _no_place(talk)
    if talk.question and command == "skip":
        return _advise(talk, talk.question, SKIPPED)
    if talk.question and command in QUESTIONS[talk.question]:
        return _advise(talk, talk.question, str(QUESTIONS[talk.question][command]))
    if command == "yes" and talk.offered_walk:
        _begin(talk)
        return _ask(talk, first=True)
    return _topic("smalltalk", talk)


def _begin(talk: Talk) -> None:
    talk.step, talk.signs, talk.danger, talk.level, talk.missed = STEPS[0], [], None, None, 0
    talk.age = _age_group(talk.years) if talk.years is not None else None
    talk.path = talk.question = None
    talk.expects_place = False


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
        if (name == "place" and talk.place is not None) or (name == "age" and talk.age is not None and talk.years is not None):
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
    level = talk.level = walk_level(talk.signs, talk.danger, talk.age)
    return {
        "topic": LEVEL_TOPIC[level], "level": level, "say": [f"level:{level}"], "choices": ["summary:show", "walk:back", "walk:restart"],
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
            talk.age, talk.years = group, heard.age
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
