"""Figures for staff: what is asked, how it is answered, and where the programmes are silent. Pure.

The counts are of single days and topics, and a small one tells of someone. So each table goes through
``bot.privacy.aggregates``, and so does the page as a whole: the tables share their totals, so none
may rest on another's total being hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.privacy.aggregates import suppressed, suppressed_inside
from bot.storage_statistics import Window
from retrieval.topics import Topic, TopicTree

OUTCOMES = ("hit", "weak", "none", "fixed")
VERDICTS = ("helpful", "not_helpful")
PERIODS = (7, 28, 91, 364)  # days, whole weeks; few, so that few can be subtracted from each other
OUTSIDE = "outside"  # all topics that no programme is about, as one row
OTHER = "other"  # no topic, or one that the tree has no longer
_COARSE = {91: 7, 364: 28}  # days of one bar, from a window of so many days on

Count = int | None  # None: hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A table of counts that may be shown; None is hidden.

    Attributes:
        cells: (rows, columns).
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Count, ...], ...]
    row_totals: tuple[Count, ...]
    column_totals: tuple[Count, ...]
    total: Count

    def share(self, column: str) -> float | None:
        """Return a column's part of all, 0 to 1; None where one of the two is hidden or all is 0."""
        part = self.column_totals[self.columns.index(column)]
        return None if part is None or not self.total else part / self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Questions on a topic that got no answer.

    Attributes:
        municipality: Asked about; "": none in particular.
    """

    topic: str
    municipality: str
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that the page and the weekly report tell.

    Attributes:
        questions: Outcomes (columns) by the first day of each bar.
        topics: Outcomes by root topic, in the order of the tree.
        votes: Verdicts by the first day of each bar.
        complaints: What was said to be wrong, by how many.
        silent: Most asked first; only what may be shown.
    """

    window: Window
    questions: Figures
    topics: Figures
    votes: Figures
    complaints: tuple[tuple[str, Count], ...]
    silent: tuple[Silence, ...]


def window(today: date, days: int) -> Window:
    """Return the last whole days before today.

    Not today: a count that moves while one looks would show each single question.
    """
    return Window(today - timedelta(days), today - timedelta(1))


def bars(span: Window) -> list[date]:
    """Return the first day of each bar: days, or weeks or four weeks where the window is long."""
    days = (span.last - span.first).days + 1
    step = max((size for long, size in _COARSE.items() if days >= long), default=1)
    return [span.first + timedelta(i) for i in range(0, days, step)]


def overview(
    span: Window,
    by_day: Iterable[tuple[date, str, int]],
    by_topic: Iterable[tuple[str, str, str, int]],
    votes: Iterable[tuple[date, str, int]],
    complaints: Iterable[tuple[str, int]],
    tree: TopicTree,
) -> Overview:
    """Make the figures of a window from the counts of ``storage_statistics``."""
    starts = bars(span)
    names = [start.isoformat() for start in starts]

    def bar(day: date) -> str:
        return names[sum(start <= day for start in starts[1:])]

    roots = [topic.id for topic in tree.topics if not topic.parent and topic.is_politics]
    by_root: Counter[tuple[str, str]] = Counter()
    unanswered: dict[str, Counter[tuple[str, str]]] = {root: Counter() for root in roots}
    for topic, municipality, outcome, count in by_topic:
        root = root_of(tree.by_id, topic)
        by_root[root, outcome] += count
        if outcome == "none" and root in unanswered:
            unanswered[root][topic, municipality] += count
    topics = figures([*roots, OUTSIDE, OTHER], OUTCOMES, by_root)
    return Overview(
        window=span,
        questions=figures(names, OUTCOMES, _counted((bar(d), o, n) for d, o, n in by_day)),
        topics=topics,
        votes=figures(names, VERDICTS, _counted((bar(d), v, n) for d, v, n in votes)),
        complaints=_listed(sorted(complaints, key=lambda each: (-each[1], each[0]))),
        silent=_silent(topics, unanswered),
    )


def figures(
    rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> Figures:
    """Return what may be shown of counts by (row, column).

    Totals first, each list of them with the sum of all; then the counts, as if all totals were known.
    Where a total is hidden all that it adds up is.
    """
    table = [[counts.get((row, column), 0) for column in columns] for row in rows]
    of_rows, total = _with_total([sum(row) for row in table])
    of_columns, _ = _with_total([sum(column) for column in zip(*table, strict=True)])
    cells = suppressed_inside(table, _hidden(of_rows), _hidden(of_columns))
    return Figures(
        rows=tuple(rows),
        columns=tuple(columns),
        cells=tuple(tuple(row) for row in cells),
        row_totals=of_rows,
        column_totals=of_columns,
        total=total,
    )


def root_of(topics: Mapping[str, Topic], topic_id: str) -> str:
    """Return the root that a topic is below; `OUTSIDE` or `OTHER` where it is no politics."""
    topic = topics.get(topic_id)
    if topic is None:
        return OTHER
    while topic.parent:
        topic = topics[topic.parent]
    return topic.id if topic.is_politics else OUTSIDE


def _silent(
    topics: Figures, unanswered: Mapping[str, Mapping[tuple[str, str], int]]
) -> tuple[Silence, ...]:
    found = []
    none = topics.columns.index("none")
    for root, counts in unanswered.items():
        # What its parts add up to is hidden: then no part may be shown either.
        if topics.cells[topics.rows.index(root)][none] is None:
            continue
        shown, _ = _with_total(list(counts.values()))
        for (topic, municipality), count in zip(counts, shown, strict=True):
            if count:
                found.append(Silence(topic=topic, municipality=municipality, answers=count))
    return tuple(sorted(found, key=lambda each: (-each.answers, each.topic, each.municipality)))


def _listed(counts: Sequence[tuple[str, int]]) -> tuple[tuple[str, Count], ...]:
    shown, _ = _with_total([count for _, count in counts])
    return tuple((name, count) for (name, _), count in zip(counts, shown, strict=True))


def _with_total(counts: Sequence[int]) -> tuple[tuple[Count, ...], Count]:
    """Return a list of counts, and their sum, as they may be shown beside each other."""
    *shown, total = suppressed([counts])[0] if counts else [0]
    return tuple(shown), total


def _hidden(counts: Sequence[Count]) -> list[int]:
    return [number for number, count in enumerate(counts) if count is None]


def _counted(rows: Iterable[tuple[str, str, int]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row, column, count in rows:
        found[row, column] += count
    return found
