"""Lines of a page in the order they are read: columns one after another, tables row by row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from retrieval.readers.pdf.runs import Run, by_baseline


def reading_order(page: list[Run]) -> list[Run]:
    """Return a page's lines as they are read, each with its column's edges; cells of tables marked."""
    ordered: list[Run] = []
    for number, column in enumerate(_columns(page, 0)):
        left, right = min(r.x0 for r in column), max(r.x1 for r in column)
        for line in column:
            line.column, line.left, line.right = number, left, right
        rows = by_baseline(column)
        divided = [len(row) > 1 and not _justified(row) for row in rows]
        for i, row in enumerate(rows):
            # One divided line among whole ones is a stretched line; a table has several.
            near = divided[max(0, i - 1) : i] + divided[i + 1 : i + 2]
            if divided[i] and any(near):
                for line in row:
                    line.row = True
                ordered.extend(row)
            else:
                ordered.append(_as_one(row))
    return ordered


def _justified(row: Sequence[Run]) -> bool:
    """A line stretched to the margin: the spaces between all its words are alike."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
    inner = [r for r in row if r.wide]
    narrowest = min([*gaps, *(r.tight for r in inner)])
    widest = max([*gaps, *(r.wide for r in inner)])
    words = len(gaps) + len(inner)
    return words > 1 and 0 < widest <= 1.7 * narrowest and widest < 4 * row[0].size


def _as_one(row: Sequence[Run]) -> Run:
    first = row[0]
    first.text = " ".join(run.text for run in row)
    first.x1 = max(run.x1 for run in row)
    return first


def _columns(lines: list[Run], depth: int) -> list[list[Run]]:
    """Divide at a gutter that few lines cross; a line across it ends the columns above it."""
    gutter = _gutter(lines) if depth < 2 else None
    if gutter is None:
        return [lines] if lines else []
    parts: list[list[Run]] = []
    left: list[Run] = []
    right: list[Run] = []
    across: list[Run] = []

    def flush() -> None:
        for side in (left, right):
            if side:
                parts.extend(_columns(list(side), depth + 1))
                side.clear()

    for line in sorted(lines, key=lambda r: (-r.y, r.x0)):
        if line.x0 < gutter < line.x1:
            flush()
            across.append(line)
        else:
            if across:
                parts.append(across)
                across = []
            (left if line.x1 <= gutter else right).append(line)
    flush()
    if across:
        parts.append(across)
    return parts


def _gutter(lines: Sequence[Run]) -> float | None:
    """Return the middle of the white strip between two columns of text, or None."""
    if len(lines) < 10:
        return None
    x0, x1 = min(r.x0 for r in lines), max(r.x1 for r in lines)
    width = x1 - x0
    best: tuple[int, float] | None = None
    strip: list[float] = []
    places = [x0 + width * i / 200 for i in range(44, 157)]
    crossings = [sum(r.x0 < place < r.x1 for r in lines) for place in places]
    least = min(crossings)
    if least > 0.15 * len(lines):
        return None
    for place, count in [*zip(places, crossings, strict=True), (0.0, len(lines) + 1)]:
        if count == least:
            strip.append(place)
            continue
        if strip and (best is None or len(strip) > best[0]):
            best = (len(strip), strip[len(strip) // 2])
        strip = []
    assert best is not None, "the least is somewhere"
    gutter = best[1]
    left = [r for r in lines if r.x1 <= gutter]
    right = [r for r in lines if r.x0 >= gutter]
    if min(len(left), len(right)) < 4:
        return None
    for side in (left, right):
        room = max(r.x1 for r in side) - min(r.x0 for r in side)
        # Columns of text are filled by their lines; those of a table seldom are.
        filled = median(row[-1].x1 - row[0].x0 for row in by_baseline(side))
        if filled < 0.45 * room or room < 0.15 * width:
            return None
    top, bottom = (
        min(max(r.y for r in s) for s in (left, right)),
        max(min(r.y for r in s) for s in (left, right)),
    )
    return gutter if top - bottom > 2 * lines[0].size else None
