"""Programmes in and out of the corpus folder: what `loftebot programmes` does. Asks nobody.

A change is tried on a copy of the folder first, so that the real one only ever goes from one sound
state to another.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz

from retrieval.corpus import MANIFEST, CorpusError, is_plain_name
from retrieval.document import Pledge, slug
from retrieval.mending import mend_file
from retrieval.readers import Reading

if TYPE_CHECKING:
    import tomlkit

REWORDED = 60.0  # percent alike from which two pledges of two periods are one, reworded
_HEAVY = ("vectors.npz",)  # linked, not copied, into the copy of the folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A programme about to be added: its record, and the files it brings.

    Attributes:
        record: Keys and values of its ``[[programme]]``, in order.
        files: Name -> content.
    """

    record: Mapping[str, str]
    files: Mapping[str, bytes]

    @property
    def file(self) -> str:
        """Name of the text that quotes are proved against."""
        return self.record["file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Pledges of one programme beside those of another."""

    kept: tuple[Pledge, ...]
    changed: tuple[tuple[Pledge, Pledge], ...]
    gone: tuple[Pledge, ...]
    new: tuple[Pledge, ...]


def make_entry(
    path: Path, reading: Reading, *, name: str, party: str, municipality: str, period: str,
    title: str, url: str, fetched: str,
) -> Entry:  # fmt: skip
    """Return the record and files of a programme that was read from ``path``."""
    received = path.read_bytes()
    suffix = path.suffix.lower()
    stem = slug(name or f"{municipality} {period[:4]} {title}")[:60].strip("-") or "program"
    text = reading.text.encode() if suffix != ".txt" else received
    record = {"file": f"{stem}.txt"}
    files = {f"{stem}.txt": text}
    if suffix != ".txt":
        record |= {"received": stem + suffix, "received_sha256": _sha256(received)}
        files[stem + suffix] = received
    record |= {
        "received_as": path.name, "kind": "programme", "party": party, "municipality": municipality,
        "period": period, "title": title, "url": url, "fetched": fetched, "sha256": _sha256(text),
    }  # fmt: skip
    return Entry(record=record, files=files)


def add(folder: Path, entry: Entry, *, replace: bool = False) -> None:
    """Write the files of an entry, and its record behind the others.

    With ``replace``, the record of that name is changed where it stands, and what is not given anew
    (notes, period_basis) stays.

    Raises:
        CorpusError: If the name is taken, or the folder cannot be written.
    """
    path = folder / MANIFEST
    toml = _tomlkit(path)
    document, records = _manifest(path)
    numbers = [i for i, record in enumerate(records) if record.get("file") == entry.file]
    taken = [
        name for name in entry.files if (folder / name).exists() or (folder / name).is_symlink()
    ]
    if (numbers or taken) and not replace:
        raise CorpusError(path, 0, "name_taken", file=entry.file)
    if numbers:
        table = records[numbers[0]]
        for key, value in entry.record.items():
            if value or key in table:
                table[key] = value
    else:
        table = toml.table()
        for key, value in entry.record.items():
            table.add(key, value)
        if len(records):
            records[-1].add(toml.nl())  # an empty line between the entries
        records.append(table)
    with _writing(path):
        for name, content in entry.files.items():
            _write(folder / name, content)
        # Last: until it is in the manifest, a file is not part of the corpus.
        _write(path, document.as_string().encode())


def files_of(folder: Path, file: str) -> list[Path]:
    """Return the files that belong to a programme: its text, what was received, its mends.

    Raises:
        CorpusError: If no programme has that file.
    """
    path = folder / MANIFEST
    _, records = _manifest(path)
    known = [str(record.get("file")) for record in records]
    if file not in known:
        raise CorpusError(
            path, 0, "no_such_programme", file=file, manifest=MANIFEST, known=", ".join(known)
        )
    record = records[known.index(file)]
    names = [file, *([str(record["received"])] if record.get("received") else [])]
    mends = mend_file(folder, file)
    found = [folder / name for name in names if is_plain_name(name)]
    return [*found, mends] if mends.exists() else found


def remove(folder: Path, file: str) -> list[Path]:
    """Take a programme out of the manifest, then delete its files; return those.

    Raises:
        CorpusError: If no programme has that file, or the folder cannot be written.
    """
    doomed = files_of(folder, file)
    path = folder / MANIFEST
    document, records = _manifest(path)
    numbers = [i for i, record in enumerate(records) if record.get("file") == file]
    for number in reversed(numbers):
        del records[number]
    with _writing(path):
        _write(path, document.as_string().encode())
        for gone in doomed:
            gone.unlink(missing_ok=True)
    return doomed


@contextmanager
def copy_of(folder: Path) -> Iterator[Path]:
    """Lend a copy of the corpus folder to try a change on."""
    with tempfile.TemporaryDirectory(prefix="loftebot-") as scratch:
        copy = Path(scratch) / "seeds"
        copy.mkdir()
        for file in folder.iterdir():
            if file.is_symlink() or not file.is_file():
                continue
            if file.name in _HEAVY:
                (copy / file.name).symlink_to(file.resolve())
            else:
                shutil.copy2(file, copy)
        yield copy


def compare(old: Sequence[Pledge], new: Sequence[Pledge]) -> Comparison:
    """Pair the pledges of two programmes: the same words, else the likest of the rest."""
    by_words: dict[str, list[Pledge]] = {}
    for pledge in new:
        by_words.setdefault(_folded(pledge), []).append(pledge)
    kept: list[Pledge] = []
    rest: list[Pledge] = []
    for pledge in old:
        same = by_words.get(_folded(pledge))
        if same:
            kept.append(same.pop(0))
        else:
            rest.append(pledge)
    fresh = [pledge for pledges in by_words.values() for pledge in pledges]
    pairs = sorted(
        (
            (score, i, j)
            for i, before in enumerate(rest)
            for j, after in enumerate(fresh)
            if (score := fuzz.token_sort_ratio(before.quote, after.quote, score_cutoff=REWORDED))
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    changed: list[tuple[Pledge, Pledge]] = []
    used_old: set[int] = set()
    used_new: set[int] = set()
    for _, i, j in pairs:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            changed.append((rest[i], fresh[j]))
    changed.sort(key=lambda pair: pair[0].start)
    return Comparison(
        kept=tuple(kept),
        changed=tuple(changed),
        gone=tuple(p for i, p in enumerate(rest) if i not in used_old),
        new=tuple(
            sorted((p for j, p in enumerate(fresh) if j not in used_new), key=lambda p: p.start)
        ),
    )


def _folded(pledge: Pledge) -> str:
    return unicodedata.normalize("NFC", pledge.quote).casefold().rstrip(". ")


def _tomlkit(path: Path) -> Any:
    """Lend the writer of TOML: only they need it who change the corpus, the running bot does not."""
    try:
        return import_module("tomlkit")
    except ImportError as exc:
        raise CorpusError(path, 0, "reader_missing", name="tomlkit") from exc


def _manifest(path: Path) -> tuple[tomlkit.TOMLDocument, Any]:
    toml = _tomlkit(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise CorpusError(path, 0, "unreadable", reason=exc.strerror) from exc
    document: tomlkit.TOMLDocument = toml.parse(text)
    return document, document.setdefault("programme", toml.aot())


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise CorpusError(path, 0, "not_written", reason=exc.strerror) from exc


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole: a reader sees the old one or the new one. Never follows a link."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".ny-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
