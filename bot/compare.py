"""Compares ways of understanding on the held-out sentences and writes docs/understanding.md.

    python -m bot.compare

Every way learns from the same training sentences; what a way has to choose is chosen on `bot/tests/nlu/dev`, the figures are of `test`.
Sentence vectors come from the memory that training filled (var/vectors.npz).
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
import yaml

from bot import lean

lean.install()

from scipy.sparse import csr_matrix, hstack  # noqa: E402
from scipy.special import log_softmax, softmax  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

from bot.components import embedding  # noqa: E402
from bot.components.site_reading import URGENT  # noqa: E402
from bot.components.text import fold, sound  # noqa: E402
from bot.components.understanding import OTHER, Understanding, cut, held_out  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
NLU = ROOT / "bot" / "tests" / "nlu"
OPTIONS = Understanding.get_default_config()
CHOSEN = "chosen"
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
        self.whole = self._centred(embedding.Memory(ROOT / "var" / "vectors-whole.npz", whole=True).vectors(texts))
        self.ours = self._centred(embedding.Memory(ROOT / "var" / "vectors.npz").vectors(texts))
        folded, sounds = [fold(text) for text in texts], [sound(text) for text in texts]
        common = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
        self.letters4 = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), max_features=60000, **common), folded)
        letters = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=OPTIONS["letters"], **common), folded)
        words = self._matrix(TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), max_features=OPTIONS["words"], **common), folded)  # noqa: S106
        heard = self._matrix(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=OPTIONS["sounds"], lowercase=False, **common), sounds)
        self.letters, self.read = letters, hstack([letters, words, heard]).tocsr()

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        return vectors - vectors[self.train].mean(axis=0)

    def _matrix(self, vectorizer: TfidfVectorizer, texts: List[str]) -> csr_matrix:
        vectorizer.fit([text for text, chosen in zip(texts, self.train) if chosen])
        return vectorizer.transform(texts).tocsr()


def logistic(data: Data, features: Any, wanted: np.ndarray, c: float = 1.0) -> np.ndarray:
    """Learn a logistic regression; give what it says of all sentences, before it is made a probability."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(C=c, max_iter=100).fit(features[data.train], wanted[data.train]).decision_function(features)


def support(data: Data, features: Any, wanted: np.ndarray, weight: Optional[str] = None) -> np.ndarray:
    """Learn a linear support vector machine; give its margins for all sentences."""
    return LinearSVC(C=OPTIONS["c"], class_weight=weight).fit(features[data.train], wanted[data.train]).decision_function(features)


def nearest(data: Data, vectors: np.ndarray, k: int) -> np.ndarray:
    """Let the k nearest training sentences vote, by their likeness."""
    machine = KNeighborsClassifier(k, weights="distance", metric="cosine", algorithm="brute").fit(vectors[data.train], data.topics[data.train])
    result = np.zeros((len(data.rows), len(machine.classes_)))
    result[~data.train] = machine.predict_proba(vectors[~data.train])
    return result


def late(data: Data, by_letters: np.ndarray, by_vectors: np.ndarray) -> Tuple[np.ndarray, str]:
    """Join two readings by their log-probabilities, with the share that puts most of dev right; give the sum and a word on the share."""
    truth = np.searchsorted(np.unique(data.topics), data.topics)

    def joined(share: float, sharpness: float) -> np.ndarray:
        return share * log_softmax(by_vectors, axis=1) + (1 - share) * log_softmax(by_letters / sharpness, axis=1)

    tried = [(share, sharpness) for share in np.arange(0.1, 0.75, 0.1) for sharpness in (0.08, 0.1, 0.15, 0.2)]
    best = max(tried, key=lambda chosen: (joined(*chosen).argmax(1) == truth)[data.dev].mean())
    return joined(*best), f"vectors {best[0]:.1f}"


