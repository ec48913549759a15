"""A sentence encoder without a model, so that the half with vectors is tested on every machine."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from retrieval import words
from retrieval.semantic import Role, Vectors


class WordEncoder:
    """Adds up a fixed direction a stem: sentences that share words point the same way.

    Remembers what it was asked for. All vectors share a part, as those of a language model do.
    """

    name = "words-1"
    dimensions = 48

    def __init__(self) -> None:
        self.asked: list[tuple[Role, str]] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.asked += [(role, text) for text in texts]
        rows = np.ones((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"[^\W_]{1,80}", text.lower()):
                seed = zlib.crc32(words.stem(word).encode())
                row += 2 * np.random.default_rng(seed).normal(size=self.dimensions)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
