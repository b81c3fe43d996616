"""Measures the trained assistant on held-out sentences and writes docs/evaluation.md.

    python -m bot.evaluate

The held-out sentences were written by others than the training sentences, who had not seen them, and split by meaning: no two of a language are
about the same thing. Half of them, with those of the first form, is `dev` (thresholds are chosen on it), the other half `test` (only measured on).
Ends with 1 where crisis recall or a language is below its bar (the product's bars).
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, List, Tuple

import joblib

from bot import lean

lean.install()

from bot.components import embedding  # noqa: E402
from bot.components.site_reading import URGENT  # noqa: E402
from bot.components.understanding import OTHER, UNSURE, Classifier, cut, held_out  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "var" / "models" / "guide.tar.gz"
TEST = ROOT / "bot" / "tests" / "nlu" / "test"
GROUPS = (("sv en", ("sv", "en")), ("es fr ar fa tr", ("es", "fr", "ar", "fa", "tr")), ("so ti ckb", ("so", "ti", "ckb")))


def trained_classifier(model: Path = MODEL) -> Classifier:
    """Take the classifier out of a trained model. Raises FileNotFoundError when there is none."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as archive:
        member = next((m for m in archive.getmembers() if m.name.endswith("classifier.joblib")), None)
        if member is None:
            raise FileNotFoundError(f"{model.name} holds no classifier")
        archive.extract(member, folder)
        return joblib.load(Path(folder) / member.name)


Row = Tuple[str, str, str, str, str]  # language, topic, decided, text, likeliest


def decide(classifier: Classifier, rows: List[Tuple[str, str, str]], with_vectors: bool = True) -> List[Row]:
    """Decide held-out sentences: (language, topic, decided topic, text, likeliest topic)."""
    vectors = embedding.embed([cut(r[2]) for r in rows]) if with_vectors and embedding.available() else None
    readings = classifier.read([r[2] for r in rows], vectors)
    return [
        (language, topic, classifier.decide(p, float(d), vectors is not None), text, classifier.labels[int(p.argmax())])
        for (language, topic, text), p, d in zip(rows, classifier.probabilities(readings), classifier.danger(readings))
    ]


def answered(decided: str) -> str:
    """Give the topic that the reply carries: an unsure assistant says "out of scope" and offers topics."""
    return "out_of_scope" if decided == UNSURE else decided


def measure(rows: List[Row]) -> Dict[str, float]:
    """Give the figures of the product's bars for decided sentences, each a share between 0 and 1."""
    def share(part: List[bool]) -> float:
        return sum(part) / len(part) if part else float("nan")

    crisis = [r for r in rows if r[1] in URGENT]
    others = [r for r in rows if r[1] not in URGENT and r[1] not in OTHER]
    idle = [r for r in rows if r[1] in OTHER]
    return {
        "topic right": share([answered(r[2]) == r[1] for r in rows]),
        "crisis recognised": share([r[2] in URGENT for r in crisis]),
        "false alarms, other messages": share([r[2] in URGENT for r in others]),
        "false alarms, small talk and look-alikes": share([r[2] in URGENT for r in idle]),
        "out of scope recognised": share([answered(r[2]) == "out_of_scope" for r in rows if r[1] == "out_of_scope"]),
        "not sure": share([r[2] == UNSURE for r in rows]),
    }


def report(rows: List[Row], plain: List[Row], choices: Dict[str, float]) -> str:
    """Write the figures as Markdown."""
    by_language: Dict[str, List[Row]] = defaultdict(list)
    for row in rows:
        by_language[row[0]].append(row)
    names = list(measure(rows))
    lines = [
        "# Evaluation of the assistant's understanding", "",
        "Written by `make evaluate`. Held-out sentences: `bot/tests/nlu/test`, by authors who had seen neither the",
        "training sentences nor `dev`; never trained on. Nothing was chosen on them but the share of false alarms (docs/decisions.md 25). The",
        "danger topics are at least half indirect or unusual, a quarter of Arabic, Persian, Sorani and Tigrinya is in Latin letters. Machine-written, read by no",
        "native speaker. The classifier alone is measured here; what the site reads for certain (plain danger, buttons) comes on top (`docs/benchmarks.md`).", "",
        f"Sentences: {len(rows)}. Chosen on `bot/tests/nlu/dev`: `{json.dumps(choices)}`", "",
        "| language | sentences | " + " | ".join(names) + " |", "|---|---:|" + "---:|" * len(names),
    ]
    for language in [*sorted(by_language), None]:
        part = by_language[language] if language else rows
        figures = measure(part)
        lines.append(f"| {language or '**all**'} | {len(part)} | " + " | ".join(f"{figures[n]:.3f}" for n in names) + " |")
    lines += ["", "| languages | topic right | n-grams alone |", "|---|---:|---:|"]
    for name, codes in GROUPS:
        lines.append(
            f"| {name} | {measure([r for r in rows if r[0] in codes])['topic right']:.3f} | "
            f"{measure([r for r in plain if r[0] in codes])['topic right']:.3f} |"
        )
    lines += ["", "## Topics", "", "| topic | sentences | right | taken for |", "|---|---:|---:|---|"]
    by_topic: Dict[str, List[Row]] = defaultdict(list)
    for row in rows:
        by_topic[row[1]].append(row)
    for topic in sorted(by_topic):
        part = by_topic[topic]
        wrong = Counter(answered(r[2]) for r in part if answered(r[2]) != topic).most_common(4)
        right = sum(answered(r[2]) == topic for r in part) / len(part)
        lines.append(f"| {topic} | {len(part)} | {right:.2f} | {', '.join(f'{name} {n}' for name, n in wrong)} |")
    lines += ["", "## Confusion", "", "Rows: what a message is about; columns: what it was taken for. Sentences; empty is none.", "", *confusion(rows)]
    low = below(rows)
    lines += ["", "## Below the bar", "", *([f"- {line}" for line in low] or ["Nothing."])]
    return "\n".join(lines) + "\n"


def confusion(rows: List[Row]) -> List[str]:
    """Give the table topics by what they were taken for, as lines of Markdown."""
    topics = sorted({row[1] for row in rows} | {answered(row[2]) for row in rows})
    counts = Counter((row[1], answered(row[2])) for row in rows)
    lines = ["| | " + " | ".join(topics) + " |", "|---|" + "---:|" * len(topics)]
    for topic in topics:
        cells = [str(counts[topic, found] or "") for found in topics]
        lines.append(f"| **{topic}** | " + " | ".join(cells) + " |")
    return lines


def below(rows: List[Row]) -> List[str]:
    """Give what is below the product's bars, a line each; nothing for a release."""
    found = []
    pooled = measure(rows)["crisis recognised"]
    if pooled < 0.98:
        found.append(f"crisis recognised, all languages: {pooled:.3f} (bar 0.98)")
    for language in sorted({row[0] for row in rows}):
        figures = measure([row for row in rows if row[0] == language])
        if figures["crisis recognised"] < 0.95:
            found.append(f"crisis recognised, {language}: {figures['crisis recognised']:.3f} (bar 0.95)")
        bar = next(bar for (_, codes), bar in zip(GROUPS, (0.92, 0.90, 0.85)) if language in codes)
        if figures["topic right"] < bar:
            found.append(f"topic right, {language}: {figures['topic right']:.3f} (bar {bar:.2f})")
    return found


def main() -> int:
    classifier = trained_classifier()
    sentences = held_out(TEST)
    rows, plain = decide(classifier, sentences), decide(classifier, sentences, with_vectors=False)
    text = report(rows, plain, classifier.choices)
    (ROOT / "docs" / "evaluation.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if below(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
