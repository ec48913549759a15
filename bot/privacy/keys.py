"""The keys, one file each, in a directory of their own: whoever copies the log has none of them.

``field-2026-11-0.key`` encrypts what is written in November 2026 (0: how often it was rotated that
month); it is destroyed when nothing it sealed is left. ``person-0.key`` makes pseudonyms;
``audit.key`` chains the audit, whose newest link is noted beside it in ``audit.head``.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

KEY_BYTES = 32
_FIELD = re.compile(r"field-(\d{4})-(\d{2})-(\d{1,3})\.key", re.ASCII)
_PERSON = re.compile(r"person-(\d{1,3})\.key", re.ASCII)
_AUDIT = "audit.key"
_MODES = (0o600, 0o400)


class KeyFault(Exception):  # noqa: N818  # named as what it carries
    """The keys cannot be used. ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, fault: str, **values: object) -> None:
        self.path, self.fault, self.values = path, fault, values
        super().__init__(f"{path}: {fault} {values}")


@dataclass(frozen=True, slots=True, order=True)
class KeyId:
    """Which field key: the UTC month it was made for, and its number within the month (0-255)."""

    year: int
    month: int
    serial: int

    def __bytes__(self) -> bytes:
        return self.year.to_bytes(2) + bytes((self.month, self.serial))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Inverse of ``bytes(key_id)``: four bytes."""
        return cls(int.from_bytes(data[:2]), data[2], data[3])

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"field-{self.year:04}-{self.month:02}-{self.serial}.key"


class Keys:
    """The keys in a directory, checked when opened. A new month's key is made when first needed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._fields: dict[KeyId, bytes] = {}
        self._persons: dict[int, bytes] = {}
        self._audit = b""

    def __repr__(self) -> str:
        return f"Keys({str(self.directory)!r})"  # never what is in them

    @classmethod
    def create(cls, directory: Path, now: datetime) -> Self:
        """Make the directory and a first set of keys.

        Raises:
            KeyFault: If there are keys already, or the directory cannot be written.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            if any(directory.glob("*.key")):
                raise KeyFault(directory, "keys_exist")
        except OSError as exc:
            raise KeyFault(directory, "keys_unreadable", reason=exc.strerror) from exc
        keys = cls(directory)
        keys._write("person-0.key")
        keys._write(_AUDIT)
        keys.reread()
        keys.current(now)
        return keys

    @classmethod
    def open(cls, directory: Path, data: Path) -> Self:
        """Read and check the keys. ``data`` is the directory they must be no part of.

        Raises:
            KeyFault: If they are missing, lie among the data, or others may read them.
        """
        cls.refuse_among(directory, data)
        keys = cls(directory)
        keys.reread()
        return keys

    @staticmethod
    def refuse_among(directory: Path, data: Path) -> None:
        """Raise KeyFault if the keys' directory is, or lies in, the directory of the data."""
        inner, outer = directory.resolve(), data.resolve()
        if inner == outer or outer in inner.parents:
            raise KeyFault(directory, "keys_among_data", data=data)

    def reread(self) -> None:
        """Take in what other processes made or destroyed. What was read before stays on a fault.

        Raises:
            KeyFault: If keys are missing, a file cannot be read, or others than the owner may.
        """
        fields: dict[KeyId, bytes] = {}
        persons: dict[int, bytes] = {}
        audit = b""
        try:
            if not self.directory.is_dir():
                raise KeyFault(self.directory, "keys_missing")
            _check_mode(self.directory, (0o700, 0o500))
            for path in sorted(self.directory.iterdir()):
                if match := _FIELD.fullmatch(path.name):
                    fields[KeyId(*map(int, match.groups()))] = _read(path)
                elif match := _PERSON.fullmatch(path.name):
                    persons[int(match[1])] = _read(path)
                elif path.name == _AUDIT:
                    audit = _read(path)
        except OSError as exc:
            raise KeyFault(self.directory, "keys_unreadable", reason=exc.strerror) from exc
        if not persons or not audit:
            raise KeyFault(self.directory, "keys_missing")
        self._fields, self._persons, self._audit = fields, persons, audit

    def field_key(self, key_id: KeyId) -> bytes | None:
        """Return a field key; None where it never was or was destroyed."""
        if key_id not in self._fields:
            self.reread()
        return self._fields.get(key_id)

    def current(self, now: datetime) -> KeyId:
        """Return the newest key of this month (UTC), made now where there is none.

        Raises:
            KeyFault: If it cannot be written.
        """
        month = now.astimezone(UTC)
        found = [k for k in self._fields if (k.year, k.month) == (month.year, month.month)]
        if found:
            return max(found)
        key_id = KeyId(month.year, month.month, 0)
        self._write(key_id.file)
        self.reread()
        return key_id

    def rotate(self, now: datetime) -> None:
        """Make new keys of both kinds; the old ones still open and find what they made.

        Raises:
            KeyFault: If they cannot be written, or a kind has been rotated 255 times.
        """
        newest = self.current(now)
        person = max(self._persons, default=-1) + 1
        if newest.serial == 255 or person > 255:
            raise KeyFault(self.directory, "keys_too_many")
        self._write(KeyId(newest.year, newest.month, newest.serial + 1).file)
        self._write(f"person-{person}.key")
        self.reread()

    def persons(self) -> tuple[bytes, ...]:
        """Return the pseudonym keys, newest first."""
        return tuple(self._persons[number] for number in sorted(self._persons, reverse=True))

    @property
    def audit(self) -> bytes:
        """The key of the audit's chain; it is never rotated, or the chain would break."""
        return self._audit

    @property
    def audit_head(self) -> Path:
        """Where the newest link of the audit is noted, out of reach of who edits the log."""
        return self.directory / "audit.head"

    def field_ids(self) -> tuple[KeyId, ...]:
        """Return the field keys there are, oldest first."""
        return tuple(sorted(self._fields))

    def destroy(self, key_id: KeyId) -> None:
        """Overwrite and remove a field key: what it sealed, in any copy, is lost for good.

        Raises:
            KeyFault: If the file cannot be removed.
        """
        path = self.directory / key_id.file
        try:
            shred(path)
        except OSError as exc:
            raise KeyFault(path, "keys_unreadable", reason=exc.strerror) from exc
        self._fields.pop(key_id, None)

    def _write(self, name: str) -> None:
        # Written aside and linked: another process sees the whole key or none, and the first wins.
        path = self.directory / name
        aside = self.directory / f".{name}.{secrets.token_hex(8)}"
        try:
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(handle, secrets.token_bytes(KEY_BYTES))
                os.fsync(handle)
            finally:
                os.close(handle)
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        except OSError as exc:
            raise KeyFault(path, "keys_unreadable", reason=exc.strerror) from exc


def shred(path: Path) -> None:
    """Overwrite and remove a file of the keys; one that is gone is well. Raises OSError.

    On flash and copy-on-write disks the overwriting may miss the old block.
    """
    try:
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(max(KEY_BYTES, path.stat().st_size)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return


def _check_mode(path: Path, allowed: tuple[int, ...]) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode not in allowed:
        raise KeyFault(path, "keys_mode", found=f"{mode:04o}", wanted=f"{allowed[0]:04o}")


def _read(path: Path) -> bytes:
    _check_mode(path, _MODES)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise KeyFault(path, "keys_damaged")
    return key
