"""Publishing a correction: through the gates, into the file, into service. All of it, or nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.config import Settings
from bot.index_holder import Candidate, NotWaiting, ReloadRunning
from bot.lock import AlreadyRunningError, only_instance
from bot.programmes import copy_of
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
from retrieval.corrections import (
    CORRECTIONS,
    Correction,
    CorrectionsError,
    parse_corrections,
    read_corrections,
)
from retrieval.semantic import Progress

logger = logging.getLogger(__name__)

LOCK = "corrections.lock"  # in the data directory: the corpus folder may be another's


class Refused(Exception):  # noqa: N818  # an answer to staff
    """The gates refuse the new version: the sentences are ``bot/texts/nb.py``'s."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__(", ".join(refusal.gate for refusal in refusals))


@dataclass(frozen=True, slots=True)
class _Change:
    """A file as it is, and as it is to be."""

    path: Path
    before: bytes | None
    after: bytes

    def make(self) -> None:
        """Put the file in place. Raises MendFault: nothing was changed."""
        try:
            if file.read(self.path) != self.before:  # by hand, while the gates ran
                raise MendFault("other_changes")
            file.replace(self.path, self.after)
        except OSError as exc:
            raise MendFault("not_writable", path=self.path, reason=exc.strerror) from exc

    def undo(self) -> None:
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
    it was, the old version serves, and the proposal still waits. Where the program is killed, the
    file is as it was or has what passed the gates; to publish again does what was not done.

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
    with _told():
        goldens, change = await asyncio.to_thread(_planned, services, member, proposal, live)
        candidate, report = await _tried(services, live, goldens, change, progress)
    if report.refusals:
        services.index.cancel(candidate.token)
        raise Refused(report.refusals)
    try:
        # Not before: whatever kills the program, the next start serves nothing that no gate has seen.
        await asyncio.to_thread(change.make)
        await _serve(services, member, proposal, candidate)
    except BaseException:
        with suppress(NotWaiting):
            services.index.cancel(candidate.token)
        change.undo()
        raise
    logger.info("correction published version=%s", report.diff.fingerprint)
    await _solve(services, member, proposal)
    return report


@contextmanager
def _told() -> Iterator[None]:
    """Tell of the corpus folder's errors, which name a fault and its place, as staff are told."""
    try:
        yield
    except ReloadRunning as exc:
        raise MendFault("busy") from exc
    except Exception as exc:
        if getattr(exc, "fault", None) in FAULTS:
            raise MendFault("folder", what=explain(exc)) from exc  # type: ignore[arg-type]
        raise


def _planned(
    services: Services, member: Member, proposal: Proposal, live: Snapshot
) -> tuple[tuple[Golden, ...], _Change]:
    """Return what to try it on, and the file with the entry added. Writes nothing."""
    settings = services.settings
    path = settings.seeds / CORRECTIONS
    _check_served(settings, settings.seeds, live)
    goldens = read_goldens(settings.seeds)
    by = ", ".join(dict.fromkeys((signature(proposal.made_by), signature(member.name))))
    entry = file.entry_text(proposal.kind.value, values_of(proposal, by, day(services.clock())))
    there = read_corrections(settings.seeds).entries
    try:
        before = file.read(path)
    except OSError as exc:
        raise MendFault("not_writable", path=path, reason=exc.strerror) from exc
    [wanted] = parse_corrections(entry.encode(), path).entries
    if before is not None and _unsigned(wanted) in map(_unsigned, there):
        # The program was killed after the file was put in place: the rest is still to be done.
        return goldens, _Change(path, before, before)
    return goldens, _Change(path, before, file.appended(before or b"", entry, path))


def _check_served(settings: Settings, folder: Path, live: Snapshot) -> None:
    """Refuse where more was changed: it would come along, and nobody has looked at it here."""
    if fingerprint_of(folder, settings.current_periods) != live.fingerprint:
        raise MendFault("other_changes")


def _unsigned(entry: Correction) -> Correction:
    """Return what an entry says, wherever it stands and whoever wrote it."""
    return replace(entry, by="", on="", line=1)


def signature(name: str) -> str:
    """Return a name as a file that is passed around may hold it: no Telegram id."""
    return "medarbeider" if name.isdecimal() else name


async def _tried(
    services: Services,
    live: Snapshot,
    goldens: tuple[Golden, ...],
    change: _Change,
    progress: Progress | None,
) -> tuple[Candidate, Report]:
    """Build the new version from a copy of the folder, and pass it through the gates of a reload."""
    settings = services.settings

    @contextmanager
    def changed() -> Iterator[Path]:
        with copy_of(settings.seeds) as folder:
            _check_served(settings, folder, live)  # the copy: what it holds is what is built
            (folder / CORRECTIONS).write_bytes(change.after)
            try:
                yield folder
            except CorrectionsError as exc:  # the new entry's: all else is as it is served
                exc.path = change.path
                raise

    def tried(old: Snapshot, new: Snapshot) -> Report:
        return examine(old, new, goldens, settings.least_pledges)

    return await services.index.prepare(tried, progress, changed)


async def _serve(
    services: Services, member: Member, proposal: Proposal, candidate: Candidate
) -> None:
    """Serve the new version and mark the proposal, or neither."""
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
