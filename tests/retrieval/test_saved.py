"""What is saved is given back as it was, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from retrieval.document import Programme, Standing
from retrieval.question import Variant
from retrieval.saved import SavedError, load, save

VALUE = {
    "numbers": (1, 2.5, True, None),
    "text": ["Bærum", "linje\n«sitat»", ""],
    "sets": (frozenset(("b", "a")), {3, 1}),
    ("a", 1): Path("seeds"),
    "class": (Variant("skole", 0.7, "synonym"), Standing.ENDED),
    "arrays": {
        "f": np.linspace(0, 1, 20_000, dtype=np.float32).reshape(-1, 2),
        "i": np.arange(7, dtype=np.int64),
        "none": np.zeros((0, 3), np.float32),
    },
}


def same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and one == other


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "new" / "index.saved"


def test_values_come_back_as_they_were(path):
    save(path, "k", VALUE)
    assert same(VALUE, load(path, "k"))
    assert [p.name for p in path.parent.iterdir()] == ["index.saved"], "nothing is left beside it"
    assert path.stat().st_mode & 0o077 == 0


def test_what_was_shared_is_shared_again(path):
    one = Programme(
        file="a", kind="programme", party="b", municipality="c", period="", title="", url="", sha256=""
    )  # fmt: skip
    save(path, "k", (one, one))
    first, second = load(path, "k")
    assert first is second
    assert first == one


def test_another_key_is_no_match(path):
    save(path, "k", 1)
    with pytest.raises(SavedError, match="of another"):
        load(path, "other")


@pytest.mark.parametrize("raw", [b"", b"x", b"not ours " * 50, b"loftebot saved 1" + b"\0" * 24])
def test_what_is_not_ours_is_refused(path, raw):
    path.parent.mkdir()
    path.write_bytes(raw)
    with pytest.raises(SavedError):
        load(path, "k")


def test_a_missing_file_is_refused(path):
    with pytest.raises(SavedError):
        load(path, "k")


def test_every_single_damaged_byte_and_every_cut_is_found(path):
    save(
        path, "k", {"a": np.arange(3000, dtype=np.float32), "b": ("tekst", Variant("a", 1.0, "b"))}
    )
    whole = path.read_bytes()
    assert same(load(path, "k")["b"], ("tekst", Variant("a", 1.0, "b")))
    used = len(whole) - 64  # what fills up the last line means nothing
    for at in [*range(600), *range(600, used, 41)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            found = load(path, "k")
        except SavedError:
            continue
        assert whole[at] == 0, f"byte {at} is no filling"
        assert np.array_equal(found["a"], np.arange(3000, dtype=np.float32))
    for size in (0, 10, 100, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(SavedError):
            load(path, "k")


@dataclass(frozen=True)
class Stranger:
    """A dataclass that is not of the package."""

    x: int = 1


def test_only_our_own_classes_are_made(path):
    save(path, "k", Stranger())
    with pytest.raises(SavedError, match="not ours"):
        load(path, "k")


def test_what_cannot_be_saved_is_refused_and_leaves_what_was_there(path):
    save(path, "k", 1)
    for value in (object(), np.asarray([{}], dtype=object), lambda: 1):
        with pytest.raises(TypeError):
            save(path, "k", value)
    assert load(path, "k") == 1


def test_arrays_stay_on_disk_and_cannot_be_written_to(path):
    save(path, "k", np.arange(10.0))
    found = load(path, "k")
    assert not found.flags.owndata
    below = found
    while isinstance(below.base, np.ndarray):
        below = below.base
    assert isinstance(below, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 3
