"""`loftebot chat` and `loftebot run`: the bot in the terminal and on Telegram."""

from __future__ import annotations

import asyncio

import click

from bot.cli.common import BAD_USE, fail, faults, settings_of
from bot.config import ConfigError
from bot.texts.faults import explain


@click.command(epilog="Example:  loftebot chat")
@click.pass_context
def chat(ctx: click.Context) -> None:
    """Talk with the bot in the terminal: the same answers, log and feedback (+ and -)."""
    from bot.terminal import main  # noqa: PLC0415

    settings = settings_of(ctx)
    with faults():
        raise SystemExit(asyncio.run(main(settings)))


@click.command(epilog="Example:  TELEGRAM_BOT_TOKEN=… loftebot run")
@click.pass_context
def run(ctx: click.Context) -> None:
    """Answer on Telegram until stopped."""
    from bot.app import run as serve  # noqa: PLC0415

    settings = settings_of(ctx)
    if not settings.token:
        fail(explain(ConfigError("token_missing", path=settings.path)), BAD_USE)
    with faults():
        raise SystemExit(serve(settings))
