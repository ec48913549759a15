"""`loftebot check`: are the settings and the corpus in order? Needs no network and no token."""

from __future__ import annotations

import click

from bot.cli.common import faults, settings_of
from retrieval.corpus import read_corpus
from retrieval.decision import read_decision
from retrieval.examples import join, read_examples
from retrieval.lexicon import read_lexicon
from retrieval.topics import read_topics


@click.command(epilog="Example:  loftebot --config config.toml check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Validate settings and corpus; exit code 2 says what is wrong and where."""
    settings = settings_of(ctx)
    with faults():
        corpus = read_corpus(settings.seeds)
        lexicon = read_lexicon(settings.seeds)
        examples = join(read_examples(settings.seeds), corpus.pledges)
        topics = read_topics(settings.seeds)
        read_decision(settings.seeds)
    programmes = [p for p in corpus.programmes if p.kind == "programme"]
    click.echo(f"innstillinger   {settings.path}: i orden")
    click.echo(f"programmer      {len(programmes)} ({', '.join(corpus.municipalities)})")
    click.echo(f"løfter          {len(corpus.pledges)}, alle ordrette")
    click.echo(f"ordlister       {len(lexicon.lines)} linjer, {len(lexicon.synonyms)} ord")
    click.echo(f"emner           {len(topics.leaves)}")
    without = sum(p.id not in examples.by_pledge for p in corpus.pledges)
    asked = sum(len(e.questions) for e in examples.by_pledge.values())
    click.echo(f"eksempler       {asked} spørsmål; {without} løfter har ingen")
    for entry in examples.moved:
        click.echo(f"  flyttet: {entry.pledge_id} følger et løfte med litt andre ord")
    for entry in examples.orphans:
        click.echo(f"  uten løfte: {entry.pledge_id}: {entry.text[:70]}")
    click.echo(f"versjon         {corpus.fingerprint}")
