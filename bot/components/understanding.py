"""The classifier of the assistant: what a message is about, how sure that is, and whether somebody is in danger.

A message is read twice, by its letters and by its sentence vector; linear machines for the topics and for danger alone say what they make of it, and
are joined late. How, and at which thresholds, is chosen on held-out sentences. What was tried instead is in docs/understanding.md.
"""

from __future__ import annotations

import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Text, Tuple

import joblib
import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.components import embedding
from bot.components.site_reading import URGENT
from bot.components.text import fold, sound

ROOT = Path(__file__).resolve().parents[2]
INTENT_RANKING = "intent_ranking"
UNSURE = "nlu_fallback"
LIMIT = 500  # characters that are read; longer messages are read from both ends
OTHER = ("out_of_scope", "smalltalk")
VECTOR_SCALE = 8.0  # vectors have length 1, the machines like numbers around 1 better


class Readings(NamedTuple):
    """What the machines say of texts: topics in the order of the labels and, last, danger; by letters and by sentence vectors."""

    letters: np.ndarray
    vectors: Optional[np.ndarray]


class Classifier:
    """What a message is about, from two readings of it that are joined late. Knows nothing of Rasa.

    One reading is by its letters: groups of letters, words and pairs of words, groups of consonants as they sound (one script for all),
    into linear support vector machines. The other is by its sentence vector, into logistic regressions. Each has a machine for the topics and
    one for danger alone. `labels`: the topics, sorted. `choices`: how the readings are joined, and the thresholds; all chosen on
    held-out sentences.
    """

    def __init__(self, options: Dict[Text, Any]) -> None:
        self.options = options
        self.labels: List[Text] = []
        self.parts: List[TfidfVectorizer] = []
        self.letters: Optional[Tuple[np.ndarray, np.ndarray]] = None  # weights (topics and danger, features), bias
        self.vectors: Optional[Tuple[np.ndarray, np.ndarray]] = None  # weights (topics and danger, 384), bias
        self.mean: Optional[np.ndarray] = None
        self.choices: Dict[Text, Any] = {
            "share": 0.3, "sharpness": 0.15, "temperature": 1.0, "danger": [0.0, 0.5, 0.5, 0.5, 0.5], "urgent": 0.0, "near": 0.0,
            "urgent_without": 0.0, "near_without": 0.0, "unsure": 0.2, "without_vectors": 0.1,
        }

    def fit(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> "Classifier":
        """Learn from texts and their topics; `vectors` has shape (len(texts), 384) or is None."""
        common = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
        self.parts = [
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=self.options["letters"], **common),
            TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), max_features=self.options["words"], **common),  # noqa: S106
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=self.options["sounds"], lowercase=False, **common),
        ]
        features = hstack([part.fit_transform(prepared) for part, prepared in zip(self.parts, self._prepared(texts))]).tocsr()
        for part in self.parts:
            part.stop_words_ = None  # what was left out is not needed again and is large
        self.labels = sorted(set(labels))
        danger = np.isin(labels, URGENT)
        # Each topic against the others, and danger against all: separate machines, learnt on all cores (the library lets go of the lock).
        wanted = [*(np.array(labels) == label for label in self.labels), danger]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            by_letters = list(pool.map(lambda one: LinearSVC(C=self.options["c"], tol=1e-3).fit(features, one), wanted))
        self.letters = _weights(by_letters)
        if vectors is not None:
            self.mean = vectors.mean(axis=0)
            centred = (vectors - self.mean) * VECTOR_SCALE
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # sixty rounds are enough, converged or not
                by_vectors = [LogisticRegression(C=self.options["c_vectors"], max_iter=60).fit(centred, one) for one in (labels, danger)]
            self.vectors = _weights(by_vectors)
        return self

    @staticmethod
    def _prepared(texts: List[Text]) -> Tuple[List[Text], List[Text], List[Text]]:
        folded = [fold(cut(text)) for text in texts]
        return folded, folded, [sound(cut(text)) for text in texts]

    def features(self, texts: List[Text]) -> csr_matrix:
        """Give the features of texts by their letters, one row each."""
        return hstack([part.transform(prepared) for part, prepared in zip(self.parts, self._prepared(texts))]).tocsr()

    def read(self, texts: List[Text], vectors: Optional[np.ndarray]) -> Readings:
        """Give what both readings make of texts; without vectors the second one is missing."""
        assert self.letters is not None
        weights, bias = self.letters
        found = np.asarray(self.features(texts) @ weights.T + bias)
        if vectors is None or self.vectors is None or self.mean is None:
            return Readings(found, None)
        weights, bias = self.vectors
        return Readings(found, (vectors - self.mean) * VECTOR_SCALE @ weights.T + bias)

    def probabilities(self, readings: Readings) -> np.ndarray:
        """Give probabilities of topics, shape (texts, topics), each row adding up to 1."""
        choices = self.choices
        joined = log_softmax(readings.letters[:, :-1] / choices["sharpness"], axis=1)
        if readings.vectors is not None:
            joined = choices["share"] * log_softmax(readings.vectors[:, :-1], axis=1) + (1 - choices["share"]) * joined
        result: np.ndarray = softmax(joined / choices["temperature"], axis=1)
        return result

    def danger(self, readings: Readings) -> np.ndarray:
        """Give how clearly texts mean danger, shape (texts,): the likelier, the larger."""
        parts = self._signs_of_danger(readings)
        if readings.vectors is None:
            return np.asarray(parts.sum(axis=1))
        weights = np.array(self.choices["danger"])
        return np.asarray(parts @ weights[1:] + weights[0])

    def _signs_of_danger(self, readings: Readings) -> np.ndarray:
        """Of each reading: what its machine for danger says, and the lead of the likeliest danger over the likeliest other topic."""
        urgent = np.isin(self.labels, URGENT)
        found = []
        for reading, scale in ((readings.letters, 1.0), (readings.vectors, 0.15)):
            if reading is not None:
                topics = reading[:, :-1] * scale
                found += [reading[:, -1] * scale, topics[:, urgent].max(axis=1) - topics[:, ~urgent].max(axis=1)]
        return np.column_stack(found)

    def decide(self, row: np.ndarray, danger: float, vectors: bool = True) -> Text:
        """Choose a topic from one row of probabilities: danger at its own low threshold, then the likeliest, or unsure."""
        urgent = [i for i, label in enumerate(self.labels) if label in URGENT]
        if urgent and danger >= self.choices["urgent" if vectors else "urgent_without"]:
            return self.labels[max(urgent, key=lambda i: row[i])]
        best = max((i for i in range(len(self.labels)) if i not in urgent), key=lambda i: row[i])
        threshold = self.choices["unsure"] if vectors else self.choices["without_vectors"]
        if row[best] < threshold:
            return UNSURE
        return self.labels[best]

    def near(self, danger: float, vectors: bool = True) -> bool:
        """Say whether it may be danger, though not likely enough to be answered as such."""
        return bool(danger >= self.choices["near" if vectors else "near_without"])

    def calibrate(self, texts: List[Text], labels: List[Text], vectors: Optional[np.ndarray]) -> Dict[Text, Any]:
        """Choose on held-out texts how the readings are joined, and the thresholds; return the choices.

        Share and sharpness: what puts most topics right; temperature: least log loss; danger: a logistic regression on four numbers;
        urgent: the lowest threshold with at most the allowed false alarms; unsure: what makes most answers right where ”out of scope”
        counts as right to refuse.
        """
        readings, choices = self.read(texts, vectors), self.choices
        truth = np.array([self.labels.index(label) for label in labels])
        tried = {}
        for sharpness in (0.08, 0.1, 0.12, 0.15, 0.2, 0.25):
            for share in np.arange(0.1, 0.75, 0.05) if vectors is not None else (0.0,):
                choices.update(share=round(float(share), 2), sharpness=sharpness, temperature=1.0)
                rows = self.probabilities(readings)
                picked = np.clip(rows[np.arange(len(truth)), truth], 1e-9, 1)
                tried[choices["share"], sharpness] = (rows.argmax(axis=1) == truth).mean() + 0.02 * np.log(picked).mean()
        choices["share"], choices["sharpness"] = max(tried, key=lambda key: tried[key])
        losses = {}
        for temperature in np.geomspace(0.2, 3.0, 28):
            choices["temperature"] = float(temperature)
            rows = self.probabilities(readings)
            losses[temperature] = -np.log(np.clip(rows[np.arange(len(truth)), truth], 1e-9, 1)).mean()
        choices["temperature"] = float(min(losses, key=lambda t: losses[t]))
        rows = self.probabilities(readings)
        urgent = np.isin(labels, URGENT)
        if vectors is not None:
            machine = LogisticRegression(C=1.0).fit(self._signs_of_danger(readings), urgent)
            choices["danger"] = [round(float(w), 4) for w in (machine.intercept_[0], *machine.coef_[0])]
        for name, found in (("", readings), ("_without", Readings(readings.letters, None))):
            danger = self.danger(found)
            for choice, share in (("urgent", self.options["false_alarms"]), ("near", self.options["near_alarms"])):
                choices[choice + name] = float(np.quantile(danger[~urgent], 1 - share))
        danger = self.danger(readings)
        best_score, chosen = -1.0, 0.15
        for threshold in np.arange(0.15, 0.6, 0.01):  # below a sixth it only guesses
            choices["unsure"] = float(threshold)
            decided = [self.decide(row, d, vectors is not None) for row, d in zip(rows, danger)]
            score = float(np.mean([d == t or (d == UNSURE and t == "out_of_scope") for d, t in zip(decided, labels)]))
            if score > best_score + 1e-9:
                best_score, chosen = score, float(threshold)
        choices["unsure"] = round(chosen, 2)
        return choices


