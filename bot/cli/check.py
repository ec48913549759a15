"""`loftebot check`: are the settings and the corpus in order? Needs no network and no token."""

from __future__ import annotations

import click

from bot.cli.common import faults, settings_of
from bot.config import Settings
from bot.setup import encoder_of
from retrieval.build import VECTORS, passage_texts
from retrieval.corpus import Corpus, read_corpus
from retrieval.decision import read_decision
from retrieval.examples import Examples, join, read_examples
from retrieval.lexicon import read_lexicon
from retrieval.semantic import VectorStore
from retrieval.topics import TopicTree, read_topics


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
    click.echo(f"vektorer        {_vectors(settings, corpus, examples, topics)}")
    click.echo(f"token           {'satt' if settings.token else 'ikke satt: run trenger det'}")
    click.echo(f"versjon         {corpus.fingerprint}")


def _vectors(settings: Settings, corpus: Corpus, examples: Examples, topics: TopicTree) -> str:
    """Say how many sentences would have to be encoded at the start, some 20 ms each."""
    if not settings.encoder:
        return "setningskoderen er slått av: BM25 alene"
    encoder = encoder_of(settings)
    if encoder is None:
        return "setningskoderen er ikke installert: BM25 alene"
    store = VectorStore(encoder.dimensions)
    there = store.load(settings.seeds / VECTORS)
    passages = [text for texts in passage_texts(corpus) for text in texts]
    questions = [q for entry in examples.by_pledge.values() for q in entry.questions]
    questions += [question for topic in topics.leaves for question in topic.questions]
    missing = store.missing(encoder, "passage", passages)
    missing |= store.missing(encoder, "query", questions)
    if not missing:
        return f"{VECTORS} er fersk, {len(store)} setninger"
    state = "er utdatert" if there else "mangler eller er skadet"
    return f"{VECTORS} {state}: {len(missing)} setninger må kodes. Kjør: loftebot vectors"
