"""Letters on one line: what every step works on, and what a line may begin or end with.

Sizes are the height of a letter's box, in points; ``y`` is the baseline, upwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

GLYPHS = "•◦○●▪■□▸►‣⁃∙·*–—-\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d✓✔➢➔→"
MARK = re.compile(rf"(?:[{re.escape(GLYPHS)}o](?:\s{{1,40}}|$)){{1,3}}")
NUMBER = re.compile(r"(?:\d{1,2}[.)]|[a-zæøå]\))(?:\s{1,40}|$)")
ENDED = re.compile(r"[.!?:][)»”\"]{0,2}$")


@dataclass(slots=True)
class Run:
    """Letters on one baseline without a gap; after `pages_of`, a line."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    bold: bool
    page: int
    column: int = 0
    left: float = 0.0
    right: float = 0.0
    tight: float = 1e9
    wide: float = 0.0
    """The narrowest and the widest space between its words."""
    row: bool = False
    """A cell of a table's row."""
    parted: bool = False
    """Something was left out right above it."""


def by_baseline(lines: Sequence[Run]) -> list[list[Run]]:
    """Return what stands on one baseline together, from the top down and from left to right."""
    rows: list[list[Run]] = []
    for line in sorted(lines, key=lambda r: (-r.y, r.x0)):
        if rows and abs(rows[-1][0].y - line.y) <= 0.2 * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda r: r.x0)
    return rows
