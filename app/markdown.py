"""Markdown to safe HTML: the small dialect of docs/content.md, with raw HTML refused and everything sanitised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from typing import Any, Final
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

CALLOUTS: Final = ("danger", "warning", "info", "say", "steps", "sheet")
TAGS: Final = {
    "a", "bdi", "br", "details", "div", "em", "h2", "h3", "h4", "li", "ol", "p", "section", "small", "span", "strong", "summary", "ul",
}
_ATTRIBUTES: Final = {
    "a": {"href", "class", "rel"}, "bdi": {"dir"}, "div": {"class", "lang", "dir"}, "p": {"class", "lang", "dir"}, "section": {"class", "id"},
    "span": {"class", "lang", "dir"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "small": {"class"}, "ul": {"class"}, "details": {"class"},
}
_HTML = re.compile(r"<[a-zA-Z/!?]")
_BLOCK_MARK = re.compile(r"\[(contact|say|word|operator)(?::([a-z0-9_-]+))?\]\s*\Z")
_ANY_MARK = re.compile(r"\[(?:contact|say|word|phone|sentence):[A-Za-z0-9_-]+\]|\[operator\]")
_HEADING_MARKS = re.compile(r"\{#[a-z0-9-]+\}")
_LIST = re.compile(r"(?:[-*+]|\d+\.)\s")
_INLINE_MARK = r"\[(phone|sentence):([A-Za-z0-9_-]+)\]"
_ID = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*\Z")
_FENCE = re.compile(r":::\s*(\w*)\s*\Z")


class MarkdownError(ValueError):
    """A text that is not allowed; the message says the line and what to do, in plain words."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks of the dialect write: each function gives safe HTML, or raises KeyError for an unknown name.

    `contact`, `say`, `word` and `operator` give blocks, `phone` and `sentence` words inside a sentence; `link`
    turns the name of a page (with or without `#id`) into an address, or raises KeyError.
    """

    phone: Callable[[str], str]
    contact: Callable[[str], str]
    sentence: Callable[[str], str]
    say: Callable[[str], str]
    word: Callable[[str], str]
    operator: Callable[[], str]
    link: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list or mark of a text: what is translated, compared and reviewed as one.

    `section` is the id of the heading it stands under ("" before the first), `callout` the kind of callout it
    stands in ("" outside), `group` the number of that callout in the text (0 outside), `line` where it begins.
    """

    kind: str  # "heading", "text", "list" or "mark"
    source: str
    section: str = ""
    callout: str = ""
    group: int = 0
    line: int = 1

    @property
    def written(self) -> bool:
        """Whether there are words of its own in it, not only marks (which are kept elsewhere)."""
        return bool(re.search(r"[^\W_]", _ANY_MARK.sub("", _HEADING_MARKS.sub("", self.source))))


@dataclass(frozen=True, slots=True)
class Part:
    """A block and the safe HTML that it became."""

    block: Block
    html: str


@dataclass(slots=True)
class Rendered:
    """A rendered text: `html`, the same as plain `text`, the ids of its headings, and the parts it is made of."""

    html: str
    text: str
    headings: list[str] = field(default_factory=list)
    parts: tuple[Part, ...] = ()


def render(source: str, marks: Marks) -> Rendered:
    """Render a text of the dialect. Raises MarkdownError for what is not allowed."""
    return Renderer(marks).render(source)


