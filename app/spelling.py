"""One spelling for what people type: any keyboard, with and without diacritics, in every script of the guide."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import tomllib

_WORD = re.compile(r"\w+", re.UNICODE)
_LONG = re.compile(r"(\w)\1{2,}")


class Spelling:
    """The table of `content/letters.toml`, applied to texts.

    `fold(text)` gives lower-case text with one spelling for each sound; `words(text)` its words.
    The assistant (bot/components/text.py) reads the same file and must fold alike; a test compares them.
    """

    def __init__(self, content: Path) -> None:
        table = tomllib.loads((content / "letters.toml").read_text(encoding="utf-8"))
        letters = {ord(letter): value for letter, value in table["replace"].items()}
        letters.update({ord(letter): "" for letter in table["remove"]["characters"]})
        self._letters = letters
        self.fold = lru_cache(maxsize=4096)(self._fold)

    def _fold(self, text: str) -> str:
        text = "".join(
            str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and unicodedata.digit(c, None) is not None else c
            for c in text
        )
        # Letters are replaced before and after NFKD: some carry a mark that NFKD would take off.
        text = text.lower().translate(self._letters)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = unicodedata.normalize("NFC", text).translate(self._letters)
        return _LONG.sub(r"\1\1", text)

    def words(self, text: str) -> list[str]:
        """Give the folded words of a text in their order, without punctuation and emoji."""
        return _WORD.findall(self.fold(text))
