"""The searchable fields of a corpus: BM25 indexes over the same documents 0 .. n - 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
from retrieval.compounds import split_filter, suspended_filter
from retrieval.document import Pledge
from retrieval.examples import ExampleEntry
from retrieval.index import BM25Index
from retrieval.lexicon import Lexicon
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


@dataclass(frozen=True, slots=True)
class Fields:
    """What the lexical half searches. ``examples`` is None where no pledge has any."""

    text: BM25Index
    heading: BM25Index | None
    grams: BM25Index
    examples: BM25Index | None
    surface: frozenset[str]
    """Lower-case words of all fields, for correcting and restoring a voter's words."""


def build_fields(
    pledges: Sequence[Pledge],
    examples: Mapping[str, ExampleEntry],
    lexicon: Lexicon,
    *,
    k1: float,
    b: float,
    compounds: bool = True,
) -> Fields:
    """Analyse and index every pledge."""
    analyzer = passage_analyzer(compounds=compounds)
    texts = [analyzer.terms(pledge.quote) for pledge in pledges]
    headings = [analyzer.terms(". ".join((*p.headings, p.parent))) for p in pledges]
    plain = [_surface.terms(pledge.quote) for pledge in pledges]
    pieces = [
        [g for w in dict.fromkeys(ws) if w not in BOKMAAL for g in grams(words.fold(w))]
        for ws in plain
    ]
    entries = [examples.get(pledge.id) for pledge in pledges]
    asked = ["\n".join((*e.questions, *e.words)) if e else "" for e in entries]
    voters = example_analyzer(lexicon)
    questions = [voters.terms(text) for text in asked]
    surface = {w.strip("-–") for ws in plain for w in ws}
    surface |= {w for w in {w for text in asked for w in _surface.terms(text)} if words.is_known(w)}
    surface |= {
        part for line in lexicon.lines for w in (*line.words, *line.to) for part in w.split()
    }
    return Fields(
        text=BM25Index(texts, k1=k1, b=b),
        heading=BM25Index(headings, k1=k1, b=0.3) if any(headings) else None,
        grams=BM25Index(pieces, k1=k1, b=b),
        examples=BM25Index(questions, k1=k1, b=b) if any(questions) else None,
        surface=frozenset(surface),
    )