def topic_ways(data: Data) -> Dict[str, np.ndarray]:
    """Give the scores of all sentences by each way, shape (sentences, topics); topics sorted."""
    ways: Dict[str, np.ndarray] = {}

    def add(name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        began = time.monotonic()
        ways[name] = make()
        print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
        return ways[name]

    topics = data.topics
    add("groups of 1–4 letters, logistic regression", lambda: logistic(data, data.letters4, topics, 16.0))
    whole = add("vectors of the whole model, logistic regression", lambda: logistic(data, data.whole * 8, topics))
    add("vectors of the whole model, 15 nearest", lambda: nearest(data, data.whole, 15))
    ours = add("vectors of our encoder, logistic regression", lambda: logistic(data, data.ours * 8, topics))
    add("vectors of our encoder, 15 nearest", lambda: nearest(data, data.ours, 15))
    add("groups of 2–5 letters, SVM", lambda: support(data, data.letters, topics))
    read = add("letters, words and sounds, SVM", lambda: support(data, data.read, topics))
    add("letters, words, sounds and the whole model's vectors in one SVM: the second form", lambda: support(data, hstack([data.read, csr_matrix(data.whole * 1.5)]).tocsr(), topics))
    add("letters, words, sounds and our encoder's vectors in one SVM", lambda: support(data, hstack([data.read, csr_matrix(data.ours * 1.5)]).tocsr(), topics))
    joined, share = late(data, read, whole)
    ways[f"letters, words and sounds, joined late with the whole model ({share})"] = joined
    joined, share = late(data, read, ours)
    ways[f"letters, words and sounds, joined late with our encoder ({share}): {CHOSEN}"] = joined
    balanced = add("letters, words and sounds, rare topics weighted up", lambda: support(data, data.read, topics, "balanced"))
    joined, share = late(data, balanced, ours)
    ways[f"the same, joined late with our encoder ({share})"] = joined
    return ways


def danger_ways(data: Data, ways: Dict[str, np.ndarray], labels: np.ndarray) -> Dict[str, np.ndarray]:
    """Give how clearly sentences mean danger, by each way."""
    urgent, wanted = np.isin(labels, URGENT), np.isin(data.topics, URGENT)

    def lead(scores: np.ndarray) -> np.ndarray:
        return scores[:, urgent].max(axis=1) - scores[:, ~urgent].max(axis=1)

    joined = next(scores for name, scores in ways.items() if name.endswith(CHOSEN))
    signs = [
        support(data, data.read, wanted), lead(ways["letters, words and sounds, SVM"]),
        logistic(data, data.ours * 8, wanted), lead(ways["vectors of our encoder, logistic regression"]),
    ]
    four = np.column_stack(signs)
    machine = LogisticRegression(C=1.0).fit(four[data.dev], wanted[data.dev])
    return {
        "probability of the three topics together": softmax(joined, axis=1)[:, urgent].sum(axis=1),
        "lead of the likeliest danger over the likeliest other topic": lead(joined),
        "a machine for danger alone, by letters, words and sounds": signs[0],
        "a machine for danger alone, by our encoder": signs[2],
        f"these two and the leads of both readings, weighed on dev: {CHOSEN}": machine.decision_function(four),
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
        "## Danger", "", "The threshold is the one that lets through 4 % of the calm sentences of `dev`.", "",
        "| way | danger of dev found | **danger of test found** | false alarms: other messages | false alarms: small talk, look-alikes |", "|---|---:|---:|---:|---:|",
    ]
    danger, idle = np.isin(data.topics, URGENT), np.isin(data.topics, OTHER)
    parts = (data.dev & danger, data.test & danger, data.test & ~danger & ~idle, data.test & idle)
    found = danger_ways(data, ways, labels)
    for name, scores in found.items():
        alarm = scores >= np.quantile(scores[data.dev & ~danger], 0.96)
        figures = [alarm[part].mean() for part in parts]
        lines.append(f"| {name} | {figures[0]:.3f} | **{figures[1]:.3f}** | {figures[2]:.3f} | {figures[3]:.3f} |")
    scores = next(scores for name, scores in found.items() if name.endswith(CHOSEN))
    own = np.zeros(len(scores), bool)
    for language in languages:
        of = data.languages == language
        own[of] = scores[of] >= np.quantile(scores[of & data.dev & ~danger], 0.96)
    figures = [own[part].mean() for part in parts]
    lines.append(f"| the same, a threshold for each language | {figures[0]:.3f} | **{figures[1]:.3f}** | {figures[2]:.3f} | {figures[3]:.3f} |")
    lines += ["", "The way that was chosen, at other thresholds:", "", "| calm sentences of dev let through | danger of test found | false alarms: other messages | small talk, look-alikes |", "|---:|---:|---:|---:|"]
    for share in (0.005, 0.01, 0.02, 0.03, 0.05, 0.08):
        alarm = scores >= np.quantile(scores[data.dev & ~danger], 1 - share)
        lines.append(f"| {share:.1%} | {alarm[parts[1]].mean():.3f} | {alarm[parts[2]].mean():.3f} | {alarm[parts[3]].mean():.3f} |")
    lines += ["", "What the site reads for certain (danger words, `content/<lang>/danger.toml`) comes on top."]
    (ROOT / "docs" / "understanding.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
