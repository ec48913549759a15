"""`loftebot avslutt`: the end of the service. Shows what lies there; removes it where asked to."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.common import ALREADY_RUNNING, FAILED, fail, settings_of
from bot.config import Settings
from bot.ending import Remains, remains, remove
from bot.lock import AlreadyRunningError, LockError, only_instance
from bot.texts.faults import explain

TYPED = "SLETT ALT"
_NOTHING = "fant ingenting å slette: ingen logg, ingen kopier og ingen nøkler."
_KINDS = {
    "keys": "nøkkel",
    "backup": "kopi",
    "log": "logg",
    "aside": "lagt til side",
    "operations": "drift",
}


@click.command(
    epilog="Examples:  loftebot avslutt              (shows, removes nothing)\n\n"
    "           loftebot avslutt --slett-alt"
)
@click.option("--slett-alt", "everything", is_flag=True, help="Remove it all, after a typed yes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def avslutt(ctx: click.Context, *, everything: bool, as_json: bool) -> None:
    """End the service: show, or remove for good, the log, its backups and the keys."""
    settings = settings_of(ctx)
    try:
        found = remains(settings)
        if not found.ours or not everything:
            _show(found, {}, removed=False, as_json=as_json)
            return
        # Locked before the question: nobody starts the bot between the answer and the deed.
        with only_instance(settings.data):
            found, failed = _ask_and_remove(settings, found)
    except AlreadyRunningError as exc:
        fail(explain(exc), ALREADY_RUNNING)
    except LockError as exc:
        fail(explain(exc), FAILED)
    except OSError as exc:
        fail(f"{exc.filename}: {exc.strerror}", FAILED)
    _show(found, failed, removed=True, as_json=as_json)
    if failed:
        fail(f"{len(failed)} filer er ikke slettet. Rett det som står over, og kjør på nytt.")


def _ask_and_remove(settings: Settings, found: Remains) -> tuple[Remains, dict[Path, str]]:
    for piece in found.ours:
        click.echo(f"{_KINDS[piece.kind]:<14} {piece.size:>12}  {piece.path}", err=True)
    click.echo(f"{len(found.ours)} filer, {found.size} byte. Det kan ikke gjøres om.", err=True)
    try:
        typed = click.prompt(
            f"Skriv {TYPED} for å slette", err=True, default="", show_default=False
        )
    except click.Abort:
        typed = ""
    if typed.strip() != TYPED:
        fail(f"ingenting er slettet: det må stå {TYPED}.", FAILED)
    return remove(settings)


def _show(found: Remains, failed: dict[Path, str], *, removed: bool, as_json: bool) -> None:
    if as_json:
        entries = [{"kind": p.kind, "path": str(p.path), "bytes": p.size} for p in found.ours]
        data = {
            "removed": removed,
            "bytes": found.size,
            "files": entries,
            "failed": {str(path): why for path, why in failed.items()},
            "unknown": [str(path) for path in found.unknown],
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    if not found.ours:
        click.echo(_NOTHING)
    elif not removed:
        for piece in found.ours:
            click.echo(f"{_KINDS[piece.kind]:<14} {piece.size:>12}  {piece.path}")
        click.echo(
            f"{len(found.ours)} filer, {found.size} byte. Ingenting er slettet. "
            "Slett alt med: loftebot avslutt --slett-alt"
        )
    else:
        gone = [piece for piece in found.ours if piece.path not in failed]
        click.echo(f"slettet {len(gone)} filer, {sum(p.size for p in gone)} byte, og kontrollert.")
        for path, why in failed.items():
            click.echo(f"  ikke slettet: {path} {f'({why})' if why else ''}".rstrip())
        click.echo(
            "Gjenstår for hånd: /deletebot hos BotFather, filen med tokenet, driftsloggen i "
            "journalen (eller hos Docker), og kopier på andre maskiner."
        )
    for path in found.unknown:
        click.echo(f"  ikke vår, urørt: {path}")
