"""`loftebot review`: staff's pages without the Telegram bot, and who may open them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click

from bot import logs
from bot.cli.common import ALREADY_RUNNING, BAD_USE, FAILED, bar, fail, faults, settings_of
from bot.config import ConfigError, Settings
from bot.lock import AlreadyRunningError, LockError, only_instance
from bot.privacy.crypto import FieldCipher
from bot.privacy.keys import KeyFault, Keys
from bot.services import Services, make_services, purge
from bot.staff import LINK_MINUTES, LONGEST_NAME, configured, is_name
from bot.storage import FILE, Storage, StorageError
from bot.storage_staff import Member, Role, StaffStore
from bot.texts.faults import explain
from bot.texts.staff import STAFF
from bot.weblinks import address, login_link, missing_packages
from retrieval.corpus import read_manifest

ACTOR = "cli"  # in the audit: who has the machine
_PURGE = 3600.0  # seconds between two looks for what is too old
_ROLES = ("admin", "reviewer")
_T = TypeVar("_T")


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  loftebot review invite redaktør --role admin
  loftebot review invite "gransker i Asker" --role reviewer --municipality Asker
  loftebot review staff
  loftebot review                   # serves the pages until stopped
""",
)
@click.pass_context
def review(ctx: click.Context) -> None:
    """Serve staff's pages without the Telegram bot; or, by a command, say who may open them.

    Where the bot runs, set [review] enabled = true instead: it then serves them itself.
    """
    if ctx.invoked_subcommand is None:
        _serve_alone(settings_of(ctx))


@review.command()
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), help="Needed for a new name.")
@click.option("-m", "--municipality", metavar="M", help="The only one that a reviewer sees.")
@click.pass_context
def invite(ctx: click.Context, name: str, role: str | None, municipality: str | None) -> None:
    """Print a one-time link for NAME; with --role, add them first or change what they may.

    Works while the bot runs. The link before it no longer does.
    """
    settings = settings_of(ctx)
    _check(settings, name, role, municipality)
    link = _run(
        settings, lambda storage, keys: _invite(settings, storage, keys, name, role, municipality)
    )
    click.echo(link)
    click.echo(STAFF.cli_invited.format(name=name, minutes=LINK_MINUTES), err=True)


@review.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@click.pass_context
def staff(ctx: click.Context, *, as_json: bool) -> None:
    """List who may open the pages: from the settings and from the log."""
    settings = settings_of(ctx)
    fixed = configured(settings)
    names = {member.name for member in fixed}
    added = [m for m in _run(settings, _members) if m.name not in names]
    if as_json:
        rows = [_row(m, "settings") for m in fixed] + [_row(m, "log") for m in added]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for member in (*fixed, *added):
        place = member.municipality or STAFF.staff_all_municipalities
        where = STAFF.staff_in_settings.lower() if member in fixed else ""
        role = STAFF.roles[member.role.value]
        click.echo(f"{member.name:<24} {role:<10} {place:<18} {where}".rstrip())
    if not fixed and not added:
        click.echo(STAFF.cli_nobody)


