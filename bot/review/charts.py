"""Figures to charts: what is drawn, what stands beside it in words, and the same in numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.review.overview import OTHER, OUTSIDE, Count, Figures, Overview
from bot.texts.overview import OVERVIEW as T
from retrieval.topics import TopicTree

DAYS, VOTES, TOPICS, SILENT = "dager", "stemmer", "temaer", "stille"
NAMES = (DAYS, VOTES, TOPICS, SILENT)
MOST = 10  # bars of a list: as many as a phone shows without turning over
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One colour of a chart.

    Attributes:
        key: Of the colour: an outcome, a verdict, or `HIDDEN`.
        values: One a bar; what is hidden counts as 0 here and is a series of its own.
    """

    key: str
    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of stacked bars. Frozen: it is its own key in a cache.

    Attributes:
        lying: Bars lie, each with its label above it; else they stand on a line of time.
        totals: What stands at a bar's end; "" where nothing does.
        alt: The chart in one or two sentences.
        head, rows: The same in numbers, as text; the first column names the row.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    totals: tuple[str, ...]
    lying: bool
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def empty(self) -> bool:
        """There is nothing to draw."""
        return not any(any(each.values) for each in self.series)


def chart_of(name: str, page: Overview, tree: TopicTree) -> Chart:
    """Return the chart of a name in `NAMES`."""
    if name == DAYS:
        return _over_time(page, page.questions, T.outcomes, T.days_title, questions_in_words(page))
    if name == VOTES:
        return _over_time(page, page.votes, T.verdicts, T.votes_title, votes_in_words(page))
    if name == TOPICS:
        return _by_topic(page, tree)
    return _silent(page, tree)


def topic_name(tree: TopicTree, topic: str) -> str:
    """Return a topic's name in bokmål; its id where the tree has it no longer."""
    if topic in (OUTSIDE, OTHER):
        return T.topic_outside if topic == OUTSIDE else T.topic_other
    found = tree.by_id.get(topic)
    return found.name["nb"] if found is not None else topic


def shown(count: Count) -> str:
    """Return a count as it is written; what is hidden as such."""
    return T.hidden_short if count is None else grouped(count)


def grouped(count: int) -> str:
    """Group digits with a hard space: 12345 -> 12 345"""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def percent(share: float | None) -> str:
    """Return a share as people write it; a dash where there is none to tell."""
    return "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def period_in_words(page: Overview) -> str:
    """Return the window: 18. november – 24. november 2026"""
    return T.period.format(first=_day(page.window.first), last=_day(page.window.last, year=True))


def questions_in_words(page: Overview) -> str:
    """Return how many questions there were, and how they were answered."""
    figures = page.questions
    if figures.total is None:
        return T.days_few
    parts = [
        T.part.format(name=T.outcomes[column], percent=percent(figures.share(column)))
        for column in figures.columns
        if figures.share(column) is not None
    ]
    said = T.days_said.format(total=grouped(figures.total))
    return " ".join((said, T.parts.format(parts=", ".join(parts)))) if parts else said


def votes_in_words(page: Overview) -> str:
    """Return how many votes there were, and the share of helpful ones."""
    share = page.votes.share("helpful")
    if share is None:
        return T.votes_none if page.votes.total == 0 else T.votes_few
    assert page.votes.total is not None, "promised by Figures.share"
    return T.votes_said.format(total=grouped(page.votes.total), percent=percent(share))


def _over_time(
    page: Overview, figures: Figures, names: dict[str, str], title: str, said: str
) -> Chart:
    starts = [date.fromisoformat(row) for row in figures.rows]
    step = starts[1] - starts[0] if len(starts) > 1 else timedelta(1)
    labels = tuple(_day(start, short=True) for start in starts)
    spans = [
        _day(start) if step.days == 1
        else T.period.format(first=_day(start), last=_day(start + step - timedelta(1)))
        for start in starts
    ]  # fmt: skip
    return Chart(
        title=title,
        labels=labels,
        series=_stacked(figures, range(len(starts)), names),
        totals=("",) * len(starts),
        lying=False,
        alt=f"{title}, {period_in_words(page)}. {said}",
        head=(T.bar_head, *(names[column] for column in figures.columns), T.total),
        rows=tuple(_row(span, figures, i) for i, span in enumerate(spans)),
    )


def _by_topic(page: Overview, tree: TopicTree) -> Chart:
    figures = page.topics
    known = [(total, i) for i, total in enumerate(figures.row_totals) if total]
    order = [i for _, i in sorted(known, key=lambda each: (-each[0], each[1]))]
    best = order[:MOST]
    labels = tuple(topic_name(tree, figures.rows[i]) for i in best)
    first = ", ".join(
        f"{topic_name(tree, figures.rows[i])} {shown(figures.row_totals[i])}" for i in best[:3]
    )
    said = T.topics_said.format(first=first) if best else T.topics_none
    return Chart(
        title=T.topics_title,
        labels=labels,
        series=_stacked(figures, best, T.outcomes),
        totals=tuple(shown(figures.row_totals[i]) for i in best),
        lying=True,
        alt=f"{T.topics_title}, {period_in_words(page)}. {said}",
        head=(T.topic, *(T.outcomes[column] for column in figures.columns), T.total),
        rows=tuple(_row(topic_name(tree, figures.rows[i]), figures, i) for i in order),
    )


def _silent(page: Overview, tree: TopicTree) -> Chart:
    best = page.silent[:MOST]

    def label(topic: str, municipality: str) -> str:
        return T.silent_label.format(
            topic=topic_name(tree, topic), place=municipality or T.no_municipality
        )

    first = ", ".join(f"{label(s.topic, s.municipality)} {s.answers}" for s in best[:3])
    said = T.silent_said.format(first=first) if best else T.silent_none
    return Chart(
        title=T.silent_title,
        labels=tuple(label(s.topic, s.municipality) for s in best),
        series=(
            Series(key="none", name=T.outcomes["none"], values=tuple(s.answers for s in best)),
        ),
        totals=tuple(grouped(s.answers) for s in best),
        lying=True,
        alt=f"{T.silent_title}, {period_in_words(page)}. {said}",
        head=(T.topic, T.municipality, T.questions),
        rows=tuple(
            (topic_name(tree, s.topic), s.municipality or T.no_municipality, grouped(s.answers))
            for s in page.silent
        ),
    )


def _stacked(figures: Figures, rows: Sequence[int], names: dict[str, str]) -> tuple[Series, ...]:
    """Return a series a column, and what is left of each total: several counts that are hidden."""
    found = [
        Series(key=column, name=names[column], values=tuple(figures.cells[i][j] or 0 for i in rows))
        for j, column in enumerate(figures.columns)
    ]
    rest = tuple(
        (figures.row_totals[i] or 0) - sum(n or 0 for n in figures.cells[i])
        if figures.row_totals[i] is not None
        else 0
        for i in rows
    )
    if any(rest):
        found.append(Series(key=HIDDEN, name=T.hidden, values=rest))
    return tuple(found)


def _row(name: str, figures: Figures, i: int) -> tuple[str, ...]:
    return (name, *(shown(count) for count in figures.cells[i]), shown(figures.row_totals[i]))


def _day(day: date, *, short: bool = False, year: bool = False) -> str:
    if short:
        return f"{day.day}.{day.month}."
    text = f"{day.day}. {T.months[day.month - 1]}"
    return f"{text} {day.year}" if year else text
