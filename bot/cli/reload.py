"""`loftebot reload --check`: would /reload accept what stands in the corpus folder now?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from bot.cli.common import BAD_USE, FAILED, fail, faults, settings_of, snapshot_of
from bot.reload import GoldensError, examine, read_goldens
from bot.texts import NB
from bot.texts.faults import explain


@click.command(
    epilog="""\b
Examples:
  loftebot reload --check
  loftebot reload --check --against /srv/loftebot/seeds    # what changes from that folder to this
"""
)
@click.option("--check", is_flag=True, required=True, help="Try the gates; changes nothing.")
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Compare with this corpus folder; default: the same one, so only the gates count.",
)
@click.option("--no-encoder", is_flag=True, help="BM25 alone.")
@click.pass_context
def reload(ctx: click.Context, against: Path | None, *, check: bool, no_encoder: bool) -> None:
    """Try a new version as /reload does. Publishing is done in the bot, by an admin.

    Exit code 1 when a gate refuses, 2 when a file is wrong.
    """
    del check
    settings = settings_of(ctx)
    encoder = False if no_encoder else None
    new = snapshot_of(settings, encoder=encoder)
    old = snapshot_of(replace(settings, seeds=against), encoder=encoder) if against else new
    with faults():
        try:
            goldens = read_goldens(settings.seeds)
        except GoldensError as exc:
            fail(explain(exc), BAD_USE)
        report = examine(old, new, goldens, settings.least_pledges)
    diff = report.diff
    click.echo(
        NB.reload_ready.format(
            added=diff.added, removed=diff.removed, changed=diff.changed, total=diff.total,
            passed=report.passed, goldens=report.goldens, before=report.passed_before,
            answers=report.changed_answers, fingerprint=diff.fingerprint,
        )
        if not report.refusals
        else NB.reload_refused.format(
            reasons="\n".join(
                getattr(NB, f"reload_{refusal.gate}").format(**dict(refusal.values))
                for refusal in report.refusals
            )
        )
    )  # fmt: skip
    if report.moot:
        click.echo(NB.reload_moot.format(count=report.moot))
    if report.corrections:
        passed, total = report.corrections_passed, report.corrections
        click.echo(NB.reload_corrected.format(passed=passed, total=total))
    if report.needs_confirmation:
        click.echo(NB.reload_fewer.format(percent=report.fewer))
    if report.refusals:
        raise SystemExit(FAILED)
