"""What the commands share: settings, the index, and errors as one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot.config import ConfigError, Settings, load_settings
from bot.texts.faults import explain

if TYPE_CHECKING:
    from bot.answering import AnswerPolicy
    from retrieval.build import Snapshot

FAILED, BAD_USE, ALREADY_RUNNING = 1, 2, 4


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Print one line on stderr and leave with ``code``."""
    click.echo(message, err=True)
    raise SystemExit(code)


def settings_of(ctx: click.Context) -> Settings:
    """Return the checked settings, or leave with 2."""
    try:
        return load_settings(Path(ctx.obj), os.environ)
    except ConfigError as exc:
        fail(explain(exc), BAD_USE)


def snapshot_of(
    settings: Settings, *, encoder: bool | None = None, quiet: bool = False
) -> Snapshot:
    """Build the index of the configured corpus, or leave with 2 naming what is wrong."""
    from bot.setup import open_index  # noqa: PLC0415  # commands that need no index load no NumPy

    with faults():
        return open_index(settings, encoder=encoder, progress=None if quiet else bar)


def policy_of(settings: Settings) -> AnswerPolicy:
    """Return how to decide and how much to show."""
    from bot.setup import policy_of as make  # noqa: PLC0415

    return make(settings)


@contextmanager
def faults() -> Iterator[None]:
    """Turn the errors of corpus, word lists, examples and keys into one line and exit code 2."""
    from bot.privacy.keys import KeyFault  # noqa: PLC0415
    from retrieval.corpus import CorpusError  # noqa: PLC0415
    from retrieval.corrections import CorrectionsError  # noqa: PLC0415
    from retrieval.decision import DecisionError  # noqa: PLC0415
    from retrieval.examples import ExamplesError  # noqa: PLC0415
    from retrieval.lexicon import LexiconError  # noqa: PLC0415
    from retrieval.topics import TopicsError  # noqa: PLC0415

    try:
        yield
    except (
        CorpusError, CorrectionsError, DecisionError, ExamplesError, KeyFault, LexiconError, TopicsError,
    ) as exc:  # fmt: skip
        fail(explain(exc), BAD_USE)


def bar(done: int, total: int) -> None:
    """Draw a progress bar on stderr while sentences are encoded; silent where nobody watches."""
    if not sys.stderr.isatty() or total == 0:
        return
    width = 30
    filled = width * done // total
    end = "\n" if done >= total else ""
    click.echo(
        f"\r[{'█' * filled}{'·' * (width - filled)}] {done}/{total}{end}", err=True, nl=False
    )
