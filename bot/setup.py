"""From settings to the parts: encoder, vector store, index, policy. Used by every channel's start."""

from __future__ import annotations

from pathlib import Path

from bot.answering import AnswerPolicy
from bot.config import Settings
from retrieval.build import Options, Snapshot
from retrieval.persistence import open_snapshot
from retrieval.semantic import Progress, SentenceEncoder, VectorStore, load_encoder


def encoder_of(settings: Settings) -> SentenceEncoder | None:
    """Return the sentence encoder, or None where it is switched off or not installed."""
    return load_encoder() if settings.encoder else None


def options_of(settings: Settings) -> Options:
    """Return how the index is built."""
    return Options(
        k1=settings.k1,
        b=settings.b,
        this_year=settings.current_year,
        current_periods=settings.current_periods,
    )


def policy_of(settings: Settings) -> AnswerPolicy:
    """Return how to decide and how much to show."""
    return AnswerPolicy(
        max_quotes=settings.max_quotes,
        max_per_municipality=settings.max_per_municipality,
        least_share=settings.least_share,
    )


def index_file(settings: Settings, encoder: SentenceEncoder | None) -> Path:
    """Return where the built index is kept: one for each half, so that they do not drive each other out."""
    return settings.data / f"index-{'words' if encoder is None else 'meaning'}.saved"


def open_index(
    settings: Settings,
    *,
    encoder: bool | None = None,
    store: VectorStore | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Return the index of the configured corpus: as it was built before, where nothing changed.

    Args:
        encoder: Overrides the setting.

    Raises:
        CorpusError, LexiconError, ExamplesError: Naming the file and line to mend.
    """
    wanted = settings.encoder if encoder is None else encoder
    found = load_encoder() if wanted else None
    return open_snapshot(
        settings.seeds, found, store, options_of(settings), progress, index_file(settings, found)
    )
