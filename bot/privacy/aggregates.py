"""Tables of counts that tell of no single voter: small cells hidden, and none to be worked out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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
    _check(table, k)
    full = [[*row, sum(row)] for row in table]
    full.append([sum(column) for column in zip(*full, strict=True)] if full else [0])
    return _suppressed(full, set(), k)


def suppressed_inside(
    table: Table, rows: Collection[int] = (), columns: Collection[int] = (), k: int = K
) -> Hidden:
    """As `suppressed`, for a table whose totals are told beside it, or by another table.

    Nothing hidden here rests on a total being hidden but those that are named, so tables that share
    the totals of their columns can stand on one page. The result has the table's shape: no totals.

    Args:
        table: The counts; two rows and two columns at least, or each count is a total.
        rows: Those whose total is *not* told.
        columns: The same of columns: all of such a column is hidden, in every table that has it.
        k: The smallest count that is shown.

    Raises:
        ValueError: As `suppressed`.
    """
    _check(table, k)
    width = len(table[0]) if table else 0
    # The totals of the rows are a column more, about which all is decided.
    full = [[*row, sum(row)] for row in table]
    decided = {(r, width) for r in range(len(full))}
    hidden = {(r, width) for r in rows} | {(r, c) for r in range(len(full)) for c in columns}
    return [row[:-1] for row in _suppressed(full, hidden, k, decided)]


def _check(table: Table, k: int) -> None:
    if k < K:
        raise ValueError(f"k = {k}, must be at least {K}")
    width = len(table[0]) if table else 0
    if any(len(row) != width or min(row, default=0) < 0 for row in table):
        raise ValueError("not a table of counts")


def _suppressed(full: Table, hidden: set[Cell], k: int, decided: Collection[Cell] = ()) -> Hidden:
    hidden |= {
        (r, c)
        for r, row in enumerate(full)
        for c, count in enumerate(row)
        if 0 < count < k and (r, c) not in decided
    }
    while rest := _weak(full, hidden, k, decided):
        # As little as possible is hidden, and a zero only when nothing else helps.
        hidden.add(min(rest, key=lambda at: (full[at[0]][at[1]] == 0, full[at[0]][at[1]], at)))
    return [
        [None if (r, c) in hidden else count for c, count in enumerate(row)]
        for r, row in enumerate(full)
    ]


def _weak(full: Table, hidden: set[Cell], k: int, decided: Collection[Cell]) -> list[Cell]:
    """Return what may be hidden of a row or column that gives a hidden cell away; [] if none does.

    What is ``decided`` stays as it is, hidden or not.
    """
    height, width = len(full), len(full[0]) if full else 0
    lines = [[(r, c) for c in range(width)] for r in range(height)]
    lines += [[(r, c) for r in range(height)] for c in range(width)]
    for line in lines:
        missing = [at for at in line if at in hidden]
        rest = [at for at in line if at not in hidden and at not in decided]
        total = sum(full[r][c] for r, c in missing)
        # What is missing beside a total that is hidden adds up to nothing that anybody knows.
        few = total < k and not any(at in decided for at in missing)
        if missing and rest and (len(missing) < 2 or few):
            return rest
    for r, c in sorted(hidden):
        if not _connected(hidden - {(r, c)}, r, c):
            for line in (lines[r], lines[height + c]):
                rest = [at for at in line if at not in hidden and at not in decided]
                if rest:
                    return rest
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
