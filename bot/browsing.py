"""Ways through the programmes without a question: topics, headings, and the lines around a quote. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from retrieval.build import Snapshot
from retrieval.document import Pledge, Standing, slug
from retrieval.extraction import body_end
from retrieval.layout import Layout, Paragraph, read_layout
from retrieval.membership import COVERED
from retrieval.topics import Topic
from retrieval.verbatim import quote_of

MOST = 3  # topics a pledge is shown under
AROUND = 200  # characters around a quote; what reaches into them is shown whole
_T = TypeVar("_T")


# ---- topics


def assignment(snapshot: Snapshot, municipality: str | None) -> dict[str, list[int]]:
    """Return leaf id -> numbers of its pledges: each pledge's best topics, if near enough."""
    searcher = snapshot.searcher
    assert searcher.topics is not None, "checked by the caller"
    assert searcher.membership is not None, "a searcher with topics has it"
    leaves = searcher.topics.leaves
    members: dict[str, list[int]] = {leaf.id: [] for leaf in leaves if leaf.is_politics}
    rows = np.flatnonzero(searcher.allowed((municipality,) if municipality else ()))
    best = np.argsort(-searcher.membership.nearness[rows], axis=1, kind="stable")[:, :MOST]
    for i, columns in zip(rows, best, strict=True):
        for rank, k in enumerate(columns):
            if rank == 0 or searcher.membership.nearness[i, k] >= COVERED:
                members[leaves[int(k)].id].append(int(i))
    return members


@dataclass(frozen=True)
class Entry:
    """A line of a menu: a topic or heading and how many pledges it leads to."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Shelf:
    """The pledges of one municipality, or of all, by topic and by heading."""

    snapshot: Snapshot
    municipality: str | None
    language: str

    @cached_property
    def pledges(self) -> tuple[Pledge, ...]:
        """The pledges on the shelf, in document order."""
        return tuple(
            pledge
            for pledge in self.snapshot.corpus.pledges
            if self.municipality in (None, pledge.municipality)
        )

    @property
    def has_topics(self) -> bool:
        """There is a topic tree."""
        return self.snapshot.searcher.topics is not None

    @cached_property
    def _members(self) -> dict[str, list[int]]:
        return assignment(self.snapshot, self.municipality) if self.has_topics else {}

    @cached_property
    def _topics(self) -> Mapping[str, Topic]:
        topics = self.snapshot.searcher.topics
        return topics.tree.by_id if topics is not None else {}

    def topics(self, parent: str) -> list[Entry]:
        """Return the topics right below one («»: the roots) that lead to a pledge, in file order."""
        found = []
        for topic in self._topics.values():
            if topic.parent != parent or not topic.is_politics:
                continue
            count = len(self._below(topic.id))
            if count:
                found.append(Entry(topic.id, topic.name[self.language], count))
        return found

    def topic(self, topic_id: str) -> Topic | None:
        """Return a topic of politics, or None."""
        topic = self._topics.get(topic_id)
        return topic if topic is not None and topic.is_politics else None

    def on(self, topic_id: str) -> list[Pledge]:
        """Return the pledges of a leaf topic: current programmes first, then the nearest to it."""
        searcher, rows = self.snapshot.searcher, self._members.get(topic_id, [])
        if not rows:
            return []
        assert searcher.topics is not None, "a leaf has pledges only where there is a tree"
        assert searcher.membership is not None, "a searcher with topics has it"
        column = [leaf.id for leaf in searcher.topics.leaves].index(topic_id)
        near = searcher.membership.nearness[:, column]
        every, year = self.snapshot.corpus.pledges, self.snapshot.this_year
        rows = sorted(
            rows, key=lambda i: (every[i].programme.standing(year) is Standing.ENDED, -near[i], i)
        )
        return [every[i] for i in rows]

    def neighbours(self, pledge_ids: Sequence[str], most: int) -> list[Entry]:
        """Return the topics nearest to some pledges that lead to other pledges, nearest first.

        Where there are no topics: other headings.
        """
        number = {pledge.id: i for i, pledge in enumerate(self.snapshot.corpus.pledges)}
        shown = {number[i] for i in pledge_ids if i in number}
        searcher = self.snapshot.searcher
        if searcher.topics is None or searcher.membership is None or not shown:
            return [e for e in self.headings() if not shown & self._under(e.key)][:most]
        near = searcher.membership.nearness[sorted(shown)].mean(axis=0)
        leaves = searcher.topics.leaves
        order = [leaves[int(k)] for k in np.argsort(-near, kind="stable")]
        others = [leaf for leaf in order if set(self._members.get(leaf.id, ())) - shown]
        return [
            Entry(leaf.id, leaf.name[self.language], len(self._members[leaf.id]))
            for leaf in others[:most]
        ]

    def _below(self, topic_id: str) -> set[int]:
        """Numbers of the pledges of a topic and all below it, each once."""
        if topic_id in self._members:
            return set(self._members[topic_id])
        below = (t.id for t in self._topics.values() if t.parent == topic_id)
        return {i for child in below for i in self._below(child)}

    # ---- headings

    @cached_property
    def _by_heading(self) -> dict[str, list[Pledge]]:
        found: dict[str, list[Pledge]] = {}
        for pledge in self.pledges:
            found.setdefault(heading_key(pledge), []).append(pledge)
        return found

    def headings(self) -> list[Entry]:
        """Return the headings of the programmes, in document order."""
        several = self.municipality is None
        return [
            Entry(
                key,
                f"{pledges[0].municipality}: {_heading(pledges[0])}"
                if several
                else _heading(pledges[0]),
                len(pledges),
            )
            for key, pledges in self._by_heading.items()
        ]

    def under(self, key: str) -> list[Pledge]:
        """Return the pledges under a heading, in document order; empty where there is none such."""
        return self._by_heading.get(key, [])

    def _under(self, key: str) -> set[int]:
        wanted = {pledge.id for pledge in self.under(key)}
        return {i for i, p in enumerate(self.snapshot.corpus.pledges) if p.id in wanted}


def heading_key(pledge: Pledge) -> str:
    """Return 12 hexadecimal digits for the programme and heading that a pledge stands under."""
    place = "\n".join((pledge.programme.file, *pledge.headings))
    return hashlib.sha256(place.encode()).hexdigest()[:12]


def _heading(pledge: Pledge) -> str:
    return pledge.headings[-1] if pledge.headings else pledge.programme.title


# ---- pages and places


def page_of(rows: Sequence[_T], page: int, size: int) -> tuple[list[_T], int, int]:
    """Return the rows of a page, its number from 0 (the last where there is none such), and how many."""
    pages = max(1, -(-len(rows) // size))
    at = min(max(page, 0), pages - 1)
    return list(rows[at * size : (at + 1) * size]), at, pages


def place_of(name: str, municipalities: Iterable[str]) -> str | None:
    """Return the municipality with this slug, or None: baerum -> Bærum"""
    return next((m for m in municipalities if slug(m)[:36] == name), None)


def slug_of(municipality: str | None) -> str:
    """Return a municipality's slug for buttons and links; empty for all of them."""
    return slug(municipality)[:36] if municipality else ""