def _weights(machines: List[Any]) -> Tuple[np.ndarray, np.ndarray]:
    """Give weights and bias of machines one below the other."""
    return np.vstack([m.coef_ for m in machines]).astype(np.float32), np.concatenate([m.intercept_ for m in machines]).astype(np.float32)


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
            "letters": 70000,
            "words": 35000,
            "sounds": 35000,
            "c": 0.3,
            "c_vectors": 1.0,
            "false_alarms": 0.04,
            "near_alarms": 0.1,
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
            readings = self._classifier.read([text], vectors)
            row, danger = self._classifier.probabilities(readings)[0], float(self._classifier.danger(readings)[0])
            order = np.argsort(-row)[:5]
            ranking = [
                {INTENT_NAME_KEY: self._classifier.labels[i], PREDICTED_CONFIDENCE_KEY: round(float(row[i]), 4)} for i in order
            ]
            decided = self._classifier.decide(row, danger, vectors is not None)
            if decided not in URGENT and self._classifier.near(danger, vectors is not None):
                entities = [*message.get(ENTITIES, []), {"entity": "near_danger", "value": True, "start": 0, "end": 0, "extractor": "Understanding"}]
                message.set(ENTITIES, entities, add_to_output=True)
            if not fold(text).strip():
                decided = UNSURE
            confidence = next((r[PREDICTED_CONFIDENCE_KEY] for r in ranking if r[INTENT_NAME_KEY] == decided), 0.0)
            message.set(INTENT, {INTENT_NAME_KEY: decided, PREDICTED_CONFIDENCE_KEY: confidence}, add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages
