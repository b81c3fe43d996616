"""How often the search shows the right page, by the way it cuts words, and how long it takes."""

from __future__ import annotations

import re
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import tomllib

from app import create_app
from app.languages import CODES
from app.search import Search, _Document
from app.settings import ROOT, Settings

QUERIES = Path(__file__).parent / "search.toml"


class _Plain:
    """The peer: what FTS5 does by itself. `tokenize` as SQLite names it; words joined by OR, ranked by bm25."""

    def __init__(self, documents: list[_Document], tokenize: str, fold: Callable[[str], str], said: bool) -> None:
        self._documents, self._fold = documents, fold
        self._db = sqlite3.connect(":memory:")
        self._db.execute(f"CREATE VIRTUAL TABLE words USING fts5(title, heading, body, said, tokenize='{tokenize}')")
        rows = ((n, fold(d.title), fold(d.heading), fold(d.text), fold(d.said) if said else "") for n, d in enumerate(documents))
        self._db.executemany("INSERT INTO words(rowid, title, heading, body, said) VALUES (?, ?, ?, ?, ?)", rows)

    def pages(self, query: str) -> list[str]:
        words = [word for word in re.findall(r"\w+", self._fold(query)) if len(word) > 2]
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        rows = self._db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 8.0, 6.0, 2.0, 1.0) LIMIT 60", (match,)).fetchall()
        return list(dict.fromkeys(self._documents[n].name for (n,) in rows if self._documents[n].kind == "page"))


def measure() -> str:
    """Give the share of queries whose page is first, among three, among five; by language and by kind of index."""
    app = create_app(Settings(ratelimit_enabled=False, bot_url="http://127.0.0.1:9"))
    search: Search = app.extensions["guide"].search
    spelling = search._spelling
    fold = lambda text: " ".join(spelling.words(text))  # noqa: E731
    raw = lambda text: text.lower()  # noqa: E731
    queries = tomllib.loads(QUERIES.read_text(encoding="utf-8"))
    kinds = {
        "words as they are (unicode61)": ("unicode61", raw, False),
        "words without diacritics (unicode61, folded)": ("unicode61", fold, False),
        "groups of three letters (trigram, folded)": ("trigram", fold, False),
        "the same with what people say": ("trigram", fold, True),
    }
    ranks: dict[str, dict[str, list[int]]] = {name: {code: [] for code in CODES} for name in (*kinds, "this search")}
    took: list[float] = []
    for code in CODES:
        documents = search._documents(code)
        indexes = {name: _Plain(documents, *how) for name, how in kinds.items()}
        for query, wanted in queries[code]:
            good = wanted.split("|")
            began = time.perf_counter()
            found = [hit.name for hit in search.find(query, code) if hit.kind == "page"]
            took.append((time.perf_counter() - began) * 1000)
            ranks["this search"][code].append(_rank(found, good))
            for name, index in indexes.items():
                ranks[name][code].append(_rank(index.pages(query), good))
    count = sum(len(rows) for rows in ranks["this search"].values())
    lines = [
        "## Search", "",
        f"{count} queries in ten languages (`benchmarks/search.toml`), each with the page that answers it, written by somebody who had not seen the index. Share of "
        "queries whose page is the first page, among the first three, among the first five. The assistant's answer, which stands above, is not counted.", "",
        "| index | first | three | five |", "|---|---:|---:|---:|",
    ]
    for name, by_language in ranks.items():
        every = [rank for rows in by_language.values() for rank in rows]
        lines.append(f"| {name} | {_share(every, 1)} | {_share(every, 3)} | {_share(every, 5)} |")
    lines += ["", "| language | first | three | five |", "|---|---:|---:|---:|"]
    for code in CODES:
        rows = ranks["this search"][code]
        lines.append(f"| {code} | {_share(rows, 1)} | {_share(rows, 3)} | {_share(rows, 5)} |")
    took.sort()
    lines += ["", f"Time: p50 {statistics.median(took):.1f} ms, p95 {took[int(len(took) * 0.95)]:.1f} ms (without the assistant; the first query of a language makes its index)."]
    return "\n".join(lines) + "\n"


def _rank(found: list[str], good: list[str]) -> int:
    return next((place for place, name in enumerate(found, 1) if name in good), 99)


def _share(ranks: list[int], most: int) -> str:
    return f"{sum(rank <= most for rank in ranks) / len(ranks):.2f}"


if __name__ == "__main__":
    assert ROOT
    print(measure())
