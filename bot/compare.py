"""Compares ways of understanding on the held-out sentences and writes docs/understanding.md.

    python -m bot.compare

Every way learns from the same training sentences; what a way has to choose is chosen on `bot/tests/nlu/dev`, the figures are of `test`.
Sentence vectors come from the memory that training filled (var/vectors.npz).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
import yaml

from bot import lean

lean.install()

from scipy.sparse import csr_matrix, hstack  # noqa: E402
from scipy.special import softmax  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

from bot.components import embedding  # noqa: E402
from bot.components.site_reading import URGENT  # noqa: E402
from bot.components.text import fold, sound  # noqa: E402
from bot.components.understanding import OTHER, cut, held_out  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
NLU = ROOT / "bot" / "tests" / "nlu"
Rows = List[Tuple[str, str, str]]


def training() -> Rows:
    """Read the training sentences as (language, topic, text)."""
    found: Rows = []
    for path in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found.extend((path.stem, entry["intent"], line[2:].strip()) for line in entry["examples"].splitlines() if line.startswith("- "))
    return found


class Data:
    """Sentences, their topics and features: of training, dev and test, one below the other."""

    def __init__(self) -> None:
        self.parts = [training(), held_out(NLU / "dev"), held_out(NLU / "test")]
        self.rows = [row for part in self.parts for row in part]
        ends = np.cumsum([len(part) for part in self.parts])
        index = np.arange(len(self.rows))
        self.train, self.dev, self.test = index < ends[0], (index >= ends[0]) & (index < ends[1]), index >= ends[1]
        self.topics = np.array([row[1] for row in self.rows])
        self.languages = np.array([row[0] for row in self.rows])
        texts = [cut(row[2]) for row in self.rows]
        self.vectors = embedding.Memory(ROOT / "var" / "vectors-compare.npz").vectors(texts)
        self.vectors -= self.vectors[self.train].mean(axis=0)
        folded, sounds = [fold(text) for text in texts], [sound(text) for text in texts]
        common = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
        self.letters4 = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), max_features=60000, **common), folded)
        self.letters = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=80000, **common), folded)
        self.words = self._matrix(TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), max_features=40000, **common), folded)  # noqa: S106
        self.sounds = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=40000, lowercase=False, **common), sounds)

    def _matrix(self, vectorizer: TfidfVectorizer, texts: List[str]) -> csr_matrix:
        vectorizer.fit([text for text, chosen in zip(texts, self.train) if chosen])
        return vectorizer.transform(texts).tocsr()


def logistic(data: Data, features: Any, c: float, weight: Optional[str] = None) -> np.ndarray:
    """Learn a logistic regression; give its log-probabilities for all sentences."""
    machine = LogisticRegression(C=c, max_iter=120, class_weight=weight).fit(features[data.train], data.topics[data.train])
    return machine.predict_log_proba(features)


def support(data: Data, features: Any, c: float = 0.3, weight: Optional[str] = None) -> np.ndarray:
    """Learn a linear support vector machine; give its margins for all sentences."""
    return LinearSVC(C=c, class_weight=weight).fit(features[data.train], data.topics[data.train]).decision_function(features)


def nearest(data: Data, k: int) -> np.ndarray:
    """Let the k nearest training sentences vote, by their likeness."""
    machine = KNeighborsClassifier(k, weights="distance", metric="cosine", algorithm="brute").fit(data.vectors[data.train], data.topics[data.train])
    result = np.zeros((len(data.rows), len(machine.classes_)))
    result[~data.train] = machine.predict_proba(data.vectors[~data.train])
    return result


def topic_ways(data: Data) -> Dict[str, np.ndarray]:
    """Give the scores of all sentences by each way, shape (sentences, topics); topics sorted."""
    dense = csr_matrix(data.vectors * 1.5)
    ways: Dict[str, np.ndarray] = {}

    def add(name: str, make: Callable[[], np.ndarray]) -> None:
        began = time.monotonic()
        ways[name] = make()
        print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)

    add("groups of 1–4 letters, logistic regression", lambda: logistic(data, data.letters4, 16.0))
    add("sentence vectors, logistic regression", lambda: logistic(data, data.vectors * 8, 1.0))
    add("sentence vectors, 15 nearest", lambda: nearest(data, 15))
    first, second = list(ways.values())[:2]
    truth = np.searchsorted(np.unique(data.topics), data.topics)
    weights = np.linspace(0, 1, 11)
    best = max(weights, key=lambda w: ((w * first + (1 - w) * second).argmax(1) == truth)[data.dev].mean())
    add(f"both, mixed (letters {best:.1f}): the first form", lambda: softmax(best * first + (1 - best) * second, axis=1))
    add("groups of 2–5 letters, SVM", lambda: support(data, data.letters))
    add("letters and words, SVM", lambda: support(data, hstack([data.letters, data.words]).tocsr()))
    add("letters and vectors in one SVM", lambda: support(data, hstack([data.letters, dense]).tocsr()))
    add("letters, words and vectors in one SVM", lambda: support(data, hstack([data.letters, data.words, dense]).tocsr()))
    everything = hstack([data.letters, data.words, data.sounds, dense]).tocsr()
    add("letters, words, sounds and vectors in one SVM: chosen", lambda: support(data, everything))
    add("the same, rare topics weighted up", lambda: support(data, everything, weight="balanced"))
    return ways


def danger_ways(data: Data, margins: np.ndarray, labels: np.ndarray) -> Dict[str, np.ndarray]:
    """Give how clearly sentences mean danger, by each way."""
    urgent = np.isin(labels, URGENT)
    everything = hstack([data.letters, data.words, data.sounds, csr_matrix(data.vectors * 1.5)]).tocsr()
    own = LinearSVC(C=0.3).fit(everything[data.train], np.isin(data.topics[data.train], URGENT)).decision_function(everything)
    lead = margins[:, urgent].max(axis=1) - margins[:, ~urgent].max(axis=1)
    return {
        "probability of the three topics together": softmax(margins / 0.33, axis=1)[:, urgent].sum(axis=1),
        "lead of the likeliest danger over the likeliest other topic": lead,
        "a machine for danger alone": own,
        "that machine and the lead together: chosen": own + lead,
    }


def main() -> int:
    data = Data()
    labels = np.unique(data.topics)
    ways = topic_ways(data)
    languages = sorted(set(data.languages))
    latin = data.test & np.isin(data.languages, ("ar", "fa", "ckb", "ti")) & np.array([fold(row[2]).isascii() for row in data.rows])
    lines = [
        "# Ways of understanding that were tried", "",
        f"Written by `python -m bot.compare`. {data.train.sum()} training sentences; what a way has to choose is chosen on {data.dev.sum()} held-out sentences "
        f"(`dev`), the figures are of {data.test.sum()} others (`test`, docs/evaluation.md). The classifier alone, the likeliest topic, no thresholds. “Latin”: the {latin.sum()} "
        "messages in Arabic, Persian, Sorani and Tigrinya that are written in Latin letters.", "",
        "| way | dev | **test** | latin | " + " | ".join(languages) + " |", "|---|---:|---:|---:|" + "---:|" * len(languages),
    ]
    for name, scores in ways.items():
        right = labels[scores.argmax(axis=1)] == data.topics
        cells = [right[data.test & (data.languages == language)].mean() for language in languages]
        lines.append(f"| {name} | {right[data.dev].mean():.3f} | **{right[data.test].mean():.3f}** | {right[latin].mean():.3f} | " + " | ".join(f"{c:.2f}" for c in cells) + " |")
    lines += [
        "", "A model for each language, and Google's universal sentence encoder, were tried before (a spike of this project, on other data): both worse.", "",
        "## Danger", "", "The threshold is the one that lets through 3 % of the calm sentences of `dev`.", "",
        "| way | danger of dev found | **danger of test found** | false alarms: other messages | false alarms: small talk, look-alikes |", "|---|---:|---:|---:|---:|",
    ]
    danger, idle = np.isin(data.topics, URGENT), np.isin(data.topics, OTHER)
    for name, scores in danger_ways(data, ways["letters, words, sounds and vectors in one SVM: chosen"], labels).items():
        alarm = scores >= np.quantile(scores[data.dev & ~danger], 0.97)
        figures = [alarm[part].mean() for part in (data.dev & danger, data.test & danger, data.test & ~danger & ~idle, data.test & idle)]
        lines.append(f"| {name} | {figures[0]:.3f} | **{figures[1]:.3f}** | {figures[2]:.3f} | {figures[3]:.3f} |")
    lines += ["", "What the site reads for certain (danger words, `content/<lang>/danger.toml`) comes on top."]
    (ROOT / "docs" / "understanding.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
