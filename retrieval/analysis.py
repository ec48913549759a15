"""Text to terms. Questions and passages go through the same Analyzer, so they meet in the same terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from retrieval import words


class Token(NamedTuple):  # made by the million: a tuple takes half the time of a frozen dataclass
    """A term and where it came from: ``text[start:end]`` of the analysed text.

    Filters may change ``term`` and add tokens; they never change the offsets.
    """

    term: str
    start: int
    end: int


Tokenizer = Callable[[str], Iterator[Token]]
TokenFilter = Callable[[Iterable[Token]], Iterable[Token]]

# Letters and digits stay together (E18), hyphens inside a word too (T-bane, el-sykkel), and a
# hyphen at the end is kept for `suspended_hyphen` (helse- og omsorgstjenester).
_WORD = re.compile(r"[^\W_]{1,80}(?:[-–’'][^\W_]{1,80}){0,8}(?:-(?=[\s,/])|\s?–(?=\sog\b))?")
_ACRONYM = re.compile(r"([A-ZÆØÅ]{2,8}|[A-ZÆØÅ]\d{1,3})-(?:en|et|ene|ens|er|a)$")


def word_tokenizer(text: str) -> Iterator[Token]:
    """Split into words: "E18, T-bane og CV-en" -> E18 T-bane og CV"""
    for match in _WORD.finditer(text):
        word = match.group()
        acronym = _ACRONYM.match(word)
        yield Token(acronym[1] if acronym else word, match.start(), match.end())


def lowercase(tokens: Iterable[Token]) -> Iterator[Token]:
    """Fold case: Skole -> skole"""
    for token in tokens:
        yield Token(token.term.lower(), token.start, token.end)


def stop_filter(stop: frozenset[str]) -> TokenFilter:
    """Drop function words: hva mener dere om skole -> mener skole"""

    def drop(tokens: Iterable[Token]) -> Iterator[Token]:
        return (token for token in tokens if token.term not in stop)

    return drop


def hyphens(tokens: Iterable[Token]) -> Iterator[Token]:
    """Keep a hyphenated word, add it joined and its parts: el-sykkel -> el-sykkel elsykkel sykkel"""
    for token in tokens:
        yield token
        if "-" in token.term.strip("-"):
            parts = [p for p in token.term.split("-") if p]
            yield Token("".join(parts), token.start, token.end)
            for part in parts:
                if len(part) > 2:
                    yield Token(part, token.start, token.end)


def stem_filter(tokens: Iterable[Token]) -> Iterator[Token]:
    """Lemma, Snowball, folding: barnehagene -> barnehag"""
    for token in tokens:
        yield Token(words.stem(token.term.strip("-–")), token.start, token.end)


_KEPT = 100_000  # texts whose terms are remembered


@dataclass(frozen=True, slots=True)
class Analyzer:
    """A tokenizer and the filters that its tokens run through, in order.

    Remembers the terms of what it was given: a rebuild analyses only what is new. Give it texts of
    the corpus, never what a voter wrote.
    """

    tokenizer: Tokenizer
    filters: tuple[TokenFilter, ...]
    _memo: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text, in its order."""
        stream: Iterable[Token] = self.tokenizer(words.nfc(text))
        for token_filter in self.filters:
            stream = token_filter(stream)
        return [token for token in stream if token.term]

    def terms(self, text: str) -> list[str]:
        """Return the terms alone."""
        terms = self._memo.get(text)
        if terms is None:
            terms = tuple(token.term for token in self.tokens(text))
            if len(self._memo) < _KEPT:
                self._memo[text] = terms
        return list(terms)

    def forget(self) -> None:
        """Let go of what is remembered."""
        self._memo.clear()
