"""`loftebot topics`: which pledges belong to which topic, and what is uncovered."""

from __future__ import annotations

import json

import click

from bot.browsing import assignment
from bot.cli.common import BAD_USE, fail, settings_of, snapshot_of


@click.command(
    epilog="""\b
Examples:
  loftebot topics                          # the tree with counts
  loftebot topics skole.mobbing            # a topic's pledges
  loftebot topics --uncovered -m Asker     # what Asker's programme is silent on
"""
)
@click.argument("topic", required=False)
@click.option("-m", "--municipality", metavar="M", help="Only this municipality's pledges.")
@click.option("--uncovered", is_flag=True, help="Only topics without a pledge.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a topic.")
@click.pass_context
def topics(
    ctx: click.Context,
    topic: str | None,
    municipality: str | None,
    *,
    uncovered: bool,
    as_json: bool,
) -> None:
    """Show the topic tree with how many pledges belong to each leaf."""
    settings = settings_of(ctx)
    snapshot = snapshot_of(settings)
    if snapshot.searcher.topics is None:
        fail(f"{settings.seeds}: har ingen topics.toml", BAD_USE)
    names = {name.lower(): name for name in snapshot.corpus.municipalities}
    if municipality and municipality.lower() not in names:
        fail(f"ukjent kommune «{municipality}»; kjente: {', '.join(names.values())}", BAD_USE)
    members = assignment(snapshot, names[municipality.lower()] if municipality else None)
    tree = snapshot.searcher.topics.tree
    if topic and topic not in tree.by_id:
        fail(f"ukjent emne «{topic}»", BAD_USE)
    for leaf in tree.topics:
        if not leaf.is_politics or (topic and topic not in {leaf.id, leaf.parent}):
            continue
        rows = members.get(leaf.id)
        if rows is None:
            if not as_json and not uncovered:
                click.echo(f"{leaf.name['nb']}")
            continue
        if uncovered and rows:
            continue
        if as_json:
            ids = [snapshot.corpus.pledges[i].id for i in rows]
            click.echo(
                json.dumps(
                    {"id": leaf.id, "name": leaf.name["nb"], "pledges": ids}, ensure_ascii=False
                )
            )
            continue
        click.echo(f"  {len(rows):4}  {leaf.id:34} {leaf.name['nb']}")
        for i in rows if topic else ():
            click.echo(
                f"        {snapshot.corpus.pledges[i].municipality}: {snapshot.corpus.pledges[i].quote[:100]}"
            )
