"""Sentence vectors: kept, found again, and never taken from a file that is not ours."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import numpy as np
import pytest

from retrieval.semantic import Role, SentenceEncoder, Vectors, VectorStore


class LetterEncoder:
    """A sentence encoder without a model: counts letters. Remembers what it was asked for."""

    name = "letters-1"
    dimensions = 29

    def __init__(self) -> None:
        self.asked: list[tuple[Role, str]] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.asked += [(role, text) for text in texts]
        rows = np.asarray(
            [[t.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyzæøå"] for t in texts],
            np.float32,
        )
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norms == 0, 1, norms)


@pytest.fixture
def encoder() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def store(encoder) -> VectorStore:
    return VectorStore(encoder.dimensions)


def test_a_kept_vector_is_nearly_the_encoders_and_of_unit_length(encoder, store):
    texts = ["skole og barnehage", "buss", "ærlig øl på ås"]
    kept = store.vectors(encoder, "passage", texts)
    exact = LetterEncoder().encode(texts, "passage")
    assert np.allclose(np.linalg.norm(kept, axis=1), 1, atol=1e-5)
    assert (kept * exact).sum(axis=1).min() > 0.995
    assert kept.dtype == np.float32


def test_only_what_is_new_is_encoded(encoder, store):
    store.vectors(encoder, "query", ["a", "b"])
    store.vectors(encoder, "query", ["b", "c", "c", "a"])
    assert encoder.asked == [("query", "a"), ("query", "b"), ("query", "c")]


def test_a_question_and_a_passage_with_the_same_words_are_kept_apart(encoder, store):
    store.vectors(encoder, "query", ["a"])
    store.vectors(encoder, "passage", ["a"])
    assert len(store) == 2
    assert len(encoder.asked) == 2


def test_another_encoder_is_asked_anew(encoder, store):
    store.vectors(encoder, "query", ["a"])
    other = LetterEncoder()
    other.name = "letters-2"
    store.vectors(other, "query", ["a"])
    assert other.asked == [("query", "a")]


def test_order_and_repeats_of_the_texts_are_kept(encoder, store):
    one, two, again = store.vectors(encoder, "query", ["skole", "buss", "skole"])
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)


def test_progress_counts_to_the_end(encoder, store):
    seen: list[tuple[int, int]] = []
    store.vectors(
        encoder,
        "query",
        [f"tekst {chr(97 + i % 26) * (i // 26 + 1)}" for i in range(70)],
        lambda a, b: seen.append((a, b)),
    )
    assert seen == [(32, 70), (64, 70), (70, 70)]


def test_nothing_to_encode_is_no_rows(encoder, store):
    assert store.vectors(encoder, "query", []).shape == (0, encoder.dimensions)


def test_a_text_without_letters_gives_zeros_and_no_warning(encoder, store):
    assert not store.vectors(encoder, "query", ["123"]).any()


def test_a_saved_store_is_read_back_exactly(encoder, store, tmp_path):
    before = store.vectors(encoder, "passage", ["skole", "buss"])
    store.save(tmp_path / "ny" / "vectors.npz")
    fresh = VectorStore(encoder.dimensions)
    assert fresh.load(tmp_path / "ny" / "vectors.npz")
    silent = LetterEncoder()
    assert np.array_equal(fresh.vectors(silent, "passage", ["skole", "buss"]), before)
    assert silent.asked == []
    assert [p.name for p in (tmp_path / "ny").iterdir()] == ["vectors.npz"], (
        "nothing is left beside it"
    )


def test_only_the_rows_named_are_saved(encoder, store, tmp_path):
    store.vectors(encoder, "query", ["a", "b"])
    store.save(tmp_path / "v.npz", only=[store.key(encoder, "query", "a"), b"8 bytes!"])
    fresh = VectorStore(encoder.dimensions)
    assert fresh.load(tmp_path / "v.npz")
    assert len(fresh) == 1


def test_an_empty_store_is_saved_and_read(encoder, store, tmp_path):
    store.save(tmp_path / "v.npz")
    assert VectorStore(encoder.dimensions).load(tmp_path / "v.npz")


def damaged(path, encoder, how):
    store = VectorStore(encoder.dimensions)
    store.vectors(encoder, "query", ["skole", "buss", "bane"])
    store.save(path)
    raw = path.read_bytes()
    if how == "cut":
        path.write_bytes(raw[: len(raw) // 2])
    elif how == "text":
        path.write_text("dette er ikke en vektorfil", encoding="utf-8")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "keys":
        np.savez(path, other=np.zeros(3))
    elif how == "array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif how == "rows":
        np.savez(
            path,
            keys=np.zeros((2, 8), np.uint8),
            vectors=np.zeros((3, 29), np.int8),
            scales=np.zeros(3, np.float16),
        )
    elif how == "scales":
        np.savez(
            path,
            keys=np.zeros((3, 8), np.uint8),
            vectors=np.zeros((3, 29), np.int8),
            scales=np.zeros(2, np.float16),
        )
    elif how == "pickle":
        np.savez(
            path,
            keys=np.asarray([{}], dtype=object),
            vectors=np.zeros((1, 29), np.int8),
            scales=np.zeros(1),
        )
    elif how == "flipped":
        at = raw.index(b"vectors.npy") + 80  # inside the packed vectors
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])


@pytest.mark.parametrize(
    "how",
    ["text", "empty", "keys", "rows", "pickle", "cut", "flipped", "array", "scales"],
)
def test_a_damaged_or_foreign_file_is_as_good_as_none(encoder, store, tmp_path, how):
    damaged(tmp_path / "v.npz", encoder, how)
    assert store.load(tmp_path / "v.npz") is False
    assert len(store) == 0


@pytest.fixture(autouse=True)
def nothing_left_open(request):
    yield
    gc.collect()  # an archive that NumPy could not read must not be closed in another test


def test_a_missing_file_and_one_of_another_length_are_as_good_as_none(encoder, store, tmp_path):
    assert store.load(tmp_path / "borte.npz") is False
    other = VectorStore(3)
    other.save(tmp_path / "v.npz")
    assert store.load(tmp_path / "v.npz") is False


def test_the_shipped_vectors_are_read(seeds):
    store = VectorStore(384)
    assert store.load(seeds / "vectors.npz")
    assert len(store) > 1000


def test_the_fake_is_an_encoder(encoder):
    def takes(_: SentenceEncoder) -> None: ...

    takes(encoder)
