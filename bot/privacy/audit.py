"""The audit's chain: each row carries a MAC over itself and the row before. Pure but for the head.

Whoever edits, removes or inserts a row would need the key, which is not kept with the log. The last
row's number is noted beside the key as well, or the newest rows could be cut off unseen.

A restore from a backup loses the newest rows too. The row it adds goes on from the noted number,
so that no number is used twice, and says which are missing: a gap that is explained. Only who has
the key can make such a row, and its MAC binds it to the row before the gap.
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
RESTORED = "restored"  # the action that explains a gap; no other code may write it


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


def write_start(key: bytes, seq: int, mac: bytes) -> str:
    """Return the note of the last row that was removed by age: what the first that stays follows.

    It lies in the log, and the row's MAC stood there for all to copy: sealed, or anybody could remove
    the oldest rows and note that age had.
    """
    return f"{seq} {mac.hex()} {_start_seal(key, seq, mac).hex()}"


def read_start(key: bytes, note: str | None) -> tuple[int, bytes]:
    """Inverse of `write_start`; (0, START) where there is none, or it was not sealed by the key."""
    try:
        number, mac, seal = (note or "").split()
        seq, previous = int(number), bytes.fromhex(mac)
        sealed = hmac.compare_digest(_start_seal(key, seq, previous), bytes.fromhex(seal))
    except ValueError:
        return 0, START
    return (seq, previous) if sealed else (0, START)


def _start_seal(key: bytes, seq: int, mac: bytes) -> bytes:
    return hmac.digest(key, f"start|{seq}|{mac.hex()}".encode(), hashlib.sha256)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Rows that are not there any more: from ``first`` to ``last``, both of them included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What verifying found.

    Attributes:
        fault: «gap 7», «changed 3»; "" if nothing.
        accepted: Gaps that a row with ``RESTORED`` explains.
        open: Gaps that none explains, though the rows around them are whole: the log was replaced by
            an older copy. ``fault`` names the first.
    """

    fault: str
    accepted: tuple[Gap, ...] = ()
    open: tuple[Gap, ...] = ()


def explanation(missing: Gap | None, why: str) -> str:
    """Return the detail of a row with ``RESTORED``: 8-12 loftebot-20261124T120000Z.sqlite3."""
    return f"{missing or '-'} {why}".rstrip()


def verify(
    key: bytes, entries: Sequence[Entry], first: tuple[int, bytes], head: tuple[int, bytes]
) -> Chain:
    """Follow the chain from its first row to the noted head.

    Args:
        key: The audit's key.
        entries: In order of ``seq``.
        first: Number and MAC of the last row that was removed by age, or (0, START).
        head: As noted beside the keys.
    """
    seq, previous = first
    gaps, explained = [], set()
    for entry in entries:
        wanted = link(
            key, previous, entry.seq, entry.at, entry.actor, entry.action, entry.detail, entry.rows
        )
        whole = hmac.compare_digest(wanted, entry.link)
        if entry.seq != seq + 1:
            # Chained on to the row before the gap: written after the loss, by who has the key.
            if entry.seq <= seq or not whole:
                return Chain(fault=f"gap {seq + 1}")
            gaps.append(Gap(first=seq + 1, last=entry.seq - 1))
        elif not whole:
            return Chain(fault=f"changed {entry.seq}")
        if entry.action == RESTORED:
            explained.add(entry.detail.partition(" ")[0])
        seq, previous = entry.seq, entry.link
        # Rows after the noted head are in order: a crash came between the commit and the note.
        if seq == head[0] and previous != head[1]:
            return Chain(fault=f"changed {seq}")
    if seq < head[0]:
        gaps.append(Gap(first=seq + 1, last=head[0]))
    unexplained = tuple(gap for gap in gaps if str(gap) not in explained)
    return Chain(
        fault=f"gap {unexplained[0].first}" if unexplained else "",
        accepted=tuple(gap for gap in gaps if str(gap) in explained),
        open=unexplained,
    )
