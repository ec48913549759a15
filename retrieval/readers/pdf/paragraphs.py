"""Lines to paragraphs, and these to headings, bullets and text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from retrieval.layout import is_unfinished
from retrieval.readers.blocks import PAGE, Block, clean, join_lines
from retrieval.readers.pdf.runs import ENDED, MARK, NUMBER, Run


@dataclass(slots=True)
class _Paragraph:
    lines: list[Run]
    mark: str = ""
    """The bullet or number it stands behind."""
    indent: float = 0.0
    """Of the mark, from the column's left edge."""
    texts: list[str] = field(default_factory=list)


def blocks_of(lines: Sequence[Run], body: float) -> Iterator[Block]:
    """Yield headings, bullets and text. ``body`` is the size that most letters have."""
    paragraphs = _paragraphs(lines, body)
    styles = sorted(
        {_style(p) for p in paragraphs if _is_heading(p, body)}, key=lambda s: (-s[0], not s[1])
    )
    levels = {style: i for i, style in enumerate(styles, 1)}
    base: float | None = None
    before: _Paragraph | None = None
    for paragraph in paragraphs:
        text = join_lines(paragraph.texts)
        page = paragraph.lines[0].page
        if _is_heading(paragraph, body):
            yield Block(kind="heading", level=levels[_style(paragraph)], text=text, page=page)
            base = None
        elif paragraph.mark and (
            not NUMBER.fullmatch(paragraph.mark + " ") or _listed(paragraph, before)
        ):
            if base is None or paragraph.indent < base - 2:
                base = paragraph.indent
            level = 1 if paragraph.indent > base + 0.6 * body else 0
            yield Block(kind="bullet", level=level, text=text, page=page)
        else:
            mark = f"{paragraph.mark} " if paragraph.mark else ""
            yield Block(kind="text", text=mark + text, page=page)
            base = None
        before = paragraph


def _listed(paragraph: _Paragraph, before: _Paragraph | None) -> bool:
    """A numbered line is a list item where it is indented, or follows «:» or its neighbour."""
    return paragraph.indent > 4 or (
        before is not None and (bool(before.mark) or before.texts[-1].endswith(":"))
    )


def _style(paragraph: _Paragraph) -> tuple[float, bool]:
    return round(paragraph.lines[0].size), paragraph.lines[0].bold


def _is_heading(paragraph: _Paragraph, body: float) -> bool:
    text = join_lines(paragraph.texts)
    large = min(line.size for line in paragraph.lines) > 1.12 * body
    bold = all(line.bold for line in paragraph.lines) and paragraph.lines[0].size > 0.93 * body
    marked = bool(paragraph.mark) and not NUMBER.fullmatch(paragraph.mark + " ")
    return (
        (large or bold)
        and not marked
        and len(text) <= 140
        and len(paragraph.lines) <= 4
        and any(c.isalpha() for c in text)
        and not re.search(r"[.:;,]$", text)
    )


def _paragraphs(lines: Sequence[Run], body: float) -> list[_Paragraph]:
    spacing = _spacing(lines)
    found: list[_Paragraph] = []
    for i, line in enumerate(lines):
        mark = _mark(line)
        previous = lines[i - 1] if i else None
        current = found[-1] if found else None
        if mark and current and previous and _inside(mark, current, previous, line):
            mark = ""
        if (
            current is None
            or previous is None
            or mark
            or _starts(current, previous, line, spacing, body)
        ):
            text = line.text[len(mark) :] if mark else line.text
            found.append(_Paragraph([line], mark.strip(), line.x0 - line.left, [clean(text)]))
        else:
            current.texts.append(PAGE * (line.page - previous.page) + clean(line.text))
            current.lines.append(line)
    return [p for p in found if any(t.strip(PAGE + " ") for t in p.texts)]


def _mark(line: Run) -> str:
    """The bullet or number that a line begins with, and the space behind it; or empty."""
    found = MARK.match(line.text) or NUMBER.match(line.text)
    return found.group() if found and len(line.text) > found.end() else ""


def _inside(mark: str, current: _Paragraph, before: Run, line: Run) -> bool:
    """Tell a dash or number that only happens to begin a line: «i ⏎ 10. klasse», «⏎ – og kloden»."""
    if mark.strip() not in ("-", "–", "—") and not NUMBER.fullmatch(mark):
        return False
    # The first line of a bullet begins at its sign, the others at its text.
    reach = current.lines[-1].x0 + (
        3 * line.size if current.mark and len(current.lines) == 1 else 1
    )
    like = current.mark and bool(NUMBER.fullmatch(current.mark + " ")) == bool(
        NUMBER.fullmatch(mark)
    )
    return (
        not like
        and not ENDED.search(before.text)
        and line.text[len(mark) :][:1].islower()
        and abs(line.size - before.size) <= 0.06 * before.size
        and before.right - before.x1 < 6 * line.size
        and (line.column != before.column or line.page != before.page or line.x0 <= reach)
    )


def _spacing(lines: Sequence[Run]) -> float:
    """Distance from line to line inside paragraphs, in letter heights."""
    steps = [
        (a.y - b.y) / b.size
        for a, b in pairwise(lines)
        if a.page == b.page and a.column == b.column and abs(a.size - b.size) < 0.5
        if 0.7 * b.size < a.y - b.y < 3 * b.size
    ]
    if not steps:
        return 1.3
    steps.sort()
    return steps[len(steps) // 10]  # a low one: paragraphs' gaps only widen it


def _starts(current: _Paragraph, before: Run, line: Run, spacing: float, body: float) -> bool:
    """Tell whether ``line`` begins a paragraph rather than going on with ``current``."""
    if line.parted:
        return True
    if abs(line.size - before.size) > 0.06 * before.size or line.bold != before.bold:
        # A bold word at a line's beginning is no new paragraph; a whole line in another style is.
        return not (abs(line.size - before.size) <= 0.06 * before.size and line.text[:1].islower())
    lower = line.text[:1].islower()
    ended = bool(ENDED.search(before.text))
    letter = (before.x1 - before.x0) / max(len(before.text), 1)
    # Could the first word have stood on the line before? Letters differ in width: be generous.
    needed = (len(line.text.split()[0]) + (1 if ended else 4)) * letter * (1.15 if ended else 1.3)
    short = before.right - before.x1 > needed and not is_unfinished(before.text)
    if line.page != before.page or line.column != before.column:
        if before.size > 1.12 * body:
            return True
        return not (lower or (not ended and not short))
    gap = (before.y - line.y) / line.size
    if gap > 1.3 * spacing or gap < 0:
        # A wide gap inside a sentence is a picture's or a footnote's doing.
        return not (lower and not ended and gap < 4 * spacing and gap > 0)
    if before.size > 1.12 * body:
        return False  # the lines of one heading
    if ended and not lower and line.text.endswith(":") and len(line.text) < 80:
        return True  # «Volda Arbeidarparti vil:»
    if current.mark:
        hang = current.lines[1].x0 if len(current.lines) > 1 else None
        at_margin = line.x0 <= current.lines[0].x0 + 2
        hanging = hang is None or abs(line.x0 - hang) <= 0.6 * body
        if not lower and ((at_margin and (short or ended)) or not hanging):
            return True
        return False if lower else short and ended and at_margin
    if line.x0 > before.x0 + 0.6 * body and len(current.lines) > 1 and ended:
        return True  # first-line indent
    return short and not lower
