"""Plain text to paragraphs: which lines belong together, and what each of them is.

Knows how text looks when it comes from a web page (one line a paragraph) and from a PDF (wrapped
lines, page breaks, page numbers), and nothing of politics.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.verbatim import Span

BULLETS = "•◦○●▪■□▸►‣⁃∙·*–—-"
_NESTED = frozenset("○◦▪■□")
_BULLET = re.compile(rf"(?:[{re.escape(BULLETS)}o]\s{{1,40}}){{1,3}}(?=\S)")
_GLYPH = re.compile(rf"[{re.escape(BULLETS)}o](?=\s)")
_NUMBER = re.compile(r"(?:\d{1,2}|[a-zæøå])[.)]\s{1,20}(?=\S)")
# How the readers (see ``readers/blocks.py``) and Markdown write a heading and its level.
_HEADING = re.compile(r"(#{1,6})\s{1,20}(?=\S)")
_PAGE_NUMBER = re.compile(
    r"(?:side\s{1,3}|s\.\s{0,3}|[-–]\s{0,3})?\d{1,3}(?:\s{0,3}(?:av|/|\|)\s{0,3}\d{1,4})?(?:\s{0,3}[-–])?$",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:vil|skal|ønsker|ønskjer|må|bør)\b\s\S", re.IGNORECASE)
_TERMINAL = re.compile(r"[.!?:;,…]['»”\")\]]{0,3}$")
# A line that ends in one of these is not finished, whatever its length.
_UNFINISHED = frozenset(
    "å og eller i på til fra for av om med som at en et ei den det de der når hvis nær ved hos mot "
    "under over etter før mellom innen blant langs gjennom uten mens samt ikke er var være bli blir "
    "har ha hadde kan skal vil må bør sin sitt sine vår våre vårt deres både hverken verken enn da "
    "per pr deretter også hele alle flere mer mest slik så ny nye nytt".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with text in it: ``source[start:end]``, white space at both ends left out."""

    start: int
    end: int
    text: str
    blanks_before: int
    number: int


@dataclass(slots=True, kw_only=True)
class Paragraph:
    """Lines that belong together.

    ``glyph`` is the bullet they stand behind, or empty; ``heading`` the level of a marked heading,
    from 1, or 0.
    """

    start: int
    end: int
    lines: list[str]
    glyph: str = ""
    level: int = 0
    heading: int = 0
    number: int = 0
    blanks_before: int = 0

    @property
    def text(self) -> str:
        """The lines in one, single-spaced, for recognition only: quotes come from the source."""
        return " ".join(" ".join(self.lines).split())


@dataclass(slots=True, kw_only=True)
class Layout:
    """Paragraphs of a text in order, and the spans that are page furniture.

    ``marked``: headings carry marks, so what has none is no heading, and a line is a paragraph.
    """

    paragraphs: list[Paragraph]
    furniture: list[Span] = field(default_factory=list)
    wrapped: bool = False
    marked: bool = False


def read_layout(text: str, start: int = 0, end: int | None = None) -> Layout:
    """Group the lines of ``text[start:end]`` into paragraphs."""
    lines = list(_lines(text, start, len(text) if end is None else end))
    marked = any(_HEADING.match(line.text) for line in lines)
    lines, furniture = _drop_furniture(lines)
    width = 0 if marked else _wrap_width(lines)
    paragraphs = list(_paragraphs(lines, width, marked=marked))
    if not marked:
        paragraphs = _join_tails(paragraphs)
    return Layout(paragraphs=paragraphs, furniture=furniture, wrapped=width > 0, marked=marked)


def is_heading(text: str) -> bool:
    """A short line that starts like a title and has no end mark: «Bolig og areal»."""
    words = text.split()
    return (
        0 < len(words) <= 11
        and len(text) <= 80
        and any(c.isalpha() for c in text)
        and (text[0].isupper() or text[0].isdigit() or text[0] in '«"“')
        and not _TERMINAL.search(text)
        and not _FINITE.search(text)
        and words[-1].lower() not in _UNFINISHED - {"alle", "vil", "av", "med", "om", "mot"}
    )


def is_unfinished(line: str) -> bool:
    """Tell whether a line ends in a word that something must follow: «i», «og», «ny»."""
    words = line.split()
    return bool(words) and (
        words[-1].lower() in _UNFINISHED or line.endswith((",", "-", "–", "(", "/"))
    )


def _lines(text: str, start: int, end: int) -> Iterator[Line]:
    blanks, number = 0, text.count("\n", 0, start) + 1
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        raw = text[at:stop].replace("\ufeff", " ").replace("\x0c", " ")
        body = raw.strip()
        if body:
            first = at + len(raw) - len(raw.lstrip())
            yield Line(
                start=first,
                end=first + len(body),
                text=body.replace("\u00a0", " "),
                blanks_before=blanks,
                number=number,
            )
            blanks = 0
        else:
            blanks += 1
        at, number = stop + 1, number + 1


def _drop_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[Span]]:
    """Leave out page numbers, and running heads: short lines that recur beside page numbers."""
    pages = {i for i, line in enumerate(lines) if _PAGE_NUMBER.fullmatch(line.text)}
    near = Counter(
        lines[j].text
        for i in pages
        for j in (i - 1, i + 1)
        if 0 <= j < len(lines) and j not in pages
        if len(lines[j].text) <= 80 and not _TERMINAL.search(lines[j].text)
    )
    heads = {text for text, count in near.items() if count >= 3}
    dropped = pages | {
        j for i in pages for j in (i - 1, i + 1) if 0 <= j < len(lines) and lines[j].text in heads
    }
    kept = [line for i, line in enumerate(lines) if i not in dropped]
    return kept, [(lines[i].start, lines[i].end) for i in sorted(dropped)]


