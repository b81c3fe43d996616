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


# How letters sound, roughly: consonants only, one Latin sign for each, so that "pesaram farar karde" and "پسرم فرار کرده" look
# alike. A capital is one sound that Latin letters write with two. Our own table.
_SOUNDS = {
    "ب": "b", "پ": "p", "ت": "t", "ث": "t", "ج": "j", "چ": "C", "ح": "h", "خ": "x", "د": "d", "ذ": "d", "ر": "r", "ز": "z", "ژ": "j",
    "س": "s", "ش": "S", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "غ": "g", "ف": "f", "ڤ": "v", "ق": "k", "ک": "k", "گ": "g", "ل": "l",
    "م": "m", "ن": "n", "ه": "h", "ع": "", "ا": "", "و": "", "ی": "", "ء": "",
    "7": "h", "5": "x", "3": "", "2": "", "9": "k", "q": "k",
}
_PAIRS = (("sh", "S"), ("kh", "x"), ("gh", "g"), ("ch", "C"), ("zh", "j"), ("th", "t"), ("dh", "d"), ("ph", "f"))
_VOWELS = frozenset("aeiouyw")
# Ethiopic: eight signs a consonant, from U+1200 on.
_ETHIOPIC = "h l h m s r s S k k - k b v t C h h n n - k k x x - - z j - d d j g g g t C p s s f p".split()
_UNHEARD = {ord("ە"): "", ord("ة"): ""}  # before folding: it makes both of them ه
_SILENT = re.compile(r"h\b")
_AGAIN = re.compile(r"(.)\1+")


def sound(text: str) -> str:
    """Give the consonants of a text in Latin signs, whatever script it is in; vowels and doubled letters are left out.

    Sorani ە, Arabic ة and an h at the end of a word are not heard, and Latin spelling leaves them out now and then.
    """
    text = fold(text.translate(_UNHEARD))
    for pair, sign in _PAIRS:
        text = text.replace(pair, sign)
    signs = []
    for letter in text:
        row = (ord(letter) - 0x1200) // 8
        if letter in _SOUNDS:
            signs.append(_SOUNDS[letter])
        elif 0 <= row < len(_ETHIOPIC):
            signs.append(_ETHIOPIC[row].replace("-", ""))
        elif letter in _VOWELS:
            continue
        else:
            signs.append(letter if letter.isalpha() else " ")
    return " ".join(_SILENT.sub("", _AGAIN.sub(r"\1", "".join(signs))).split())
