"""Publishing a correction: into the file, through the gates, into service. All of it, or nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.index_holder import NotWaiting, ReloadRunning
from bot.lock import AlreadyRunningError, only_instance
from bot.reload import Golden, Refusal, Report, examine, read_goldens
from bot.review import corrections_file as file
from bot.review.mending import MendFault, check_may_decide
from bot.review.preview import values_of
from bot.services import Services, audit
from bot.storage import StorageError
from bot.storage.database import day
from bot.storage_proposals import Proposal, ProposalStore, State
from bot.storage_review import CaseGone, ReviewStore, Stale, Status
from bot.storage_staff import Member
from bot.texts.faults import FAULTS, explain
from retrieval.build import Snapshot
from retrieval.corpus import fingerprint_of
from retrieval.corrections import CORRECTIONS, read_corrections
from retrieval.semantic import Progress

logger = logging.getLogger(__name__)

LOCK = "corrections.lock"  # in the data directory: the corpus folder may be another's


class Refused(Exception):  # noqa: N818  # an answer to staff
    """The gates refuse the new version: the sentences are ``bot/texts/nb.py``'s."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__(", ".join(refusal.gate for refusal in refusals))


@dataclass(frozen=True, slots=True)
class _Written:
    """A file before and after: what is put back if it comes to nothing."""

    path: Path
    before: bytes | None
    after: bytes

    def put_back(self) -> None:
        """Bring the file back, unless somebody has changed it since."""
        try:
            if file.read(self.path) == self.after:
                file.replace(self.path, self.before)
        except OSError as exc:
            logger.error("%s not put back: %s", CORRECTIONS, exc.strerror)  # noqa: TRY400


async def publish(
    services: Services, member: Member, proposal_id: str, progress: Progress | None = None
) -> Report:
    """Publish a proposal that waits; its case becomes solved.

    One at a time, over all processes that share the data directory. After any error the file is as
    it was, the old version serves, and the proposal still waits.

    Raises:
        MendFault: If they may not, another was faster, or the file cannot be written.
        Refused: If a gate refuses the new version.
        StorageError: If the log cannot be used.
    """
    try:
        with only_instance(services.settings.data, LOCK):
            proposal = await ProposalStore(services.storage).get(proposal_id)
            if proposal is None:
                raise MendFault("no_such_proposal")
            check_may_decide(services, member, proposal)
            await audit(services, member.name, "correction_publish", proposal_id, 1)
            return await _publish(services, member, proposal, progress)
    except AlreadyRunningError as exc:
        raise MendFault("busy") from exc


async def _publish(
    services: Services, member: Member, proposal: Proposal, progress: Progress | None
) -> Report:
    live = services.index.snapshot
    goldens, written = await _in_thread(partial(_write, services, member, proposal, live))
    try:
        report = await _swap(services, member, proposal, goldens, progress)
    except BaseException:
        # Also when the program is stopped: what no gate has seen must not be there at the next start.
        written.put_back()
        raise
    logger.info("correction published version=%s", report.diff.fingerprint)
    await _solve(services, member, proposal)
    return report


async def _in_thread(
    call: partial[tuple[tuple[Golden, ...], _Written]],
) -> tuple[tuple[Golden, ...], _Written]:
    try:
        return await asyncio.to_thread(call)
    except Exception as exc:
        # Every error of the corpus folder names a fault and its place, whichever reader found it.
        if getattr(exc, "fault", None) in FAULTS:
            raise MendFault("folder", what=explain(exc)) from exc  # type: ignore[arg-type]
        raise


def _write(
    services: Services, member: Member, proposal: Proposal, live: Snapshot
) -> tuple[tuple[Golden, ...], _Written]:
    """Add the entry to the file. Nothing is written where anything is amiss."""
    settings = services.settings
    path = settings.seeds / CORRECTIONS
    # What else was changed in the folder would come along, and nobody has looked at it here.
    if fingerprint_of(settings.seeds, settings.current_periods) != live.fingerprint:
        raise MendFault("other_changes")
    goldens = read_goldens(settings.seeds)
    read_corrections(settings.seeds)
    by = ", ".join(dict.fromkeys((signature(proposal.made_by), signature(member.name))))
    entry = file.entry_text(proposal.kind.value, values_of(proposal, by, day(services.clock())))
    try:
        before = file.read(path)
        after = file.appended(before or b"", entry, path)
        file.replace(path, after)
    except OSError as exc:
        raise MendFault("not_writable", path=path, reason=exc.strerror) from exc
    return goldens, _Written(path, before, after)


def signature(name: str) -> str:
    """Return a name as a file that is passed around may hold it: no Telegram id."""
    return "medarbeider" if name.isdecimal() else name


async def _swap(
    services: Services,
    member: Member,
    proposal: Proposal,
    goldens: tuple[Golden, ...],
    progress: Progress | None,
) -> Report:
    """Build, try and serve the new version, and mark the proposal; or none of it."""
    least = services.settings.least_pledges

    def tried(old: Snapshot, new: Snapshot) -> Report:
        return examine(old, new, goldens, least)

    try:
        candidate, report = await services.index.prepare(tried, progress)
    except ReloadRunning as exc:
        raise MendFault("busy") from exc
    except Exception as exc:
        if getattr(exc, "fault", None) in FAULTS:
            raise MendFault("folder", what=explain(exc)) from exc  # type: ignore[arg-type]
        raise
    if report.refusals:
        services.index.cancel(candidate.token)
        raise Refused(report.refusals)
    try:
        back = services.index.publish(candidate.token)
    except NotWaiting as exc:
        raise MendFault("busy") from exc
    store = ProposalStore(services.storage)
    try:
        mine = await store.decide(proposal.id, State.PUBLISHED, member.name, services.clock())
    except StorageError:
        _undo(services, back)
        raise
    if not mine:  # withdrawn or refused while it was built
        _undo(services, back)
        other = await store.get(proposal.id)
        raise MendFault("decided", name=other.decided_by if other else "")
    return report


def _undo(services: Services, back: str) -> None:
    try:
        services.index.undo(back)
    except NotWaiting:
        logger.warning("not undone: another version is served by now")


async def _solve(services: Services, member: Member, proposal: Proposal) -> None:
    """Set the case to solved. It is mended whether or not that can be noted."""
    if proposal.case_id is None:
        return
    store = ReviewStore(services.storage)
    try:
        state, case = await store.state(proposal.case_id), await store.case(proposal.case_id)
        if state.status is not Status.SOLVED or (case is not None and case.again):
            solved = replace(state, status=Status.SOLVED)
            await store.change(proposal.case_id, solved, member.name, services.clock())
    except (CaseGone, Stale, StorageError) as exc:
        logger.warning("case not set to solved: %s", type(exc).__name__)