def pledge_of(snapshot: Snapshot, pledge_id: str) -> Pledge | None:
    """Return the pledge with this id, or None."""
    return next((p for p in snapshot.corpus.pledges if p.id == pledge_id), None)


# ---- the lines around a quote


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A quote in its place. All of it is the programme's own words, white space apart."""

    before: tuple[str, ...]
    pledge: Pledge
    after: tuple[str, ...]


def surroundings(pledge: Pledge, around: int = AROUND) -> Surroundings:
    """Return the whole paragraphs and bullets that reach within ``around`` characters of a quote.

    The lines that a page's width broke are joined, as in quotes.
    """
    text = pledge.programme.text
    layout = read_layout(text, 0, body_end(text))
    before: list[str] = []
    after: list[str] = []
    for paragraph in layout.paragraphs:
        start, end = paragraph.start, paragraph.end
        if pledge.start - around < end and start < pledge.start:
            before.append(_words(text, layout, paragraph, (start, min(end, pledge.start))))
        if pledge.end < end and start < pledge.end + around:
            after.append(_words(text, layout, paragraph, (max(start, pledge.end), end)))
    return Surroundings(tuple(filter(None, before)), pledge, tuple(filter(None, after)))


def _words(text: str, layout: Layout, paragraph: Paragraph, span: tuple[int, int]) -> str:
    """Return a part of a paragraph as a quote has it; a bullet's first words behind a dot."""
    words = quote_of(text, *span, layout.furniture)
    if not any(c.isalnum() for c in words):
        return ""
    return f"• {words}" if paragraph.glyph and span[0] == paragraph.start else words
