"""What every channel works with: settings, log, index, policy. Knows no Telegram."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from bot.answering import Answer, AnswerPolicy, answer
from bot.config import Settings
from bot.followups import Recent
from bot.health import Health
from bot.index_holder import IndexReader
from bot.rendering import fit
from bot.setup import encoder_of, options_of, policy_of
from bot.storage import FILE, Storage, StorageError
from bot.storage_choices import Choices, Complaints, ForgetfulNames, Pseudonymizer
from bot.texts import Texts
from retrieval.build import Snapshot, build
from retrieval.semantic import Progress, VectorStore

logger = logging.getLogger(__name__)


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
        names: A voter's pseudonyms for what they chose; the default forgets with the process.
        recent: The question before, per chat, for minutes.
    """

    settings: Settings
    storage: Storage
    index: IndexReader
    policy: AnswerPolicy
    clock: Callable[[], datetime] = utc_now
    health: Health = field(default_factory=Health)
    names: Pseudonymizer = field(default_factory=ForgetfulNames)
    recent: Recent = field(default_factory=Recent)

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
    """
    encoder = encoder_of(settings)
    # One encoder and one store for the life of the process: a reload encodes only what is new.
    store = VectorStore(encoder.dimensions) if encoder is not None else None
    rebuild = partial(build, settings.seeds, encoder, store, options_of(settings))
    return Services(
        settings=settings,
        storage=Storage(settings.data / FILE),
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
    call = partial(
        answer,
        question,
        snapshot.searcher,
        services.policy,
        municipality=municipality,
        language=texts.code,
        fingerprint=snapshot.fingerprint,
    )
    started = time.perf_counter()
    # The encoder takes some 20 ms and frees the interpreter meanwhile: others must not wait for it.
    given = call() if snapshot.searcher.encoder is None else await asyncio.to_thread(call)
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


async def log_answer(services: Services, shown: Answer, channel: str) -> str:
    """Store an answer and return its id.

    Raises:
        StorageError: If it was not stored. The caller shows the answer all the same.
    """
    try:
        return await services.storage.record_answer(shown, channel, services.clock())
    except StorageError as exc:
        # SQLite's reasons name files, tables and columns, never values.
        logger.error("answer not stored: %s", exc)  # noqa: TRY400  # the trace would add nothing
        raise
