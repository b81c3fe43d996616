"""The dialect: what each mark becomes, and what is refused."""

from __future__ import annotations

import pytest

from app.markdown import MarkdownError, Marks, blocks, plain, render


def known(names: dict[str, str]):
    return lambda name: names[name]


MARKS = Marks(
    phone=known({"sos-112": '<bdi dir="ltr"><a href="tel:112">112</a></bdi>'}),
    contact=known({"sos-112": '<div class="contact">\n<p>112</p>\n</div>'}),
    sentence=known({"call": "Ring nu."}),
    say=known({"worried": '<p class="swedish" lang="sv" dir="ltr">Jag är orolig.</p>'}),
    word=known({"tolk": '<div class="word">\n<p class="swedish" lang="sv" dir="ltr">tolk</p>\n</div>'}),
    operator=lambda: "<p>Nobody.</p>",
    link=known({"signs": "/sv/signs", "signs#money": "/sv/signs#money"}),
)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("## Hot {#threat}", '<h2 id="threat">Hot</h2>'),
        ("Ring [phone:sos-112] nu.", '<p>Ring <bdi dir="ltr"><a href="tel:112">112</a></bdi> nu.</p>'),
        ("**[sentence:call]**", "<p><strong>Ring nu.</strong></p>"),
        ("[contact:sos-112]", '<div class="contact">\n<p>112</p>\n</div>'),
        ("Före\n\n[say:worried]", '<p>Före</p>\n<p class="swedish" lang="sv" dir="ltr">Jag är orolig.</p>'),
        ("[läs](signs#money)", '<p><a href="/sv/signs#money">läs</a></p>'),
        ("[läs](https://polisen.se/)", '<p><a href="https://polisen.se/" rel="noreferrer">läs</a></p>'),
        ("::: danger\nRör inte.\n:::", '<div class="callout danger">\n<p>Rör inte.</p>\n</div>'),
        ("::: steps\n1. Ett\n2. Två\n:::", '<div class="callout steps">\n<ol>\n<li>Ett</li>\n<li>Två</li>\n</ol>\n</div>'),
        ("a & b", "<p>a &amp; b</p>"),
        ("[word:tolk]", '<div class="word">\n<p class="swedish" lang="sv" dir="ltr">tolk</p>\n</div>'),
        ("[operator]", "<p>Nobody.</p>"),
        ("::: sheet\n- Ett\n:::", '<div class="callout sheet">\n<ul>\n<li>Ett</li>\n</ul>\n</div>'),
    ],
)
def test_what_a_mark_becomes(source: str, html: str) -> None:
    assert render(source, MARKS).html == html


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Hej <b>du</b>", "line 1: HTML"),
        ("Ett\n\n<script>alert(1)</script>", "line 3: HTML"),
        ("![bild](x.png)", "pictures"),
        ("| a | b |", "tables"),
        ("## Utan id", "has no id"),
        ("# För stor {#x}", "only ## to ####"),
        ("## A {#x}\n\n## B {#x}", "same id"),
        ("[phone:unknown]", "no phone with this name"),
        ("Ring [sentence:unknown]", "no sentence"),
        ("[contact:unknown]", "no contact"),
        ("[läs](nowhere)", "leads to no page"),
        ("[läs](javascript:alert(1))", "leads to no page"),
        ("[läs](http://x.se)", "leads to no page"),
        ("::: fara\nx\n:::", "no callout fara"),
        ("::: danger\nx", "not closed"),
        ("x\n:::", "closes nothing"),
        ("::: danger\n::: info\nx\n:::\n:::", "inside another"),
    ],
)
def test_what_is_refused_says_why(source: str, words: str) -> None:
    with pytest.raises(MarkdownError, match=words):
        render(source, MARKS)


def test_the_text_says_what_the_html_shows() -> None:
    rendered = render("## Hot {#threat}\n\nRing [phone:sos-112].\n\n1. Ett\n2. Två\n\n- a\n- b", MARKS)
    assert rendered.text == "Hot\nRing 112.\n1. Ett\n2. Två\n• a\n• b"
    assert rendered.headings == ["threat"]


def test_plain_text_of_nothing_is_nothing() -> None:
    assert plain("") == "" and render("", MARKS).html == ""


def test_blocks_are_what_is_translated_and_reviewed_as_one() -> None:
    found = blocks("Först.\n\n## Hot {#threat}\n\n::: steps\n1. Ett\n2. Två\n:::\n\n[contact:sos-112]\n\n- a\n\n- b\n")
    assert [(b.kind, b.section, b.callout) for b in found] == [
        ("text", "", ""), ("heading", "threat", ""), ("list", "threat", "steps"), ("mark", "threat", ""), ("list", "threat", ""),
    ]
    assert found[4].source == "- a\n\n- b" and found[2].line == 6
    assert [b.written for b in found] == [True, True, True, False, True]


@pytest.mark.parametrize("source", ["::: steps\n1. Ett", "::: nothing\nEtt\n:::", "Ett\n:::", "::: say\n::: say\n:::\n:::"])
def test_a_callout_that_is_not_closed_or_not_known_is_refused_with_its_line(source: str) -> None:
    with pytest.raises(MarkdownError, match="line"):
        blocks(source)
