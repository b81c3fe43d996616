"""The state of a translation: derived from the words of both texts, paragraph by paragraph, never from clocks."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app import create_app, review
from app.content import Library
from app.settings import ROOT, Settings
from app.states import (
    DRAFT,
    MISSING,
    OUTDATED,
    REVIEWED,
    SHARED,
    UNRECORDED,
    Ledger,
    Record,
    StateError,
    Unit,
    pair,
    revision,
)

ON = date(2026, 11, 24)


def texts(*words: str, kind: str = "text") -> list[Unit]:
    return [Unit(kind, text) for text in words]


def recorded(pairs: dict[str, str]) -> Ledger:
    ledger = Ledger()
    for own, source in pairs.items():
        ledger.draft(revision(own), revision(source))
    return ledger


def states(source: list[Unit], own: list[Unit], ledger: Ledger) -> list[tuple[str | None, str]]:
    return [(own[p.translation].text if p.translation is not None else None, p.state) for p in pair(source, own, ledger)]


ONE = {"uno": "ett", "dos": "två", "tres": "tre"}


def test_a_revision_is_of_the_words_and_not_of_line_breaks() -> None:
    assert revision("Ring  nu.\nGå ut.") == revision("Ring nu. Gå ut.") != revision("Ring nu. Gå in.")
    assert len(revision("")) == 12


def test_a_changed_paragraph_makes_only_its_own_translation_outdated() -> None:
    found = states(texts("ett", "två ändrat", "tre"), texts("uno", "dos", "tres"), recorded(ONE))
    assert found == [("uno", DRAFT), ("dos", OUTDATED), ("tres", DRAFT)]


def test_a_new_paragraph_is_missing_and_the_others_keep_their_places() -> None:
    found = states(texts("ett", "nytt", "två", "tre"), texts("uno", "dos", "tres"), recorded(ONE))
    assert found == [("uno", DRAFT), (None, MISSING), ("dos", DRAFT), ("tres", DRAFT)]


def test_a_removed_paragraph_leaves_its_translation_out() -> None:
    assert states(texts("ett", "tre"), texts("uno", "dos", "tres"), recorded(ONE)) == [("uno", DRAFT), ("tres", DRAFT)]


def test_a_new_translation_is_unrecorded_until_somebody_says_what_it_was_made_from() -> None:
    assert states(texts("ett", "två"), texts("uno", "doble"), recorded(ONE)) == [("uno", DRAFT), ("doble", UNRECORDED)]


def test_what_holds_only_marks_has_no_state() -> None:
    mark = Unit("mark", "[contact:sos-112]", False)
    assert states([mark, *texts("ett")], [mark, *texts("uno")], recorded(ONE)) == [("[contact:sos-112]", SHARED), ("uno", DRAFT)]


def test_still_right_keeps_a_draft_a_draft_and_a_review_a_review_by_its_new_role() -> None:
    ledger = recorded(ONE)
    ledger.review(revision("dos"), revision("två"), "interpreter", ON)
    for own in ("uno", "dos"):
        ledger.still_right(revision(own), revision("ändrat"), "publisher", ON)
    assert ledger.get(revision("uno"), revision("ändrat")) == Record(revision("uno"), revision("ändrat"), DRAFT, "publisher", "2026-11-24")
    assert ledger.get(revision("dos"), revision("ändrat")) == Record(revision("dos"), revision("ändrat"), REVIEWED, "publisher", "2026-11-24")
    with pytest.raises(StateError, match="nothing is recorded"):
        ledger.still_right(revision("nada"), revision("ändrat"), "publisher", ON)


@pytest.mark.parametrize("by", ["", "  ", "name@example.org", "translator 7", "x" * 61])
def test_a_review_is_signed_by_a_role_and_nothing_else(by: str) -> None:
    with pytest.raises(StateError, match="role"):
        Ledger().review(revision("uno"), revision("ett"), by, ON)


def test_a_ledger_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    ledger = recorded(ONE)
    ledger.review(revision("dos"), revision("två"), "interpreter", ON)
    ledger.save(tmp_path / "states.csv")
    again = Ledger.load(tmp_path / "states.csv")
    assert list(again) == list(ledger) and len(again) == 3
    assert not list(tmp_path.glob(".*")), "a half-written file stays"
    assert len(Ledger.load(tmp_path / "nothing.csv")) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n", "first line"),
        ("translation,source,state,by,date\nxx,yy,machine draft,,\n", "line 2: a revision"),
        (f"translation,source,state,by,date\n{'0' * 12},{'1' * 12},perhaps,,\n", "line 2: the state"),
        (f"translation,source,state,by,date\n{'0' * 12},{'1' * 12},reviewed,interpreter,yesterday\n", "line 2: a review needs its date"),
        (f"translation,source,state,by,date\n{'0' * 12}\n", "line 2: five values"),
    ],
)
def test_a_broken_ledger_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "states.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=words):
        Ledger.load(tmp_path / "states.csv")


# What readers see of it


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path / "content"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def html(copy: Path, address: str) -> str:
    return create_app(Settings(content=copy)).test_client().get(address).get_data(as_text=True)


def test_a_reader_sees_a_small_notice_where_the_swedish_is_newer(copy: Path) -> None:
    change(copy / "sv" / "talk.md", "Välj en stund när ni är ensamma.", "Välj en stund när ni är för er själva.")
    shown = html(copy, "/so/talk")
    phrase = Library(Settings(content=copy)).phrase("so", "state.outdated")
    assert shown.count(phrase) == 1 and "för er själva" not in shown
    assert html(copy, "/sv/talk").count(phrase) == 0


@pytest.mark.parametrize("lang", ["so", "ar", "ti"])
def test_where_danger_or_a_contact_is_concerned_the_swedish_stands_beside_it(copy: Path, lang: str) -> None:
    change(copy / "sv" / "now.md", "Gör det som de säger i telefonen.", "Gör precis det som de säger i telefonen.")
    change(copy / "sv" / "money.md", "Be dem stoppa konto", "Be dem genast stoppa konto")
    now, money = html(copy, f"/{lang}/now"), html(copy, f"/{lang}/money")
    assert '<div class="beside" lang="sv" dir="ltr">' in now and "Gör precis det" in now
    assert "Be dem genast stoppa konto" in money, "a paragraph with a number concerns a contact"


def test_a_call_card_that_is_behind_shows_its_swedish_inside_the_page(copy: Path) -> None:
    change(copy / "sv" / "cards" / "kvinnofridslinjen.md", "Någon svarar, dag och natt.", "Någon svarar dig, dag och natt.")
    library = Library(Settings(content=copy))
    assert library.faults == []
    page = library.page("help", "es")
    assert page is not None and "Någon svarar dig" in page.html


def test_a_paragraph_without_translation_is_shown_in_swedish_and_said_to_be(copy: Path) -> None:
    change(copy / "sv" / "drugs.md", "## Prata {#talk}", "Ge vatten att dricka.\n\n## Prata {#talk}")
    library = Library(Settings(content=copy))
    page = library.page("drugs", "fa")
    assert page is not None and page.changed == 1 and page.state == OUTDATED
    assert library.phrase("fa", "state.missing") in page.html and '<div class="beside" lang="sv" dir="ltr">\n<p>Ge vatten' in page.html


def test_a_reviewed_page_says_nothing_and_one_changed_word_takes_only_its_paragraph_back(copy: Path) -> None:
    library = Library(Settings(content=copy))
    path = copy / "en" / "states.csv"
    number = review.review(library, "en", "week", None, "language reviewer", Ledger.load(path), path)
    assert number > 10
    library = Library(Settings(content=copy))
    page = library.page("week", "en")
    assert page is not None and page.reviewed and page.state == REVIEWED
    notice = library.sentence("not_reviewed", "en").html
    assert notice not in html(copy, "/en/week") and notice in html(copy, "/en/talk")
    change(copy / "sv" / "week.md", "Ring andra föräldrar.", "Ring några andra föräldrar.")
    library = Library(Settings(content=copy))
    page = library.page("week", "en")
    assert page is not None and page.changed == 1
    assert review.still_right(library, "en", "week", None, "publisher", Ledger.load(path), path) == 1
    page = Library(Settings(content=copy)).page("week", "en")
    assert page is not None and page.state == REVIEWED
    with pytest.raises(StateError, match="nothing is outdated"):
        review.still_right(Library(Settings(content=copy)), "en", "week", None, "publisher", Ledger.load(path), path)


def test_drafting_records_what_is_new_and_never_what_stands_beside_a_changed_paragraph(copy: Path) -> None:
    path = copy / "tr" / "states.csv"
    before = path.read_text(encoding="utf-8")
    assert review.draft(Library(Settings(content=copy)), "tr", Ledger.load(path), path) == 0
    assert path.read_text(encoding="utf-8") == before
    change(copy / "sv" / "week.md", "Ring andra föräldrar.", "Ring några andra föräldrar.")
    assert review.draft(Library(Settings(content=copy)), "tr", Ledger.load(path), path) == 0
    page = Library(Settings(content=copy)).page("week", "tr")
    assert page is not None and page.changed == 1


def test_the_commands_record_reviews_and_refuse_what_is_wrong(copy: Path) -> None:
    runner = create_app(Settings(content=copy)).test_cli_runner()
    shown = runner.invoke(args=["translations", "show", "es", "cards/social"])
    assert shown.exit_code == 0 and "machine draft" in shown.output
    assert "paragraphs recorded" in runner.invoke(args=["translations", "reviewed", "es", "cards/social", "--by", "interpreter"]).output
    for wrong in (["es", "cards/social", "--by", "a@b.se"], ["es", "cards/nothing", "--by", "interpreter"], ["es", "cards/social", "--paragraph", "99", "--by", "interpreter"]):
        assert runner.invoke(args=["translations", "reviewed", *wrong]).exit_code == 1
    runner = create_app(Settings(content=copy)).test_cli_runner()  # as the next command would be
    assert "reviewed, interpreter" in runner.invoke(args=["translations", "show", "es", "cards/social"]).output


def test_the_table_of_pages_is_the_one_in_docs() -> None:
    table = review.table(Library(Settings()))
    assert (ROOT / "docs" / "pages.md").read_text(encoding="utf-8") == table, "run: flask translations table > docs/pages.md"
    assert " 0m" not in table and "m " not in [line.split("|")[3] for line in table.splitlines() if line.startswith("| now")]
