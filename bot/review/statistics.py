"""The log's figures read and put into words: for the page, for /statistikk and for the weekly report."""

from __future__ import annotations

import asyncio
from datetime import UTC

from bot.review.charts import (
    SILENT,
    TOPICS,
    chart_of,
    percent,
    period_in_words,
    questions_in_words,
    shown,
    votes_in_words,
)
from bot.review.overview import Overview, overview, window
from bot.services import Services
from bot.storage_statistics import Statistics
from bot.texts.overview import OVERVIEW as T
from retrieval.build import Snapshot
from retrieval.topics import TopicTree

MOST_LINES = 5  # of a list in a message
_LONGEST = 60  # characters of a line's name: with all of them a caption of Telegram has room


async def overview_of(services: Services, days: int, municipality: str | None = None) -> Overview:
    """Return the figures of the last whole days, of one municipality or of all.

    Raises:
        StorageError: If the log cannot be read.
    """
    store = Statistics(services.storage)
    span = window(services.clock().astimezone(UTC).date(), days)
    by_day = await store.by_day(span, municipality)
    by_topic = await store.by_topic(span, municipality)
    votes = await store.votes(span, municipality)
    complaints = await store.complaints(span, municipality)
    tree = tree_of(services.index.snapshot)
    # A wide table takes some ten milliseconds: voters must not wait for them.
    return await asyncio.to_thread(overview, span, by_day, by_topic, votes, complaints, tree)


def tree_of(snapshot: Snapshot) -> TopicTree:
    """Return the topics; none where there is no tree."""
    topics = snapshot.searcher.topics
    return topics.tree if topics is not None else TopicTree(())


def in_words(page: Overview, tree: TopicTree) -> str:
    """Return the figures as a message: at most 1024 characters, a caption's length in Telegram."""
    asked = questions_in_words(page)
    topics = [(row[0], row[-1]) for row in chart_of(TOPICS, page, tree).rows]
    silent = [
        (T.silent_label.format(topic=topic, place=place), count)
        for topic, place, count in chart_of(SILENT, page, tree).rows
    ]
    return T.statistics.format(
        period=period_in_words(page),
        asked=asked,
        votes=votes_in_words(page),
        topics=_lines(topics),
        silent=_lines(silent),
    )


def key_figures(page: Overview) -> list[tuple[str, str]]:
    """Return (figure, what it is of) of the three that matter most."""
    return [
        (shown(page.questions.total), T.key_asked),
        (percent(page.questions.share("hit")), T.key_found),
        (percent(page.votes.share("helpful")), T.key_helpful),
    ]


def _lines(counts: list[tuple[str, str]]) -> str:
    lines = [
        T.line.format(
            name=name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…", count=count
        )
        for name, count in counts[:MOST_LINES]
    ]
    return "\n".join(lines) or T.nothing_line
