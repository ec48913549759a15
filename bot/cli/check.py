"""`loftebot check`: are the settings, the keys and the corpus in order? Needs no network and no token."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.cli.common import BAD_USE, fail, faults, settings_of
from bot.config import ConfigError, Settings
from bot.privacy.keys import Keys
from bot.setup import encoder_of
from bot.staff import unknown_places
from bot.texts.faults import explain
from bot.weblinks import address, missing_packages
from retrieval.build import VECTORS, passage_texts
from retrieval.corpus import Corpus, CorpusError, read_corpus
from retrieval.corrections import (
    Corrections,
    read_corrections,
    with_examples,
    with_questions,
    with_synonyms,
)
from retrieval.decision import read_decision
from retrieval.examples import Examples, join, read_examples
from retrieval.lexicon import read_lexicon
from retrieval.semantic import VectorStore
from retrieval.topics import TopicTree, read_topics


@click.command(epilog="Example:  loftebot --config config.toml check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Validate settings, keys and corpus; exit code 2 says what is wrong and where."""
    settings = settings_of(ctx)
    pages = _pages(settings)
    with faults():
        _readable(settings.seeds)
        keys = _keys(settings)
        corpus = read_corpus(settings.seeds, settings.current_periods)
        corrections = read_corrections(settings.seeds)
        lexicon = with_synonyms(read_lexicon(settings.seeds), corrections)
        examples = join(read_examples(settings.seeds), corpus.pledges)
        examples, corrections = with_examples(examples, corrections, corpus.pledges)
        topics = with_questions(read_topics(settings.seeds), corrections)
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
    _tell_corrections(corrections)
    click.echo(f"vektorer        {_vectors(settings, corpus, examples, topics)}")
    click.echo(f"nøkler          {keys}")
    click.echo(f"token           {_token(settings)}")
    click.echo(f"nettsider       {pages}")
    for place in unknown_places(settings, corpus.municipalities):
        click.echo(
            f"advarsel: telegram.reviewers nevner {place}, som ikke har noe program. "
            f"Den som gransker {place}, ser ingenting. Kommuner: {', '.join(corpus.municipalities)}",
            err=True,
        )
    click.echo(f"versjon         {corpus.fingerprint}")


def _tell_corrections(corrections: Corrections) -> None:
    """Say how many there are, and which followed or lost a pledge."""
    click.echo(f"rettelser       {len(corrections)}")
    for attached in corrections.attached:
        for name in attached.moved:
            click.echo(
                f"  flyttet: «{attached.example.question[:50]}» følger {name} med litt andre ord"
            )
        for name in attached.lost:
            click.echo(
                f"  uten løfte: «{attached.example.question[:50]}»: {name} finnes ikke lenger"
            )


def _readable(seeds: Path) -> None:
    """Raise CorpusError for the first file that this user may not read: the bot would fail later."""
    for path in sorted(seeds.iterdir()) if seeds.is_dir() else ():
        if not os.access(path, os.R_OK):
            raise CorpusError(path, 0, "unreadable", reason="ingen tilgang")


def _keys(settings: Settings) -> str:
    """Say whether the keys can be used. Raises KeyFault where they are there and cannot."""
    Keys.refuse_among(settings.keys, settings.data)
    if not settings.keys.is_dir() or not any(settings.keys.glob("*.key")):
        return f"mangler i {settings.keys}: run trenger dem. Lag dem med: loftebot keys init"
    count = len(Keys.open(settings.keys, settings.data).field_ids())
    if not os.access(settings.keys, os.W_OK):
        return f"{settings.keys} kan ikke skrives: boten lager en ny nøkkel hver måned"
    return f"{settings.keys}: i orden, {count} måneder"


def _token(settings: Settings) -> str:
    """Say whether there is a token, and whether it lies where every child process sees it."""
    if not settings.token:
        return "ikke satt: run trenger det"
    if settings.token_in_environment:
        return "satt i TELEGRAM_BOT_TOKEN; tryggere i en fil (LOFTEBOT_TOKEN_FILE): docs/drift.md"
    return "satt"


def _pages(settings: Settings) -> str:
    """Say where staff's pages will be. Leaves with 2 where `run` would refuse them."""
    if not settings.review:
        return "slått av (review.enabled)"
    if missing := missing_packages():
        fault = ConfigError("review_missing", path=settings.path, name=", ".join(missing))
        fail(explain(fault), BAD_USE)
    return address(settings)


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
