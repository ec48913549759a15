"""A programme as received (PDF, Word, web page, Markdown, text) to plain text with page marks.

The format's reader runs in a process of its own under hard limits: a hostile or broken file costs
that process its life, and the caller one clear line. Nothing here knows politics.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from retrieval.readers.blocks import Note, ReadError, Reading

SUFFIXES: Mapping[str, str] = {
    ".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".md": "markdown",
    ".markdown": "markdown", ".txt": "plain",
}  # fmt: skip
MAX_BYTES = 50 * 2**20  # a programme with photographs is some 20 MB
SECONDS = 60  # in all; the reader itself may use 55 s of processor
MAX_TEXT = (
    8 * 2**20
)  # characters of the reader's answer; the longest programme seen has 0.3 million


def read_file(path: Path, seconds: float = SECONDS) -> Reading:
    """Read a file in a process of its own, of at most 512 MB and ``seconds``.

    Raises:
        ReadError: Naming what is wrong with the file. Nothing has been written anywhere.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ReadError("suffix", found=path.suffix or "–", known=", ".join(SUFFIXES))
    with _open(path) as file:
        return _parsed(_run(kind, file, seconds))


def _open(path: Path) -> BinaryIO:
    try:
        # Opened before it is looked at, so that what is checked is what is read; a pipe never waits.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            raise ReadError("link") from exc
        raise ReadError("unreadable", reason=exc.strerror) from exc
    except ValueError as exc:  # a null in the name
        raise ReadError("unreadable", reason="ugyldig filnavn") from exc
    try:
        _check(os.fstat(handle))
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ReadError("not_file")
    if status.st_size > MAX_BYTES:
        raise ReadError("too_large", found=status.st_size // 2**20, most=MAX_BYTES // 2**20)
    if status.st_size == 0:
        raise ReadError("empty_file")


def _run(kind: str, file: BinaryIO, seconds: float) -> bytes:
    """Return what the reader's process said. It gets the open file, no name, no environment."""
    root = str(Path(__file__).resolve().parents[2])
    # -P: no module of the folder we happen to stand in is imported in place of a real one.
    command = [sys.executable, "-P", "-m", "retrieval.readers.child", kind]
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and every word of the command is ours
            command,
            stdin=file,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PYTHONPATH": root, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as exc:
        raise ReadError("too_slow", seconds=round(seconds)) from exc
    if done.returncode != 0:
        # Killed by a limit (negative), or by a fault in a library: either way, of no use.
        raise ReadError("reader_died", code=done.returncode)
    return done.stdout


def _parsed(answer: bytes) -> Reading:
    if len(answer) > 4 * MAX_TEXT:
        raise ReadError("too_much_text", most=MAX_TEXT)
    try:
        said = json.loads(answer)
    except ValueError as exc:
        raise ReadError("reader_died", code=0) from exc
    if "fault" in said:
        raise ReadError(said["fault"], line=said["line"], **said["values"])
    if len(said["text"]) > MAX_TEXT:
        raise ReadError("too_much_text", most=MAX_TEXT)
    return Reading(
        text=said["text"],
        pages=said["pages"],
        left_out=tuple(Note(**note) for note in said["left_out"]),
        warnings=tuple(Note(**note) for note in said["warnings"]),
    )


__all__ = ["MAX_BYTES", "SECONDS", "SUFFIXES", "Note", "ReadError", "Reading", "read_file"]
