"""A corpus folder to a Searcher: the one place where the parts of the index meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from retrieval.approved import Approved
from retrieval.corpus import Corpus, read_corpus
from retrieval.corrections import (
    Corrections,
    read_corrections,
    with_examples,
    with_questions,
    with_synonyms,
)
from retrieval.decision import Decision, read_decision
from retrieval.examples import Examples, join, read_examples
from retrieval.fields import Fields, build_fields
from retrieval.lexicon import Lexicon, read_lexicon
from retrieval.membership import Membership
from retrieval.neighbours import Dense, Neighbours
from retrieval.places import Places
from retrieval.question import QuestionReader, Switches
from retrieval.search import Searcher, Weights
from retrieval.semantic import Progress, SentenceEncoder, VectorStore
from retrieval.topic_index import TopicIndex
from retrieval.topics import TopicTree, read_topics

VECTORS = "vectors.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything one version of the index is made of. Immutable: a reload makes another."""

    corpus: Corpus
    lexicon: Lexicon
    examples: Examples
    searcher: Searcher
    fingerprint: str
    this_year: int
    corrections: Corrections = Corrections()
    store: VectorStore | None = None
    """Where its vectors are kept; None without an encoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to build. Defaults are what is served; an ablation turns parts off."""

    k1: float = 0.8
    b: float = 0.5
    weights: Weights = Weights()
    switches: Switches = Switches()
    with_examples: bool = True
    with_topics: bool = True
    without: str = ""
    """Leave out the pledges of this municipality, or under this heading: for measuring silence."""
    with_decision: bool = True
    """False only where the decision is about to be fitted."""
    this_year: int = 0
    """0: the calendar's."""
    current_periods: tuple[str, ...] = ()
    """Periods that hold whatever the calendar says: «Bærum 2023-2027»."""


def dated(options: Options) -> Options:
    """Return the options with the year that they mean."""
    return replace(options, this_year=options.this_year or datetime.now(tz=UTC).year)


def build(
    folder: Path,
    encoder: SentenceEncoder | None = None,
    store: VectorStore | None = None,
    options: Options = Options(),
    progress: Progress | None = None,
) -> Snapshot:
    """Read, check and index a corpus folder.

    Args:
        encoder: None: the lexical half alone.
        store: Where vectors are looked up and kept; one that lives across builds makes the next
            build encode only what is new.
        progress: Called with (done, all) while many sentences are analysed, and while they are encoded.

    Raises:
        CorpusError, LexiconError, ExamplesError, CorrectionsError: Naming the file and line to mend.
    """
    corpus = read_corpus(folder, options.current_periods)
    if options.without:
        kept = tuple(
            p for p in corpus.pledges if options.without not in (p.municipality, *p.headings)
        )
        corpus = replace(corpus, pledges=kept)
    corrections = read_corrections(folder)
    lexicon = with_synonyms(read_lexicon(folder), corrections)
    examples = join(read_examples(folder) if options.with_examples else (), corpus.pledges)
    if options.with_examples:
        examples, corrections = with_examples(examples, corrections, corpus.pledges)
    fields = build_fields(
        corpus.pledges, examples.by_pledge, lexicon, k1=options.k1, b=options.b,
        compounds=options.switches.compounds, progress=progress,
    )  # fmt: skip
    if encoder is not None:
        store = store if store is not None else VectorStore(encoder.dimensions)
        if not len(store):
            store.load(folder / VECTORS)
    tree = read_topics(folder) if options.with_topics else TopicTree(())
    tree = with_questions(tree, corrections)
    topics = TopicIndex(tree, lexicon, encoder, store, progress) if len(tree) else None
    dense = None
    if encoder is not None and store is not None:
        dense = build_dense(corpus, examples, encoder, store, progress)
    membership = (
        topics.membership(corpus.pledges, examples.by_pledge, dense, encoder, store)
        if topics
        else None
    )
    decision = read_decision(folder) if options.with_decision else None
    return assemble(
        Parts(
            corpus=corpus, lexicon=lexicon, examples=examples, corrections=corrections,
            fields=fields, topics=topics, dense=dense, membership=membership, decision=decision,
        ),
        encoder, store, options,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What takes time to make: with an encoder and the options, all that a Snapshot is made of."""

    corpus: Corpus
    lexicon: Lexicon
    examples: Examples
    corrections: Corrections
    fields: Fields
    topics: TopicIndex | None
    dense: Dense | None
    membership: Membership | None
    decision: Decision | None


def assemble(
    parts: Parts, encoder: SentenceEncoder | None, store: VectorStore | None, options: Options
) -> Snapshot:
    """Put the parts together, just built or read back."""
    corpus, fields, topics = parts.corpus, parts.fields, parts.topics
    reader = QuestionReader(
        parts.lexicon,
        Places(corpus.municipalities),
        has_term=_any_field(fields.text, fields.heading, fields.examples, topics),
        surface=fields.surface,
        switches=options.switches,
    )
    this_year = dated(options).this_year
    searcher = Searcher(
        corpus.pledges, reader, fields, parts.dense, encoder, options.weights, this_year, topics,
        parts.membership, parts.decision, Approved(reader, parts.corrections),
    )  # fmt: skip
    return Snapshot(
        corpus=corpus, lexicon=parts.lexicon, examples=parts.examples, searcher=searcher,
        fingerprint=corpus.fingerprint, this_year=this_year, corrections=parts.corrections,
        store=store,
    )  # fmt: skip


def build_dense(
    corpus: Corpus,
    examples: Examples,
    encoder: SentenceEncoder,
    store: VectorStore,
    progress: Progress | None = None,
) -> Dense:
    """Look up or make the vectors of the corpus."""
    quotes, contexts = passage_texts(corpus)
    asked = [
        (i, question)
        for i, pledge in enumerate(corpus.pledges)
        if (entry := examples.by_pledge.get(pledge.id))
        for question in entry.questions
    ]
    return Dense(
        passages=store.vectors(encoder, "passage", quotes, progress),
        context=store.vectors(encoder, "passage", contexts, progress),
        questions=Neighbours(
            store.vectors(encoder, "query", [question for _, question in asked], progress),
            np.asarray([i for i, _ in asked], dtype=np.int64),
            len(corpus.pledges),
        ),
        asked=tuple(question for _, question in asked),
    )


def passage_texts(corpus: Corpus) -> tuple[list[str], list[str]]:
    """Return what is encoded of each pledge: the quote, and the quote behind its headings."""
    quotes = [pledge.quote for pledge in corpus.pledges]
    contexts = [
        f"{' – '.join(pledge.headings)}: {' '.join((pledge.parent, pledge.quote)).strip()}"
        for pledge in corpus.pledges
    ]
    return quotes, contexts


def _any_field(*fields: object) -> Callable[[str], bool]:
    present = [f for f in fields if f is not None]
    return lambda term: any(term in f for f in present)  # type: ignore[operator]
