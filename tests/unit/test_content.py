"""The content holds what it must, and each check finds the fault it is for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import checks
from app.contacts import Register
from app.content import ContentError, Library
from app.settings import ROOT, Settings
from app.spelling import Spelling
from app.topics import IDS, TopicError, load_topics


def test_nothing_is_wrong() -> None:
    settings = Settings()
    assert checks.find(settings.content, settings.translations, settings.training) == []


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        file = root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, path
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def remove(path: str) -> Callable[[Path], None]:
    return lambda root: (root / path).unlink()


FAULTS = [
    (edit("content/sv/replies/threats.md", "[sentence:call_112]", "Ring."), "must name sos-112"),
    (edit("content/so/replies/self_harm.md", "[phone:mind-sjalvmordslinjen]", "x"), "must name mind-sjalvmordslinjen"),
    (edit("content/sv/talk.md", "Säg först att du bryr dig.", "Ring 112 nu."), "telephone number is typed"),
    (edit("content/ar/talk.md", "{#before}", "{#fore}"), "headings differ"),
    (edit("content/tr/today.md", "[phone:sos-112]", "[phone:polisen-114-14]"), "marks differ"),
    (edit("content/fr/week.md", "(talk)", "(signs)"), "links differ"),
    (edit("content/sv/talk.md", "Säg först att du bryr dig.", "Vårdnadshavare bör säkerställa kommunikationsmöjligheter med handläggare och individer."), "office word"),
    (edit("content/sv/now.md", "Gå ut. Ta med alla andra.", "Polismyndighetens verksamhetsutövare kontaktar vederbörande omedelbart angående ifrågavarande omständigheter. " * 40), "LIX"),
    (edit("content/fa/talk.md", "summary:", "state: reviewed\nsummary:"), "only the Swedish text has state"),
    (edit("content/sv/talk.md", "Välj en stund", "Hitta en stund"), "outdated: “Hitta en stund"),
    (edit("content/so/states.csv", "machine draft", "reviewed"), "say the role"),
    (remove("content/es/states.csv"), "unrecorded:"),
    (edit("content/tr/week.md", "2. ", ""), "the paragraphs differ"),
    (edit("content/sv/how.md", 'sources: "polisen-unga', 'sources: "nobody'), "no source nobody"),
    (edit("content/sv/how.md", 'checked: "2026-', 'checked: "in 2026-'), "checked must be the day"),
    (edit("content/sv/how.md", "sources:", "source:"), "sources are missing"),
    (edit("content/sv/how.md", "summary:", "about:"), "summary is missing"),
    (remove("content/ar/cards/social.md"), "the text is missing"),
    (edit("content/sv/words.md", "[word:tolk]", "[word:tolkar]"), "the glossary has no word tolkar"),
    (edit("content/sounds.csv", "worried_call,", "worried,"), "how worried_call sounds is missing"),
    (edit("content/en/replies/money.md", "title:", "name:"), "title is missing"),
    (edit("content/en/replies/money.md", "1. Look", "word " * 80 + "\n\n1. Look"), "words; at most"),
    (remove("content/ti/replies/drugs.md"), "the text is missing"),
    (remove("content/ckb/now.md"), "the text is missing"),
    (edit("content/so/phrases.toml", "ask_age =", "asked_age ="), "walk.ask_age is missing"),
    (edit("content/ti/phrases.toml", "{municipality}", "{place}"), "placeholders differ"),
    (edit("content/ckb/danger.toml", "[self_harm]", "[self]"), "sections must be"),
    (edit("content/sv/phrases.toml", 'unsure = "Jag vet inte"', 'unsure = "Droger"'), "same text"),
    (edit("content/topics.toml", '"polisen-114-14", "brottsofferjouren"', '"nobody"'), "names nobody"),
    (edit("content/topics.toml", 'pages = ["parent", "safety"]', 'pages = ["nowhere"]'), "no page nowhere"),
    (edit("content/sentences.csv", "Wac 112 haddii", "Wac 113 haddii"), "numbers differ"),
    (edit("bot/data/nlu/so.yml", "- intent: drugs", "- intent: drogs"), "unknown topic drogs"),
    (edit("bot/data/nlu/sv.yml", "    - hej\n", "    - hej\n    - Hej!\n"), "twice"),
    (edit("bot/data/nlu/sv.yml", "    - hej\n", "    - hej [du](x)\n"), "brackets"),
    (edit("translations/so/LC_MESSAGES/messages.po", 'msgstr "Dir"', 'msgstr ""'), "not translated: Send"),
    (edit("translations/fr/LC_MESSAGES/messages.po", "appelez le 112", "appelez le 17"), "numbers differ"),
    (edit("translations/tr/LC_MESSAGES/messages.po", "%(limit)d karakter", "x karakter"), "placeholders differ"),
    (edit("translations/ti/LC_MESSAGES/messages.po", 'msgid "Send"', '#, fuzzy\nmsgid "Send"'), "fuzzy: Send"),
    (edit("translations/ti/LC_MESSAGES/messages.po", 'msgid "Send"', 'msgid "Sendd"'), "missing: Send"),
]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pristine")
    for part in ("content", "translations", "bot/data/nlu"):
        shutil.copytree(ROOT / part, root / part)
    return root


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[words.replace(" ", "-") + str(n) for n, (_, words) in enumerate(FAULTS)])
def test_each_check_finds_the_fault_it_is_for(pristine: Path, tmp_path: Path, fault: Callable[[Path], None], words: str) -> None:
    root = tmp_path / "root"
    shutil.copytree(pristine, root)
    fault(root)
    found = [str(p) for p in checks.find(root / "content", root / "translations", root / "bot/data/nlu")]
    assert any(words in problem for problem in found), found


def test_readability() -> None:
    assert checks.lix("Ring nu. Gå ut.") < 10
    assert checks.lix("Socialtjänstlagen innehåller bestämmelser angående handläggningsförfarandet.") > 80
    assert checks.sentence_lengths("Ett två. Tre! Fyra fem sex?") == [2, 1, 3]


def test_a_library_without_pages_does_not_start(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    for path in (tmp_path / "content" / "sv").glob("*.md"):
        path.unlink()
    with pytest.raises(ContentError, match="no pages"):
        Library(Settings(content=tmp_path / "content"))


def test_a_phrase_falls_back_to_swedish_and_an_unknown_one_is_an_error(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    edit("content/so/phrases.toml", "ask_age =", "nothing =")(tmp_path)
    library = Library(Settings(content=tmp_path / "content"))
    assert library.phrase("so", "walk.ask_age") == "Hur gammalt är barnet?"
    with pytest.raises(KeyError):
        library.phrase("so", "walk.unknown")
    assert library.phrase("sv", "chat.place_set", municipality="<b>") == "Nu visar jag numren för <b>."
    assert library.escape("<b>") == "&lt;b&gt;"


def test_the_topic_table_keeps_the_contract(tmp_path: Path) -> None:
    assert set(load_topics(ROOT / "content")) == IDS and len(IDS) == 26
    shutil.copytree(ROOT / "content", tmp_path / "content")
    edit("content/topics.toml", "[topics.law]", "[topics.laws]")(tmp_path)
    with pytest.raises(TopicError, match="law"):
        load_topics(tmp_path / "content")


def test_site_and_assistant_fold_alike() -> None:
    """Both read content/letters.toml; the assistant's Python is asked for a sample of every language."""
    spelling = Spelling(ROOT / "content")
    samples = [line[6:] for path in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("    - ")][::7]
    program = "import sys, json; from bot.components.text import fold; print(json.dumps([fold(t) for t in json.load(sys.stdin)]))"
    import json

    done = subprocess.run(
        [str(ROOT / ".venv" / "bot" / "bin" / "python"), "-c", program], input=json.dumps(samples), capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(done.stdout) == [spelling.fold(text) for text in samples]


@pytest.mark.parametrize(("text", "folded"), [("MÅNGA  ", "manga  "), ("İstanbul", "istanbul"), ("كتاب", "کتاب"), ("ኣጽዋር", "ኣጽዋር"), ("ፀሓይ", "ጸሓይ"), ("heeeej", "heej"), ("١٣", "13"), ("می‌شود", "میشود")])
def test_one_spelling(text: str, folded: str) -> None:
    assert Spelling(ROOT / "content").fold(text) == folded


def test_every_number_of_the_register_is_a_fact() -> None:
    """No number is shown whose source is not named."""
    register = Register.load(ROOT / "content")
    for contact in register.helplines.values():
        assert contact.source, contact.id
    for municipality in register.municipalities.values():
        for contact in municipality.contacts:
            assert contact.source, contact.id


def test_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)
