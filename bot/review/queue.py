"""The queue as staff page through it: whose filter, which page, and alike answers put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.callback_data import Verdict
from bot.review.search import QuestionSearch
from bot.services import Services, audit
from bot.storage_review import CaseAnswer, Filter, QueueCase, ReviewStore
from bot.storage_staff import Member

PER_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue.

    Attributes:
        number: From 1 to ``pages``; 1 where nothing was found.
        total: Cases that the filter lets through; ``answers``: how many answers they are.
        read: Share of the log that a search has gone through so far, 0 to 1; 1 without a search.
    """

    cases: Sequence[QueueCase]
    number: int
    pages: int
    total: int
    answers: int
    read: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Alike answers of a case: the same words, answered in the same way.

    Attributes:
        answer: The newest of them.
        times: How many there are.
        helpful, disliked: Votes on them.
        complaints: By kind.
    """

    answer: CaseAnswer
    times: int
    first_on: date
    helpful: int
    disliked: int
    complaints: Mapping[str, int]


def restricted(chosen: Filter, member: Member) -> Filter:
    """Return the filter as far as a member may see: a reviewer of one municipality only theirs."""
    return (
        chosen if member.municipality is None else replace(chosen, municipality=member.municipality)
    )


def described(chosen: Filter, *, searched: bool) -> str:
    """Return a filter for the audit: what was chosen, never what was searched for."""
    parts = {
        "municipality": chosen.municipality,
        "outcome": chosen.outcome,
        "reason": chosen.reason,
        "status": chosen.status,
        "owner": chosen.owner,
        "since": chosen.since,
        "until": chosen.until,
        "needy": "yes" if chosen.needy else "",
        "search": "yes" if searched else "",
    }
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


async def queue_page(
    services: Services,
    member: Member,
    chosen: Filter,
    number: int = 1,
    *,
    words: str = "",
    search: QuestionSearch | None = None,
) -> QueuePage:
    """Return a page of the queue, after writing down who saw what.

    Args:
        number: Any; a page there is not becomes the nearest one.
        words: Only cases with a question that has all of these words; "": any.
        search: Where they are looked up; needed only with ``words``.

    Raises:
        StorageError: If the log cannot be read, or it cannot be written down who reads it.
    """
    chosen, read = restricted(chosen, member), 1.0
    if words and search is not None:
        found = await search.find(words)
        chosen, read = replace(chosen, found=found.cases), found.read
    store = ReviewStore(services.storage)
    total, answers = await store.count(chosen)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    rows = min(PER_PAGE, total - (number - 1) * PER_PAGE)
    await audit(services, member.name, "inbox", described(chosen, searched=bool(words)), rows)
    return QueuePage(
        cases=await store.page(chosen, PER_PAGE, (number - 1) * PER_PAGE),
        number=number,
        pages=pages,
        total=total,
        answers=answers,
        read=read,
    )


def together(answers: Iterable[CaseAnswer]) -> list[Shown]:
    """Put the answers of a case together where words and answer are the same.

    Newest day first; within a day what was asked most, then by the words.
    """
    groups: dict[tuple[object, ...], list[CaseAnswer]] = {}
    for answer in answers:
        groups.setdefault(_same(answer), []).append(answer)
    shown = [_shown(group) for group in groups.values()]
    return sorted(
        shown, key=lambda s: (-s.answer.asked_on.toordinal(), -s.times, s.answer.question)
    )


def _same(answer: CaseAnswer) -> tuple[object, ...]:
    return (
        answer.question, answer.outcome, answer.reason, answer.municipality, answer.language,
        answer.fixed, answer.fingerprint, answer.pledge_ids,
    )  # fmt: skip


def _shown(group: Sequence[CaseAnswer]) -> Shown:
    votes = Counter(answer.verdict for answer in group)
    return Shown(
        answer=max(group, key=lambda answer: answer.asked_on),
        times=len(group),
        first_on=min(answer.asked_on for answer in group),
        helpful=votes[Verdict.HELPFUL],
        disliked=votes[Verdict.NOT_HELPFUL],
        complaints=Counter(a.complaint.value for a in group if a.complaint is not None),
    )
