"""The ten languages: code, tag, own name, Swedish name, direction, and the tags that lead to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the guide.

    `code` is the path segment and folder name, `tag` the BCP 47 tag for `lang` attributes, `name` what its
    speakers call it, `swedish` what to say on the phone after ”tolk på”, `direction` "ltr" or "rtl".
    `aliases` are primary subtags of Accept-Language that are served by this language.
    """

    code: str
    tag: str
    name: str
    swedish: str
    direction: str = "ltr"
    aliases: tuple[str, ...] = field(default=())


SOURCE: Final = "sv"

# The order in which languages are listed to readers. Names are typed here because CLDR's own names
# are not always what speakers write (ckb).
LANGUAGES: Final[dict[str, Language]] = {
    language.code: language
    for language in (
        Language("sv", "sv", "Svenska", "svenska"),
        Language("ar", "ar", "العربية", "arabiska", "rtl"),
        Language("ckb", "ckb", "کوردی (سۆرانی)", "kurdiska, sorani", "rtl", ("ku-Arab", "sdh")),
        Language("en", "en", "English", "engelska"),
        Language("es", "es", "Español", "spanska"),
        Language("fa", "fa", "فارسی", "persiska", "rtl", ("prs", "fa-AF")),
        Language("fr", "fr", "Français", "franska"),
        Language("so", "so", "Soomaali", "somaliska"),
        Language("ti", "ti", "ትግርኛ", "tigrinska"),
        Language("tr", "tr", "Türkçe", "turkiska"),
    )
}

CODES: Final[tuple[str, ...]] = tuple(LANGUAGES)


def is_rtl(code: str) -> bool:
    """Say whether the language is written from right to left.

    Raises KeyError for a language that the guide does not have.
    """
    return LANGUAGES[code].direction == "rtl"
