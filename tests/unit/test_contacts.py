"""The register: numbers as they are shown, what may be shown, and clear words for every mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.contacts import Contact, Register, RegisterError, shown_number
from app.settings import ROOT

TODAY = date(2026, 11, 24)
REGISTER = Register.load(ROOT / "content")
HEAD = 'code = "0192"\nname = "N"\nfull_name = "N kommun"\ncounty = "S"\ncounty_code = "01"\nwebsite = "n.se"\n'


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+46852068000", "08-520 680 00"), ("+46313650000", "031-365 00 00"), ("+46104440500", "010-444 05 00"), ("+4620708003", "020-70 80 03"),
        ("+46243210000", "0243-21 00 00"), ("", ""),
    ],
)
def test_numbers_are_written_as_swedes_write_them(number: str, shown: str) -> None:
    assert shown_number(number).replace("\u00a0", " ") == shown


def test_all_municipalities_are_there_and_each_has_something_to_show() -> None:
    assert len(REGISTER.municipalities) == 290
    for code in REGISTER.municipalities:
        found = REGISTER.local(code, TODAY)
        assert found and all(c.phone or c.url for c in found)


def test_hidden_contacts_are_never_shown() -> None:
    shown = {c.id for c in REGISTER.helplines.values() if REGISTER.shown(c, TODAY)}
    assert {"sos-112", "polisen-114-14", "bris-barn", "mind-sjalvmordslinjen", "kvinnofridslinjen"} <= shown
    assert not shown & {"bris-vuxen", "mind-foraldralinjen", "hjalplinjen", "droghjalpen", "vard-1177-ar"}
    numbers = REGISTER.numbers(TODAY)
    for never in ("+46771220060", "020786786", "+4620786786", "+4620844448"):
        assert f"tel:{never}" not in numbers


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact("x", "x", service="switchboard", source_date="2019-12-31"), False),
        (Contact("x", "x", service="switchboard", source_date="2020"), True),
        (Contact("x", "x", service="switchboard"), True),
        (Contact("x", "x", service="switchboard", second_hand=True), False),
        (Contact("x", "x", service="switchboard", second_hand=True, checked="2026-10-01"), True),
        (Contact("x", "x", service="switchboard", source_date="2014", checked="2026-10-01"), True),
        (Contact("x", "x", service="switchboard", checked="2025-11-01"), False),
        (Contact("x", "x", publish="after live check"), False),
        (Contact("x", "x", publish="no"), False),
    ],
)
def test_what_may_be_shown(contact: Contact, shown: bool) -> None:
    assert Register().shown(contact, TODAY) is shown


def test_an_old_number_gives_way_to_the_page() -> None:
    found = REGISTER.local("1280", TODAY)  # Malmö: switchboard of 2014
    assert not any(c.phone for c in found) and found[0].url.startswith("https://malmo.se")


def write(tmp_path: Path, municipality: str = HEAD, helplines: str = "") -> Path:
    (tmp_path / "municipalities").mkdir()
    (tmp_path / "municipalities" / "0192.toml").write_text(municipality, encoding="utf-8")
    (tmp_path / "helplines.toml").write_text(helplines, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("municipality", "words"),
    [
        (HEAD + '[[contact]]\nservice = "x"', "contact 1: service must be one of"),
        (HEAD + '[[contact]]\nservice = "sspf"\nphone = "08-520"', "phone is written"),
        (HEAD + '[[contact]]\nservice = "sspf"\nurl = "nynashamn.se"', "url begins with"),
        (HEAD + '[[contact]]\nservice = "sspf"\nchecked = "i går"', "checked is a date"),
        (HEAD + '[[contact]]\nservice = "sspf"\nphones = "+46852068000"', "unknown: phones"),
        (HEAD.replace('"0192"', '"0193"'), "code must be"),
        (HEAD.replace('name = "N"', "name = 5", 1), "name is missing"),
        ("[[", "0192.toml"),
    ],
)
def test_a_mistake_is_named_with_file_and_place(tmp_path: Path, municipality: str, words: str) -> None:
    with pytest.raises(RegisterError, match=words):
        Register.load(write(tmp_path, municipality))


@pytest.mark.parametrize(
    ("helplines", "words"),
    [
        ('[x]\nname = {sv = "x"}\npublish = "maybe"', "publish must be"),
        ('[x]\nname = "x"\npublish = "yes"', "name needs at least sv"),
        ('[x]\nname = {sv = "x"}\npublish = "yes"\nphone = "112"', "phone and tel belong together"),
    ],
)
def test_a_mistake_in_the_helplines_is_named(tmp_path: Path, helplines: str, words: str) -> None:
    with pytest.raises(RegisterError, match=words):
        Register.load(write(tmp_path, helplines=helplines))


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"publish.*service"):
        Register.load(write(tmp_path, HEAD + '[[contact]]\nservice = "x"', '[x]\nname = {sv = "x"}\npublish = "?"'))
