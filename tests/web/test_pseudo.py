"""The pseudo-language run: a site whose every word is disguised, so that a word that is not shows up."""

from __future__ import annotations

import csv
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from app import create_app
from app.checks import PAGES
from app.settings import ROOT, Settings

LANG = "en"
DISGUISE = str.maketrans("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "аḃćđєḟğħіĵķłмńоṗɋŕśťúνŵхýžАḂĆĐЄḞĞĦІĴĶŁМŃОṖɊŔŚŤÚѴŴХÝŽ")
# What is the same in every language: names of things, of languages, of programs and rules.
NAMES = re.compile(r"\bEnglish\b|SMS|WhatsApp|https?://\S+|[\w.-]+\.(?:se|invalid|com)\b\S*|\bWCAG\b|\bQR\b|[A-Z]{2,5}\b")
KEPT = re.compile(r"\[[a-z]+:[A-Za-z0-9_-]+\]|\[operator\]|\]\([^)]*\)|\{[^}]*\}|%\([a-z_]+\)[sd]|^:::.*$", re.MULTILINE)


def disguise(text: str) -> str:
    """Disguise words, not marks, addresses, ids and placeholders."""
    parts, last = [], 0
    for match in KEPT.finditer(text):
        parts += [text[last : match.start()].translate(DISGUISE), match.group()]
        last = match.end()
    return "".join([*parts, text[last:].translate(DISGUISE)])


def values(text: str) -> str:
    """Disguise what is between the quotation marks of a TOML or front matter line."""
    return re.sub(r'"([^"\n]*)"', lambda m: '"' + disguise(m.group(1)) + '"', text)


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    root: Path = tmp_path_factory.mktemp("pseudo")
    shutil.copytree(ROOT / "content", root / "content")
    shutil.copytree(ROOT / "translations", root / "translations")
    folder = root / "translations" / LANG / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            message.string = disguise(str(message.id))
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    own = root / "content" / LANG
    for path in own.rglob("*.md"):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        front = "".join(f'{line.split(":")[0]}: "{disguise(line.partition(":")[2].strip().strip(chr(34)))}"\n' for line in front.splitlines() if line)
        path.write_text(f"---\n{front}---\n{disguise(body)}", encoding="utf-8")
    phrases = (own / "phrases.toml").read_text(encoding="utf-8")
    (own / "phrases.toml").write_text(values(phrases), encoding="utf-8")
    for name in ("sentences.csv", "glossary.csv", "sounds.csv"):
        path = root / "content" / name
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if row["key"] != "need_interpreter_say_sv" or name == "sounds.csv":
                row[LANG] = disguise(row[LANG])
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    helplines = (root / "content" / "helplines.toml").read_text(encoding="utf-8")
    (root / "content" / "helplines.toml").write_text(re.sub(rf'\b{LANG} = "([^"]*)"', lambda m: f'{LANG} = "{disguise(m.group(1))}"', helplines), encoding="utf-8")
    settings = Settings(content=root / "content", translations=root / "translations", ratelimit_enabled=False, bot_url="http://127.0.0.1:9")
    app = create_app(settings)
    assert app.extensions["guide"].library.faults == []
    return app.test_client()


class Words(HTMLParser):
    """The words that a reader sees or hears in the language of the page, attributes that are read included."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._langs: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {k: v or "" for k, v in attrs}
        if tag not in ("meta", "link", "input", "img", "br", "use", "path"):
            self._langs.append((tag, named.get("lang") or (self._langs[-1][1] if self._langs else "")))
        lang = named.get("lang") or (self._langs[-1][1] if self._langs else LANG)
        if lang == LANG:
            self.found += [named[name] for name in ("aria-label", "alt", "title", "placeholder", "data-listen", "data-stop", "data-failed", "data-waiting", "data-wrote") if name in named]
            if tag == "meta" and named.get("name") == "description":
                self.found.append(named["content"])
            if tag in ("input", "button") and named.get("type") == "submit":
                self.found.append(named.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._langs and self._langs.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._langs and self._langs[-1][1] == LANG and self._langs[-1][0] not in ("style", "script", "title", "bdi"):
            self.found.append(data)


def undisguised(html: str) -> list[str]:
    words = Words()
    words.feed(html)
    return [word for text in words.found for word in re.findall(r"[A-Za-z]{3,}", NAMES.sub(" ", text))]


@pytest.mark.parametrize("name", [*PAGES, "chat", "search", "help/0192", "help?q=sätra", "help?q=qqqq", "nothing-here", "two/sv/now"])
def test_no_word_of_a_page_is_left_undisguised(client: FlaskClient, name: str) -> None:
    html = client.get(f"/{LANG}/" if name == "start" else f"/{LANG}/{name}").get_data(as_text=True)
    # Names of contacts and municipalities, and the titles of cards, are names.
    allowed = {"English"}
    assert [word for word in undisguised(html) if word not in allowed] == []


def test_no_word_of_an_answer_or_a_search_is_left_undisguised(client: FlaskClient) -> None:
    for message in ("112", "qwerty", "pistol"):
        html = client.post(f"/{LANG}/chat", data={"message": message}).get_data(as_text=True)
        assert [w for w in undisguised(html.replace(f">{message}<", "><")) if w != message] == []
    found = client.post(f"/{LANG}/search", data={"q": disguise("school")}).get_data(as_text=True)
    assert undisguised(found) == []
    for body in ("", "x" * 3000):
        assert undisguised(client.post(f"/{LANG}/chat", data={"message": body}).get_data(as_text=True).replace("x" * 2000, "")) == []


def test_the_disguise_would_show_a_word_that_is_not_marked() -> None:
    assert undisguised('<html lang="en"><p>Hello <b lang="sv">hej</b></p><img alt="A dog">') == ["Hello", "dog"]
