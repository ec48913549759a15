"""What every reader makes: blocks (heading, bullet, running text), written down as plain text.

The text is what quotes are proved against, so it is kept beside the received file and a person can
read and compare it: a block a line, a blank line between blocks, ``# `` before a heading (as many
as its level), ``• `` before a bullet (``• ○ `` one level down), and a form feed where a page ends,
also in the middle of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

PAGE = "\f"
DEEPEST = 4  # heading levels that are told apart
# Most paragraphs and characters in a cell of a table; more are a text of its own.
_PARAGRAPHS, _LONGEST = 3, 600
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_SPACE = re.compile(r"[^\S\f]{1,4000}")
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}
# As `verbatim._BROKEN`: before «og», «eller» and the like the hyphen stands for a shared ending.
_SHARED = re.compile(r"(?:og|eller|samt|til|men|and|or)\b")


class ReadError(Exception):
    """A file that cannot be read; ``fault`` names the sentence in ``bot/texts/faults.py``."""

    def __init__(self, fault: str, *, line: int = 0, **values: object) -> None:
        self.fault, self.line, self.values = fault, line, values
        super().__init__(f"{fault} {values or ''}".rstrip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a person should know of the reading.

    Attributes:
        what: Name of the sentence in ``bot/texts/faults.py``.
        count: How many times; 1 for one.
        page: The first page, from 1; 0 where the format has none.
        line: The first line of the file, from 1; 0 where the format has none that people see.
        sample: The beginning of the first of them.
    """

    what: str
    count: int = 1
    page: int = 0
    line: int = 0
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The text of a file, with what was left out of it and what looks wrong.

    Attributes:
        pages: How many the file has; 0 where the format has none.
    """

    text: str
    pages: int = 0
    left_out: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


@dataclass(slots=True, kw_only=True)
class Block:
    """A heading (``level`` 1 and down), a bullet (``level`` 0, nested 1) or running text.

    ``text`` may hold page marks; ``page`` is the one it begins on.
    """

    kind: Literal["heading", "bullet", "text"]
    text: str
    level: int = 0
    page: int = 0


@dataclass(slots=True)
class Notes:
    """Counts what is left out or looks wrong, one line for each kind."""

    _seen: dict[tuple[str, int, int], Note] = field(default_factory=dict)

    def add(
        self,
        what: str,
        *,
        page: int = 0,
        line: int = 0,
        sample: str = "",
        count: int = 1,
        apart: bool = False,
    ) -> None:
        """Count one more; the place and words of the first are kept.

        Args:
            apart: Count it with those of its own page or line only: a person shall look there.
        """
        key = (what, page, line) if apart else (what, 0, 0)
        words = " ".join(clean(sample).split())[:80]
        first = self._seen.get(key, Note(what=what, count=0, page=page, line=line, sample=words))
        self._seen[key] = replace(first, count=first.count + count)

    def __len__(self) -> int:
        return len(self._seen)

    def all(self) -> tuple[Note, ...]:
        """Return the lines, in the order they were first seen."""
        return tuple(self._seen.values())


def is_table(rows: Sequence[Sequence[Sequence[Block]]]) -> bool:
    """Tell a table of figures and measures from one that only lays out the page.

    A table divides its text: some row has two cells or more with words in them, and no cell is a
    small text of its own, with headings, bullets or many paragraphs.

    Args:
        rows: Each row's cells, each cell's blocks.
    """
    cells = [cell for row in rows for cell in row]
    laid_out = any(
        len(cell) > _PARAGRAPHS
        or sum(len(b.text) for b in cell) > _LONGEST
        or (len(cell) > 1 and any(b.kind != "text" for b in cell))
        for cell in cells
    )
    return not laid_out and any(sum(bool(cell) for cell in row) > 1 for row in rows)


def note_table(
    notes: Notes, warnings: Notes, rows: Sequence[Sequence[Sequence[Block]]], *, line: int = 0
) -> bool:
    """Write down that there is a table, and return whether to leave it out.

    Read across, its cells would make sentences nobody wrote; one by one, they are out of their
    context: «Vi vil spare 3 mill.» beside «2025».
    """
    first = next((b for row in rows for cell in row for b in cell), None)
    if first is None:
        return False
    filled = sum(any(row) for row in rows)
    out = is_table(rows)
    if out:
        notes.add("table", page=first.page, line=line, sample=first.text, count=filled)
    if out or any(len(row) > 1 for row in rows):
        what = "table_left_out" if out else "table_read"
        warnings.add(
            what, page=first.page, line=line, sample=first.text, count=filled, apart=True
        )  # fmt: skip
    return out


def clean(text: str) -> str:
    """Compose letters, take ligatures apart (ﬁ -> fi), drop what cannot be seen, collapse space."""
    text = unicodedata.normalize("NFC", text).translate(_LIGATURES).replace("\u00ad", "")
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip(" ")


def is_title(text: str) -> bool:
    """Tell a bold line that stands as a heading from an emphasised sentence or «Vi vil:»."""
    return len(text) <= 80 and not re.search(r"[.:;,!?]$", text)


def join_lines(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph; a word broken at the end of a line becomes whole.

    >>> join_lines(["Skolebibliotek-", "ordningen og gang-", "og sykkelvei"])
    'Skolebibliotekordningen og gang- og sykkelvei'
    """
    joined = ""
    for line in lines:
        mark = PAGE if line.startswith(PAGE) else ""
        body = line.lstrip(PAGE)
        if not joined:
            joined = line
        elif (
            re.search(r"[^\W\d_]{2}[-\u00ad]$", joined)
            and body[:1].islower()
            and not _SHARED.match(body)
        ):
            # The page mark stands behind the word: inside, it would come out as a space.
            first, _, rest = body.partition(" ")
            joined = (
                f"{joined[:-1]}{first}{mark or ' '}{rest}" if rest else joined[:-1] + first + mark
            )
        else:
            joined = f"{joined}{mark or ' '}{body}"
    return joined


def to_text(blocks: Iterable[Block]) -> str:
    """Write blocks down as described above. Page marks between blocks come from ``page``."""
    parts: list[str] = []
    page = 1
    for block in blocks:
        body = clean(block.text)
        if not body.strip(PAGE + " "):
            continue
        marks = PAGE * max(0, block.page - page)
        page = max(page, block.page) + body.count(PAGE)
        # A line of running text that looks like a heading mark or a bullet is not one.
        if block.kind == "heading":
            sign = "#" * min(max(block.level, 1), DEEPEST) + " "
        elif block.kind == "bullet":
            sign = "• ○ " if block.level else "• "
        else:
            sign = ""
            body = re.sub(r"^#{1,6}\s{1,9}", "", body)
        parts.append(f"{marks}{sign}{body}")
    return "\n\n".join(parts) + "\n" if parts else ""
