"""What every channel works with: settings, log, index, policy. Knows no Telegram."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from weakref import ref

from bot.answering import Answer, AnswerPolicy, Outcome, Reason, answer
from bot.callback_data import Verdict
from bot.config import Settings
from bot.followups import Answered, Before, Recent
from bot.health import Health
from bot.index_holder import IndexReader
from bot.jobs import Jobs
from bot.likeness import content_terms, likeness, likeness_key, terms_of
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import KeyId, Keys
from bot.privacy.pseudonyms import pseudonym, pseudonyms
from bot.privacy.redaction import redact
from bot.privacy.retention import TrustedTime, limits
from bot.refusals import Refusals
from bot.rendering import fit
from bot.setup import encoder_of, index_file, options_of, policy_of
from bot.storage import FILE, Consent, LoggedAnswer, Purged, Storage, StorageError
from bot.storage_choices import Choice, Choices, Complaints, Pseudonymizer, choice_names
from bot.texts import Texts
from retrieval.build import Snapshot
from retrieval.persistence import open_snapshot
from retrieval.search import Searcher
from retrieval.semantic import Progress, VectorStore

logger = logging.getLogger(__name__)


INLINE = (
    20_000  # pledges up to which a search takes less than the loop may stand still: a millisecond
)


def utc_now() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that handlers share. Made once, in a composition root.

    Attributes:
        storage: Opened and closed by the composition root.
        clock: The present moment, aware.
        health: What the process counts about itself.
        keys: What pseudonyms and the audit are made with.
        trusted: How far the clock may be believed.
        recent: The question before, per chat, for minutes.
        answered: The bot's message by (chat, message) of the question, for minutes.
        drawn: Text and buttons last put into a message, against a second press, for minutes.
        albums: Albums that were told that pictures are not read, for minutes.
        refusals: Attempts at what only admins may do.
        given: What a question got, and from which index, whoever asked it, for minutes.
        examples: Questions to try that hit, by version of the index, municipality and language.
        jobs: Long work that staff's pages have started.
    """

    settings: Settings
    storage: Storage
    index: IndexReader
    policy: AnswerPolicy
    keys: Keys
    clock: Callable[[], datetime] = utc_now
    trusted: TrustedTime = field(default_factory=TrustedTime)
    health: Health = field(default_factory=Health)
    recent: Recent[Before] = field(default_factory=Recent)
    answered: Recent[Answered] = field(default_factory=Recent)
    drawn: Recent[tuple[str, str]] = field(default_factory=Recent)
    albums: Recent[bool] = field(default_factory=Recent)
    examples: Recent[list[tuple[str, str]]] = field(default_factory=lambda: Recent(minutes=24 * 60))
    exports: dict[bytes, int] = field(default_factory=dict)
    given: Recent[tuple[ref[Searcher], Answer]] = field(default_factory=lambda: Recent(most=512))
    jobs: Jobs = field(default_factory=Jobs)
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def names(self) -> Pseudonymizer:
        """A voter's pseudonyms for what they chose."""
        return partial(choice_names, self.keys.persons())

    @property
    def choices(self) -> Choices:
        """What voters chose: municipality and language."""
        return Choices(self.storage, self.names)

    @property
    def complaints(self) -> Complaints:
        """What voters say is wrong with answers."""
        return Complaints(self.storage)


