"""`loftebot pledges`: what was extracted."""

from __future__ import annotations

import json

import click

from bot.cli.common import faults, settings_of
from retrieval.corpus import read_corpus


@click.command(
    epilog="""\b
Examples:
  loftebot pledges
  loftebot pledges --json | head -3
"""
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a pledge.")
@click.pass_context
def pledges(ctx: click.Context, *, as_json: bool) -> None:
    """Show every pledge that may be quoted, with where it stands in its source."""
    settings = settings_of(ctx)
    with faults():
        corpus = read_corpus(settings.seeds)
    for pledge in corpus.pledges:
        if as_json:
            shown = {
                "id": pledge.id,
                "text": pledge.quote,
                "file": pledge.programme.file,
                "municipality": pledge.municipality,
                "period": pledge.period or None,
                "headings": list(pledge.headings),
                "lead_in": pledge.lead_in or None,
                "parent": pledge.parent or None,
                "kind": pledge.kind,
                "start": pledge.start,
                "end": pledge.end,
            }
            click.echo(json.dumps(shown, ensure_ascii=False))
        else:
            place = f"{pledge.programme.file}:{pledge.line}"
            click.echo(f"{pledge.id}\t{place}\t{' › '.join(pledge.headings)}\t{pledge.quote}")
