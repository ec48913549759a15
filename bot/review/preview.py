"""What a correction would change, before it is published: old and new answers side by side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial

from bot.answering import Answer, answer
from bot.corrections import TOP, check
from bot.jobs import Job
from bot.programmes import copy_of
from bot.reload import Report, examine, read_goldens
from bot.review.corrections_file import appended, entry_text, read
from bot.review.corrections_file import replace as put
from bot.services import Services, audit
from bot.setup import options_of
from bot.storage_proposals import Asked, Kind, Proposal, ProposalStore
from bot.storage_staff import Member
from retrieval.build import Snapshot, build
from retrieval.corpus import fingerprint_of
from retrieval.corrections import CORRECTIONS
from retrieval.semantic import Progress, Role, SentenceEncoder, Vectors
from retrieval.words import fold

LOGGED = 200  # of the last questions that are tried
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a voter gets: the outcome, and (id, quote) of the first quotes."""

    outcome: str
    quotes: tuple[tuple[str, str], ...]
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question that would be answered otherwise, and how many times it was asked."""

    question: str
    municipality: str | None
    before: Shown
    after: Shown
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What publishing would do.

    Attributes:
        own: The corrected question itself, now and then; None for a synonym.
        works: The correction does what it is made for.
        logged, goldens: What would change of the last questions asked, and of the known ones; a
            question that was asked several times is there once.
        logged_tried, goldens_tried: How many of each were tried, each time it was asked counted.
        report: What the gates of a reload say.
        other_changes: The corpus folder holds more that is not served yet: publish that first.
    """

    own: Change | None
    works: bool
    logged: tuple[Change, ...]
    goldens: tuple[Change, ...]
    logged_tried: int
    goldens_tried: int
    report: Report
    other_changes: bool

    @property
    def logged_changed(self) -> int:
        """How many of the last questions would be answered otherwise, each time counted."""
        return sum(change.times for change in self.logged)


def job_key(services: Services, proposal_id: str, member: Member) -> tuple[str, ...]:
    """Return what a preview is kept under: it holds for one version, and for who may see the same."""
    version = services.index.snapshot.fingerprint
    return "preview", proposal_id, version, member.municipality or ""


def start(services: Services, proposal: Proposal, member: Member) -> Job:
    """Start a preview, or return the one that is running or done."""
    key = job_key(services, proposal.id, member)
    held = services.jobs.get(key)
    if held is not None and held.error is None:
        return held
    return services.jobs.start(key, partial(_preview, services, proposal, member))


async def _preview(
    services: Services, proposal: Proposal, member: Member, progress: Progress
) -> Preview:
    """Try a proposal on a copy of the folder. Nothing is changed.

    Raises:
        CorrectionsError, CorpusError and the others of a build: What stands in the folder is faulty.
        StorageError: If the last questions cannot be read, or that they are is not written down.
    """
    asked = await ProposalStore(services.storage).asked_lately(LOGGED)
    asked = [a for a in asked if member.municipality in (None, a.municipality)]
    await audit(services, member.name, "correction_preview", proposal.id, len(asked))
    return await asyncio.to_thread(_tried, services, proposal, asked, progress)


def _tried(
    services: Services, proposal: Proposal, asked: Sequence[Asked], progress: Progress
) -> Preview:
    settings, old = services.settings, services.index.snapshot
    encoder = None if old.searcher.encoder is None else _Once(old.searcher.encoder)
    # A twin that shares all but the encoder, so that old and new version encode a question once.
    twin = copy(old.searcher)
    twin.encoder = encoder
    old = replace(old, searcher=twin)
    goldens = read_goldens(settings.seeds)
    with copy_of(settings.seeds) as folder:
        path = folder / CORRECTIONS
        entry = entry_text(proposal.kind.value, values_of(proposal, "", ""))
        put(path, appended(read(path) or b"", entry, path))
        new = build(folder, encoder, old.store, options_of(settings), progress)
    # Ids are of sixteen bytes: no correction's text can be taken for another's.
    own = [_own(proposal)] if proposal.kind is not Kind.SYNONYM else []
    known = [Asked(question=golden.question) for golden in goldens]
    once = _once(asked)
    everything = [*((question, 1) for question in (*own, *known)), *once]
    changes: list[Change | None] = []
    for number, (question, times) in enumerate(everything, 1):
        changes.append(_change(services, old, new, question, times))
        progress(number, len(everything))
    first, second = len(own), len(own) + len(known)
    last = max(check(new), key=lambda checked: checked.entry.line)
    return Preview(
        own=_pair(services, old, new, own[0]) if own else None,
        works=last.works,
        goldens=tuple(c for c in changes[first:second] if c is not None),
        logged=tuple(c for c in changes[second:] if c is not None),
        goldens_tried=len(known),
        logged_tried=len(asked),
        report=examine(old, new, goldens, settings.least_pledges),
        other_changes=fingerprint_of(settings.seeds, settings.current_periods) != old.fingerprint,
    )


def _own(proposal: Proposal) -> Asked:
    """Return the question as its case shows it: asked about the same municipality."""
    place = proposal.body.get("place") if proposal.case_id is not None else None
    return Asked(question=proposal.asks, municipality=None if place is None else str(place))


def _once(asked: Sequence[Asked]) -> list[tuple[Asked, int]]:
    """Return each question once, as it was last worded, and how many times it was asked.

    The same: the same words in the same order, about the same municipality.
    """
    alike: dict[tuple[str | None, tuple[str, ...]], list[Asked]] = {}
    for one in asked:
        folded = tuple(fold(word) for word in _WORDS.findall(one.question.lower()))
        alike.setdefault((one.municipality, folded or (one.question,)), []).append(one)
    return [(group[0], len(group)) for group in alike.values()]


class _Once:
    """A sentence encoder that remembers what it was asked: each question is put to two versions."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self._encoder = encoder
        self._known: dict[tuple[Role, tuple[str, ...]], Vectors] = {}

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return one vector a text."""
        key = (role, tuple(texts))
        if key not in self._known:
            self._known[key] = self._encoder.encode(texts, role)
        return self._known[key]


def values_of(proposal: Proposal, by: str, on: str) -> dict[str, object]:
    """Return the keys of a proposal's entry in ``corrections.toml``, in their order."""
    body = {key: value for key, value in proposal.body.items() if key != "place"}
    return {**body, **({"by": by} if by else {}), **({"on": on} if on else {})}


def _change(
    services: Services, old: Snapshot, new: Snapshot, asked: Asked, times: int
) -> Change | None:
    pair = _pair(services, old, new, asked)
    return None if _seen(pair.before) == _seen(pair.after) else replace(pair, times=times)


def _seen(shown: Shown) -> tuple[object, ...]:
    return shown.outcome, shown.fixed, [name for name, _ in shown.quotes]


def _pair(services: Services, old: Snapshot, new: Snapshot, asked: Asked) -> Change:
    return Change(
        question=asked.question,
        municipality=asked.municipality,
        before=_shown(_answered(services, old, asked)),
        after=_shown(_answered(services, new, asked)),
    )


def _answered(services: Services, snapshot: Snapshot, asked: Asked) -> Answer:
    return answer(
        asked.question, snapshot.searcher, services.policy, municipality=asked.municipality
    )


def _shown(given: Answer) -> Shown:
    return Shown(
        outcome=given.outcome.value,
        quotes=tuple((hit.pledge.id, hit.pledge.quote) for hit in given.hits[:TOP]),
        fixed=given.fixed,
    )
