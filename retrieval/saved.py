"""Values and arrays in one file: written whole or not at all, mapped into memory, never trusted.

    magic, digest of the header, length of the header | header, JSON | arrays, each at a multiple of 64

The header holds the key of what was saved, the values as JSON, and of every array its type, shape and
place; and a digest of sums over the arrays, which finds any damaged bit at the speed of memory. A file
that is cut, damaged, of another key or of another program is as good as none. No pickle: only the
dataclasses of this package are made, from their fields.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"loftebot saved 1"
_ALIGN = 64
_BLOCK = 1 << 16  # bytes that are summed together
_TYPES = frozenset("<f2 <f4 <f8 <i4 <i8 |i1 |u1 |b1".split())
Value = Any


class SavedError(Exception):
    """The file holds nothing that can be used: missing, damaged, foreign or of another key."""


def save(path: Path, key: str, value: Value) -> None:
    """Write ``value`` aside and in one rename.

    Args:
        key: What a reader must know to be given it back.
        value: None, numbers, text, tuples, lists, dicts, sets, dataclasses of this package, arrays.

    Raises:
        OSError: If it could not be written; what was there before is untouched.
        TypeError: If something in it cannot be saved.
    """
    arrays: list[NDArray[Any]] = []
    writer = _Writer(arrays)
    plain = writer.plain(value)
    places, at = [], 0
    for array in arrays:
        places.append([array.dtype.str, list(array.shape), at])
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    header = json.dumps(
        {
            "key": key, "size": at, "arrays": places, "sums": _sums(arrays),
            "classes": writer.classes, "objects": writer.objects, "value": plain,
        },
        ensure_ascii=False, separators=(",", ":"),
    ).encode()  # fmt: skip
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with aside.open("xb") as file:
            aside.chmod(0o600)
            file.write(_MAGIC + _digest(header) + len(header).to_bytes(8, "little") + header)
            file.write(bytes(-file.tell() % _ALIGN))
            for array in arrays:
                file.write(array.data)
                file.write(bytes(-array.nbytes % _ALIGN))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def load(path: Path, key: str) -> Value:
    """Return what was saved under ``key``; its arrays are read-only and stay on disk until used.

    Raises:
        SavedError: If the file is missing, or is not whole and wholly ours.
    """
    try:
        raw: NDArray[np.uint8] = np.memmap(path, np.uint8, mode="r").view(np.ndarray)
    except (OSError, ValueError) as exc:  # ValueError: an empty file
        raise SavedError(str(exc)) from exc
    start = len(_MAGIC) + 24
    if len(raw) < start or raw[: len(_MAGIC)].tobytes() != _MAGIC:
        raise SavedError("not a saved index")
    digest = raw[len(_MAGIC) : len(_MAGIC) + 16].tobytes()
    length = int.from_bytes(raw[start - 8 : start].tobytes(), "little")
    header = raw[start : start + length].tobytes()
    if len(header) != length or _digest(header) != digest:
        raise SavedError("the header is damaged")
    told = json.loads(header)  # as it was written: the digest says so
    if told["key"] != key:
        raise SavedError("of another corpus, program or setting")
    body = start + length
    body += -body % _ALIGN
    if len(raw) != body + told["size"]:
        raise SavedError("cut")
    arrays = []
    for dtype, shape, at in told["arrays"]:
        if dtype not in _TYPES:
            raise SavedError(f"type {dtype}")
        kind = np.dtype(dtype)
        size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        arrays.append(raw[body + at : body + at + size].view(kind).reshape(shape))
    if _sums(arrays) != told["sums"]:
        raise SavedError("an array is damaged")
    try:
        return _Reader(arrays, told["classes"], told["objects"]).value(told["value"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as exc:
        raise SavedError(f"does not fit this program: {exc}") from exc


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _sums(arrays: list[NDArray[Any]]) -> str:
    """Digest sums of blocks: no single change goes unseen, and the speed is that of memory."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        flat = array.reshape(-1).view(np.uint8)
        whole = len(flat) - len(flat) % _BLOCK
        words = flat[:whole].view(np.uint64).reshape(-1, _BLOCK // 8)
        digest.update(words.sum(axis=1, dtype=np.uint64).tobytes())
        digest.update(flat[whole:].tobytes())
    return digest.hexdigest()


class _Writer:
    """Values to JSON. Tuples are lists; all that JSON does not know is an object with one key."""

    def __init__(self, arrays: list[NDArray[Any]]) -> None:
        self.arrays = arrays
        self.classes: list[list[Any]] = []
        self.objects: list[list[Any]] = []
        self._class_numbers: dict[type, int] = {}
        self._object_numbers: dict[int, int] = {}

    def plain(self, value: Value) -> Any:
        if value is None or isinstance(value, bool | str) or type(value) in {int, float}:
            return value
        if isinstance(value, tuple):
            return [self.plain(one) for one in value]
        if isinstance(value, list):
            return {"list": [self.plain(one) for one in value]}
        if isinstance(value, Enum):
            return {"enum": [_name(type(value)), value.value]}
        if isinstance(value, Mapping):
            return {"dict": [[self.plain(k), self.plain(v)] for k, v in value.items()]}
        if isinstance(value, frozenset | set):
            kind = "frozenset" if isinstance(value, frozenset) else "set"
            return {kind: sorted(self.plain(one) for one in value)}
        if isinstance(value, Path):
            return {"path": str(value)}
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if is_dataclass(value) and not isinstance(value, type):
            return {"of": self._object(value)}
        raise TypeError(f"{type(value).__name__} cannot be saved")

    def _array(self, array: NDArray[Any]) -> int:
        if array.dtype.str not in _TYPES:
            raise TypeError(f"an array of {array.dtype} cannot be saved")
        self.arrays.append(np.ascontiguousarray(array))
        return len(self.arrays) - 1

    def _object(self, value: Any) -> int:
        """Write each object once: what was shared is shared again."""
        if id(value) not in self._object_numbers:
            kind = type(value)
            if kind not in self._class_numbers:
                names = [f.name for f in fields(value) if f.init and not f.name.startswith("_")]
                self._class_numbers[kind] = len(self.classes)
                self.classes.append([_name(kind), names])
            number = self._class_numbers[kind]
            row = [number, *(self.plain(getattr(value, n)) for n in self.classes[number][1])]
            self._object_numbers[id(value)] = len(self.objects)
            self.objects.append(row)
        return self._object_numbers[id(value)]


class _Reader:
    def __init__(
        self, arrays: list[NDArray[Any]], classes: list[list[Any]], objects: list[list[Any]]
    ) -> None:
        self._arrays = arrays
        self._objects: list[Any] = []
        kinds = [(_class(name), names) for name, names in classes]
        for number, *row in objects:
            kind, names = kinds[number]
            values = (self.value(one) for one in row)
            self._objects.append(kind(**dict(zip(names, values, strict=True))))

    def value(self, plain: Any) -> Value:
        if isinstance(plain, list):
            return tuple([self.value(p) if type(p) in {list, dict} else p for p in plain])
        if not isinstance(plain, dict):
            return plain
        [(kind, held)] = plain.items()
        return self._made[kind](self, held)

    _made: Mapping[str, Callable[[_Reader, Any], Any]] = {
        "list": lambda self, held: list(self.value(held)),
        "dict": lambda self, held: {self.value(k): self.value(v) for k, v in held},
        "frozenset": lambda self, held: frozenset(self.value(held)),
        "set": lambda self, held: set(self.value(held)),
        "path": lambda _, held: Path(held),
        "array": lambda self, held: self._arrays[held],
        "enum": lambda _, held: _class(held[0])(held[1]),
        "of": lambda self, held: self._objects[held],
    }


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__name__}"


def _class(name: str) -> Callable[..., Any]:
    """Return a dataclass or enumeration of this package; nothing else can be named."""
    module, _, kind = name.partition(":")
    if not module.startswith("retrieval."):
        raise ValueError(f"{name} is not ours")
    found = getattr(importlib.import_module(module), kind)
    if not (isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))):
        raise ValueError(f"{name} is no dataclass")
    return found
