"""One case: where it stands, who has it, what staff wrote; changing that, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.privacy.redaction import redact
from bot.services import Services, audit
from bot.staff import configured
from bot.storage_review import (
    CaseAnswer,
    CaseChange,
    CaseGone,
    CaseState,
    QueueCase,
    ReviewStore,
    Stale,
    Status,
)
from bot.storage_staff import Member, StaffStore

LONGEST_NOTE = 2000  # characters
MOST_ANSWERS = 200  # of a case that are looked at: the newest


class Conflict(Exception):  # noqa: N818  # a state, not a fault
    """Another changed the case since it was read.

    Attributes:
        mine: What was to be stored; nothing was.
        now: Where the case stands.
        others: What was done meanwhile, newest first.
    """

    def __init__(self, mine: CaseState, now: CaseState, others: Sequence[CaseChange]) -> None:
        self.mine, self.now, self.others = mine, now, others
        super().__init__(f"version {mine.version} was read, {now.version} is there")


class NothingToUndo(Exception):  # noqa: N818  # a state, not a fault
    """Nobody has changed the case, or what it was before is no longer known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case with all that its page shows."""

    queued: QueueCase
    state: CaseState
    answers: Sequence[CaseAnswer]
    history: Sequence[CaseChange]


async def open_case(services: Services, member: Member, case_id: str) -> Case:
    """Return a case, after writing down who saw it.

    Raises:
        CaseGone: If there is no such case, or it is another municipality's.
        StorageError: If the log cannot be read, or it cannot be written down who reads it.
    """
    store, queued = ReviewStore(services.storage), await _visible(services, member, case_id)
    await audit(services, member.name, "case", case_id, min(queued.answers, MOST_ANSWERS))
    return Case(
        queued=queued,
        state=await store.state(case_id),
        answers=await store.answers(case_id, MOST_ANSWERS),
        history=await store.history(case_id),
    )


async def save(services: Services, member: Member, case_id: str, wanted: CaseState) -> CaseState:
    """Store what a member made of a case, and return it as it was stored.

    ``wanted.version`` is the version that the member had before them. A case that is taken has an
    owner: the member where none is named; a new one has none. The note is redacted: staff may have
    pasted a voter's name.

    Raises:
        CaseGone: If there is no such case, or it is another municipality's.
        Conflict: If another changed it since.
        StorageError: If it was not stored.
    """
    await _visible(services, member, case_id)
    owner = wanted.owner
    if wanted.status is Status.NEW:
        owner = ""
    elif wanted.status is Status.TAKEN:
        owner = owner or member.name
    note = redact(wanted.note.strip()[:LONGEST_NOTE])
    state = replace(wanted, owner=owner, note=note)
    return await _store(services, member, case_id, state, "case_change")


async def undo(services: Services, member: Member, case_id: str, version: int) -> CaseState:
    """Make a case what it was before its last change. Undone twice, it is as it was after it.

    A case that was back before the change is back.

    ``version`` is the one that the member had before them.

    Raises:
        NothingToUndo: If there is no last change.
        CaseGone, Conflict, StorageError: As for `save`.
    """
    await _visible(services, member, case_id)
    history = await ReviewStore(services.storage).history(case_id)
    changes = {change.state.version: change for change in history}
    last, earlier = changes.get(version), changes.get(version - 1)
    if earlier is None and version != 1:
        raise NothingToUndo
    before = earlier.state if earlier else CaseState()
    return await _store(
        services,
        member,
        case_id,
        replace(before, version=version),
        "case_undo",
        back_since=earlier.on if earlier and last and last.again else None,
    )


async def owners(services: Services) -> list[str]:
    """Return who may have a case: all staff, by name. Raises StorageError."""
    stored = await StaffStore(services.storage).members()
    return sorted({member.name for member in (*configured(services.settings), *stored)})


async def _visible(services: Services, member: Member, case_id: str) -> QueueCase:
    queued = await ReviewStore(services.storage).case(case_id)
    if queued is None or member.municipality not in (None, queued.municipality):
        raise CaseGone
    return queued


async def _store(
    services: Services,
    member: Member,
    case_id: str,
    state: CaseState,
    action: str,
    *,
    back_since: date | None = None,
) -> CaseState:
    store = ReviewStore(services.storage)
    await audit(services, member.name, action, f"{case_id} status={state.status.value}", 1)
    try:
        return await store.change(
            case_id, state, member.name, services.clock(), back_since=back_since
        )
    except Stale:
        others = [c for c in await store.history(case_id) if c.state.version > state.version]
        raise Conflict(state, await store.state(case_id), others) from None
