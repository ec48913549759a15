"""`loftebot keys`: the keys that seal the log and make pseudonyms. They belong in no backup of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click

from bot.cli.common import BAD_USE, FAILED, fail, settings_of
from bot.config import Settings
from bot.privacy.keys import KeyFault, Keys
from bot.texts.faults import explain


@click.group(epilog="Example:  loftebot keys init")
def keys() -> None:
    """Make or renew the keys. Keep a copy of them apart from the backups of the log."""


@keys.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Make a first set, readable for its owner only, in [privacy] keys or LOFTEBOT_KEYS."""
    settings = settings_of(ctx)
    try:
        Keys.refuse_among(settings.keys, settings.data)
        Keys.create(settings.keys, datetime.now(tz=UTC))
    except KeyFault as exc:
        fail(explain(exc), BAD_USE)
    click.echo(
        f"laget nøkler i {settings.keys}. Ta en kopi av mappen, og oppbevar den et annet sted enn "
        "kopiene av spørsmålsloggen: uten nøklene kan ingen lese den, heller ikke dere."
    )


@keys.command()
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make new keys; the old ones go on opening what they sealed until it is purged."""
    settings = settings_of(ctx)
    try:
        found = Keys.open(settings.keys, settings.data)
        asyncio.run(_rotate(settings, found))
    except KeyFault as exc:
        fail(explain(exc), BAD_USE)
    click.echo(f"nye nøkler i {settings.keys}. De gamle slettes når ingenting er låst med dem.")


async def _rotate(settings: Settings, found: Keys) -> None:
    from bot.privacy.crypto import FieldCipher  # noqa: PLC0415
    from bot.storage import FILE, Storage, StorageError  # noqa: PLC0415

    now = datetime.now(tz=UTC)
    if (settings.data / FILE).exists():
        try:
            async with Storage(settings.data / FILE, FieldCipher(found)) as storage:
                await storage.record_audit(found, now, "cli", "keys rotate")
        except StorageError as exc:
            fail(explain(exc), FAILED)
    found.rotate(now)
