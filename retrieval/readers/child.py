"""The reader's own process: limits first, then the format's reader, then one JSON object."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from importlib import import_module

from retrieval.readers import MAX_TEXT
from retrieval.readers.blocks import ReadError, Reading

MEMORY = 512 * 2**20  # bytes of address space
CPU_SECONDS = 55
_READERS = ("pdf", "docx", "html", "markdown", "plain")


def limit() -> None:
    """Set the limits of this process: they hold whatever the file makes a library do."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # writes no file
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def main(kind: str) -> None:
    """Read standard input with the reader of ``kind`` and write what it found."""
    limit()
    assert kind in _READERS, "named by the parent"
    try:
        reader = import_module(f"retrieval.readers.{kind}")
        found: Reading = reader.read(sys.stdin.buffer.read())
        if not found.text.strip():
            raise ReadError("no_text")  # noqa: TRY301  # told as any other fault
        if len(found.text) > MAX_TEXT:
            raise ReadError("too_much_text", most=MAX_TEXT)  # noqa: TRY301
    except ReadError as exc:
        said: dict[str, object] = {"fault": exc.fault, "line": exc.line, "values": exc.values}
    except ImportError as exc:
        said = {"fault": "reader_missing", "line": 0, "values": {"name": exc.name}}
    except (MemoryError, RecursionError):
        said = {"fault": "too_heavy", "line": 0, "values": {"most": MEMORY // 2**20}}
    except Exception as exc:  # noqa: BLE001  # any fault of a library is a fault of the file to us
        said = {"fault": "damaged", "line": 0, "values": {"reason": type(exc).__name__}}
    else:
        said = asdict(found)
    sys.stdout.write(json.dumps(said, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
