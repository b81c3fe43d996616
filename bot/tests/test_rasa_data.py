"""Rasa's own checks of domain, rules and sentences, by its command line, and the talks written as stories."""

from __future__ import annotations

import os
import subprocess
import sys

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

from bot.tests.conftest import ROOT


def test_rasa_data_validate_finds_nothing():
    answer = subprocess.run(
        [
            sys.executable, "-m", "bot.rasa_command", "data", "validate", "--domain", "bot/domain.yml", "--data", "bot/data", "--config",
            "bot/config.yml", "--fail-on-warnings",
        ],
        cwd=ROOT, env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"}, capture_output=True, text=True, timeout=300,
    )
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    assert "No story structure conflicts found" in answer.stdout + answer.stderr


def test_rasa_reads_the_talks_written_as_stories():
    domain = Domain.load(str(ROOT / "bot" / "domain.yml"))
    files = sorted((ROOT / "bot" / "tests" / "stories").glob("*.yml"))
    assert len(files) == 10
    for file in files:
        steps = YAMLStoryReader(domain).read_from_file(str(file))
        assert len(steps) >= 4
        said = [event for step in steps for event in step.events if isinstance(event, UserUttered)]
        assert len(said) >= 12 and all(event.intent_name in (None, *domain.intents) for event in said)
