"""`loftebot incident`: what a breach may have touched, for the report within 72 hours."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import click

from bot.cli.common import BAD_USE, FAILED, fail, settings_of
from bot.incident import Incident, examine
from bot.storage import StorageError
from bot.texts.faults import explain

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    epilog="Examples:  loftebot incident --since 2026-11-01\n\n"
    "           loftebot incident --since 2026-11-01 --until 2026-11-03 --json"
)
@click.option("--since", type=_DAY, required=True, metavar="DAY", help="First day (UTC).")
@click.option("--until", type=_DAY, metavar="DAY", help="Last day (UTC); today when left out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def incident(ctx: click.Context, *, since: datetime, until: datetime | None, as_json: bool) -> None:
    """Count the rows of each day, the keys, what staff did and the copies. Changes nothing."""
    settings = settings_of(ctx)
    first, last = since.date(), until.date() if until else datetime.now(tz=UTC).date()
    if last < first:
        fail(f"--until {last} er før --since {first}.", BAD_USE)
    try:
        found = examine(settings, first, last)
    except StorageError as exc:
        fail(explain(exc), FAILED)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        _show(found)


def _show(found: Incident) -> None:
    click.echo(f"dager           {found.since} til {found.until} (UTC)")
    click.echo(f"dager med svar  {found.first or 'ingen'} til {found.last or 'ingen'}")
    for name, days in found.rows.items():
        click.echo(f"{name:<15} {sum(days.values())} rader på {len(days)} dager")
        for day, rows in sorted(days.items()):
            click.echo(f"  {day}    {rows}")
    for name, rows in found.undated.items():
        click.echo(f"{name:<15} {rows} rader i alt; de har ingen dag")
    for file, (rows, there) in found.keys.items():
        state = "finnes" if there else "finnes ikke i nøkkelmappen"
        click.echo(f"nøkkel          {file}: {rows} spørsmål, {state}")
    click.echo(f"revisjonsspor   {_chain(found)}; {len(found.audit)} rader på disse dagene:")
    for entry in found.audit:
        who = entry.actor or "(ingen av våre)"
        click.echo(f"  {entry.seq} {entry.at} {who} {entry.action} {entry.detail} {entry.rows}")
    click.echo(f"kopier          {len(found.copies)} kan ha svar fra disse dagene")
    for copy in found.copies:
        held = f"{copy.answers} svar, {copy.first} til {copy.last}"
        click.echo(
            f"  {copy.path}: {'kan ikke leses, regn med alt' if copy.answers is None else held}"
        )
    click.echo("Hva dere gjør nå, og fristen på 72 timer: «Avvik» i docs/drift.md.")


def _chain(found: Incident) -> str:
    if found.chain is None:
        return "kan ikke kontrolleres uten nøklene"
    if found.chain.fault:
        kind, seq = found.chain.fault.split()
        return f"IKKE helt: rad {seq} {'er endret' if kind == 'changed' else 'mangler'}"
    gaps = ", ".join(f"{gap.first} til {gap.last}" for gap in found.chain.accepted)
    return "helt" + (f", uten rad {gaps} etter gjenoppretting" if gaps else "")


def _as_json(found: Incident) -> dict[str, object]:
    chain = found.chain
    return {
        "since": _iso(found.since),
        "until": _iso(found.until),
        "first": found.first,
        "last": found.last,
        "rows": {name: dict(days) for name, days in found.rows.items()},
        "undated": dict(found.undated),
        "keys": [
            {"file": file, "questions": rows, "present": there}
            for file, (rows, there) in found.keys.items()
        ],
        "audit": {
            "verified": None if chain is None else not chain.fault,
            "fault": None if chain is None else chain.fault,
            "accepted_gaps": [str(gap) for gap in chain.accepted] if chain else [],
            "entries": [
                {
                    "seq": e.seq, "at": e.at, "actor": e.actor, "action": e.action,
                    "detail": e.detail, "rows": e.rows,
                }
                for e in found.audit
            ],
        },
        "copies": [
            {"path": str(c.path), "answers": c.answers, "first": c.first, "last": c.last}
            for c in found.copies
        ],
    }  # fmt: skip


def _iso(day: date) -> str:
    return day.isoformat()
