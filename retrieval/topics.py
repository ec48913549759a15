"""The tree of municipal politics: which topics a question and a pledge belong to.

Independent of any programme. A topic that no pledge belongs to is what a programme is silent on; a
topic outside politics carries a fixed answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from retrieval import words
from retrieval.patterns import PatternSet, compiled, needed

TOPICS = "topics.toml"
POLITICS = frozenset(("municipal", "county"))
_LANGUAGES = ("nb", "nn", "en")
_KEYS = frozenset("id parent scope name words questions patterns answer".split())


class TopicsError(Exception):
    """The topic tree is faulty. Attributes as ``CorpusError``'s: path, line, fault, values."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject that voters ask about.

    Attributes:
        id: Lower-case ASCII with dots; stable.
        parent: Id of the topic above; empty for a root.
        scope: ``municipal`` or ``county`` for politics; else why no programme answers it.
        name: By language code.
        patterns: Each matches a whole message of this kind, in the form ``plain`` gives it.
        needs: Of each pattern, the texts one of which it needs (``patterns.needed``).
        answer: Fixed answer by language code; empty for politics.
    """

    id: str
    parent: str
    scope: str
    name: Mapping[str, str]
    words: tuple[str, ...]
    questions: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    answer: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_politics(self) -> bool:
        """A programme may have a pledge on it."""
        return self.scope in POLITICS


@dataclass(frozen=True)
class TopicTree:
    """Topics in the order of the file."""

    topics: tuple[Topic, ...]

    def __len__(self) -> int:
        return len(self.topics)

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        """Topics by id."""
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def leaves(self) -> tuple[Topic, ...]:
        """Topics that no topic is below."""
        parents = {topic.parent for topic in self.topics}
        return tuple(topic for topic in self.topics if topic.id not in parents)

    def matching(self, text: str) -> Topic | None:
        """Return the first topic one of whose patterns matches the whole message, or None."""
        message = plain(text) or text.strip()  # only emoji or signs: as they are
        if not message or len(message) > 300:  # a long message is never only a greeting
            return None
        number = next(self._patterns.matching(message), None)
        return None if number is None else self._of_pattern[number]

    @cached_property
    def _patterns(self) -> PatternSet:
        return PatternSet(
            [p for topic in self.topics for p in zip(topic.patterns, topic.needs, strict=True)]
        )

    @cached_property
    def _of_pattern(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in self.topics for _ in topic.patterns)


def plain(text: str) -> str:
    """Lower case, no punctuation, single spaces: «Hei!! Hvem er du?» -> hei hvem er du"""
    lowered = words.nfc(text).lower()
    return " ".join(re.sub(r"[^\w\s]|_", " ", lowered).split())


def read_topics(folder: Path) -> TopicTree:
    """Read the topic tree of a corpus folder; an empty tree where the file is missing.

    Raises:
        TopicsError: On the first faulty topic, naming its line.
    """
    path = folder / TOPICS
    if not path.exists():
        return TopicTree(())
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise TopicsError(path, 0, "unreadable", reason=exc.strerror) from exc
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise TopicsError(path, raw[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    try:
        rows = tomllib.loads(text).get("topic", [])
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"line (\d{1,9})", str(exc))
        raise TopicsError(path, int(found[1]) if found else 1, "not_toml", reason=str(exc)) from exc
    lines = [
        i
        for i, line in enumerate(text.splitlines(), 1)
        if re.match(r"\s{0,20}\[\[\s{0,5}topic\b", line)
    ]
    if not isinstance(rows, list) or len(rows) != len(lines):
        raise TopicsError(path, 1, "entry", entry="topic = …")
    topics: list[Topic] = []
    seen: set[str] = set()
    for row, line in zip(rows, lines, strict=True):
        topic = _topic(path, line, row)
        if topic.id in seen:
            raise TopicsError(path, line, "topic_twice", id=topic.id)
        if topic.parent and topic.parent not in seen:
            raise TopicsError(path, line, "topic_parent", id=topic.id, parent=topic.parent)
        seen.add(topic.id)
        topics.append(topic)
    return TopicTree(tuple(topics))


def _topic(path: Path, line: int, row: Mapping[str, Any]) -> Topic:
    for key in ("id", "scope", "name", "words"):
        if not row.get(key):
            raise TopicsError(path, line, "key_missing", key=key)
    for key in ("id", "parent", "scope"):
        if not isinstance(row.get(key, ""), str):
            raise TopicsError(path, line, "not_text", key=key)
    for key in row:
        if key not in _KEYS:
            raise TopicsError(path, line, "key_unknown", key=key, known=", ".join(sorted(_KEYS)))
    for key in ("name", "answer"):
        table = row.get(key)
        if table is not None and (
            not isinstance(table, dict)
            or sorted(table) != sorted(_LANGUAGES)
            or not all(isinstance(text, str) and text for text in table.values())
        ):
            raise TopicsError(path, line, "three_languages", key=key, id=row["id"])
    for key in ("words", "questions", "patterns"):
        values = row.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise TopicsError(path, line, "word_list", key=key)
    politics = row["scope"] in POLITICS
    if not politics and "answer" not in row:
        raise TopicsError(path, line, "topic_answer", id=row["id"])
    return Topic(
        id=row["id"],
        parent=row.get("parent", ""),
        scope=row["scope"],
        name=row["name"],
        words=tuple(row["words"]),
        questions=tuple(row.get("questions", ())),
        patterns=tuple(row.get("patterns", ())),
        needs=tuple(_needs(path, line, pattern) for pattern in row.get("patterns", ())),
        answer=row.get("answer", {}),
    )


def _needs(path: Path, line: int, pattern: str) -> tuple[str, ...]:
    try:
        compiled(pattern)
        return needed(pattern)
    except re.error as exc:
        raise TopicsError(path, line, "pattern", pattern=pattern, reason=str(exc)) from exc
