"""`loftebot backup` and `loftebot restore`: copies of the question log, made while the bot runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import backup as backups
from bot.cli.common import FAILED, fail, settings_of
from bot.config import Settings
from bot.lock import AlreadyRunningError, only_instance
from bot.texts.faults import explain

RUNNING = 4  # exit code


@click.command(epilog="Example:  loftebot backup")
@click.pass_context
def backup(ctx: click.Context) -> None:
    """Back up the question log; also while the bot runs. The newest of each of 14 days is kept."""
    settings = settings_of(ctx)
    started = time.perf_counter()
    try:
        made, rows = backups.make(_log(settings), settings.backups, datetime.now(tz=UTC))
    except backups.BackupError as exc:
        fail(explain(exc), FAILED)
    _show(rows)
    kept = len(backups.backups(settings.backups))
    size = made.path.stat().st_size / 2**20
    click.echo(f"{made.path}: {size:.1f} MiB, kontrollert, {time.perf_counter() - started:.2f} s")
    click.echo(f"{kept} kopier i {settings.backups}")


@click.command(epilog="Example:  loftebot restore data/backups/loftebot-20261124T220000Z.sqlite3")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def restore(ctx: click.Context, file: Path, *, yes: bool) -> None:
    """Put a backup in the question log's place. Stop the bot first; the present log is kept."""
    settings = settings_of(ctx)
    try:
        with only_instance(settings.data):
            if not yes:
                click.confirm(f"Bytte {_log(settings)} med {file}?", abort=True)
            started = time.perf_counter()
            done = backups.restore(file, _log(settings), settings.backups, datetime.now(tz=UTC))
            audit = _explain_gap(settings, file)
    except AlreadyRunningError:
        fail("boten kjører. Stopp den først, og prøv igjen.", RUNNING)
    except backups.BackupError as exc:
        fail(explain(exc), FAILED)
    except OSError as exc:
        fail(f"{settings.data}: {exc.strerror}", FAILED)
    _show(done.rows)
    if done.erased:
        click.echo(f"{done.erased} svar var slettet siden, og er slettet igjen")
    if done.aside:
        click.echo(f"den forrige loggen er beholdt: {done.aside}. Slett den når alt er i orden.")
    click.echo(audit)
    click.echo(f"hentet tilbake på {time.perf_counter() - started:.2f} s. Start boten.")


def _explain_gap(settings: Settings, file: Path) -> str:
    """Write into the restored audit which rows it lacks, and say so: a restore is no tampering."""
    from bot.privacy.crypto import FieldCipher  # noqa: PLC0415
    from bot.privacy.keys import KeyFault, Keys  # noqa: PLC0415
    from bot.storage import Storage, StorageError  # noqa: PLC0415

    async def explain_it() -> str:
        keys = Keys.open(settings.keys, settings.data)
        async with Storage(_log(settings), FieldCipher(keys)) as storage:
            gap = await storage.record_restore(keys, datetime.now(tz=UTC), "cli", file.name)
        return (
            f"revisjonssporet mangler rad {gap.first} til {gap.last}; det er skrevet i det"
            if (gap)
            else "revisjonssporet mangler ingenting"
        )

    try:
        return asyncio.run(explain_it())
    except (KeyFault, StorageError) as exc:
        # The log is back, which matters most; the gap can be explained when the keys are.
        return (
            f"{explain(exc)} Derfor er hullet i revisjonssporet ikke forklart. "
            "Etterpå: loftebot verify-audit --accept-gap"
        )


def _log(settings: Settings) -> Path:
    from bot.storage import FILE  # noqa: PLC0415  # loads the whole log's code

    return settings.data / FILE


def _show(rows: Mapping[str, int]) -> None:
    for name, count in rows.items():
        click.echo(f"{name:<15} {count}")
