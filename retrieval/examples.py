"""Example questions: what voters may ask for each pledge. Found by, never shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from retrieval.document import Pledge

EXAMPLES = "example_questions.toml"
_SAME = 85.0  # token-sort similarity, 0 to 100, above which a changed pledge keeps its questions


class ExamplesError(Exception):
    """The file of example questions is faulty. Attributes as ``CorpusError``'s."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True)
class ExampleEntry:
    """Questions and words that lead to one pledge; ``text`` is its quote when they were written."""

    pledge_id: str
    text: str
    questions: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """Entries joined to today's pledges.

    Attributes:
        by_pledge: pledge id -> entry.
        moved: Entries that followed a pledge whose words changed a little.
        orphans: Entries whose pledge is gone: reported and kept in the file, never lost.
    """

    by_pledge: dict[str, ExampleEntry]
    moved: tuple[ExampleEntry, ...] = ()
    orphans: tuple[ExampleEntry, ...] = ()


def read_examples(folder: Path) -> tuple[ExampleEntry, ...]:
    """Read the entries of a corpus folder; none where the file is missing.

    Raises:
        ExamplesError: If the file is not TOML or an entry lacks its lists.
    """
    path = folder / EXAMPLES
    if not path.exists():
        return ()
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise ExamplesError(path, 0, "unreadable", reason=exc.strerror) from exc
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ExamplesError(path, raw[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"line (\d{1,9})", str(exc))
        raise ExamplesError(
            path, int(found[1]) if found else 1, "not_toml", reason=str(exc)
        ) from exc
    entries = []
    for key, table in tables.items():
        line = text[: max(0, text.find(f"[{key}]"))].count("\n") + 1
        if not isinstance(table, dict) or set(table) - {"text", "questions", "words"}:
            raise ExamplesError(path, line, "entry", entry=str(table)[:80])
        questions, words = table.get("questions", []), table.get("words", [])
        for value in (questions, words):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                raise ExamplesError(path, line, "questions_list", key=key)
        entries.append(
            ExampleEntry(
                key, str(table.get("text", "")), tuple(questions), tuple(str(w) for w in words)
            )
        )
    return tuple(entries)


def join(entries: Sequence[ExampleEntry], pledges: Sequence[Pledge]) -> Examples:
    """Give each pledge its entry: by id, else by nearly the same words in the same municipality."""
    ids = {pledge.id: pledge for pledge in pledges}
    by_pledge = {entry.pledge_id: entry for entry in entries if entry.pledge_id in ids}
    moved, orphans = [], []
    free: dict[str, list[Pledge]] = {}
    for pledge in pledges:
        if pledge.id not in by_pledge:
            free.setdefault(_place(pledge.id), []).append(pledge)
    for entry in entries:
        if entry.pledge_id in ids:
            continue
        here = (p for p in free.get(_place(entry.pledge_id), ()) if p.id not in by_pledge)
        best = reworded(entry.pledge_id, entry.text, here)
        if best is None:
            orphans.append(entry)
        else:
            by_pledge[best.id] = entry
            moved.append(entry)
    return Examples(by_pledge, tuple(moved), tuple(orphans))


def reworded(name: str, text: str, pledges: Iterable[Pledge]) -> Pledge | None:
    """Find the pledge that was called ``name`` and said ``text``: nearly the same words, same place."""
    best, score = None, _SAME
    for pledge in pledges:
        if _place(pledge.id) == _place(name):
            similar = fuzz.token_sort_ratio(text, pledge.quote)
            if similar >= score:
                best, score = pledge, similar
    return best


def _place(name: str) -> str:
    """First word of the municipality in a pledge's id; «as» is not «asker»."""
    return name.partition("-")[0]
