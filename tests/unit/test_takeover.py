"""The take-over: can be run again, and keeps what staff changed, added and removed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import tomllib

from app.takeover import FILES, TakeOverError, take_over

CONTACT = {
    "municipality_code": "0001", "service": "social_services_children", "label": "Mottagningen", "phone": "+4681111111", "hours": "9-12",
    "url": "https://a.se/", "source_url": "https://a.se/x", "source_date": "2024", "quote_checked": "yes",
}


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    write(
        folder / "municipalities.csv",
        [
            {
                "code": f"{n:04}", "name": f"Ort {n}", "full_name": f"Ort {n} kommun", "county_code": "01", "county": "Län", "website": "a.se",
                "website_source": "seen", "switchboard": "", "switchboard_source": "",
            }
            for n in range(1, 291)
        ],
    )
    write(folder / "social_contacts.csv", [CONTACT, {**CONTACT, "service": "sspf", "label": "SSPF", "phone": "", "quote_checked": "no"}])
    for name in FILES[2:]:
        (folder / name).write_text("name\n", encoding="utf-8")
    return folder


def contacts(content: Path) -> list[dict[str, Any]]:
    return tomllib.loads((content / "municipalities" / "0001.toml").read_text(encoding="utf-8")).get("contact", [])


def edit(content: Path, old: str, new: str) -> None:
    path = content / "municipalities" / "0001.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_time_everything_is_new_and_the_second_nothing_changes(source: Path, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    assert take_over(source, content).new == 2
    before = (content / "municipalities" / "0001.toml").read_bytes()
    report = take_over(source, content)
    assert (report.new, report.renewed, report.kept) == (0, 0, [])
    assert (content / "municipalities" / "0001.toml").read_bytes() == before
    assert contacts(content)[1]["second_hand"] is True


def test_a_changed_source_renews_what_staff_did_not_touch(source: Path, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    take_over(source, content)
    write(source / "social_contacts.csv", [{**CONTACT, "phone": "+4682222222"}])
    assert take_over(source, content).renewed == 1
    assert [c.get("phone") for c in contacts(content)] == ["+4682222222"]


def test_what_staff_changed_checked_added_and_removed_stays(source: Path, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    take_over(source, content)
    edit(content, "+4681111111", "+4683333333")
    edit(content, 'label = "SSPF"', 'label = "SSPF"\nchecked = "2026-11-01"')
    path = content / "municipalities" / "0001.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[[contact]]\nservice = "field_workers"\nlabel = "Fältare"\n', encoding="utf-8")
    write(source / "social_contacts.csv", [{**CONTACT, "phone": "+4682222222"}, {**CONTACT, "service": "sspf", "label": "SSPF", "phone": "+4684444444"}])
    report = take_over(source, content)
    found = {c["service"]: c for c in contacts(content)}
    assert found["social_services_children"]["phone"] == "+4683333333"
    assert "phone" not in found["sspf"] and found["sspf"]["checked"] == "2026-11-01"
    assert found["field_workers"]["label"] == "Fältare" and len(report.kept) == 3


def test_what_staff_removed_does_not_come_back(source: Path, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    take_over(source, content)
    path = content / "municipalities" / "0001.toml"
    head, _, rest = path.read_text(encoding="utf-8").partition("\n[[contact]]\n")
    path.write_text(head + "\n[[contact]]\n" + rest.partition("\n[[contact]]\n")[2], encoding="utf-8")
    for _ in range(2):
        report = take_over(source, content)
        assert [c["service"] for c in contacts(content)] == ["sspf"]
        assert report.removed


def test_a_folder_without_the_files_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(TakeOverError, match=r"municipalities\.csv"):
        take_over(tmp_path, tmp_path / "content")
    assert not (tmp_path / "content").exists()
