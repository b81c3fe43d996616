"""Rasa's own checks of domain, rules and sentences, by its command line, and the talks written as stories."""

from __future__ import annotations

import os
import subprocess
import sys

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
