"""The searchable fields of a corpus: BM25 indexes over the same documents 0 .. n - 1."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

from retrieval import words
from retrieval.analysis import (
    Analyzer,
    Token,
    hyphens,
    lowercase,
    stem_filter,
    stop_filter,
    word_tokenizer,
)
from retrieval.columns import TermBag
from retrieval.compounds import split_filter, suspended_filter
from retrieval.document import Pledge
from retrieval.examples import ExampleEntry
from retrieval.index import BM25Index
from retrieval.lexicon import Lexicon
from retrieval.semantic import Progress
from retrieval.stopwords import BOKMAAL, ENGLISH

GRAM = 4


def known_part(word: str) -> bool:
    """Tell whether a word may be part of a compound: a dictionary has it and people use it."""
    return words.is_known(word) and words.zipf(word) > 1.5


# A corpus is analysed anew at every reload: the analysers live on, and with them what they remember.
_surface = Analyzer(word_tokenizer, (lowercase,))


@lru_cache(maxsize=2)
def passage_analyzer(*, compounds: bool = True) -> Analyzer:
    """Analyzer of programme text: wide, so that a question may be narrow."""
    wide = (suspended_filter(known_part),) if compounds else ()
    split = (split_filter(known_part),) if compounds else ()
    return Analyzer(
        word_tokenizer,
        (
            lowercase,  # the stop list and the dictionaries expect lower case
            *wide,  # before stop words: the «og» between the two parts must still be there
            stop_filter(BOKMAAL),  # before folding: før and for are two words
            hyphens,
            *split,  # lemmas in, lemmas out
            stem_filter,
        ),
    )


def example_analyzer(lexicon: Lexicon) -> Analyzer:
    """Analyzer of example questions: as passages, and in the voter's languages."""
    return _example_analyzer(frozenset(lexicon.nynorsk.items()), lexicon.stop)


@lru_cache(maxsize=2)
def _example_analyzer(nynorsk: frozenset[tuple[str, str]], stop: frozenset[str]) -> Analyzer:
    bokmaal = dict(nynorsk)

    def to_bokmaal(tokens: Iterable[Token]) -> Iterator[Token]:
        """Map nynorsk and dialect: skule -> skole"""
        for token in tokens:
            mapped = bokmaal.get(token.term)
            yield token if mapped is None else Token(mapped, token.start, token.end)

    return Analyzer(
        word_tokenizer,
        (
            lowercase,
            stop_filter(BOKMAAL | stop | ENGLISH),
            to_bokmaal,
            hyphens,
            split_filter(known_part),
            stem_filter,
        ),
    )


def grams(term: str) -> list[str]:
    """Cut a folded word into overlapping pieces of four letters: ^skole$ -> ^sko skol kole ole$"""
    padded = f"^{term}$"
    return [padded[i : i + GRAM] for i in range(max(1, len(padded) - GRAM + 1))]


@lru_cache(maxsize=200_000)
def _pieces(word: str) -> tuple[str, ...]:
    return () if word in BOKMAAL else tuple(grams(words.fold(word)))


@dataclass(frozen=True, slots=True)
class Fields:
    """What the lexical half searches. ``examples`` is None where no pledge has any."""

    text: BM25Index
    heading: BM25Index | None
    grams: BM25Index
    examples: BM25Index | None
    surface: frozenset[str]
    """Lower-case words of all fields, for correcting and restoring a voter's words."""


# Pledges from which other processes help. Each opens the dictionaries and meets the words anew, so that
# two of them spend 27 s of processor on 134 000 sentences where one process spends 16.
MANY = 150_000
_CHUNK = 2_000  # pledges analysed at a time: bounds the memory of a build


@dataclass(frozen=True, slots=True)
class Written:
    """A pledge as it is analysed: its sentence, what stands above it, what is asked about it."""

    quote: str
    heading: str
    asked: str


@dataclass(slots=True)
class Analysed:
    """The terms of pledges, by field, and their lower-case words."""

    text: TermBag
    heading: TermBag
    grams: TermBag
    examples: TermBag
    said: set[str]
    asked: set[str]

    @classmethod
    def nothing(cls) -> Analysed:
        """Return the terms of no pledge."""
        return cls(TermBag(), TermBag(), TermBag(), TermBag(), set(), set())

    def extend(self, other: Analysed) -> None:
        """Append the pledges that follow."""
        self.text.extend(other.text)
        self.heading.extend(other.heading)
        self.grams.extend(other.grams)
        self.examples.extend(other.examples)
        self.said |= other.said
        self.asked |= other.asked


def analyse(
    lexicon: Lexicon, pledges: Sequence[Written], *, compounds: bool, remember: bool
) -> Analysed:
    """Analyse pledges: pure, and the same in every process.

    Args:
        remember: Keep the terms in memory, for the next build.
    """
    passages, voters = passage_analyzer(compounds=compounds), example_analyzer(lexicon)
    found = Analysed.nothing()
    for pledge in pledges:
        plain = _surface.terms(pledge.quote)
        found.text.add(passages.terms(pledge.quote))
        found.heading.add(passages.terms(pledge.heading))
        found.grams.add(chain.from_iterable(map(_pieces, dict.fromkeys(plain))))
        found.examples.add(voters.terms(pledge.asked))
        found.said.update(plain)
        found.asked.update(_surface.terms(pledge.asked))
    if not remember:
        for analyzer in (passages, voters, _surface):
            analyzer.forget()
    return found


def build_fields(
    pledges: Sequence[Pledge],
    examples: Mapping[str, ExampleEntry],
    lexicon: Lexicon,
    *,
    k1: float,
    b: float,
    compounds: bool = True,
    progress: Progress | None = None,
) -> Fields:
    """Analyse and index every pledge.

    Args:
        progress: Called with (done, all) pledges while many are analysed.
    """
    # An index that is read back needs none of it.
    from retrieval.parallel import MOST, mapped  # noqa: PLC0415

    many = len(pledges) >= MANY
    chunks = (
        [_written(pledge, examples) for pledge in pledges[start : start + _CHUNK]]
        for start in range(0, len(pledges), _CHUNK)
    )
    found = Analysed.nothing()
    processes = min(MOST, os.cpu_count() or 1) if many else 0
    work = partial(analyse, lexicon, compounds=compounds, remember=not many)
    for part in mapped(work, chunks, processes=processes):
        found.extend(part)
        if many and progress is not None:
            progress(len(found.text), len(pledges))
    surface = {word.strip("-–") for word in found.said}
    surface |= {word for word in found.asked if words.is_known(word)}
    surface |= {
        part for line in lexicon.lines for w in (*line.words, *line.to) for part in w.split()
    }
    return Fields(
        text=BM25Index(found.text, k1=k1, b=b),
        heading=BM25Index(found.heading, k1=k1, b=0.3) if found.heading.terms else None,
        grams=BM25Index(found.grams, k1=k1, b=b),
        examples=BM25Index(found.examples, k1=k1, b=b) if found.examples.terms else None,
        surface=frozenset(surface),
    )


def _written(pledge: Pledge, examples: Mapping[str, ExampleEntry]) -> Written:
    entry = examples.get(pledge.id)
    return Written(
        pledge.quote,
        ". ".join((*pledge.headings, pledge.parent)),
        "\n".join((*entry.questions, *entry.words)) if entry else "",
    )
