"""`loftebot verify-audit`: has anybody changed what was written down about staff and admins?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.common import BAD_USE, FAILED, fail, settings_of
from bot.privacy.keys import KeyFault, Keys
from bot.texts.faults import explain


@click.command(
    "verify-audit",
    epilog="Examples:  loftebot verify-audit\n\n           loftebot verify-audit --accept-gap",
)
@click.option(
    "--accept-gap",
    is_flag=True,
    help="Note that rows are missing since an older copy of the log took its place by hand.",
)
@click.pass_context
def verify_audit(ctx: click.Context, *, accept_gap: bool) -> None:
    """Check the chain of the audit; exit code 1 when a row was changed, added or removed.

    Rows that a restore left out are told of, and are no fault.
    """
    from bot.storage import FILE, StorageError  # noqa: PLC0415
    from bot.storage import verify_audit as verify  # noqa: PLC0415

    settings = settings_of(ctx)
    path = settings.data / FILE
    try:
        keys = Keys.open(settings.keys, settings.data)
        count, chain = verify(path, keys)
        if accept_gap and chain.open:
            asyncio.run(_accept(path, keys))
            count, chain = verify(path, keys)
    except KeyFault as exc:
        fail(explain(exc), BAD_USE)
    except StorageError as exc:
        fail(explain(exc), FAILED)
    if chain.fault:
        kind, seq = chain.fault.split()
        said = "er endret" if kind == "changed" else "mangler"
        hint = ""
        if chain.open and not accept_gap:
            hint = (
                " Er en eldre kopi lagt inn for hånd? Da: loftebot verify-audit --accept-gap, og"
                " skriv det i avviksloggen."
            )
        fail(f"{path}: rad {seq} i revisjonssporet {said}. {count} rader i alt.{hint}")
    click.echo(f"revisjonssporet er helt: {count} rader")
    for gap in chain.accepted:
        click.echo(f"hull etter gjenoppretting, godtatt: rad {gap.first} til {gap.last} mangler")


async def _accept(path: Path, keys: Keys) -> None:
    """Add a row for each gap that none explains. A row that was changed stays a fault."""
    from bot.privacy.crypto import FieldCipher  # noqa: PLC0415
    from bot.storage import Storage, verify_audit  # noqa: PLC0415

    async with Storage(path, FieldCipher(keys)) as storage:
        for gap in verify_audit(path, keys)[1].open:
            await storage.explain_gap(keys, datetime.now(tz=UTC), "cli", "accept-gap", gap)
