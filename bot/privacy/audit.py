"""The audit's chain: each row carries a MAC over itself and the row before. Pure but for the head.

Whoever edits, removes or inserts a row would need the key, which is not kept with the log. The last
row's number is noted beside the key as well, or the newest rows could be cut off unseen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

START = b"\0" * 32  # what the first row follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the audit. Holds nothing that a voter wrote.

    Attributes:
        seq: 1, 2, 3 … without gaps.
        at: UTC, ISO 8601 to the second.
        actor: Who: a staff member's numeric id, "cli" or "system"; "" where it is nobody of ours.
        action: What was done, one word.
        detail: On what: a filter, a file, a version.
        rows: How many rows it concerned.
        link: 32 bytes: the MAC.
    """

    seq: int
    at: str
    actor: str
    action: str
    detail: str
    rows: int
    link: bytes


def link(
    key: bytes, previous: bytes, seq: int, at: str, actor: str, action: str, detail: str, rows: int
) -> bytes:
    """Return the MAC of a row that follows ``previous``."""
    body = json.dumps([seq, at, actor, action, detail, rows], ensure_ascii=False).encode()
    return hmac.digest(key, previous + body, hashlib.sha256)


def note_head(path: Path, seq: int, mac: bytes) -> None:
    """Write down the newest row. Raises OSError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, f"{seq} {mac.hex()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    aside.replace(path)


def read_head(path: Path) -> tuple[int, bytes]:
    """Return what `note_head` wrote; (0, START) where nothing was. Raises OSError, ValueError."""
    try:
        seq, mac = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return 0, START
    return int(seq), bytes.fromhex(mac)


def broken(
    key: bytes, entries: Sequence[Entry], first: tuple[int, bytes], head: tuple[int, bytes]
) -> str:
    """Return what is wrong with the chain, for ``AUDIT`` in ``bot/texts/faults.py``; "" if nothing.

    Args:
        key: The audit's key.
        entries: In order of ``seq``.
        first: Number and MAC of the last row that was removed by age, or (0, START).
        head: As noted beside the keys.
    """
    seq, previous = first
    for entry in entries:
        if entry.seq != seq + 1:
            return f"gap {seq + 1}"
        wanted = link(
            key, previous, entry.seq, entry.at, entry.actor, entry.action, entry.detail, entry.rows
        )
        if not hmac.compare_digest(wanted, entry.link):
            return f"changed {entry.seq}"
        seq, previous = entry.seq, entry.link
        # Rows after the noted head are in order: a crash came between the commit and the note.
        if seq == head[0] and previous != head[1]:
            return f"changed {seq}"
    return f"gap {seq + 1}" if seq < head[0] else ""
