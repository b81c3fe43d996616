"""The classifier of the assistant: what a message is about, and how sure that is.

Multilingual sentence vectors and character n-grams go into two logistic regressions whose probabilities are
mixed; the mixture is calibrated on held-out sentences, on which the thresholds are chosen, too.
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
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.components import embedding
from bot.components.site_reading import URGENT
from bot.components.text import fold

ROOT = Path(__file__).resolve().parents[2]
INTENT_RANKING = "intent_ranking"
UNSURE = "nlu_fallback"
LIMIT = 500  # characters that are read; longer messages are read from both ends
OTHER = ("out_of_scope", "smalltalk")


class Classifier:
    """Two logistic regressions and what was chosen on held-out sentences. Knows nothing of Rasa.

    `labels`: the topics, sorted. `choices`: mix (weight of the n-grams), temperature, urgent and unsure thresholds.
    """

    def __init__(self, options: Dict[Text, Any]) -> None:
        self.options = options
        self.labels: List[Text] = []
        self.vectorizer: Optional[TfidfVectorizer] = None
        self.grams: Optional[LogisticRegression] = None
        self.vectors: Optional[LogisticRegression] = None
        self.mean: Optional[np.ndarray] = None
        self.choices: Dict[Text, float] = {"mix": 0.4, "temperature": 1.0, "urgent": 0.5, "unsure": 0.2, "without_vectors": 0.1}

    def fit(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> "Classifier":
        """Learn from texts and their topics; `vectors` has shape (len(texts), 384) or is None."""
        folded = [fold(cut(text)) for text in texts]
        self.labels = sorted(set(labels))
        self.vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True, dtype=np.float32,
            max_features=self.options["features"],
        )
        matrix = self.vectorizer.fit_transform(folded)
        self.grams = LogisticRegression(C=self.options["c_grams"], max_iter=self.options["iterations"])
        self.grams.fit(matrix, labels)
        if vectors is not None:
            self.mean = vectors.mean(axis=0)
            self.vectors = LogisticRegression(C=self.options["c_vectors"], max_iter=self.options["iterations"])
            self.vectors.fit((vectors - self.mean) * self.options["scale"], labels)
        return self

    def logits(self, texts: List[Text], vectors: Optional[np.ndarray]) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """Give log-probabilities of both regressions, each of shape (len(texts), topics); None without vectors."""
        assert self.vectorizer is not None and self.grams is not None
        grams = self.grams.predict_log_proba(self.vectorizer.transform([fold(cut(text)) for text in texts]))
        if vectors is None or self.vectors is None or self.mean is None:
            return grams, None
        return grams, self.vectors.predict_log_proba((vectors - self.mean) * self.options["scale"])

    def mix(self, grams: np.ndarray, vectors: Optional[np.ndarray]) -> np.ndarray:
        """Give calibrated probabilities, shape (texts, topics), each row adding up to 1."""
        weight = self.choices["mix"] if vectors is not None else 1.0
        mixed = weight * grams + (1 - weight) * (vectors if vectors is not None else 0.0)
        result: np.ndarray = softmax(mixed / self.choices["temperature"], axis=1)
        return result

    def probabilities(self, texts: List[Text], vectors: Optional[np.ndarray]) -> np.ndarray:
        """Give calibrated probabilities for texts, shape (len(texts), topics)."""
        return self.mix(*self.logits(texts, vectors))

    def decide(self, row: np.ndarray, vectors: bool = True) -> Text:
        """Choose a topic from one row of probabilities: danger at a low threshold, then the likeliest, or unsure."""
        urgent = {label: row[self.labels.index(label)] for label in URGENT if label in self.labels}
        if urgent and sum(urgent.values()) >= self.choices["urgent"]:
            return max(urgent, key=lambda label: urgent[label])
        calm = [i for i, label in enumerate(self.labels) if label not in URGENT]
        best = max(calm, key=lambda i: row[i])
        threshold = self.choices["unsure"] if vectors else self.choices["without_vectors"]
        if row[best] < threshold:
            return UNSURE
        return self.labels[best]

    def calibrate(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> Dict[Text, float]:
        """Choose mix, temperature and thresholds on held-out texts and return them.

        Mix: most right; temperature: least log loss; urgent: the lowest threshold with at most 1 % false
        alarms; unsure: what makes most answers right where ”out of scope” counts as right to refuse.
        """
        grams, dense = self.logits(texts, vectors)
        truth = np.array([self.labels.index(label) for label in labels])
        if dense is not None:
            scored = [((w * grams + (1 - w) * dense).argmax(axis=1) == truth).mean() for w in np.linspace(0, 1, 21)]
            # the middle of the plateau rather than one lucky point
            good = np.flatnonzero(np.array(scored) >= max(scored) - 0.003)
            self.choices["mix"] = float(np.linspace(0, 1, 21)[good[len(good) // 2]])
        losses = {}
        for temperature in np.geomspace(0.3, 3.0, 28):
            self.choices["temperature"] = float(temperature)
            rows = self.mix(grams, dense)
            losses[temperature] = -np.log(np.clip(rows[np.arange(len(truth)), truth], 1e-9, 1)).mean()
        self.choices["temperature"] = float(min(losses, key=lambda t: losses[t]))
        rows = self.mix(grams, dense)
        urgent = rows[:, [self.labels.index(label) for label in URGENT]].sum(axis=1)
        calm = np.array([label not in URGENT for label in labels])
        for threshold in np.arange(0.05, 0.95, 0.01):
            if (urgent[calm] >= threshold).mean() <= self.options["false_alarms"]:
                self.choices["urgent"] = float(threshold)
                break
        best_score = -1.0
        for threshold in np.arange(0.15, 0.6, 0.01):  # below a sixth it only guesses
            self.choices["unsure"] = float(threshold)
            decided = [self.decide(row) for row in rows]
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
            "features": 60000,
            "c_grams": 16.0,
            "c_vectors": 1.0,
            "scale": 8.0,
            "iterations": 150,
            "false_alarms": 0.01,
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
        print(f"  regression on {len(texts)} sentences", flush=True)
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
        if classifier.vectors is not None:
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
            if self._classifier.vectors is not None and embedding.available() and text.strip():
                vectors = embedding.embed([cut(text)])
            row = self._classifier.probabilities([text], vectors)[0]
            order = np.argsort(-row)[:5]
            ranking = [
                {INTENT_NAME_KEY: self._classifier.labels[i], PREDICTED_CONFIDENCE_KEY: round(float(row[i]), 4)} for i in order
            ]
            decided = self._classifier.decide(row, vectors is not None)
            if not fold(text).strip():
                decided = UNSURE
            confidence = next((r[PREDICTED_CONFIDENCE_KEY] for r in ranking if r[INTENT_NAME_KEY] == decided), 0.0)
            message.set(INTENT, {INTENT_NAME_KEY: decided, PREDICTED_CONFIDENCE_KEY: confidence}, add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages
