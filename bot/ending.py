"""Ending the service for good: what lies in the three directories, and removing what is ours.

Only files of a name that the bot itself gives, directly in the directories of data, backups and
keys. Links, folders and strange names are told of and left where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.backup import GRAVES
from bot.config import Settings
from bot.lock import FILE as LOCK
from bot.privacy.keys import shred
from bot.recovery import MEMORY_FILE
from bot.storage import FILE

_STAMP = r"\d{8}T\d{6}Z"
_BESIDE = r"(-wal|-shm|-journal)?"
_LOG = re.escape(FILE)
# What is removed first makes the rest unreadable, should the removing be broken off.
_KINDS: tuple[tuple[str, str], ...] = (
    ("keys", r"(field-\d{4}-\d{2}-\d{1,3}|person-\d{1,3}|audit)\.key|audit\.head"),
    (
        "keys",
        r"\.(field-\d{4}-\d{2}-\d{1,3}\.key|person-\d{1,3}\.key|audit\.(key|head))\.[0-9a-f]+",
    ),
    ("backup", rf"\.?loftebot-{_STAMP}(-v\d+)?\.sqlite3(\.part)?{_BESIDE}"),
    ("backup", rf"{re.escape(GRAVES)}|\.{re.escape(GRAVES)}\.part"),
    ("log", rf"({_LOG}|\.{_LOG}\.part){_BESIDE}"),
    ("aside", rf"{_LOG}\.(corrupt|before-restore)\.{_STAMP}(-\d+)?{_BESIDE}"),
    ("operations", rf"{re.escape(MEMORY_FILE)}|\.{re.escape(MEMORY_FILE)}\.part"),
    ("operations", r"index-(words|meaning)\.saved(\.[0-9a-f]{8}\.new)?"),  # bot/setup.py
    ("operations", r"dictionary\.saved(\.[0-9a-f]{8}\.new)?"),  # retrieval/persistence.py
    ("operations", rf"corrections\.lock|{re.escape(LOCK)}"),  # the first: bot/review/publishing.py
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file of ours.

    Attributes:
        kind: keys, backup, log, aside (a log that was set aside) or operations.
        size: In bytes.
    """

    kind: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What lies there now.

    Attributes:
        ours: In the order of removal; the lock last.
        unknown: Left alone, and for a human to look at.
    """

    ours: tuple[Piece, ...]
    unknown: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Bytes of all that is ours."""
        return sum(piece.size for piece in self.ours)


def remains(settings: Settings) -> Remains:
    """Return what lies in the directories. Raises OSError where one cannot be read."""
    folders = _folders(settings)
    ours, unknown = [], []
    for folder, kinds in folders.items():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            kind = _kind(path, kinds)
            if kind is not None:
                ours.append(Piece(kind=kind, path=path, size=path.stat().st_size))
            elif not any(path == other or path in other.parents for other in folders):
                unknown.append(path)
    order = [kind for kind, _ in _KINDS]
    ours.sort(key=lambda piece: (piece.path.name == LOCK, order.index(piece.kind)))
    return Remains(ours=tuple(ours), unknown=tuple(unknown))


def remove(settings: Settings) -> tuple[Remains, dict[Path, str]]:
    """Remove all that is ours, keys first. The caller holds the single-instance lock.

    One file that cannot be removed keeps none of the others.

    Returns:
        What there was, and what is still there: file -> why. Empty: all is gone, looked after.

    Raises:
        OSError: If a directory cannot be read.
    """
    found, failed = remains(settings), {}
    for piece in found.ours:
        try:
            # What the keys sealed, in any copy anywhere, is lost with them: not merely unlinked.
            if piece.kind == "keys":
                shred(piece.path)
            else:
                piece.path.unlink(missing_ok=True)
        except OSError as exc:
            failed[piece.path] = exc.strerror or str(exc)
    for piece in remains(settings).ours:
        failed.setdefault(piece.path, "")
    # Deepest first: the backups may lie among the data. A folder with anything in it stays.
    for folder in sorted(_folders(settings), key=lambda each: len(each.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            _drop(folder)
    return found, failed


def _drop(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # A mount point, or in a directory that is not ours to change: empty is enough.
        return


def _folders(settings: Settings) -> dict[Path, set[str]]:
    folders: dict[Path, set[str]] = {}
    for folder, kinds in (
        (settings.keys, {"keys"}),
        (settings.backups, {"backup"}),
        (settings.data, {"log", "aside", "operations"}),
    ):
        folders.setdefault(folder, set()).update(kinds)
    return folders


def _kind(path: Path, kinds: set[str]) -> str | None:
    # A link leads out of the directory, and removing it would not remove what it leads to.
    if path.is_symlink() or not path.is_file():
        return None
    for kind, form in _KINDS:
        if kind in kinds and re.fullmatch(form, path.name, re.ASCII):
            return kind
    return None


__all__ = ["Piece", "Remains", "remains", "remove"]
