"""An entry at the end of ``seeds/corrections.toml``: what stands there is not touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from bot.storage.database import clean
from retrieval.corrections import CORRECTIONS, CorrectionsError, parse_corrections


def entry_text(kind: str, values: Mapping[str, object]) -> str:
    """Write one entry, quoted as TOML wants it; lists of several take a line each.

    Raises:
        CorrectionsError: If the writer of TOML is not installed.
    """
    try:
        toml = import_module("tomlkit")
    except ImportError as exc:
        raise CorrectionsError(Path(CORRECTIONS), 0, "writer_missing", name="tomlkit") from exc
    table = toml.table()
    for key, value in values.items():
        if isinstance(value, (list, tuple)):
            array = toml.array()
            array.extend(clean(str(text)) for text in value)
            table.add(key, array.multiline(len(value) > 1))
        else:
            table.add(key, clean(str(value)))
    entries = toml.aot()
    entries.append(table)
    document = toml.document()
    document.add(kind, entries)
    return str(document.as_string())


def appended(before: bytes, entry: str, path: Path) -> bytes:
    """Return the file with an entry added behind all that it holds, byte for byte.

    Raises:
        CorrectionsError: If the file is faulty, or would be.
    """
    parse_corrections(before, path)
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = before + gap + entry.rstrip("\n").encode() + b"\n"
    parse_corrections(after, path)
    return after


def read(path: Path) -> bytes | None:
    """Return the file's bytes; None where there is none. Raises OSError, also for a link."""
    _check_own(path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def replace(path: Path, content: bytes | None) -> None:
    """Put a file in place whole and for good, or remove it (None): a reader sees the old or the new.

    Raises:
        OSError: Nothing was changed.
    """
    _check_own(path)
    if content is None:
        path.unlink(missing_ok=True)
        _settle(path.parent)
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".ny-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _check_own(path: Path) -> None:
    if path.is_symlink():
        raise OSError(0, "er en lenke")  # what it leads to may be another's


def _settle(folder: Path) -> None:
    """Have the change of name on the disk, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
