"""What staff corrected: example questions, questions outside the programmes, one-way synonyms.

The file stands beside the other seeds and is written by people or by ``bot/review/mending.py``.
Each entry adds to what the other files say, and is a check: ``bot/corrections.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval.document import Pledge
from retrieval.examples import ExampleEntry, Examples, reworded
from retrieval.lexicon import Lexicon, ThesaurusLine, extended
from retrieval.topics import TopicTree

CORRECTIONS = "corrections.toml"
SECTION = "corrections"
"""Section of a corrected synonym among the lines of the thesaurus."""


class CorrectionsError(Exception):
    """The file of corrections is faulty. Attributes as ``CorpusError``'s."""

    def __init__(self, path: Path, line: int, fault: str, **values: object) -> None:
        self.path, self.line, self.fault, self.values = path, line, fault, values
        super().__init__(f"{path}:{line}: {fault} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that a person attached to the pledges that answer it.

    Attributes:
        texts: The pledges' quotes when it was written, in the same order; may be empty.
        line: Where it stands in the file, from 1.
    """

    question: str
    pledges: tuple[str, ...]
    texts: tuple[str, ...] = ()
    by: str = ""
    on: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A question that no programme is about, and the topic whose fixed answer it gets."""

    question: str
    topic: str
    by: str = ""
    on: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """A voter's word that is also searched for as the words of ``to``; never the other way."""

    word: str
    to: tuple[str, ...]
    why: str
    by: str = ""
    on: str = ""
    line: int = 1


Correction = Example | Outside | Synonym


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """An example joined to today's pledges.

    Attributes:
        pledge_ids: Those that are there, under the ids they have now.
        moved: Of the file's ids, those whose pledge has another id now: its words changed a little.
        lost: Of the file's ids, those whose pledge is gone.
    """

    example: Example
    pledge_ids: tuple[str, ...]
    moved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """The entries of one file, each kind in the order of the file.

    Attributes:
        attached: The examples, once they are joined to pledges: one each.
    """

    path: Path = Path(CORRECTIONS)
    examples: tuple[Example, ...] = ()
    outside: tuple[Outside, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    attached: tuple[Attached, ...] = ()

    def __len__(self) -> int:
        return len(self.examples) + len(self.outside) + len(self.synonyms)

    @property
    def entries(self) -> tuple[Correction, ...]:
        """All of them, in the order of the file."""
        everything: tuple[Correction, ...] = (*self.examples, *self.outside, *self.synonyms)
        return tuple(sorted(everything, key=lambda entry: entry.line))


# ---- reading

# kind -> (texts that must be there, lists that must be there, lists that may be)
_KINDS: Mapping[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {
    "example": (frozenset(("question",)), frozenset(("pledges",)), frozenset(("texts",))),
    "outside": (frozenset(("question", "topic")), frozenset(), frozenset()),
    "synonym": (frozenset(("word", "why")), frozenset(("to",)), frozenset()),
}
_SIGNED = frozenset(("by", "on"))
_HEAD = re.compile(r"[ \t]{0,20}\[\[[ \t]{0,20}\"?'?(\w{1,20})\"?'?[ \t]{0,20}\]\]")


def read_corrections(folder: Path) -> Corrections:
    """Read the corrections of a corpus folder; none where the file is missing.

    Raises:
        CorrectionsError: On the first thing that is wrong, naming its line.
    """
    path = folder / CORRECTIONS
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Corrections(path=path)
    except OSError as exc:
        raise CorrectionsError(path, 0, "unreadable", reason=exc.strerror) from exc
    return parse_corrections(raw, path)


def parse_corrections(raw: bytes, path: Path) -> Corrections:
    """Understand the content of the file; ``path`` is for the errors.

    Raises:
        CorrectionsError: As ``read_corrections``.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise CorrectionsError(path, raw[: exc.start].count(b"\n") + 1, "not_utf8") from exc
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as exc:
        found = re.search(r"at line (\d{1,9})", str(exc))  # 3.11 has no lineno attribute
        reason = str(exc) or type(exc).__name__
        raise CorrectionsError(
            path, int(found[1]) if found else 1, "not_toml", reason=reason
        ) from exc
    for key in tables:
        if key not in _KINDS:
            raise CorrectionsError(
                path, _line_of(text, key), "key_unknown", key=key, known=", ".join(_KINDS)
            )
    return Corrections(
        path=path,
        examples=tuple(_example(path, *row) for row in _rows(path, text, tables, "example")),
        outside=tuple(
            Outside(question=row["question"], topic=row["topic"], **_signed(row, line))
            for line, row in _rows(path, text, tables, "outside")
        ),
        synonyms=tuple(_synonym(path, *row) for row in _rows(path, text, tables, "synonym")),
    )


def _rows(
    path: Path, text: str, tables: Mapping[str, Any], kind: str
) -> list[tuple[int, Mapping[str, Any]]]:
    """Return line and checked values of each entry of a kind."""
    entries = tables.get(kind, [])
    lines = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if (head := _HEAD.match(line)) and head[1] == kind
    ]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CorrectionsError(path, _line_of(text, kind), "mend_entry", kind=kind)
    # Where a text of several lines holds what looks like a head, no line is known: the first is named.
    known = lines if len(lines) == len(entries) else [1] * len(entries)
    for line, entry in zip(known, entries, strict=True):
        _check(path, line, kind, entry)
    return list(zip(known, entries, strict=True))


def _check(path: Path, line: int, kind: str, entry: Mapping[str, Any]) -> None:
    texts, lists, more = _KINDS[kind]
    known = texts | lists | more | _SIGNED
    for key in entry:
        if key not in known:
            names = ", ".join(sorted(known))
            raise CorrectionsError(path, line, "key_unknown", key=key, known=names)
    for key in sorted(texts | lists):
        if key not in entry:
            raise CorrectionsError(path, line, "key_missing", key=key)
    for key in sorted((texts | _SIGNED) & entry.keys()):
        if not isinstance(entry[key], str):
            raise CorrectionsError(path, line, "not_text", key=key)
        if key in texts and not entry[key].strip():
            raise CorrectionsError(path, line, "empty", key=key)
    for key in sorted((lists | more) & entry.keys()):
        value = entry[key]
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise CorrectionsError(path, line, "text_list", key=key)
        if key in lists and not value:
            raise CorrectionsError(path, line, "empty", key=key)


def _signed(row: Mapping[str, Any], line: int) -> dict[str, Any]:
    return {"by": row.get("by", ""), "on": row.get("on", ""), "line": line}


def _example(path: Path, line: int, row: Mapping[str, Any]) -> Example:
    pledges, texts = tuple(row["pledges"]), tuple(row.get("texts", ()))
    if texts and len(texts) != len(pledges):
        raise CorrectionsError(
            path, line, "correction_texts", texts=len(texts), pledges=len(pledges)
        )
    return Example(question=row["question"], pledges=pledges, texts=texts, **_signed(row, line))


def _synonym(path: Path, line: int, row: Mapping[str, Any]) -> Synonym:
    word = " ".join(row["word"].lower().split())
    to = tuple(" ".join(target.lower().split()) for target in row["to"])
    if word in to:
        raise CorrectionsError(path, line, "correction_itself", word=word)
    return Synonym(word=word, to=to, why=row["why"], **_signed(row, line))


def _line_of(text: str, key: str) -> int:
    found = re.search(rf"(?m)^[ \t]{{0,20}}\[{{0,2}}[ \t]{{0,20}}\"?'?{re.escape(key)}\b", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


# ---- joining


def with_examples(
    examples: Examples, corrections: Corrections, pledges: Sequence[Pledge]
) -> tuple[Examples, Corrections]:
    """Add the attached questions to their pledges' own; return also which pledge each has today.

    A pledge that was reworded a little is found by its text. An example without any pledge left
    adds nothing, and is told of in ``Corrections.attached``.
    """
    here = {pledge.id: pledge for pledge in pledges}
    by_pledge = dict(examples.by_pledge)
    joined = []
    for example in corrections.examples:
        found, moved, lost = [], [], []
        for number, name in enumerate(example.pledges):
            pledge = here.get(name)
            if pledge is None and example.texts:
                pledge = reworded(name, example.texts[number], pledges)
                moved += [name] if pledge is not None else []
            if pledge is None:
                lost.append(name)
            elif pledge.id not in found:
                found.append(pledge.id)
        for name in found:
            entry = by_pledge.get(name) or ExampleEntry(name, here[name].quote, (), ())
            if example.question not in entry.questions:
                by_pledge[name] = replace(entry, questions=(*entry.questions, example.question))
        joined.append(
            Attached(example=example, pledge_ids=tuple(found), moved=tuple(moved), lost=tuple(lost))
        )
    return replace(examples, by_pledge=by_pledge), replace(corrections, attached=tuple(joined))


def with_questions(tree: TopicTree, corrections: Corrections) -> TopicTree:
    """Add the questions outside the programmes to their topics' own.

    Raises:
        CorrectionsError: If there is no such topic, or it is politics: silence is no fixed answer.
    """
    if not corrections.outside or not len(tree):
        return tree
    more: dict[str, list[str]] = {}
    for entry in corrections.outside:
        topic = tree.by_id.get(entry.topic)
        if topic is None or topic.is_politics:
            fault = "correction_topic" if topic is None else "correction_politics"
            raise CorrectionsError(corrections.path, entry.line, fault, topic=entry.topic)
        if entry.question not in topic.questions:
            more.setdefault(topic.id, []).append(entry.question)
    return TopicTree(
        tuple(
            replace(topic, questions=(*topic.questions, *dict.fromkeys(more.get(topic.id, ()))))
            for topic in tree.topics
        )
    )


def with_synonyms(lexicon: Lexicon, corrections: Corrections) -> Lexicon:
    """Add the synonyms behind those of the thesaurus, which lead."""
    lines = tuple(
        ThesaurusLine((entry.word,), entry.to, entry.why, SECTION, entry.line)
        for entry in corrections.synonyms
    )
    return extended(lexicon, lines)
