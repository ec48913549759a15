"""The whole lexical half over a generated corpus: expansions, headings, pieces of words, a mask."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from bench.corpora import ROOT
from retrieval import words
from retrieval.columns import TermBag
from retrieval.document import Pledge, Programme
from retrieval.fields import Fields, grams, passage_analyzer
from retrieval.index import BM25Index
from retrieval.lexicon import read_lexicon
from retrieval.places import Places
from retrieval.question import Question, QuestionReader
from retrieval.search import Searcher, Weights
from retrieval.stopwords import BOKMAAL

_PLACES = 40
_UNDER = 20  # pledges under one heading
_SHOWN = 30  # hits that an answer is chosen from


class Concepts:
    """A Searcher without encoder, topics and example questions; questions are read beforehand."""

    def build(self, corpus: list[list[str]]) -> float:
        began = time.perf_counter()
        fields, surface = self._fields(corpus)
        lexicon = read_lexicon(ROOT / "seeds")
        self._reader = QuestionReader(
            lexicon, Places(tuple(f"Sted{i}" for i in range(_PLACES))),
            has_term=lambda term: term in fields.text or term in fields.heading,  # type: ignore[operator]
            surface=surface,
        )  # fmt: skip
        pledges = _pledges(corpus)
        self._searcher = Searcher(pledges, self._reader, fields, None, None, Weights(), 2026)
        self._read: dict[tuple[str, ...], Question] = {}
        return time.perf_counter() - began

    def prepare(self, asked: Sequence[list[str]]) -> None:
        """Read the questions: what is measured is the search."""
        for terms in asked:
            self._read[tuple(terms)] = self._reader.read(" ".join(terms))

    def search(self, terms: Sequence[str], k: int) -> Sequence[Any]:
        question = self._read.get(tuple(terms)) or self._reader.read(" ".join(terms))
        scores = self._searcher.score(question)
        named = (f"Sted{len(question.text) % _PLACES}",)
        return self._searcher.search(question, municipalities=named, limit=_SHOWN, scores=scores)[
            :k
        ]

    def _fields(self, corpus: list[list[str]]) -> tuple[Fields, set[str]]:
        analyzer = passage_analyzer()
        of_word: dict[str, list[str]] = {}
        pieces_of: dict[str, list[str]] = {}
        text, heading, pieces = TermBag(), TermBag(), TermBag()
        rng = random.Random(1)
        above: list[str] = []
        for number, row in enumerate(corpus):
            for word in row:
                if word not in of_word:
                    of_word[word] = analyzer.terms(word)
                    pieces_of[word] = [] if word in BOKMAAL else grams(words.fold(word))
            text.add(term for word in row for term in of_word[word])
            if number % _UNDER == 0:
                above = [
                    term for word in rng.sample(row, min(3, len(row))) for term in of_word[word]
                ]
            heading.add(above)
            pieces.add(g for word in dict.fromkeys(row) for g in pieces_of[word])
        return Fields(
            text=BM25Index(text, k1=0.8, b=0.5),
            heading=BM25Index(heading, k1=0.8, b=0.3),
            grams=BM25Index(pieces, k1=0.8, b=0.5),
            examples=None,
            surface=frozenset(),
        ), set(of_word)


def _pledges(corpus: list[list[str]]) -> list[Pledge]:
    programmes = [
        Programme(
            file=f"{i}.txt", kind="programme", party="Partiet", municipality=f"Sted{i // 2}",
            period=("2019-2023", "2023-2027")[i % 2], title="Program", url="", sha256="",
        )
        for i in range(2 * _PLACES)
    ]  # fmt: skip
    share = -(-len(corpus) // len(programmes))
    return [
        Pledge(
            id=str(i), quote="", programme=programmes[i // share], headings=(), lead_in="",
            parent="", kind="bullet", start=0, end=1, line=1,
        )
        for i in range(len(corpus))
    ]  # fmt: skip
