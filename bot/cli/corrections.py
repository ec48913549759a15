"""`loftebot corrections`: what staff corrected, and whether it still works."""

from __future__ import annotations

import json

import click

from bot.cli.common import FAILED, policy_of, settings_of, snapshot_of
from bot.corrections import Checked, check, passed
from retrieval.corrections import CORRECTIONS, Example, Outside


@click.command(
    epilog="""\b
Examples:
  loftebot corrections
  loftebot corrections --json
"""
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--no-encoder", is_flag=True, help="BM25 alone.")
@click.pass_context
def corrections(ctx: click.Context, *, as_json: bool, no_encoder: bool) -> None:
    """List the corrections of seeds/corrections.toml, each with whether it still works.

    An example works while its question finds one of its pledges in the first three; a question
    outside the programmes while it gets its fixed answer; a synonym while it reaches a word of a
    programme. Exit code 1 when one does not.
    """
    settings = settings_of(ctx)
    snapshot = snapshot_of(settings, encoder=False if no_encoder else None, quiet=as_json)
    checks = check(snapshot, policy_of(settings))
    works, judged = passed(checks)
    for checked in checks:
        if as_json:
            click.echo(json.dumps(_as_json(checked), ensure_ascii=False))
        else:
            _show(checked)
    if not as_json:
        click.echo(f"{works} av {judged} rettelser virker" if checks else "ingen rettelser")
    if works < judged:
        raise SystemExit(FAILED)


def _leads_to(checked: Checked) -> tuple[str, ...]:
    entry = checked.entry
    if isinstance(entry, Example):
        return entry.pledges
    return (entry.topic,) if isinstance(entry, Outside) else entry.to


def _show(checked: Checked) -> None:
    state = "i orden" if checked.works else "uten løfte" if checked.moot else "VIRKER IKKE"
    where = f"{CORRECTIONS}:{checked.entry.line}"
    click.echo(f"{state:12} {where:22} {checked.asks} → {', '.join(_leads_to(checked))}")
    for name in checked.moved:
        click.echo(f"{'':12} følger {name}, som har litt andre ord nå")
    for name in checked.lost:
        click.echo(f"{'':12} {name} finnes ikke lenger")


def _as_json(checked: Checked) -> dict[str, object]:
    return {
        "line": checked.entry.line,
        "kind": checked.kind,
        "asks": checked.asks,
        "to": _leads_to(checked),
        "works": checked.works,
        "moot": checked.moot,
        "moved": checked.moved,
        "lost": checked.lost,
        "by": checked.entry.by,
        "on": checked.entry.on,
    }
