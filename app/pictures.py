"""The pictograms: our own drawings, shown beside words and never instead of them, so that the way to 112 is seen without reading."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

# Each is drawn in a square of 32 by 32 in one colour, that of the text around it.
DRAWINGS: Final = {
    "call": '<path d="M7 3c-2.5 0-4 2-4 4.5C3 19 13 29 24.5 29c2.5 0 4.5-1.5 4.5-4v-4.5l-7-2.5-3 3.5c-4-1.5-7-4.5-8.5-8.5L14 10l-2.5-7z"/>',
    "weapon": '<path d="M2 7h28v7h-4l-1 3h-8c-1.5 0-2.5 1-2.8 2.5L12.5 28H4l3-12c-3 0-5-2-5-5zm15 7-.5 2h5l.7-2z"/>',
    "threat": '<path d="M3 4h26v18H15l-8 7v-7H3zm11.5 3v8h3V7zm0 9.5v3h3v-3z"/>',
    "missing": '<path d="M12 4a4.5 4.5 0 1 0 .1 0zM5 29V18c0-3 2-5 5-5h4c3 0 5 2 5 5v11h-4v-9h-1v9h-4v-9H9v9zM24 4c3.5 0 6 2.2 6 5 0 3.5-4 3.7-4 6.5h-3c0-4.5 4-4.5 4-6.5 0-1.2-1.3-2-3-2s-3 1-3 2.5h-3C18 6.2 20.5 4 24 4zm-1 13.5h3v3h-3z"/>',
    "injury": '<path d="M12 3h8v9h9v8h-9v9h-8v-9H3v-8h9z"/>',
    "heart": '<path d="M16 29 4.5 16.5C1 12.5 3 5 9 5c3.5 0 5.7 2 7 4.5C17.3 7 19.5 5 23 5c6 0 8 7.5 4.5 11.5z"/>',
    "clock": '<path d="M16 2a14 14 0 1 0 .1 0zm0 3.5A10.5 10.5 0 1 1 15.9 5.5zM14.5 8v9.2l6 4.3 1.8-2.5-4.8-3.4V8z"/>',
    "calendar": '<path d="M3 6h5V2h4v4h8V2h4v4h5v24H3zm3.5 7v13.5h19V13zM9 15h4v4H9zm5 0h4v4h-4zm5 0h4v4h-4zM9 21h4v4H9zm5 0h4v4h-4z"/>',
    "listen": '<path d="M3 11h6l8-7v24l-8-7H3zm17.5-1c2 1.5 3 3.5 3 6s-1 4.5-3 6l1.7 2.3c2.8-2 4.3-5 4.3-8.3s-1.5-6.3-4.3-8.3z"/>',
    "stop": '<path d="M6 6h20v20H6z"/>',
}
PAGES: Final = {
    "now": "call", "today": "clock", "week": "calendar", "weapon": "weapon", "missing": "missing", "threats": "threat",
}
SECTIONS: Final = {
    "now": {"weapon": "weapon", "threat": "threat", "missing": "missing", "injury": "injury", "self-harm": "heart"},
    "today": {"threats": "threat", "missing": "missing"},
    "missing": {"call": "call"},
}
_USE: Final = '<svg class="{kind}" aria-hidden="true" focusable="false"><use href="#p-{name}"/></svg>'
_CALL: Final = re.compile(r'<a class="call" href="tel:[^"]*">')


def picture(name: str, kind: str = "picture") -> Markup:
    """Give the mark that shows a drawing of this page; screen readers pass it by. Raises KeyError for an unknown name."""
    DRAWINGS[name]
    return Markup(_USE.format(name=name, kind=kind))  # noqa: S704  our own drawings


def of_page(name: str) -> Markup:
    """Give the drawing of a page, or nothing where it has none."""
    return picture(PAGES[name]) if name in PAGES else Markup("")


def illustrate(name: str, html: str) -> Markup:
    """Put drawings before the headings of a page that have one, and the handset on every button that calls."""
    for id_, drawing in SECTIONS.get(name, {}).items():
        html = html.replace(f'<h2 id="{id_}">', f'<h2 id="{id_}">{picture(drawing)}')
    handset = str(picture("call", "handset"))
    return Markup(_CALL.sub(lambda m: m.group() + handset, html))  # noqa: S704  safe HTML of the library


# All of them, once in every page (under a kilobyte compressed), because answers of the chat come later.
SHEET: Final = Markup(  # noqa: S704
    '<svg class="hidden" aria-hidden="true" focusable="false">'
    + "".join(f'<symbol id="p-{name}" viewBox="0 0 32 32">{drawing}</symbol>' for name, drawing in DRAWINGS.items())
    + "</svg>"
)