@review.command()
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Take NAME off the list; their pages close at once, and their link no longer works."""
    settings = settings_of(ctx)
    if _is_fixed(settings, name):
        fail(STAFF.cli_fixed.format(name=name), BAD_USE)
    if not _run(settings, lambda storage, keys: _remove(storage, keys, name)):
        fail(STAFF.cli_unknown.format(name=name))
    click.echo(STAFF.cli_removed.format(name=name))


# ---- who is staff


def _check(settings: Settings, name: str, role: str | None, municipality: str | None) -> None:
    """Leave with 2 where the options cannot be."""
    if not is_name(name) and not _is_fixed(settings, name):
        fail(STAFF.staff_bad_name.format(most=LONGEST_NAME), BAD_USE)
    if municipality is not None and role != "reviewer":
        fail(STAFF.cli_place_role, BAD_USE)
    if role is not None and _is_fixed(settings, name):
        fail(STAFF.cli_fixed.format(name=name), BAD_USE)
    if municipality is not None:
        with faults():
            records = [r for r in read_manifest(settings.seeds) if r["kind"] == "programme"]
            known = sorted({str(r["municipality"]) for r in records})
        if municipality not in known:
            fail(STAFF.cli_place.format(place=municipality, known=", ".join(known)), BAD_USE)


def _is_fixed(settings: Settings, name: str) -> bool:
    return any(member.name == name for member in configured(settings))


async def _invite(
    settings: Settings, storage: Storage, keys: Keys, name: str, role: str | None, place: str | None
) -> str:
    now, store = datetime.now(tz=UTC), StaffStore(storage)
    known = await store.named(name)
    if role is None and known is None and not _is_fixed(settings, name):
        fail(STAFF.cli_role.format(name=name), BAD_USE)
    if role is not None:
        member = Member(
            name=name,
            role=Role(role),
            municipality=place,
            telegram_id=known.telegram_id if known else None,
        )
        await storage.record_audit(keys, now, ACTOR, "role_given", f"{role} {place or ''} {name}")
        await store.put(member, ACTOR, now)
    await storage.record_audit(keys, now, ACTOR, "invite", name)
    token = secrets.token_urlsafe(32)
    await store.put_login(name, token, now + timedelta(minutes=LINK_MINUTES))
    return login_link(settings, token)


async def _members(storage: Storage, keys: Keys) -> list[Member]:
    found = await StaffStore(storage).members()
    await storage.record_audit(keys, datetime.now(tz=UTC), ACTOR, "staff", "", len(found))
    return found


async def _remove(storage: Storage, keys: Keys, name: str) -> bool:
    store = StaffStore(storage)
    if await store.named(name) is None:
        return False
    await storage.record_audit(keys, datetime.now(tz=UTC), ACTOR, "role_removed", name)
    return await store.remove(name)


def _row(member: Member, source: str) -> dict[str, object]:
    return {
        "name": member.name,
        "role": member.role.value,
        "municipality": member.municipality,
        "telegram_id": member.telegram_id,
        "source": source,
    }


def _run(settings: Settings, work: Callable[[Storage, Keys], Awaitable[_T]]) -> _T:
    """Do something with the opened log, beside a bot that may be running; faults are one line."""

    async def opened() -> _T:
        async with _log(settings) as (storage, keys):
            return await work(storage, keys)

    try:
        return asyncio.run(opened())
    except KeyFault as exc:
        fail(explain(exc), BAD_USE)
    except StorageError as exc:
        fail(explain(exc), FAILED)


@asynccontextmanager
async def _log(settings: Settings) -> AsyncIterator[tuple[Storage, Keys]]:
    from bot.storage import FILE, Storage  # noqa: PLC0415

    keys = Keys.open(settings.keys, settings.data)
    _there(settings)
    async with Storage(settings.data / FILE, FieldCipher(keys)) as storage:
        yield storage, keys


def _there(settings: Settings) -> None:
    """Leave where there is no log: a mistyped folder must not become an empty one."""
    if not (settings.data / FILE).exists():
        fail(STAFF.cli_no_log.format(path=settings.data / FILE), FAILED)


# ---- serving


def _serve_alone(settings: Settings) -> None:
    if missing := missing_packages():
        fault = ConfigError("review_missing", path=settings.path, name=", ".join(missing))
        fail(explain(fault), BAD_USE)
    from bot.web.serving import PortTakenError  # noqa: PLC0415

    try:
        with only_instance(settings.data), faults():
            _there(settings)
            services = make_services(settings, bar)
            logs.configure(settings.token)
            ended = asyncio.run(_serve(services))
    except AlreadyRunningError:
        fail(STAFF.cli_running.format(path=settings.data), ALREADY_RUNNING)
    except (LockError, PortTakenError, StorageError) as exc:
        fail(explain(exc), FAILED)
    if ended:
        fail(ended, FAILED)


async def _serve(services: Services) -> str:
    """Serve until SIGTERM or SIGINT; return why it ended before, or nothing.

    What is too old is removed meanwhile, as the bot would.
    """
    from bot.web.serving import WebServer  # noqa: PLC0415

    async def keep_young() -> None:
        while True:
            with contextlib.suppress(StorageError, KeyFault):
                await purge(services)
                if services.storage.stale:
                    await services.storage.wipe()
            await asyncio.sleep(_PURGE)

    loop, stopped, why = asyncio.get_running_loop(), asyncio.Event(), [""]

    def failed(sentence: str) -> None:
        why.append(sentence)
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with services.storage:
        server = WebServer(services, failed=failed)
        await server.start()
        click.echo(STAFF.cli_serving.format(address=address(services.settings)))
        purging = asyncio.create_task(keep_young(), name="purge")
        try:
            await stopped.wait()
        finally:
            purging.cancel()
            await asyncio.gather(purging, return_exceptions=True)
            await server.stop()
    return why[-1]
