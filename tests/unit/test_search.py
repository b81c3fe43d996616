"""The search: words inside words, any keyboard, ten languages; what leads where."""

from __future__ import annotations

import pytest
from flask import Flask

from app.languages import CODES
from app.search import Hit, Search


@pytest.fixture(scope="session")
def search(app: Flask) -> Search:
    found: Search = app.extensions["guide"].search
    return found


def names(hits: list[Hit]) -> list[str]:
    return [f"{hit.kind}:{hit.name}" for hit in hits]


@pytest.mark.parametrize(
    ("lang", "query", "wanted"),
    [
        ("sv", "tjänst", "page:social"),  # inside a word
        ("sv", "orosanmalan", "page:social"),  # without diacritics
        ("sv", "BANKID", "page:money"),
        ("sv", "skulden", "page:threats"),  # another ending
        ("es", "telefono", "page:phone"),
        ("fr", "ecole", "page:school"),
        ("tr", "uyusturucu", "page:drugs"),
        ("ar", "السلاح", "page:weapon"),
        ("ar", "المدرسه", "page:school"),  # ه for ة
        ("fa", "پليس", "page:police"),  # Arabic ي on the keyboard
        ("fa", "مدرسه", "page:school"),
        ("ckb", "پۆلیس", "page:police"),
        ("ti", "ፖሊስ", "page:police"),
        ("so", "daroogo", "page:drugs"),
    ],
)
def test_it_finds(search: Search, lang: str, query: str, wanted: str) -> None:
    assert wanted in names(search.find(query, lang))[:8]


@pytest.mark.parametrize("lang", CODES)
def test_the_title_of_every_page_leads_to_it(search: Search, app: Flask, lang: str) -> None:
    library = app.extensions["guide"].library
    for name in library.names("page"):
        title = library.title(name, lang)
        assert f"page:{name}" in names(search.find(title, lang))[:3], title


@pytest.mark.parametrize("lang", CODES)
def test_a_swedish_word_of_the_glossary_is_found_in_every_language_with_the_place_that_explains_it(search: Search, lang: str) -> None:
    hit = next(hit for hit in search.find("orosanmälan", lang) if hit.kind == "word")
    assert hit.name == "orosanmalan" and hit.href == f"/{lang}/words#social"


@pytest.mark.parametrize("query", ["", "  ", "!!!", "\u200b", '"', "NEAR(", "a* OR b", "'; drop table words", "x" * 5000, "\x00", "qqqqzzzzxx"])
def test_odd_queries_find_nothing_or_something_but_never_fail(search: Search, query: str) -> None:
    assert isinstance(search.find(query, "sv"), list)


def test_no_letters_find_nothing(search: Search) -> None:
    assert search.find("?!", "sv") == [] and search.find("qqqqzzzzxx", "sv") == []


def test_each_page_stands_once_with_its_best_section(search: Search) -> None:
    hits = search.find("polisen", "sv")
    assert len(names(hits)) == len(set(names(hits)))
    assert next(hit.href for hit in search.find("dag 14", "sv") if hit.name == "social") == "/sv/social#timeline"
