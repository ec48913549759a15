"""`loftebot chat` and `loftebot run`: the bot in the terminal and on Telegram."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click

from bot.cli.common import ALREADY_RUNNING, BAD_USE, FAILED, fail, faults, settings_of
from bot.config import ConfigError
from bot.lock import AlreadyRunningError, LockError, only_instance
from bot.privacy.keys import Keys
from bot.texts.faults import explain


@click.command(epilog="Example:  loftebot chat")
@click.pass_context
def chat(ctx: click.Context) -> None:
    """Talk with the bot in the terminal: the same answers, log and feedback (+ and -)."""
    from bot.terminal import main  # noqa: PLC0415

    settings = settings_of(ctx)
    with faults():
        if not settings.keys.exists() or not any(settings.keys.glob("*.key")):
            Keys.refuse_among(settings.keys, settings.data)
            Keys.create(settings.keys, datetime.now(tz=UTC))
            click.echo(f"(Laget nøkler til spørsmålsloggen i {settings.keys}.)")
        raise SystemExit(asyncio.run(main(settings)))


@click.command(epilog="Example:  TELEGRAM_BOT_TOKEN=… loftebot run")
@click.pass_context
def run(ctx: click.Context) -> None:
    """Answer on Telegram until stopped."""
    settings = settings_of(ctx)
    if not settings.token:
        fail(explain(ConfigError("token_missing", path=settings.path)), BAD_USE)
    try:
        # Before all that takes time: a second instance shall leave at once.
        with only_instance(settings.data), faults():
            from bot.app import run as serve  # noqa: PLC0415

            raise SystemExit(serve(settings))
    except LockError as exc:
        fail(explain(exc), ALREADY_RUNNING if isinstance(exc, AlreadyRunningError) else FAILED)
