"""Norwegian compounds: skolehelsetjeneste -> skole + helse + tjeneste.

Splits generously at index time and narrowly in a question (see ``question.py``). The rules and what
each is worth are measured in docs/relevance.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from retrieval import words
from retrieval.analysis import Token, TokenFilter

# First parts that are prepositions or particles make other words, not compounds: på+legg, om+råde.
_NEVER_FIRST = frozenset(
    "av etter for fra før gjen i inn med mellom mis mot ned om opp over på sam til under unn ut uten "
    "ved den det der her som seg sin hva når nå så jo da du vi de en et ei al be er ha ta se gå få".split()
)
# Parts that say nothing apart from the whole: opp+hold, til+tak, sam+liv.
_OPAQUE = frozenset(
    "liv hage hold sett tak gang styre sted legge legg rett fall slag snitt trekk skap messig som lig "
    "het dom ing else sam bar stad råde ans ant ene ens ent est inn sen ter tor tal tar rom sen sem "
    "gren ler ner ser ver ker ger ster ste sal tis are ake ise asje ere arde ange inge ende".split()
)
_GENERIC_HEADS = (
    "politikk", "håndtering", "tilbud", "tiltak", "ordning", "arbeid", "sak", "område", "tjeneste",
    "spørsmål", "situasjon", "plass", "planer", "plan", "satsing", "satsning", "tilskudd", "støtte",
    "problem", "problematikk", "anlegg",
)  # fmt: skip

Known = Callable[[str], bool]


def split(word: str, known: Known) -> tuple[str, ...]:
    """Split a lower-case lemma into the words it is made of, or return () when it is not a compound.

    A split is rejected when a part is rarer than the whole (kont+roll, sen+tral).
    """
    best: tuple[float, tuple[str, ...]] | None = None
    whole = words.zipf(word)
    for parts in _candidates(word, known, depth=3):
        if len(parts) < 2:
            continue
        rarest = min(words.zipf(part) for part in parts)
        if rarest < whole or rarest <= 0:
            continue
        # Fewer parts, then the split whose rarest part is most common.
        rank = rarest - 1.2 * (len(parts) - 2)
        if best is None or rank > best[0]:
            best = (rank, parts)
    return best[1] if best else ()


def _candidates(word: str, known: Known, depth: int) -> Iterator[tuple[str, ...]]:
    if depth == 0 or len(word) < 3:
        return
    if _is_part(word, known):
        yield (words.lemma(word),)
    for i in range(3, len(word) - 2):
        first, rest = word[:i], word[i:]
        # Linking -s- and -e-: innkjøps+ordning, barne+hage.
        stems = [first]
        if len(first) > 4 and first[-1] in "se":
            stems.append(first[:-1])
        for candidate in stems:
            if candidate in _NEVER_FIRST or not _is_part(candidate, known):
                continue
            for tail in _candidates(rest, known, depth - 1):
                yield (words.lemma(candidate), *tail)
            break


def _is_part(word: str, known: Known) -> bool:
    return len(word) >= 3 and word not in _OPAQUE and known(word)


def modifier(word: str) -> str:
    """Return what a compound with a generic head is about: eldrepolitikk -> eldre. Else "".

    >>> modifier("avfallshåndtering")
    'avfall'
    """
    for head in _GENERIC_HEADS:
        if word.endswith(head) and len(word) - len(head) >= 3:
            rest = word[: -len(head)]
            for candidate in (rest, rest.removesuffix("s"), rest.removesuffix("e")):
                if words.is_known(candidate) or words.zipf(candidate) > 3:
                    return candidate
    return ""


def sub_compounds(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Neighbouring parts of a longer compound: skole helse tjeneste -> skolehelse, helsetjeneste."""
    if len(parts) < 3:
        return ()
    return tuple(left + link + right for left, right in pairwise(parts) for link in ("", "s"))


@lru_cache(maxsize=200_000)
def _parts(word: str, known: Known) -> tuple[str, ...]:
    parts = split(words.lemma(word), known)
    return (*parts, *sub_compounds(parts))


def split_filter(known: Known) -> TokenFilter:
    """Add the parts of compounds: skolemat -> skolemat skole mat"""

    def add(tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            yield token
            if len(token.term) >= 6 and token.term.isalpha():
                for part in _parts(token.term, known):
                    yield Token(part, token.start, token.end)

    return add


_SUSPENDED = re.compile(r"[-–]$")


def suspended_filter(known: Known) -> TokenFilter:
    """Complete a suspended first part: helse- og omsorgstjenester -> helsetjeneste omsorgstjenester"""

    def complete(tokens: Iterable[Token]) -> Iterator[Token]:
        waiting: list[Token] = []
        for token in tokens:
            if _SUSPENDED.search(token.term):
                waiting.append(token)
                yield Token(token.term.rstrip("-– "), token.start, token.end)
                continue
            if waiting and len(token.term) >= 6:
                parts = split(words.lemma(token.term), known)
                if parts:
                    for first in waiting:
                        joined = first.term.rstrip("-– ") + parts[-1]
                        yield Token(joined, first.start, first.end)
                    waiting = []
            yield token

    return complete
