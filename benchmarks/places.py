"""How long a look-up of a place takes, over the training sentences of ten languages and all names of municipalities."""

from __future__ import annotations

import time

from app.places import Finder
from app.reading import training_sentences
from app.settings import ROOT, Settings
from benchmarks.load import percentile


def measure() -> str:
    """Give p50 and p95 in milliseconds, as an answer and as a free message, without the memory of earlier look-ups."""
    finder = Finder.load(ROOT / "content")
    texts = [t for sentences in training_sentences(Settings().training).values() for t in sentences[::3]]
    texts += list(finder.municipality_names().values())
    lines = ["## Places", "", f"{len(texts)} texts.", "", "| | p50 | p95 | bar |", "|---|---:|---:|---:|"]
    for asked, label in ((True, "answer to “where do you live?”"), (False, "free message")):
        times = []
        for text in texts:
            began = time.perf_counter()
            finder._find(text, asked=asked)
            times.append((time.perf_counter() - began) * 1000)
        lines.append(f"| {label} | {percentile(times, 0.5):.2f} ms | {percentile(times, 0.95):.2f} ms | 5 ms |")
    return "\n".join(lines) + "\n"