def make_services(settings: Settings, progress: Progress | None = None) -> Services:
    """Build the index and put the parts together. Does not open the log.

    ``progress`` is called with (done, all) while sentences are encoded.

    Raises:
        CorpusError, LexiconError, ExamplesError, TopicsError: Naming the file and line to mend.
        KeyFault: If the keys are missing, lie among the data, or others may read them.
    """
    keys = Keys.open(settings.keys, settings.data)  # first: it takes no time to say no
    encoder = encoder_of(settings)
    # One encoder and one store for the life of the process: a reload encodes only what is new.
    store = VectorStore(encoder.dimensions) if encoder is not None else None
    options, path = options_of(settings), index_file(settings, encoder)

    def rebuild(progress: Progress | None, folder: Path = settings.seeds) -> Snapshot:
        return open_snapshot(folder, encoder, store, options, progress, path)

    return Services(
        settings=settings,
        keys=keys,
        storage=Storage(settings.data / FILE, FieldCipher(keys)),
        index=IndexReader(rebuild(progress), rebuild),
        policy=policy_of(settings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it is shown, with the version of the index that gave it."""

    answer: Answer
    snapshot: Snapshot


async def answer_question(
    services: Services, question: str, texts: Texts, municipality: str | None = None
) -> Reply:
    """Answer a question: the one way for every channel.

    ``municipality`` was chosen beforehand; one named in the question wins over it.
    """
    snapshot = services.index.snapshot
    started = time.perf_counter()
    given = await _answered(services, snapshot, question, texts.code, municipality)
    shown = fit(given, texts, this_year=snapshot.this_year)
    milliseconds = (time.perf_counter() - started) * 1000
    services.health.answered(milliseconds, found=bool(shown.hits))
    logger.info(
        "answered outcome=%s reason=%s hits=%d version=%s ms=%.1f",
        shown.outcome.value,
        shown.reason.value,
        len(shown.hits),
        shown.fingerprint,
        milliseconds,
    )
    return Reply(answer=shown, snapshot=snapshot)


async def _answered(
    services: Services, snapshot: Snapshot, question: str, language: str, municipality: str | None
) -> Answer:
    """Answer, or give again what the same words got from the same index minutes ago."""
    searcher = snapshot.searcher
    key = (" ".join(question.split()), municipality, language, services.policy)
    known = services.given.get(key)
    if (
        known is not None
        and known[0]() is searcher
        and known[1].fingerprint == snapshot.fingerprint
    ):
        return replace(known[1], question=question)
    call = partial(
        answer,
        question,
        searcher,
        services.policy,
        municipality=municipality,
        language=language,
        fingerprint=snapshot.fingerprint,
    )
    # The encoder takes some 20 ms and frees the interpreter meanwhile: others must not wait for it.
    # Nor for many pledges; over few, a thread costs more than it saves.
    inline = searcher.encoder is None and len(searcher.pledges) <= INLINE
    found = call() if inline else await asyncio.to_thread(call)
    if not found.is_crisis:  # of a cry for help nothing is kept
        services.given.remember(key, (ref(searcher), found))
    return found


_STALE = frozenset((Reason.EMPTY, Reason.OUTSIDE))  # nothing that «Hva med Asker?» could be about


def follow_on(shown: Answer, before: Before | None) -> Before | None:
    """Return what a follow-up is about once this was shown: this, or still the question before.

    After a cry for help nothing is remembered.
    """
    if shown.is_crisis:
        return None
    if shown.outcome is Outcome.FIXED or shown.reason in _STALE:
        return before
    ids = tuple(hit.pledge.id for hit in shown.hits)
    return Before(shown.question, ids, tuple(hit.pledge.id for hit in shown.more))


async def log_answer(
    services: Services,
    shown: Answer,
    channel: str,
    user_id: int | None = None,
    said_at: datetime | None = None,
) -> str | None:
    """Store of an answer what the logging mode allows, and return its id.

    Args:
        services: With the mode in its settings.
        shown: The answer.
        channel: Where it was shown.
        user_id: Who asked; None in a channel that has one voter and no names.
        said_at: When Telegram had the question, by its own clock.

    Returns:
        None where the mode, or a consent not given, allows no more than counting: there is then
        nothing that a button could refer to.

    Raises:
        StorageError: If it was not stored. The caller shows the answer all the same.
    """
    now, mode, storage = services.clock(), services.settings.logging, services.storage
    if said_at is not None:
        services.trusted.saw(min(said_at, now))
    try:
        if mode == "av" or (mode == "samtykke" and not await has_consent(services, user_id)):
            await storage.count_answer(shown, now)
            return None
        person = None
        if mode == "samtykke" and user_id is not None:
            person = pseudonym(services.keys.persons()[0], now.astimezone(UTC).date(), user_id)
        alike = await _likeness(services, shown)
        return await storage.record_answer(shown, channel, now, person, alike)
    except StorageError as exc:
        # SQLite's reasons name files, tables and columns, never values.
        logger.error("answer not stored: %s", exc)  # noqa: TRY400  # the trace would add nothing
        raise


async def _likeness(services: Services, shown: Answer) -> bytes | None:
    if shown.is_crisis:
        return None
    # Of the redacted words: a name must not part questions, nor be guessed at by who has the key.
    redacted, reading = redact(shown.question), shown.reading
    if reading is not None and redacted.split() == reading.text.split():
        terms = terms_of(reading)  # nothing was taken out: the answer's own reading holds
    else:
        # In a thread: a word that is to be corrected may take some milliseconds.
        reader = services.index.snapshot.searcher.reader
        terms = await asyncio.to_thread(content_terms, redacted, reader)
    return likeness(likeness_key(services.keys.audit), terms, shown.municipality)


# ---- a voter's own


def persons_of(services: Services, user_id: int) -> frozenset[bytes]:
    """Return every pseudonym that a voter may have in what is kept."""
    # One day more: what a purge has not come to yet is the voter's as well.
    days = services.settings.retention_days + 1
    today = services.clock().astimezone(UTC).date()
    return pseudonyms(services.keys.persons(), today, days, user_id)


async def has_consent(services: Services, user_id: int | None) -> bool:
    """Has the voter said yes, and not taken it back? Raises StorageError.

    A yes holds for as long as answers are kept; then it is forgotten too, and asked for again.
    """
    if user_id is None:
        return False
    consents = await services.storage.consents(persons_of(services, user_id))
    return any(consent.withdrawn_at is None for consent in consents)


async def give_consent(services: Services, user_id: int, wording: str) -> None:
    """Store a voter's yes to a wording. Raises StorageError."""
    now = services.clock()
    person = pseudonym(services.keys.persons()[0], now.astimezone(UTC).date(), user_id)
    await services.storage.give_consent(person, wording, now)


async def withdraw_consent(services: Services, user_id: int) -> int:
    """Take a voter's yes back and erase what it allowed; return how many answers. Raises StorageError."""
    now, persons = services.clock(), persons_of(services, user_id)
    await services.storage.withdraw_consent(persons, now)
    return await services.storage.erase(persons, now)


async def erase(services: Services, user_id: int) -> int:
    """Erase all that is kept of a voter, and return how many answers. Raises StorageError."""
    await services.choices.forget(user_id)
    services.recent.forget(user_id)  # a private chat has its voter's id
    return await services.storage.erase(persons_of(services, user_id), services.clock())


async def store_vote(
    services: Services, answer_id: str, verdict: Verdict, user_id: int | None = None
) -> bool:
    """Store a vote; False where the answer is gone or another voter's. Raises StorageError."""
    persons = None if user_id is None else persons_of(services, user_id)
    return await services.storage.record_vote(answer_id, verdict, services.clock(), persons)


EXPORTS_A_DAY = 3
_MOST_EXPORTERS = 10_000


def may_export(services: Services, user_id: int) -> bool:
    """Count a voter's wish for a copy, and tell whether today's are not used up. In memory only."""
    today = services.clock().astimezone(UTC).date()
    person = pseudonym(services.keys.persons()[0], today, user_id)
    used = services.exports.pop(person, 0)
    services.exports[person] = used + 1  # newest last; yesterday's pseudonyms fall out in front
    if len(services.exports) > _MOST_EXPORTERS:
        services.exports.pop(next(iter(services.exports)))
    return used < EXPORTS_A_DAY


async def copy_of(
    services: Services, user_id: int
) -> tuple[Sequence[LoggedAnswer], Sequence[Consent], Choice]:
    """Return all that is kept of a voter. Raises StorageError."""
    persons, storage = persons_of(services, user_id), services.storage
    return (
        await storage.answers_of(persons),
        await storage.consents(persons),
        await services.choices.of(user_id),
    )


# ---- old age

_CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What a purge did.

    Attributes:
        doubt: Why nothing was removed: the clock is not to be believed. "": it was.
        keys: The month keys that were destroyed.
    """

    doubt: str = ""
    purged: Purged = field(default_factory=lambda: Purged(answers=0, consents=0, counts=0, audit=0))
    keys: tuple[KeyId, ...] = ()


async def purge(services: Services) -> PurgeReport:
    """Remove for good what is older than the settings say, and the keys that nothing needs.

    To be called at the start and once an hour: what was missed is caught up with.

    Raises:
        StorageError: If the log could not be read or written.
        KeyFault: If a key could not be destroyed.
    """
    storage, trusted, now = services.storage, services.trusted, services.clock()
    if (noted := await storage.mark(_CLOCK)) is not None:
        trusted.saw(datetime.fromisoformat(noted))
    elif trusted.now is None:
        newest = await storage.newest_day()
        # The end of that day, so that a day's rounding is no doubt. Nothing kept: nothing to lose.
        trusted.saw(
            now
            if newest is None
            else min(
                now, datetime(newest.year, newest.month, newest.day, tzinfo=UTC) + timedelta(1)
            )
        )
    if doubt := trusted.doubt(now):
        logger.error("purge refused, clock %s: %s", doubt, now.isoformat(timespec="minutes"))
        return PurgeReport(doubt=doubt)
    trusted.saw(now)
    await storage.set_mark(_CLOCK, now.astimezone(UTC).isoformat(timespec="seconds"))
    limit = limits(now, services.settings.retention_days)
    purged = await storage.purge(limit.answers, limit.audit)
    await storage.purge_tombstones(now.astimezone(UTC).date())
    used = await storage.keys_in_use()
    month = (limit.answers.year, limit.answers.month)
    old = [k for k in services.keys.field_ids() if (k.year, k.month) < month and k not in used]
    for key_id in old:
        services.keys.destroy(key_id)
    if purged.answers or old:
        logger.info("purged answers=%d keys=%d", purged.answers, len(old))
    return PurgeReport(purged=purged, keys=tuple(old))


async def audit(
    services: Services, actor: str, action: str, detail: str = "", rows: int = 0
) -> None:
    """Write down what staff or admins are about to do. Raises StorageError: then do not do it."""
    await services.storage.record_audit(
        services.keys, services.clock(), actor, action, detail, rows
    )