class Renderer:
    """Renders texts with the same marks, one after the other; not for several threads at once."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._markdown = markdown.Markdown(extensions=[_Dialect(marks), "sane_lists"], output_format="html")

    def render(self, source: str) -> Rendered:
        """Render a text of the dialect. Raises MarkdownError for what is not allowed."""
        for number, line in enumerate(source.splitlines(), 1):
            if _HTML.search(line):
                raise MarkdownError(f"line {number}: HTML is not allowed here; write a mark or plain text")
            if re.search(r"!\[|^\s*\|", line):
                raise MarkdownError(f"line {number}: pictures and tables are not allowed here")
        parts = tuple(Part(block, self._convert(block)) for block in blocks(source))
        html = assemble(parts)
        if _canonical(nh3.clean(html, tags=set(TAGS), attributes={k: set(v) for k, v in _ATTRIBUTES.items()}, link_rel=None, url_schemes={"https", "tel"})) != _canonical(html):
            raise MarkdownError("the text holds something that is not allowed; take out links or signs that are not plain text")
        headings = re.findall(r'<h[2-4] id="([^"]+)"', html)
        if len(headings) != len(set(headings)):
            raise MarkdownError("two headings have the same id")
        return Rendered(html, plain(html), headings, parts)

    def _convert(self, block: Block) -> str:
        if block.kind == "mark":
            found = _BLOCK_MARK.match(block.source)
            assert found is not None
            write = {"contact": self._marks.contact, "say": self._marks.say, "word": self._marks.word}.get(found.group(1))
            return _written(write, found.group(1), found.group(2)) if write else self._marks.operator()
        self._markdown.reset()
        return self._markdown.convert(block.source)


def assemble(parts: Iterable[Part]) -> str:
    """Put parts together again: those of one callout stand in one box."""
    lines: list[str] = []
    for group, together in groupby(parts, key=lambda part: part.block.group):
        inner = list(together)
        if group:
            lines.append(f'<div class="callout {inner[0].block.callout}">')
        lines += [part.html for part in inner]
        if group:
            lines.append("</div>")
    return "\n".join(lines)


def blocks(source: str) -> list[Block]:
    """Split a text into its blocks. Raises MarkdownError for a callout that is not closed or not known."""
    found: list[Block] = []
    lines: list[str] = []
    section, callout, groups, opened, began = "", "", 0, 0, 1

    def close() -> None:
        nonlocal lines, section
        if not "".join(lines).strip():
            lines = []
            return
        text = "\n".join(lines).rstrip()
        lines = []
        kind = "heading" if text.startswith("#") else "mark" if _BLOCK_MARK.match(text) else "list" if _LIST.match(text) else "text"
        group = groups if callout else 0
        last = found[-1] if found else None
        # A list goes on behind an empty line: with another item, or with a line that is set in.
        if last is not None and last.kind == "list" and last.group == group and last.section == section and (
            text.startswith((" ", "\t")) or (kind == "list" and text[0].isdigit() == last.source[0].isdigit())
        ):
            found[-1] = replace(last, source=f"{last.source}\n\n{text}")
            return
        if kind == "heading" and (named := _ID.search(text)):
            section = named.group(1)
        found.append(Block(kind, text, section, callout, group, began))

    for number, line in enumerate([*source.splitlines(), ""], 1):
        fence = _FENCE.match(line)
        if fence:
            close()
            kind = fence.group(1)
            if kind and callout:
                raise MarkdownError(f"line {number}: a callout begins inside another; close the first one with :::")
            if kind and kind not in CALLOUTS:
                raise MarkdownError(f"line {number}: there is no callout {kind}; there are: {', '.join(CALLOUTS)}")
            if not kind and not callout:
                raise MarkdownError(f"line {number}: ::: closes nothing")
            callout, opened = kind, number
            groups += bool(kind)
            continue
        alone = line.startswith("#") or _BLOCK_MARK.match(line.strip())
        if alone or not line.strip():
            close()
        if line.strip():
            if not lines:
                began = number
            lines.append(line.strip() if alone else line)
        if alone:
            close()
    if callout:
        raise MarkdownError(f"line {opened}: the callout is not closed; write ::: on a line of its own")
    return found


def _written(write: Callable[[str], str], kind: str, name: str) -> str:
    try:
        return write(name)
    except KeyError as error:
        raise MarkdownError(f"[{kind}:{name}]: there is no {kind} with this name") from error


class _Dialect(Extension):
    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self.marks = marks

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in ("html", "entity", "image_link", "image_reference", "short_image_ref", "autolink", "automail", "backtick", "reference", "short_reference"):
            if name in md.inlinePatterns:
                md.inlinePatterns.deregister(name)
        for name in ("code", "hr", "setextheader", "quote", "reference"):
            md.parser.blockprocessors.deregister(name)
        md.inlinePatterns.register(_Mark(_INLINE_MARK, md, self.marks), "mark", 185)
        md.treeprocessors.register(_Finish(md, self.marks), "finish", 1)


class _Mark(InlineProcessor):
    def __init__(self, pattern: str, md: markdown.Markdown, marks: Marks) -> None:
        super().__init__(pattern, md)
        self.marks = marks

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        kind, name = m.groups()
        html = _written(self.marks.phone if kind == "phone" else self.marks.sentence, kind, name)
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


class _Finish(Treeprocessor):
    """Gives headings their ids and links their addresses."""

    def __init__(self, md: markdown.Markdown, marks: Marks) -> None:
        super().__init__(md)
        self.marks = marks

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h5", "h6"):
                raise MarkdownError(f"heading “{''.join(element.itertext()).strip()}”: only ## to #### are headings here")
            if element.tag in ("h2", "h3", "h4"):
                self._heading(element)
            if element.tag == "a":
                self._link(element)

    def _heading(self, element: Element) -> None:
        last = element[-1] if len(element) else None
        text = (last.tail if last is not None else element.text) or ""
        found = _ID.search(text)
        if found is None:
            raise MarkdownError(f"heading “{''.join(element.itertext()).strip()}” has no id; write {{#name}} behind it")
        text = text[: found.start()]
        if last is not None:
            last.tail = text
        else:
            element.text = text
        element.set("id", found.group(1))

    def _link(self, element: Element) -> None:
        href = element.get("href", "")
        if href.startswith("https://"):
            element.set("rel", "noreferrer")
            return
        try:
            element.set("href", self.marks.link(href))
        except KeyError as error:
            raise MarkdownError(f"the link ({href}) leads to no page") from error


# HTML as words


class _Words(HTMLParser):
    BLOCKS: Final = frozenset({"p", "div", "h2", "h3", "h4", "li", "ol", "ul", "section", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.tokens: list[Any] = []
        self._numbers: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens.append((tag, tuple(sorted((k, v or "") for k, v in attrs))))
        if tag in self.BLOCKS:
            self.parts.append("\n")
        if tag == "ol":
            self._numbers.append(0)
        elif tag == "ul":
            self._numbers.append(-1)
        elif tag == "li" and self._numbers:
            if self._numbers[-1] >= 0:
                self._numbers[-1] += 1
                self.parts.append(f"{self._numbers[-1]}. ")
            else:
                self.parts.append("• ")

    def handle_endtag(self, tag: str) -> None:
        self.tokens.append(f"/{tag}")
        if tag in self.BLOCKS:
            self.parts.append("\n")
        if tag in ("ol", "ul") and self._numbers:
            self._numbers.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.tokens.append(re.sub(r"\s+", " ", data).strip())
        self.parts.append(data if data.strip("\n") else "")


def _canonical(html: str) -> list[Any]:
    words = _Words()
    words.feed(html)
    words.close()
    return [token for token in words.tokens if token not in ("/br",)]


def plain(html: str) -> str:
    """Give the words of safe HTML, one line a block, list items numbered as they are shown."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = (re.sub(r"[ \t\n]+", " ", line).strip() for line in "".join(words.parts).split("\n"))
    text = "\n".join(line for line in lines if line)
    return re.sub(r"(?m)^(\d+\.|•)\n", r"\1 ", text)


def text_of(value: str) -> str:
    """Give text as HTML."""
    return escape(value, quote=True)
