"""Tables of counts that tell of no single voter: small cells hidden, and none to be worked out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

K = 5  # the smallest count that is shown; a larger k may be asked for, never a smaller

Table = Sequence[Sequence[int]]
Hidden = list[list[int | None]]
Cell = tuple[int, int]


def suppressed(table: Table, k: int = K) -> Hidden:
    """Return the counts with None for each that must not be shown.

    The last row and the last column of the result are the totals. Cells of 1 to k - 1 are hidden,
    and so many more that nobody can work them out from what is shown and the totals: in each row
    and column with something hidden at least two cells are, which add up to at least k (as far as
    there are so many), and no combination of rows and columns gives a single one away.

    Raises:
        ValueError: If k is below 5, or the table is ragged or holds a negative count.
    """
    if k < K:
        raise ValueError(f"k = {k}, must be at least {K}")
    width = len(table[0]) if table else 0
    if any(len(row) != width or min(row, default=0) < 0 for row in table):
        raise ValueError("not a table of counts")
    full = [[*row, sum(row)] for row in table]
    full.append([sum(column) for column in zip(*full, strict=True)] if full else [0])
    hidden = {(r, c) for r, row in enumerate(full) for c, count in enumerate(row) if 0 < count < k}
    while weak := _weak(full, hidden, k):
        rest = [cell for cell in weak if cell not in hidden]
        # As little as possible is hidden, and a zero only when nothing else helps.
        hidden.add(min(rest, key=lambda at: (full[at[0]][at[1]] == 0, full[at[0]][at[1]], at)))
    return [
        [None if (r, c) in hidden else count for c, count in enumerate(row)]
        for r, row in enumerate(full)
    ]


def _weak(full: Sequence[Sequence[int]], hidden: set[Cell], k: int) -> list[Cell]:
    """Return a row or column that gives a hidden cell away and has more to hide; [] if none has."""
    height, width = len(full), len(full[0])
    lines = [[(r, c) for c in range(width)] for r in range(height)]
    lines += [[(r, c) for r in range(height)] for c in range(width)]
    for line in lines:
        missing = [at for at in line if at in hidden]
        total = sum(full[r][c] for r, c in missing)
        if missing and len(missing) < len(line) and (len(missing) < 2 or total < k):
            return line
    for r, c in sorted(hidden):
        if not _connected(hidden - {(r, c)}, r, c):
            for line in (lines[r], lines[height + c]):
                if any(at not in hidden for at in line):
                    return line
    return []


def _connected(hidden: set[Cell], row: int, column: int) -> bool:
    """Is there a way from the row to the column over hidden cells, changing direction at each?

    If so the cell where they meet is on a cycle: adding one to it can be made up for along the
    cycle, so no sum of rows and columns tells its count. If not, some sum does.
    """
    rows, columns, grew = {row}, set[int](), True
    while grew:
        more_columns = {c for r, c in hidden if r in rows} - columns
        columns |= more_columns
        more_rows = {r for r, c in hidden if c in columns} - rows
        rows |= more_rows
        grew = bool(more_columns or more_rows)
    return column in columns
