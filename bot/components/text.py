"""One spelling for what people type; the same table and the same folding as the site's app/spelling.py."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import tomli

_WORD = re.compile(r"\w+", re.UNICODE)
_LONG = re.compile(r"(\w)\1{2,}")
CONTENT = Path(__file__).resolve().parents[2] / "content"


def _table() -> dict[int, str]:
    table = tomli.loads((CONTENT / "letters.toml").read_text(encoding="utf-8"))
    letters = {ord(letter): value for letter, value in table["replace"].items()}
    letters.update({ord(letter): "" for letter in table["remove"]["characters"]})
    return letters


_LETTERS = _table()


def fold(text: str) -> str:
    """Give lower-case text with one spelling for each sound, as `content/letters.toml` says."""
    text = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and unicodedata.digit(c, None) is not None else c
        for c in text
    )
    text = text.lower().translate(_LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return _LONG.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """Give the folded words of a text in their order, without punctuation and emoji."""
    return _WORD.findall(fold(text))
