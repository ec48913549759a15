"""Messages that are not answers: a quote in its place, further quotes, a topic's pledges. Pure.

Like answers they are made of the party's words and of fixed sentences, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.browsing import pledge_of, surroundings
from bot.followups import Before
from bot.rendering import (
    LIMIT,
    Line,
    Paragraph,
    length,
    period_label,
    place_line,
    quoted,
)
from bot.texts import Texts
from retrieval.build import Snapshot
from retrieval.document import Pledge

PER_PAGE = 3  # quotes on a page: about what a phone shows without scrolling


def context_card(
    pledge: Pledge, texts: Texts, this_year: int, *, head: str = ""
) -> list[Paragraph]:
    """Return a quote between the lines around it, with headings, period, page and id.

    The outermost lines go first where one message cannot hold them all.
    """
    around = surroundings(pledge)
    before, after = list(around.before), list(around.after)
    paragraphs = _context(pledge, texts, this_year, head or texts.context_head, (before, after))
    while length(paragraphs) > LIMIT and (before or after):
        if sum(map(len, before)) > sum(map(len, after)):
            before.pop(0)
        else:
            after.pop()
        paragraphs = _context(pledge, texts, this_year, head or texts.context_head, (before, after))
    if length(paragraphs) > LIMIT:
        period = period_label(pledge.programme, texts, this_year)
        told = texts.quote_too_long.format(title=pledge.programme.title, period=period)
        return [(Line("text", told),)]
    return paragraphs


def _context(
    pledge: Pledge,
    texts: Texts,
    this_year: int,
    head: str,
    around: tuple[Sequence[str], Sequence[str]],
) -> list[Paragraph]:
    before, after = around
    source = [period_label(pledge.programme, texts, this_year)]
    if pledge.page is not None:
        source.append(texts.on_page.format(page=pledge.page))
    return [
        (Line("note", head),),
        (
            # With the party, though the lead-in names it: the lead-in may be further up.
            Line("place", place_line(replace(pledge, lead_in=""))),
            *((Line("note", " › ".join(pledge.headings)),) if pledge.headings else ()),
        ),
        (
            *(Line("text", line) for line in before),
            Line("quote", pledge.quote),
            *(Line("text", line) for line in after),
        ),
        (
            Line("source", f"{pledge.programme.title} · {' · '.join(source)}"),
            Line("source", texts.quote_id.format(id=pledge.id)),
        ),
    ]


def quotes_card(
    pledges: Sequence[Pledge],
    texts: Texts,
    this_year: int,
    *,
    head: str,
    page: int = 0,
    pages: int = 1,
) -> list[Paragraph]:
    """Return a page of quotes under a headline. Quotes that do not fit are left out, last first."""
    first = Line("note", head)
    number = texts.page_of.format(page=page + 1, pages=pages)
    top: Paragraph = (first, Line("note", number)) if pages > 1 else (first,)
    shown = list(pledges)
    while shown:
        paragraphs = [top, *quoted(shown, texts, this_year)]
        if length(paragraphs) <= LIMIT:
            return paragraphs
        shown.pop()
    return [top]


def why_card(before: Before, snapshot: Snapshot, texts: Texts) -> list[Paragraph] | None:
    """Return the best quote of the answer before among the lines around it; None where it is gone."""
    pledge = pledge_of(snapshot, before.pledge_ids[0])
    if pledge is None:
        return None
    return context_card(pledge, texts, snapshot.this_year, head=texts.why_head)


def more_card(before: Before, snapshot: Snapshot, texts: Texts) -> tuple[list[Paragraph], Before]:
    """Return the next quotes to the question before, and what is then left."""
    ids, left = before.more[:PER_PAGE], before.more[PER_PAGE:]
    pledges = [p for p in (pledge_of(snapshot, i) for i in ids) if p is not None]
    if not pledges:
        return [(Line("text", texts.no_more),)], replace(before, more=left)
    card = quotes_card(pledges, texts, snapshot.this_year, head=texts.more_head)
    return card, replace(before, pledge_ids=before.pledge_ids + ids, more=left)


def inline_card(pledge: Pledge, texts: Texts, this_year: int) -> list[Paragraph]:
    """Return one quote, whole and with its source: what inline mode puts into another chat."""
    title = Line("source", f"{pledge.programme.title} · {texts.quote_id.format(id=pledge.id)}")
    return [*quoted([pledge], texts, this_year), (title,)]
