"""The classifier of the assistant: what a message is about, how sure that is, and whether somebody is in danger.

Sentence vectors, words and groups of letters go together into linear machines: one for the topics, one for danger alone. Temperature and
thresholds are chosen on held-out sentences. What was tried instead is in docs/understanding.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import joblib
import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.components import embedding
from bot.components.site_reading import URGENT
from bot.components.text import fold, sound

ROOT = Path(__file__).resolve().parents[2]
INTENT_RANKING = "intent_ranking"
UNSURE = "nlu_fallback"
LIMIT = 500  # characters that are read; longer messages are read from both ends
OTHER = ("out_of_scope", "smalltalk")


class Classifier:
    """Two linear machines over the same features, and what was chosen on held-out sentences. Knows nothing of Rasa.

    The features: groups of letters, words and pairs of words, groups of consonants as they sound (one script for all), and the
    sentence vector. One machine knows the topics, the other only whether somebody is in danger. `labels`: the topics, sorted.
    `choices`: temperature, and the thresholds of danger and of "not sure".
    """

    def __init__(self, options: Dict[Text, Any]) -> None:
        self.options = options
        self.labels: List[Text] = []
        self.parts: List[TfidfVectorizer] = []
        self.mean: Optional[np.ndarray] = None
        self.weights: Optional[np.ndarray] = None
        self.bias: Optional[np.ndarray] = None
        self.choices: Dict[Text, float] = {"temperature": 0.4, "urgent": 0.0, "unsure": 0.2, "without_vectors": 0.1}

    def fit(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> "Classifier":
        """Learn from texts and their topics; `vectors` has shape (len(texts), 384) or is None."""
        common = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
        self.parts = [
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=self.options["letters"], **common),
            TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), max_features=self.options["words"], **common),  # noqa: S106
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=self.options["sounds"], lowercase=False, **common),
        ]
        for part, prepared in zip(self.parts, self._prepared(texts)):
            part.fit(prepared)
            part.stop_words_ = None  # what was left out is not needed again and is large
        if vectors is not None:
            self.mean = vectors.mean(axis=0)
        features = self.features(texts, vectors)
        self.labels = sorted(set(labels))
        topics = LinearSVC(C=self.options["c"]).fit(features, labels)
        danger = LinearSVC(C=self.options["c"]).fit(features, np.isin(labels, URGENT))
        self.weights = np.vstack([topics.coef_, danger.coef_]).astype(np.float32)
        self.bias = np.append(topics.intercept_, danger.intercept_).astype(np.float32)
        return self

    @staticmethod
    def _prepared(texts: List[Text]) -> Tuple[List[Text], List[Text], List[Text]]:
        folded = [fold(cut(text)) for text in texts]
        return folded, folded, [sound(cut(text)) for text in texts]

    def features(self, texts: List[Text], vectors: Optional[np.ndarray]) -> csr_matrix:
        """Give the features of texts, one row each; without vectors their columns are empty."""
        blocks = [part.transform(prepared) for part, prepared in zip(self.parts, self._prepared(texts))]
        if self.mean is not None:
            dense = np.zeros((len(texts), len(self.mean)), np.float32) if vectors is None else (vectors - self.mean) * self.options["scale"]
            blocks.append(csr_matrix(dense))
        return hstack(blocks).tocsr()

    def margins(self, texts: List[Text], vectors: Optional[np.ndarray]) -> Tuple[np.ndarray, np.ndarray]:
        """Give how far texts are on the side of each topic, shape (texts, topics), and how clearly they mean danger, shape (texts,)."""
        assert self.weights is not None and self.bias is not None
        found = np.asarray(self.features(texts, vectors) @ self.weights.T + self.bias)
        topics, own = found[:, :-1], found[:, -1]
        urgent = np.isin(self.labels, URGENT)
        # The machine for danger and the one for topics miss different sentences: their sum misses fewer (docs/understanding.md).
        return topics, own + topics[:, urgent].max(axis=1) - topics[:, ~urgent].max(axis=1)

    def probabilities(self, margins: np.ndarray) -> np.ndarray:
        """Give calibrated probabilities of topics, shape (texts, topics), each row adding up to 1."""
        result: np.ndarray = softmax(margins / self.choices["temperature"], axis=1)
        return result

    def decide(self, row: np.ndarray, danger: float, vectors: bool = True) -> Text:
        """Choose a topic from one row of probabilities: danger at its own low threshold, then the likeliest, or unsure."""
        urgent = [i for i, label in enumerate(self.labels) if label in URGENT]
        if urgent and danger >= self.choices["urgent"]:
            return self.labels[max(urgent, key=lambda i: row[i])]
        best = max((i for i in range(len(self.labels)) if i not in urgent), key=lambda i: row[i])
        threshold = self.choices["unsure"] if vectors else self.choices["without_vectors"]
        if row[best] < threshold:
            return UNSURE
        return self.labels[best]

    def calibrate(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> Dict[Text, float]:
        """Choose temperature and thresholds on held-out texts and return them.

        Temperature: least log loss; urgent: the lowest threshold with at most the allowed false alarms; unsure: what makes
        most answers right where ”out of scope” counts as right to refuse.
        """
        margins, danger = self.margins(texts, vectors)
        truth = np.array([self.labels.index(label) for label in labels])
        losses = {}
        for temperature in np.geomspace(0.1, 1.5, 28):
            self.choices["temperature"] = float(temperature)
            rows = self.probabilities(margins)
            losses[temperature] = -np.log(np.clip(rows[np.arange(len(truth)), truth], 1e-9, 1)).mean()
        self.choices["temperature"] = float(min(losses, key=lambda t: losses[t]))
        rows = self.probabilities(margins)
        calm = np.array([label not in URGENT for label in labels])
        self.choices["urgent"] = float(np.quantile(danger[calm], 1 - self.options["false_alarms"]))
        best_score, chosen = -1.0, 0.15
        for threshold in np.arange(0.15, 0.6, 0.01):  # below a sixth it only guesses
            self.choices["unsure"] = float(threshold)
            decided = [self.decide(row, d) for row, d in zip(rows, danger)]
            score = float(np.mean([d == t or (d == UNSURE and t == "out_of_scope") for d, t in zip(decided, labels)]))
            if score > best_score + 1e-9:
                best_score, chosen = score, float(threshold)
        self.choices["unsure"] = chosen
        return self.choices


def cut(text: Text) -> Text:
    """Give at most LIMIT characters: the beginning and, of a longer text, the end."""
    return text if len(text) <= LIMIT else f"{text[: LIMIT // 2]} {text[-LIMIT // 2 :]}"


def held_out(folder: Path) -> List[Tuple[Text, Text, Text]]:
    """Read held-out sentences as (language, topic, text) from files <lang>.yml of {topic: [texts]}."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for topic, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found.extend((path.stem, topic, str(text)) for text in texts)
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(GraphComponent):
    """The classifier as a graph component of Rasa."""

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, classifier: Optional[Classifier] = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "letters": 80000,
            "words": 40000,
            "sounds": 40000,
            "c": 0.3,
            "scale": 1.5,
            "false_alarms": 0.03,
            "calibration": "bot/tests/nlu/dev",
            "memory": "var/vectors.npz",
        }

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "Understanding":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the training sentences, choose thresholds on the held-out ones and store the result."""
        examples = training_data.intent_examples
        texts = [str(example.get(TEXT)) for example in examples]
        labels = [str(example.get(INTENT)) for example in examples]
        dev = [row for row in held_out(ROOT / self._config["calibration"]) if row[1] in set(labels)]
        vectors = dev_vectors = None
        if embedding.available():
            memory = embedding.Memory(ROOT / self._config["memory"])
            every = memory.vectors([cut(t) for t in texts] + [cut(row[2]) for row in dev])
            vectors, dev_vectors = every[: len(texts)], every[len(texts) :]
        print(f"  learning from {len(texts)} sentences", flush=True)
        classifier = Classifier(self._config).fit(texts, labels, vectors)
        if dev:
            classifier.calibrate([row[2] for row in dev], [row[1] for row in dev], dev_vectors)
        print(f"  chosen on {len(dev)} held-out sentences: {json.dumps(classifier.choices)}", flush=True)
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(classifier, folder / "classifier.joblib", compress=3)
        self._classifier = classifier
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Understanding":
        with model_storage.read_from(resource) as folder:
            classifier = joblib.load(folder / "classifier.joblib")
        if classifier.mean is not None:
            embedding.available()  # load now, not at the first message
        return cls(config, model_storage, resource, classifier)

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and ranking. A certain intent of the site stays; its ranking is left empty."""
        for message in messages:
            if message.get(INTENT, {}).get(INTENT_NAME_KEY):
                message.set(INTENT_RANKING, [message.get(INTENT)], add_to_output=True)
                continue
            assert self._classifier is not None
            text = str(message.get(TEXT) or "")
            vectors = None
            if self._classifier.mean is not None and embedding.available() and text.strip():
                vectors = embedding.embed([cut(text)])
            margins, danger = self._classifier.margins([text], vectors)
            row = self._classifier.probabilities(margins)[0]
            order = np.argsort(-row)[:5]
            ranking = [
                {INTENT_NAME_KEY: self._classifier.labels[i], PREDICTED_CONFIDENCE_KEY: round(float(row[i]), 4)} for i in order
            ]
            decided = self._classifier.decide(row, float(danger[0]), vectors is not None)
            if not fold(text).strip():
                decided = UNSURE
            confidence = next((r[PREDICTED_CONFIDENCE_KEY] for r in ranking if r[INTENT_NAME_KEY] == decided), 0.0)
            message.set(INTENT, {INTENT_NAME_KEY: decided, PREDICTED_CONFIDENCE_KEY: confidence}, add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages
