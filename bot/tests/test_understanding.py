"""What the classifier rests on: sounds across scripts, held-out sentences that were never learnt, and the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.components.text import sound, words
from bot.components.understanding import held_out
from bot.evaluate import TEST, below

NLU = Path(__file__).resolve().parents[1] / "data" / "nlu"


@pytest.mark.parametrize(("latin", "own"), [("pesaram farar", "پسرم فرار"), ("silah", "سلاح"), ("bawkm", "باوکم"), ("polis", "ፖሊስ"), ("kurekem", "کوڕەکەم"), ("shurta", "شرطة"), ("farar karde", "فرار کرده")])
def test_a_text_sounds_alike_in_latin_letters_and_in_its_own(latin, own):
    assert sound(latin) == sound(own) != ""


def test_no_held_out_sentence_is_among_the_training_sentences():
    learnt = {" ".join(words(line[6:])) for path in NLU.glob("*.yml") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("    - ")}
    rows = [*held_out(TEST), *held_out(TEST.parent / "dev")]
    assert len(rows) > 3000 and len(learnt) > 15000
    assert [row for row in rows if words(row[2]) and " ".join(words(row[2])) in learnt] == []


def test_no_sentence_chooses_thresholds_and_measures_them():
    both = {(r[0], " ".join(words(r[2]))) for r in held_out(TEST)} & {(r[0], " ".join(words(r[2]))) for r in held_out(TEST.parent / "dev")}
    assert both == set()


def test_the_gate_names_what_is_below_its_bar():
    right = [("sv", topic, topic, "x", topic) for topic in ("emergency", "money")]
    assert below(right) == []
    missed = below([*right, ("sv", "emergency", "money", "x", "money")])
    assert any("crisis recognised, sv" in line for line in missed) and any("topic right, sv" in line for line in missed)
