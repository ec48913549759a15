"""One process a data directory: two would answer every question twice, and fight for the log."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "loftebot.lock"


class AlreadyRunningError(Exception):
    """Another process holds the directory. ``fault`` names the sentence in ``texts/faults.py``."""

    def __init__(self, path: Path) -> None:
        self.path, self.fault = path, "already_running"
        self.values: dict[str, object] = {}
        super().__init__(f"{path}: already running")


@contextmanager
def only_instance(directory: Path) -> Iterator[None]:
    """Hold the data directory while the block runs. The kernel lets go when the process ends.

    Raises:
        AlreadyRunningError: If another process holds it. Does not wait.
        OSError: If the directory cannot be used.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / FILE
    # Never deleted: a second process could then lock a new file of the same name.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise AlreadyRunningError(path) from exc
        yield
    finally:
        os.close(handle)
