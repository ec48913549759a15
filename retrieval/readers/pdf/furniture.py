"""What stands on a page and is no text of the programme: heads, page numbers, footnotes, tables."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.readers.blocks import Notes
from retrieval.readers.pdf.runs import ENDED, Run

_PAGE_NUMBER = re.compile(
    r"(?:side\s{1,3}|s\.\s{0,3}|[-–|]\s{0,3})?\d{1,3}(?:\s{0,3}(?:av|/|\|)\s{0,3}\d{1,4})?(?:\s{0,3}[-–|])?",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?:\d{1,2}|\*{1,3})[.)]?\s{0,3}[^\W\d]")


def body_size(pages: Sequence[Sequence[Run]]) -> float:
    """The size that most letters have."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def leave_out_heads(pages: list[list[Run]], notes: Notes) -> None:
    """Drop page numbers, and lines in the margin that recur on three pages (on both of two)."""
    places: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for line in _margin(page):
            places[_digitless(line.text)].append(line.y)
    needed = min(3, max(2, len(pages)))
    for number, page in enumerate(pages, 1):
        dropped = []
        for line in _margin(page):
            where = places[_digitless(line.text)]
            alike = sum(abs(y - line.y) <= 2 for y in where)
            if _PAGE_NUMBER.fullmatch(line.text):
                notes.add("page_number", page=number, sample=line.text)
            elif alike >= needed and not ENDED.search(line.text) and len(line.text) <= 120:
                notes.add("running_head", page=number, sample=line.text)
            else:
                continue
            dropped.append(line)
        page[:] = [line for line in page if line not in dropped]


def _margin(page: Sequence[Run]) -> list[Run]:
    """The first and last two lines of a page, those apart from the text or page numbers."""
    heights = sorted({round(line.y, 1) for line in page}, reverse=True)
    found: list[Run] = []
    for edge in (heights[:3], heights[::-1][:3]):
        for place, beyond in pairwise(edge):
            lines = [line for line in page if round(line.y, 1) == place]
            apart = abs(place - beyond) >= 1.3 * max(line.size for line in lines)
            if not apart and not any(_PAGE_NUMBER.fullmatch(line.text) for line in lines):
                # The second line of a two-line head is apart from the text, the first is not.
                continue
            found.extend(line for line in lines if line not in found)
    if len(heights) == 1:
        found.extend(line for line in page if _PAGE_NUMBER.fullmatch(line.text))
    return found


def _digitless(text: str) -> str:
    return re.sub(r"\d{1,4}", "#", text)


def leave_out_footnotes(pages: list[list[Run]], body: float, notes: Notes) -> None:
    """Drop small print at the foot of a page that begins with a number or a star."""
    for number, page in enumerate(pages, 1):
        foot: list[Run] = []
        for line in sorted(page, key=lambda r: r.y):
            if line.size >= 0.9 * body:
                break
            foot.append(line)
        while foot and not _FOOTNOTE.match(foot[-1].text):
            foot.pop()
        for line in foot:
            if _FOOTNOTE.match(line.text):
                notes.add("footnote", page=number, sample=line.text)
        page[:] = [line for line in page if line not in foot]


def without_tables(lines: Sequence[Run], notes: Notes, warnings: Notes) -> Iterator[Run]:
    """Leave out the rows of tables: their cells, read across, would make sentences nobody wrote."""
    dropped, before = False, float("inf")
    for line in lines:
        if line.row:
            # The cells of a row come from left to right, so the next row begins further left.
            first = not dropped or line.x0 <= before
            notes.add("table", page=line.page, sample=line.text, count=first)
            warnings.add(
                "table_left_out", page=line.page, sample=line.text, count=first, apart=True
            )  # fmt: skip
            before = line.x0
        else:
            line.parted = dropped
            yield line
        dropped = line.row
