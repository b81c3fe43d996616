"""The stand-ins: there to be imported, and loud when they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from bot import lean
lean.install(["tensorflow", "twilio"])
import tensorflow as tf
import tensorflow.keras.layers
from twilio.rest import Client
class Layer(tf.keras.layers.Layer): pass
{code}
"""


def _run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", PROGRAM.format(code=code)], cwd=ROOT, capture_output=True, text=True)


def test_a_stand_in_is_imported_subclassed_and_annotated() -> None:
    done = _run("from typing import Dict\ndef f(x: Dict[str, tf.Tensor]) -> tf.Variable: ...\nprint(Layer.__name__)")
    assert (done.returncode, done.stdout.strip()) == (0, "Layer"), done.stderr


@pytest.mark.parametrize("code", ["tf.constant(1)", "Client('a', 'b')", "Layer()", "tf.keras.Model().fit()"])
def test_a_stand_in_raises_when_it_is_called(code: str) -> None:
    done = _run(code)
    assert done.returncode == 1
    assert "StandInCalled" in done.stderr and "BOT=full" in done.stderr


def test_what_is_installed_is_not_replaced() -> None:
    done = _run("import json; lean.install()\nimport numpy\nprint(numpy.zeros(2).sum())")
    assert done.stdout.strip() == "0.0", done.stderr
