"""What the site reads for certain: danger and its look-alikes, language, buttons, ages."""

from __future__ import annotations

import pytest

from app.assistant import Assistant
from app.languages import CODES
from app.reading import DangerWords, training_sentences
from app.settings import ROOT
from app.spelling import Spelling

SPELLING = Spelling(ROOT / "content")
TABLE = {
    "emergency": {"phrases": ["skjuter på", "knivhugg*", "står * med * pistol"]},
    "weapon_found": {"phrases": ["hittade * pistol*"], "things": ["pistol*", "granat*"], "places": ["låda*", "*rummet"]},
    "self_harm": {"phrases": ["vill inte leva", "ta sitt liv"]},
    "not_danger": {
        "phrases": ["skjuter på upp", "vattenpistol*"], "frames": ["film*", "för länge sedan"], "negations": ["inte", "ingen"],
        "negation_after": False,
    },
}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("de skjuter på honom", "emergency"),
        ("han blev knivhuggen", "emergency"),
        ("en man står utanför med en pistol", "emergency"),
        ("jag hittade en svart pistol", "weapon_found"),
        ("det ligger en pistol i hans låda", "weapon_found"),
        ("en granat i pojkrummet", "weapon_found"),
        ("PISTOL!", "weapon_found"),
        ("han vill inte leva längre", "self_harm"),
        ("jag orkar inte mer jag vill ta sitt liv", "self_harm"),
        ("jag vet inte vad jag ska göra de skjuter på honom", "emergency"),
        ("nej inte det utan jag hittade en pistol", "weapon_found"),
        ("det var i en film de skjuter på honom", None),
        ("en vattenpistol i hans låda", None),
        ("det finns ingen pistol i hans låda", None),
        ("vi pratade om pistol och andra saker på mötet i dag", None),
        ("hej", None),
        ("", None),
    ],
)
def test_plain_danger_and_its_look_alikes(text: str, topic: str | None) -> None:
    assert DangerWords(TABLE, SPELLING).find(SPELLING.words(text)) == topic


def test_a_negation_inside_the_phrase_does_not_deny_it() -> None:
    assert DangerWords(TABLE, SPELLING).find(SPELLING.words("min son vill inte leva")) == "self_harm"


def test_a_negation_behind_denies_only_where_the_language_puts_it_there() -> None:
    words = SPELLING.words("pistol inte i låda")
    after = {**TABLE, "not_danger": {**TABLE["not_danger"], "negation_after": True}}
    assert DangerWords(TABLE, SPELLING).find(list(words)) == "weapon_found"
    assert DangerWords(after, SPELLING).find(list(words)) is None


@pytest.mark.parametrize("text", ["112", " 112! ", "🔫", "💣💣", "🆘"])
def test_numbers_and_emoji(assistant: Assistant, text: str) -> None:
    assert assistant.reader.danger(text) in ("emergency", "weapon_found")


def test_an_emoji_in_a_long_message_is_not_danger(assistant: Assistant) -> None:
    assert assistant.reader.danger("vi spelade ett roligt spel i går kväll 🔫") is None


@pytest.mark.parametrize("code", CODES)
def test_few_harmless_training_sentences_sound_dangerous(assistant: Assistant, code: str) -> None:
    harmless, hits = 0, []
    topic = ""
    for line in (ROOT / "bot" / "data" / "nlu" / f"{code}.yml").read_text(encoding="utf-8").splitlines():
        if line.startswith("- intent:"):
            topic = line.partition(":")[2].strip()
        elif line.startswith("    - ") and topic not in ("emergency", "weapon_found", "self_harm", "threats", "missing_child", "child_self"):
            harmless += 1
            if assistant.reader.danger(line[6:]):
                hits.append((topic, line[6:]))
    assert len(hits) <= 0.02 * harmless, hits


@pytest.mark.parametrize("code", CODES)
def test_the_language_of_long_training_sentences_is_found(assistant: Assistant, code: str) -> None:
    texts = [t for t in training_sentences(ROOT / "bot" / "data" / "nlu")[code] if len(t) >= 25]
    wrong = [t for t in texts if assistant.reader._model.language(t) != code]
    assert len(wrong) <= 0.03 * len(texts), wrong[:10]


@pytest.mark.parametrize("code", CODES)
def test_every_button_is_read_as_the_button_that_it_is(assistant: Assistant, code: str) -> None:
    for choice in assistant.every_choice():
        title = assistant.label(choice, code)
        assert assistant.reader.read(title, code).choice == choice, title


@pytest.mark.parametrize(
    ("text", "page", "wanted"),
    [("svenska tack", "ar", "sv"), ("in english please", "sv", "en"), ("soomaali", "sv", "so"), ("türkçe", "sv", "tr"), ("hej", "sv", None)],
)
def test_a_language_asked_for_by_name(assistant: Assistant, text: str, page: str, wanted: str | None) -> None:
    assert assistant.reader.read(text, page).wanted_language == wanted


@pytest.mark.parametrize("text", ["Botkyrka", "14549", "Malmö", "112", "ok"])
def test_a_town_or_a_number_says_nothing_of_the_language(assistant: Assistant, text: str) -> None:
    assert assistant.reader.read(text, "so").language is None


def test_an_age_is_a_lone_small_number(assistant: Assistant) -> None:
    assert assistant.reader.read("hon är 13 år", "sv").age == 13
    assert assistant.reader.read("١٣", "ar").age == 13
    assert assistant.reader.read("60000 kronor", "sv").age is None
    assert assistant.reader.read("12 eller 13", "sv").age is None


@pytest.mark.parametrize("text", ["qwerty", "asdfgh", "zzzz", "lkjh"])
def test_a_hand_on_the_keyboard_is_no_language(assistant: Assistant, text: str) -> None:
    assert assistant.reader.read(text, "sv").language is None



@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("min son är 13 år", 13), ("han är 15åring", 15), ("my daughter is 14 years old", 14), ("mi hijo tiene 16 años", 16), ("ma fille a 12 ans", 12),
        ("ابني عمره 15 سنة", 15), ("پسرم ۱۴ سالشه", 14), ("wiilkaygu waa 13 jir", 13), ("oğlum 17 yaşında", 17), ("kurekem 15 sal e", 15),
        ("han ska betala 20 000 kr", None), ("12 gram", None), ("klockan 15", None), ("Fittja 13", None), ("han är 40 år", None),
        ("en är 13 år och en är 16 år", None), ("", None),
    ],
)
def test_an_age_is_remembered_only_where_it_is_said_to_be_one(assistant: Assistant, text: str, years: int | None) -> None:
    assert assistant.reader.read(text, "sv").years == years


@pytest.mark.parametrize(
    "text",
    [
        "mój syn jest zagrożony przez gang i nie wiem co robić", "znalazłam broń w pokoju mojego dziecka", "poikani on jengin uhkaama enkä tiedä mitä tehdä",
        "fiul meu este amenințat de o bandă și nu știu ce să fac", "djali im kërcënohet nga një bandë dhe nuk di çfarë të bëj",
        "fegyvert találtam a gyerekem szobájában", "میرے بیٹے کو گینگ سے دھمکیاں مل رہی ہیں اور مجھے نہیں معلوم کیا کروں", "мой сын в опасности что делать",
    ],
)
def test_a_language_that_is_none_of_the_ten_changes_nothing(assistant: Assistant, text: str) -> None:
    assert assistant.reader.read(text, "en").language is None
