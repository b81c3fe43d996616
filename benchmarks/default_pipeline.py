"""The peer of the assistant: Rasa's default pipeline, trained on the same sentences, in Rasa's plain install.

    BOT=full make train && .venv/test/bin/python -m benchmarks default_pipeline

Takes ten minutes and more. Epochs are EPOCHS (12 by default, 100 is Rasa's own default and takes hours on 2 cores; training accuracy
is 1.00 after seven).
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import yaml

from app.languages import CODES
from app.settings import ROOT, Settings
from app.topics import load_topics
from benchmarks.load import free_port, percentile, resident, server

RASA = Path(os.environ.get("RASA_FULL", ROOT / ".venv" / "bot-full" / "bin" / "rasa"))
EPOCHS = int(os.environ.get("EPOCHS", "12"))
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def project(folder: Path) -> None:
    """Write a Rasa project with the default pipeline, the same training sentences, and one answer a topic."""
    topics = list(load_topics(Settings().content))
    (folder / "data").mkdir()
    for path in Settings().training.glob("*.yml"):
        (folder / "data" / path.name).write_bytes(path.read_bytes())
    config = {
        "recipe": "default.v1", "language": "sv", "assistant_id": "peer",
        "pipeline": [
            {"name": "WhitespaceTokenizer"}, {"name": "RegexFeaturizer"}, {"name": "LexicalSyntacticFeaturizer"}, {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": EPOCHS, "constrain_similarities": True}, {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": EPOCHS, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"}, {"name": "RulePolicy"}, {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": EPOCHS},
            {"name": "TEDPolicy", "max_history": 5, "epochs": EPOCHS, "constrain_similarities": True},
        ],
    }
    domain = {"version": "3.1", "intents": topics, "responses": {f"utter_{t}": [{"text": t}] for t in topics}}
    rules = {"version": "3.1", "rules": [{"rule": t, "steps": [{"intent": t}, {"action": f"utter_{t}"}]} for t in topics]}
    stories = {"version": "3.1", "stories": [{"story": t, "steps": [{"intent": "smalltalk"}, {"action": "utter_smalltalk"}, {"intent": t}, {"action": f"utter_{t}"}]} for t in topics[:8]]}
    for name, value in (("config", config), ("domain", domain), ("data/rules", rules), ("data/stories", stories)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    (folder / "endpoints.yml").write_text("", encoding="utf-8")


def measure() -> str:
    """Give a table: training, start, memory, latency and accuracy by language, beside nothing: ours stands in the other tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        began = time.monotonic()
        subprocess.run([str(RASA), "train", "--fixed-model-name", "peer"], cwd=folder, env={**os.environ, **QUIET}, check=True, capture_output=True)
        trained = time.monotonic() - began
        port = free_port()
        began = time.monotonic()
        command = [str(RASA), "run", "--model", str(folder / "models" / "peer.tar.gz"), "--port", str(port), "--interface", "127.0.0.1", "--enable-api",
                   "--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
        with server(command, port, "/status", 300, **QUIET) as process:
            started = time.monotonic() - began
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

            def post(path: str, body: dict[str, str]) -> dict | list:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                return json.loads(connection.getresponse().read())

            right: dict[str, list[bool]] = {}
            for code in CODES:
                for topic, texts in yaml.safe_load((ROOT / "bot" / "tests" / "nlu" / "test" / f"{code}.yml").read_text(encoding="utf-8")).items():
                    for text in texts:
                        found = post("/model/parse", {"text": text})["intent"]["name"]
                        right.setdefault(code, []).append(found == topic or (found == "nlu_fallback" and topic == "out_of_scope"))
            times = []
            for number in range(200):
                texts = ["min son hotas av ett gäng", "my daughter is missing", "oğlum okula gitmiyor"]
                began = time.perf_counter()
                post("/webhooks/rest/webhook", {"sender": f"s{number}", "message": texts[number % 3]})
                times.append((time.perf_counter() - began) * 1000)
            memory = resident(process.pid)
    every = [r for rows in right.values() for r in rows]
    lines = [
        f"## Rasa's default pipeline, same data ({EPOCHS} epochs)", "", "| what | measured |", "|---|---:|", f"| training | {trained:.0f} s |",
        f"| start to first answer | {started:.0f} s |", f"| memory | {memory:.0f} MB |", f"| one client, p50 / p95 | {percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f} ms |",
        f"| topic right, all languages | {sum(every) / len(every):.3f} |",
        *(f"| topic right, {code} | {sum(rows) / len(rows):.3f} |" for code, rows in right.items()), "",
    ]
    return "\n".join(lines)
