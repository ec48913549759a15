"""One process a data directory: two would answer every question twice, and fight for the log."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "loftebot.lock"


class LockError(Exception):
    """The directory cannot be used. ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, path: Path, fault: str, **values: object) -> None:
        self.path, self.fault, self.values = path, fault, values
        super().__init__(f"{path}: {fault} {values}")


class AlreadyRunningError(LockError):
    """Another process holds the directory."""


@contextmanager
def only_instance(directory: Path, file: str = FILE) -> Iterator[None]:
    """Hold the data directory while the block runs. The kernel lets go when the process ends.

    ``file`` names what is held, where it is less than the whole.

    Raises:
        AlreadyRunningError: If another process holds it. Does not wait.
        LockError: If the directory cannot be used.
    """
    path = directory / file
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never deleted: a second process could then lock a new file of the same name.
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise LockError(directory, "storage_failed", reason=exc.strerror) from exc
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise AlreadyRunningError(path, "already_running") from exc
        yield
    finally:
        os.close(handle)