def _wrap_width(lines: Sequence[Line]) -> int:
    """Column at which the text was wrapped, or 0 where every line is a paragraph of its own."""
    if len(lines) < 8:
        return 0
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[int(len(lengths) * 0.97)]
    full = [
        i
        for i in range(len(lines) - 1)
        if len(lines[i].text) > 0.7 * width
        and lines[i + 1].blanks_before == 0
        and not _TERMINAL.search(lines[i].text)
        and not _BULLET.match(lines[i + 1].text)
    ]
    return width if width <= 140 and len(full) >= max(3, len(lines) // 20) else 0


def _paragraphs(lines: Sequence[Line], width: int, *, marked: bool) -> Iterator[Paragraph]:
    current: Paragraph | None = None
    for i, line in enumerate(lines):
        follower = lines[i + 1] if i + 1 < len(lines) else None
        glyph = _BULLET.match(line.text) or _numbered(current, line)
        heading = _HEADING.match(line.text) if marked else None
        if heading:
            if current:
                yield current
            current = Paragraph(
                start=line.start + heading.end(),
                end=line.end,
                lines=[line.text[heading.end() :]],
                heading=len(heading[1]),
                number=line.number,
                blanks_before=line.blanks_before,
            )
        elif glyph:
            if current:
                yield current
            marks = _GLYPH.findall(line.text[: glyph.end()]) or [glyph.group().strip()]
            current = Paragraph(
                start=line.start + glyph.end(),
                end=line.end,
                lines=[line.text[glyph.end() :]],
                glyph=marks[-1],
                level=1 if marks[-1] in _NESTED and len(marks) > 1 else 0,
                number=line.number,
                blanks_before=line.blanks_before,
            )
        elif (
            current
            and not (marked and (line.blanks_before or current.heading))
            and _continues(current, lines[i - 1], line, follower, width)
        ):
            current.lines.append(line.text)
            current.end = line.end
        else:
            lost_glyph = (
                current is not None
                and current.glyph
                and line.blanks_before == 0
                and line.text[:1].islower()
            )
            glyph_kept, level = (
                (current.glyph, current.level) if current and lost_glyph else ("", 0)
            )
            if current:
                yield current
            current = Paragraph(
                start=line.start,
                end=line.end,
                lines=[line.text],
                glyph=glyph_kept,
                level=level,
                number=line.number,
                blanks_before=line.blanks_before,
            )
    if current:
        yield current


def _numbered(current: Paragraph | None, line: Line) -> re.Match[str] | None:
    """A numbered line is a list item after a line that ends in «:», or right after its neighbour.

    Elsewhere «2. Samferdsel» is a heading.
    """
    found = _NUMBER.match(line.text)
    if found is None or current is None:
        return None
    listed = bool(current.glyph) and line.blanks_before == 0 and _NUMBER.match(f"{current.glyph} x")
    return found if current.text.endswith(":") or listed else None


def _continues(
    current: Paragraph, previous: Line, line: Line, follower: Line | None, width: int
) -> bool:
    """Tell whether ``line`` goes on with the paragraph that ``previous`` belongs to."""
    ended = bool(_TERMINAL.search(previous.text)) and not previous.text.endswith(",")
    last_word = previous.text.split()[-1].lower() if previous.text.split() else ""
    unfinished = (
        last_word in _UNFINISHED
        or previous.text.endswith((",", "-", "–", "(", "/"))
        or _open_bracket(current.text)
    )
    lower = line.text[:1].islower()
    if line.blanks_before:
        return not ended and (unfinished or (lower and width > 0))
    if not width:
        return unfinished and lower
    room = width - len(previous.text) - 1 - len(line.text.split(maxsplit=1)[0])
    if current.glyph:
        if lower:
            # A new item whose bullet was lost: the line had room, and starts like its siblings.
            return unfinished or ended or room < 0.02 * width or not _starts_item(line.text)
        return not (is_heading(line.text) or line.text.endswith(":")) or unfinished
    if lower or unfinished:
        return True
    if len(current.lines) == 1 and is_heading(current.text) and room > 0:
        return False
    if line.text.endswith(":") and ended:
        return False
    return not (
        ended
        and is_heading(line.text)
        and len(line.text) < 0.75 * width
        and (follower is None or follower.blanks_before > 0 or follower.text[:1].isupper())
    )


def _join_tails(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Give a bullet its last sentence back when a blank line tore it off inside the list."""
    joined: list[Paragraph] = []
    for i, paragraph in enumerate(paragraphs):
        before = joined[-1] if joined else None
        after = paragraphs[i + 1] if i + 1 < len(paragraphs) else None
        if (
            not paragraph.glyph
            and before is not None
            and after is not None
            and before.glyph
            and after.glyph
            and before.text.endswith(".")
            and paragraph.text.endswith(".")
            and len(paragraph.lines) <= 2
            and paragraph.blanks_before <= 1
        ):
            before.lines.extend(paragraph.lines)
            before.end = paragraph.end
        else:
            joined.append(paragraph)
    return joined


def _open_bracket(text: str) -> bool:
    return text.count("(") > text.count(")")


def _starts_item(text: str) -> bool:
    """Does the line start as list items do: with an infinitive («forlenge …») or «at …»?"""
    word = text.split(maxsplit=1)[0]
    return word in ("at", "få", "gi", "ha", "gå", "ta", "se") or (
        len(word) > 4 and word.endswith("e") and word not in _UNFINISHED | {"hverandre", "andre"}
    )
